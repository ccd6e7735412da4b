"""Closing: drug books, what did not fit, waste and its witness, signatures, the close; then addenda only."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chairside.accounts.access import held_by, require
from chairside.actions.closing import MEANINGS, Role, close_record, sign_record, signature_of
from chairside.actions.sessions import Entry
from chairside.charts.record import signed_before_a_change
from chairside.charts.words import mg
from chairside.core.session import Asker, BadEvent, Refusal, State, refusals
from chairside.core.session import payloads as p
from chairside.floor.after.counting import HOW_KNOWN, counted, shown_books
from chairside.floor.after.frame import drawn, frame, told, words
from chairside.floor.before.where import Wrong, names
from chairside.floor.chairside import Chairside, open_session, second_person, signed_again

EXPLAINABLE = "difference:"


@require("nurse", "prescriber", "manager")
@require_GET
def page(request: HttpRequest, session: str) -> HttpResponse:
    """What keeps the record open, and what settles it."""
    return draw(open_session(request, session), None)


@require("nurse", "prescriber")
@require_POST
def tell(request: HttpRequest, session: str, verb: str) -> HttpResponse:
    """One count, witness, explanation, signature, the close, or an addendum."""
    return told(request, session, tell=TELLING.get(verb), draw=draw, back="closing")


def draw(chair: Chairside, wrong: Wrong | None) -> HttpResponse:
    """The page as it stands, with what was refused."""
    state, rules = chair.folded.state, chair.folded.rules
    people = names(chair.visit.clinic_id, _ids(state))
    page = {
        **frame(chair, "closing"),
        "books": shown_books(chair, people),
        "how_known": HOW_KNOWN,
        "conflicts": state.open_conflicts,
        "settled": [each for each in state.conflicts if each.settled],
        "pending": [(each, mg(each.body.amount_ug)) for each in rules.pending_waste(state)],
        "open": what_keeps_it_open(chair),
        "head": chair.folded.head,
        "signatures": [(each, people.get(each.stamp.by, "")) for each in state.signatures],
        "missing_signatures": unsigned(chair),
        "meanings": MEANINGS,
        "addenda": [(each, people.get(each.stamp.by, "")) for each in state.addenda],
        "is_open": state.phase in ("released", "abandoned"),
        "is_closed": state.phase == "closed",
        "ended": state.phase in ("released", "abandoned", "closed"),
        "closed_by": people.get(state.closed.stamp.by, "") if state.closed else "",
    }
    return drawn(chair, "closing.html", page, wrong=wrong)


def what_keeps_it_open(chair: Chairside) -> tuple[Refusal, ...]:
    """Every reason why the record can't be closed now."""
    state = chair.folded.state
    if state.phase not in ("released", "abandoned"):
        return ()
    asker = Asker(chair.person.pk, held_by(chair.person))
    return refusals(
        state, kind="session.closed", body=p.Closed(""), asker=asker, rules=chair.folded.rules, at=chair.at
    )


def unsigned(chair: Chairside) -> list[str]:
    """The roles that have not signed the record as it stands; an addendum to a closed one unsigns nothing."""
    folded = chair.folded
    if folded.state.closed:
        return []
    return sorted({*folded.rules.missing_signatures(folded.state), *signed_before_a_change(folded)})


def _ids(state: State) -> list[str | None]:
    said = [*state.drugs, *state.signatures, *state.addenda, *([state.closed] if state.closed else [])]
    return [each for one in said for each in (one.stamp.by, one.stamp.authorised_by)]


# What is told ------------------------------------------------------------------------------------


def _count(chair: Chairside) -> None:
    form = chair.request.POST
    # A name typed is a witness wanted; a wrong password is then a refusal and never "no witness".
    wanted = form.get("account") == "waste" and bool(form.get("second_username", "").strip())
    body = counted(chair, witnessed=wanted)
    second = second_person(form, chair) if wanted and body.amount_ug else None
    chair.write(Entry(kind="drug.counted", payload=body, press=form.get("press")), second)


def _strike(chair: Chairside) -> None:
    form = chair.request.POST
    target = next((each for each in chair.folded.state.drugs if each.stamp.event == form.get("event")), None)
    if target is None or not isinstance(target.body, p.DrugCounted | p.WasteWitnessed):
        raise BadEvent("strike out: expected a statement of these books")
    reason = words(chair, "reason", wanted="why it is struck out")
    chair.write(
        Entry(
            kind="event.struck",
            payload=p.Struck(reason),
            corrects=target.stamp.event,
            press=form.get("press"),
        )
    )


def _witness(chair: Chairside) -> None:
    form = chair.request.POST
    body = p.WasteWitnessed(form.get("counted", ""), form.get("method", "").strip())
    entry = Entry(kind="waste.witnessed", payload=body, press=form.get("press"))
    chair.write(entry, second_person(form, chair))


def _settle(chair: Chairside) -> None:
    form, state = chair.request.POST, chair.folded.state
    conflict = form.get("conflict", "")
    differences = {f"{EXPLAINABLE}{book.substance}" for book in chair.folded.rules.books(state)}
    if conflict not in {each.event for each in state.conflicts} | differences:
        raise BadEvent("conflict: expected one of this record")
    body = p.ConflictSettled(conflict, words(chair, "resolution", wanted="how it is to be read, in words"))
    chair.write(Entry(kind="conflict.settled", payload=body, press=form.get("press")))


def _sign(chair: Chairside) -> None:
    form = chair.request.POST
    roles: dict[str, Role] = {"nurse": "nurse", "prescriber": "prescriber"}
    role = roles.get(form.get("role", ""))
    if role is None:
        raise BadEvent("role: expected nurse or prescriber")
    signer = signed_again(form, chair)
    sign_record(
        **_where(chair),
        body=signature_of(role, form.get("head", "")),
        by=chair.acting_as(signer).author(),
    )


def _close(chair: Chairside) -> None:
    close_record(**_where(chair), by=chair.author())


def _where(chair: Chairside) -> dict[str, Any]:
    return {
        "session": chair.session,
        "clinic": chair.visit.clinic_id,
        "press": chair.request.POST.get("press"),
        "at": chair.at,
    }


def _addendum(chair: Chairside) -> None:
    if chair.folded.state.phase != "closed":
        raise BadEvent("addendum: expected a closed record; until then it is a note or a correction")
    body = p.AddendumAdded(words(chair, "text", wanted="what is added"))
    chair.write(Entry(kind="addendum.added", payload=body, press=chair.request.POST.get("press")))


TELLING: dict[str, Callable[[Chairside], None]] = {
    "count": _count,
    "strike": _strike,
    "witness": _witness,
    "settle": _settle,
    "sign": _sign,
    "close": _close,
    "addendum": _addendum,
}
