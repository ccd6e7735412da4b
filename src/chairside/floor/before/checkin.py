"""Check-in: the signed list of questions, each answered and saved on its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chairside.accounts.access import require
from chairside.actions.fields import BadFields
from chairside.actions.patients import keep_measures, set_escort
from chairside.actions.sessions import Entry, Refused
from chairside.core.quantities import weight_questions
from chairside.core.safety.checklist import Item
from chairside.core.session import BadEvent, refusals
from chairside.core.session import payloads as p
from chairside.core.session.state import Said
from chairside.floor.before import answers, baseline
from chairside.floor.before.stopping import ShownStop, shown_stops
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import Chairside, open_session, press

ESCORT = "escort"
MEASURES = {"weight.weight_g": "weight_g", "mood.item9": "phq9_item9"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A weight that is looked at again before it is saved: the conversion, and what is odd about it."""

    step: str
    questions: tuple[str, ...]
    seen_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question on the page: how it stands, who said so, and its form."""

    item: Item
    said: Said | None
    by: str
    summary: tuple[tuple[str, str], ...]
    lines: tuple[answers.Line, ...]
    stops: tuple[ShownStop, ...]
    wrong: Wrong | None
    asked: Asked | None
    press: str

    @property
    def open(self) -> bool:
        """Whether its form is open: never answered, refused, or being looked at again."""
        return self.said is None or self.wrong is not None or self.asked is not None


@require("nurse", "prescriber")
@require_GET
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The whole check-in."""
    return draw(open_session(request, session))


@require("nurse", "prescriber")
@require_POST
def answer(request: HttpRequest, session: str, item: str) -> HttpResponse:
    """Saves the answers to one question; what can't be read is said beside its line, and nothing is lost."""
    chair = open_session(request, session)
    question = chair.folded.rules.checkin.item(item)
    if question is None:
        raise Http404
    said, errors = answers.read_item(question, request.POST, how(chair))
    if not errors and item == ESCORT and said.get("arranged"):
        errors = keep_escort(chair)
    if errors:
        return draw(chair, wrong=Wrong(item, (), request.POST, errors))
    asked = look_again(chair, question)
    if asked is not None:
        return draw(chair, wrong=Wrong(item, (), request.POST), asked=asked)
    entry = Entry(
        kind="checkin.answered", payload=p.CheckinAnswered(item, said), press=request.POST.get("press")
    )
    try:
        chair.write(entry)
    except (Refused, BadEvent) as error:
        return draw(chair, wrong=Wrong(item, sentences_of(error), request.POST))
    return onward("check-in", chair, next_place(open_session(request, session), item))


@require("nurse", "prescriber")
@require_POST
def complete(request: HttpRequest, session: str) -> HttpResponse:
    """Completes the check-in, or lists everything that is still missing."""
    chair = open_session(request, session)
    entry = Entry(kind="checkin.completed", payload=p.Empty(), press=request.POST.get("press"))
    try:
        folded = chair.write(entry)
    except (Refused, BadEvent) as error:
        return draw(chair, wrong=Wrong("complete", sentences_of(error)))
    facts = {kind: folded.rules.checkin_fact(folded.state, name) for name, kind in MEASURES.items()}
    measures = {kind: value for kind, value in facts.items() if isinstance(value, int)}
    keep_measures(chair.visit, measures=measures, by=chair.person, at=chair.at)
    return onward("session", chair)


def draw(chair: Chairside, *, wrong: Wrong | None = None, asked: Asked | None = None) -> HttpResponse:
    """The page as it stands, with what was refused or is asked beside what it concerns."""
    stops = shown_stops(chair)
    state = chair.folded.state
    page = {
        **frame(chair, "check-in"),
        **baseline.section(chair, wrong),
        "cards": cards(chair, stops=stops, wrong=wrong, asked=asked),
        "stops": stops,
        "standing": [each for each in stops if each.passed is None],
        "missing": missing(chair),
        "finished": state.phase not in ("unplanned", "planned"),
        "escort": escort(chair, wrong),
        "complete_press": press(),
        "home_press": press(),
    }
    return drawn(chair, "check_in.html", page, wrong=wrong)


def cards(
    chair: Chairside, *, stops: list[ShownStop], wrong: Wrong | None, asked: Asked | None
) -> list[Card]:
    """Every question of the signed list, in its order."""
    state, rules, clinic = chair.folded.state, chair.folded.rules, chair.visit.clinic
    people = names(clinic.pk, [said.stamp.by for said in state.checkin.values()])
    found = []
    for item in rules.checkin.items:
        said = state.checkin.get(item.id)
        here = wrong if wrong and wrong.place == item.id else None
        stands: Mapping[str, Any] = said.body.answers if said else {}
        typed = here.typed if here else answers.typed_of(item, stands)
        card = Card(
            item=item,
            said=said,
            by=people.get(said.stamp.by, "") if said else "",
            summary=tuple(
                (each.label, answers.said(each, stands[each.id], clinic))
                for each in item.fields
                if each.id in stands
            ),
            lines=answers.lines(item, how(chair), typed=typed, errors=here.by_field if here else {}),
            stops=tuple(each for each in stops if item.id in each.items and each.passed is None),
            wrong=here,
            asked=asked if here else None,
            press=press(),
        )
        found.append(card)
    return found


def how(chair: Chairside) -> answers.Reading:
    """How the answers of this check-in are read."""
    past = answers.past_times(chair.folded.rules.checkin)
    return answers.Reading(clinic=chair.visit.clinic, at=chair.at, past=past)


def missing(chair: Chairside) -> list[str]:
    """Everything that keeps the check-in from being completed now, a sentence each."""
    against = refusals(
        chair.folded.state,
        kind="checkin.completed",
        body=p.Empty(),
        asker=chair.author().asker,
        rules=chair.folded.rules,
        at=chair.at,
    )
    return [each.reason for each in against]


def look_again(chair: Chairside, item: Item) -> Asked | None:
    """The weight to look at once more before it is saved: pounds always, and whatever looks wrong."""
    field = next((each for each in item.fields if each.units), None)
    weight = answers.weight_of(item, field, chair.request.POST) if field else None
    if weight is None or chair.request.POST.get("seen_g") == str(weight.weight_g):
        return None
    planned = chair.folded.state.planned
    last = planned.body.known.get("weight_g") if planned else None
    questions = weight_questions(
        weight.weight_g,
        unit_entered=weight.unit_entered,
        last_weight_g=last if isinstance(last, int) else None,
        rules=chair.folded.rules.preparation.weight,
    )
    if weight.unit_entered == "kg" and not questions:
        return None
    return Asked(weight.step, tuple(each.text for each in questions), weight.weight_g)


def next_place(chair: Chairside, item: str) -> str:
    """Where the page opens after an answer: there, if it raised a stop, else at the next open question."""
    if any(item in each.items and each.passed is None for each in shown_stops(chair)):
        return f"item-{item}"
    said = chair.folded.state.checkin
    ahead = (each.id for each in chair.folded.rules.checkin.items if each.id not in said)
    return next((f"item-{each}" for each in ahead), "monitor")


def keep_escort(chair: Chairside) -> dict[str, str]:
    """Keeps name and telephone of the escort in the record; what is wrong with them, by line."""
    form = chair.request.POST
    name, phone = form.get("escort_name", ""), form.get("escort_phone", "")
    try:
        set_escort(chair.visit, name=name, phone=phone, by=chair.person, at=chair.at)
    except BadFields as bad:
        return {field.replace(" ", "_"): f"{field}: {text}" for field, text in bad.sentences.items()}
    return {}


def escort(chair: Chairside, wrong: Wrong | None) -> dict[str, str]:
    """Who takes the patient home, as the record has it or as it was typed, with what is wrong."""
    here = wrong if wrong and wrong.place == ESCORT else None
    visit = chair.visit
    return {
        "name": here.typed.get("escort_name", "") if here else visit.escort_name,
        "phone": here.typed.get("escort_phone", "") if here else visit.escort_phone,
        "name_error": here.by_field.get("escort_name", "") if here else "",
        "phone_error": here.by_field.get("escort_phone", "") if here else "",
    }
