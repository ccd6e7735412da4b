"""The time-out: every line of the signed list answered on its own; there is no button for all of them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.core.safety.checklist import Item
from chairside.core.session import BadEvent
from chairside.core.session import payloads as p
from chairside.floor.before import answers
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of, timed_out
from chairside.floor.chairside import Chairside, open_session


@dataclass(frozen=True, slots=True)
class Row:
    """One question of the time-out with its lines."""

    item: Item
    lines: tuple[answers.Line, ...]


@require("nurse", "prescriber")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The list; what is left open or answered no is said, and every answer stays as it was given."""
    chair = open_session(request, session)
    if request.method == "GET":
        return draw(chair)
    flat: dict[str, object] = {}
    errors: dict[str, str] = {}
    for item in chair.folded.rules.timeout.items:
        said, wrong = answers.read_item(item, request.POST, how(chair))
        flat |= {f"{item.id}.{name}": value for name, value in said.items()}
        errors |= wrong
    if errors:
        return draw(chair, Wrong("time-out", (), request.POST, errors))
    entry = Entry(kind="timeout.completed", payload=p.TimeoutCompleted(flat), press=request.POST.get("press"))
    try:
        chair.write(entry)
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong("time-out", sentences_of(error), request.POST))
    return onward("time-out", chair)


def draw(chair: Chairside, wrong: Wrong | None = None) -> HttpResponse:
    """The page as it stands."""
    state = chair.folded.state
    done = timed_out(state)
    people = names(chair.visit.clinic_id, [state.timeout.stamp.by] if state.timeout else [])
    typed = wrong.typed if wrong else {}
    page = {
        **frame(chair, "time-out"),
        "rows": [
            Row(item, answers.lines(item, how(chair), typed=typed, errors=wrong.by_field if wrong else {}))
            for item in chair.folded.rules.timeout.items
        ],
        "open": len(wrong.by_field) if wrong else 0,
        "done": done,
        "done_by": people.get(state.timeout.stamp.by, "") if state.timeout else "",
        "ready": state.phase in ("prepared", "paused"),
    }
    return drawn(chair, "time_out.html", page, wrong=wrong)


def how(chair: Chairside) -> answers.Reading:
    """How its lines are read: there is no "not known" before a start."""
    return answers.Reading(clinic=chair.visit.clinic, at=chair.at, unknown_offered=False)
