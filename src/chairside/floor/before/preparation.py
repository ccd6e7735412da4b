"""Preparation: vials, the arithmetic of this syringe, numbered preparations, and the pump's settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.core.protocols import DoseRefused, PumpSettings, shown
from chairside.core.quantities import whole
from chairside.core.session import BadEvent, agreeing
from chairside.core.session.state import Preparation, State
from chairside.floor.before.vials import OFFERED_REASONS, Reckoned, read_numbers, reckon, vial_rows
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import Chairside, open_session, press

LOOK_AGAIN = "The vial was changed after the syringe was reckoned: read the arithmetic again, then begin."
PUMP_FIELDS = (
    ("concentration", "Concentration", "mg/mL"),
    ("rate", "Rate", "mL/h"),
    ("volume", "Volume to be infused", "mL"),
)


@dataclass(frozen=True, slots=True)
class ShownPreparation:
    """One preparation on the page, with the people who made and checked it."""

    preparation: Preparation
    people: Mapping[str, str]

    @property
    def by(self) -> str:
        """Who prepared it."""
        return self.people.get(self.preparation.begun.stamp.by, "")

    @property
    def checked_by(self) -> str:
        """Who checked it."""
        last = self.preparation.checks[-1] if self.preparation.checks else None
        return self.people.get(last.stamp.by, "") if last else ""

    @property
    def differs(self) -> str:
        """The fields in which the check did not agree; never a number."""
        last = self.preparation.checks[-1] if self.preparation.checks else None
        if last is None or last.body.agrees:
            return ""
        return ", ".join(agreeing.SPOKEN[each] for each in last.body.differs_in)

    @property
    def vials(self) -> str:
        """Its vials in words: strength, lot and expiry."""
        body = self.preparation.body
        if body.continues is not None:
            return f"runs on from the syringe of preparation {body.continues}"
        return "; ".join(
            f"vial {each.vial}, {shown(each.strength_ug_per_ml, 'mg/mL')}, lot {each.lot}, exp. {each.expiry}"
            for each in body.vials
        )


@require("nurse", "prescriber")
@require_GET
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The preparation as it stands. Whoever is to check it blind is sent to the check, and sees no number."""
    chair = open_session(request, session)
    last = chair.folded.state.preparation
    if last is not None and not last.checks and last.begun.stamp.by != chair.person.pk:
        return onward("second-check", chair)
    return draw(chair)


@require("nurse", "prescriber")
@require_POST
def begin(request: HttpRequest, session: str) -> HttpResponse:
    """Reckons the syringe for the vials in hand; once that was seen, begins the numbered preparation."""
    chair = open_session(request, session)
    reckoned = reckon(chair, request.POST)
    refused = Wrong("vials", reckoned.sentences, request.POST, reckoned.by_field or {})
    if reckoned.body is None:
        return draw(chair, refused)
    if request.POST.get("act") != "begin":
        return draw(chair, Wrong("vials", (), request.POST), reckoned)
    if request.POST.get("seen") != reckoned.seen:
        return draw(chair, Wrong("vials", (LOOK_AGAIN,), request.POST), reckoned)
    try:
        chair.write(Entry(kind="preparation.begun", payload=reckoned.body, press=request.POST.get("press")))
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong("vials", sentences_of(error), request.POST), reckoned)
    return onward("preparation", chair)


@require("nurse", "prescriber")
@require_POST
def go_on(request: HttpRequest, session: str) -> HttpResponse:
    """A new vein: a new numbered preparation that runs on from the same syringe."""
    chair = open_session(request, session)
    state, rules = chair.folded.state, chair.folded.rules
    usable = [each.body.number for each in state.preparations if each.usable]
    try:
        if not usable:
            raise DoseRefused("arithmetic", "continues", "syringe: expected one that two people agreed on")
        body = agreeing.continued(rules.preparation, state, usable[-1])
        chair.write(Entry(kind="preparation.begun", payload=body, press=request.POST.get("press")))
    except DoseRefused as refused:
        return draw(chair, Wrong("continue", (str(refused),)))
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong("continue", sentences_of(error)))
    return onward("preparation", chair)


@require("nurse", "prescriber")
@require_POST
def pump(request: HttpRequest, session: str) -> HttpResponse:
    """The settings read from the pump's own display, compared with the preparation."""
    chair = open_session(request, session)
    state, last = chair.folded.state, chair.folded.state.preparation
    numbers, errors = read_numbers(request.POST, PUMP_FIELDS)
    if errors or last is None:
        return draw(chair, Wrong("pump", (), request.POST, errors))
    settings = PumpSettings(numbers["concentration"], numbers["rate"], numbers["volume"])
    found = agreeing.programmed(
        chair.folded.rules.preparation, state, number=last.body.number, settings=settings
    )
    entry = Entry(
        kind="pump.programmed", payload=found.body, source="read back", press=request.POST.get("press")
    )
    try:
        chair.write(entry)
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong("pump", sentences_of(error), request.POST))
    return onward("preparation", chair)


def draw(chair: Chairside, wrong: Wrong | None = None, reckoned: Reckoned | None = None) -> HttpResponse:
    """The page as it stands, with what was refused beside what it concerns."""
    state, rules = chair.folded.state, chair.folded.rules
    last = state.preparation
    stamps = [s for each in state.preparations for s in (each.begun.stamp, *(c.stamp for c in each.checks))]
    people = names(chair.visit.clinic_id, [each.by for each in stamps])
    typed = wrong.typed if wrong else {}
    errors = wrong.by_field if wrong else {}
    page = {
        **frame(chair, "preparation"),
        "shown": [ShownPreparation(each, people) for each in state.preparations],
        "last": last,
        "stage": stage(state),
        "mine": last is not None and last.begun.stamp.by == chair.person.pk,
        "number": len(state.preparations) + 1,
        "reasons": OFFERED_REASONS if state.preparations else (),
        "disagreed": last is not None and bool(last.checks) and last.checked is None,
        "may_continue": state.phase == "paused" and any(each.usable for each in state.preparations),
        "strengths": [(shown(each.strength_ug_per_ml, "mg/mL")) for each in rules.preparation.vials],
        "vial_rows": vial_rows(whole(rules.preparation.vials_max, "vials"), typed, errors),
        "pump_lines": [
            (name, label, unit, typed.get(name, ""), errors.get(name, ""))
            for name, label, unit in PUMP_FIELDS
        ],
        "typed": typed,
        "by_field": errors,
        "reckoned": reckoned,
        "pump_press": press(),
        "continue_press": press(),
        "home_press": press(),
    }
    refused = wrong if wrong and (wrong.sentences or wrong.by_field) else None
    return drawn(chair, "preparation.html", page, wrong=refused)


def stage(state: State) -> str:
    """What the page is for now: an order first, the vials, the second person, the pump, or done."""
    last = state.preparation
    if state.order is None:
        return "order"
    if last is None or last.begun.stamp.at < state.order.stamp.at or (last.checks and last.checked is None):
        return "vials"
    if last.checked is None:
        return "check"
    return "done" if last.programmed_as_ordered else "pump"
