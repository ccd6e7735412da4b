"""The second person's check, in place and blind: this page holds no number that anyone reckoned."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from chairside.accounts.access import require
from chairside.accounts.models import Person
from chairside.actions.sessions import Entry, Refused
from chairside.core.protocols import BlindReading, PreparationRules, shown
from chairside.core.quantities import whole
from chairside.core.session import BadEvent, agreeing
from chairside.core.session.arithmetic import reckoned_order, still_ordered
from chairside.core.session.state import Preparation
from chairside.floor.before.vials import read_numbers
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import Chairside, open_session, second_person, signed_again

FIELDS = (
    ("strength", "Strength on the vial's label", "mg/mL"),
    ("drawn", "Volume drawn from the vials, in all", "mL"),
    ("concentration", "Final concentration in the syringe", "mg/mL"),
    ("rate", "Rate the pump is to run at", "mL/h"),
)
SPOKEN = {"strength": "vial strength", "drawn": "volume drawn", "concentration": "final concentration"}


@require("nurse", "prescriber")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The blind form, and what came of it: agreement, or the fields in which they differ and no number."""
    chair = open_session(request, session)
    last = chair.folded.state.preparation
    if last is None or (last.checked and request.method == "GET"):
        return onward("preparation", chair)
    if request.method == "GET" or last.checks:
        return draw(chair, last)
    spoken = tuple((name, SPOKEN.get(name, label), unit) for name, label, unit in FIELDS)
    numbers, errors = read_numbers(request.POST, spoken)
    if errors:
        return draw(chair, last, Wrong("check", (), request.POST, errors))
    try:
        second = _second(chair, last)
        reading = BlindReading(
            numbers["strength"], numbers["drawn"], numbers["concentration"], numbers["rate"]
        )
        found = agreeing.checked(
            chair.folded.rules.preparation, chair.folded.state, number=last.body.number, reading=reading
        )
        entry = Entry(
            kind="preparation.checked",
            payload=found.body,
            source="read back",
            press=request.POST.get("press"),
        )
        chair.acting_as(second).write(entry)
    except (Refused, BadEvent) as error:
        return draw(chair, last, Wrong("check", sentences_of(error), request.POST))
    if found.body.agrees:
        return onward("preparation", chair)
    return draw(open_session(request, session), last, Wrong("differs", found.sentences))


def _second(chair: Chairside, last: Preparation) -> Person:
    """Who checks: the signed-in person where somebody else prepared it, else the one who signs in place."""
    if last.begun.stamp.by == chair.person.pk:
        return second_person(chair.request.POST, chair)
    return signed_again(chair.request.POST, chair)


def draw(chair: Chairside, last: Preparation, wrong: Wrong | None = None) -> HttpResponse:
    """The page: the order's own terms, how this site rounds, and the empty form; or where the two differ."""
    typed = wrong.typed if wrong else {}
    errors = wrong.by_field if wrong else {}
    now = chair.folded.state.preparation or last
    people = names(chair.visit.clinic_id, [now.begun.stamp.by])
    page: dict[str, Any] = {
        **frame(chair, "preparation"),
        "number": now.body.number,
        "prepared_by": people.get(now.begun.stamp.by, ""),
        "mine": now.begun.stamp.by == chair.person.pk,
        "terms": terms(chair),
        "rounding": rounding(chair.folded.rules.preparation),
        "lines": [
            (name, label, unit, typed.get(name, ""), errors.get(name, "")) for name, label, unit in FIELDS
        ],
        "over": bool(now.checks),
        "sentences": differences(chair, now),
    }
    return drawn(chair, "second_check.html", page, wrong=wrong)


def differences(chair: Chairside, last: Preparation) -> tuple[str, ...]:
    """Where the check that was made differs, and the slip it looks like; no number."""
    if not last.checks:
        return ()
    read = last.checks[-1].body
    reading = BlindReading(
        read.strength_ug_per_ml, read.drawn_ul, read.concentration_ug_per_ml, read.rate_ul_per_h
    )
    found = agreeing.checked(
        chair.folded.rules.preparation, chair.folded.state, number=last.body.number, reading=reading
    )
    return found.sentences


def terms(chair: Chairside) -> list[tuple[str, str]]:
    """What the prescriber ordered, from which the second person reckons; no number of the preparation."""
    state, rules = chair.folded.state, chair.folded.rules
    if state.order is None:
        return []
    order = state.order.body
    found = [
        ("Dose by weight", shown(order.dose_ug_per_kg, "mg/kg")),
        ("Weight", shown(order.dosing_weight_g, "kg")),
        ("In", shown(order.duration_s, "min")),
    ]
    if any(each.bound for each in reckoned_order(rules, state, order).ceilings):
        found.append(("Lowered by a ceiling to", shown(order.dose_ug, "mg")))
    if state.pump:
        ran_ug = order.dose_ug - still_ordered(state)[0]
        found.append(("Of it has run, by recorded rates", shown(ran_ug, "mg")))
    return found


def rounding(rules: PreparationRules) -> list[str]:
    """How this site rounds, in words: the same for every syringe."""
    steps = ", ".join(
        f"{shown(each.draw_step_ul, 'mL')} from {shown(each.strength_ug_per_ml, 'mg/mL')}"
        for each in rules.vials
    )
    return [
        f"Drawn {rules.draw_rounding} to a step of {steps}.",
        f"The rate: what was drawn, diluted, in the ordered time, {rules.rate_rounding} "
        f"to {shown(whole(rules.rate_step, 'uL/h'), 'mL/h')}.",
    ]
