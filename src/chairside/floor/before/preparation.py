"""Preparation: vials, the arithmetic of this syringe, numbered preparations, and the pump's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.core.protocols import DoseRefused, PreparationArithmetic, PumpSettings, shown
from chairside.core.quantities import BadQuantity, parse_quantity, whole
from chairside.core.session import BadEvent, agreeing
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import reckoned_preparation
from chairside.core.session.state import Preparation, State
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import Chairside, open_session, press

LOOK_AGAIN = "The vial was changed after the syringe was reckoned: read the arithmetic again, then begin."
PUMP_FIELDS = (
    ("concentration", "Concentration", "mg/mL"),
    ("rate", "Rate", "mL/h"),
    ("volume", "Volume to be infused", "mL"),
)
VIAL_FIELDS = (
    ("vial", "Number this vial is counted by", ""),
    ("content", "It holds", "mL"),
    ("lot", "Lot", ""),
    ("expiry", "Expiry, as YYYY-MM-DD", ""),
)
OFFERED_REASONS = tuple(
    each for each in get_args(p.PreparationReason) if each not in ("first", "check disagreed")
)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The syringe as reckoned from the vials that were typed, or the sentences why it is not."""

    syringe: PreparationArithmetic | None = None
    body: p.PreparationBegun | None = None
    by_field: Mapping[str, str] | None = None
    sentences: tuple[str, ...] = ()

    @property
    def seen(self) -> str:
        """What the first person has seen when they begin."""
        made = self.body
        return (
            f"{made.final_ul} {made.rate_ul_per_h} {len(made.vials)} {made.vials[0].strength_ug_per_ml}"
            if made
            else ""
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


def vial_rows(
    most: int, typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[tuple[int, list[tuple[str, str, str, str, str]]]]:
    """The lines of each vial, with what was typed and what is wrong."""
    return [
        (
            row,
            [
                (
                    f"{name}_{row}",
                    label,
                    unit,
                    typed.get(f"{name}_{row}", ""),
                    errors.get(f"{name}_{row}", ""),
                )
                for name, label, unit in VIAL_FIELDS
            ],
        )
        for row in range(1, most + 1)
    ]


def read_numbers(
    form: Mapping[str, str], fields: tuple[tuple[str, str, str], ...]
) -> tuple[dict[str, int], dict[str, str]]:
    """Typed quantities in whole base units by name, and by name a sentence for each that can't be read."""
    numbers: dict[str, int] = {}
    errors: dict[str, str] = {}
    for name, label, unit in fields:
        try:
            numbers[name] = parse_quantity(form.get(name, ""), field=label.lower(), unit=unit)
        except BadQuantity as bad:
            errors[name] = str(bad)
    return numbers, errors


# Reckoning --------------------------------------------------------------------------------------------


def reckon(chair: Chairside, form: Mapping[str, str]) -> Reckoned:
    """The syringe for the vials that were typed, by the core; sentences where it can't be."""
    state, rules = chair.folded.state, chair.folded.rules
    reason = _reason(state, form)
    rows = [
        row
        for row in range(1, whole(rules.preparation.vials_max, "vials") + 1)
        if row == 1 or _any(form, row)
    ]
    contents, errors = read_numbers(
        form, tuple((f"content_{row}", f"vial {row} holds", "mL") for row in rows)
    )
    try:
        strength = parse_quantity(
            form.get("strength", "").removesuffix(" mg/mL"), field="strength", unit="mg/mL"
        )
    except BadQuantity:
        strength = 0
        errors["strength"] = "strength: expected the one on the vial's label"
    for row in rows:
        errors |= {
            f"{name}_{row}": f"{label}: expected what the vial's label says"
            for name, label in (("vial", "number"), ("lot", "lot"), ("expiry", "expiry"))
            if not form.get(f"{name}_{row}", "").strip()
        }
    if reason is None:
        errors["reason"] = "reason: expected why a new preparation is made"
    if errors:
        return Reckoned(by_field=errors)
    try:
        syringe = reckoned_preparation(
            rules, state, strength_ug_per_ml=strength, content_ul=max(contents.values())
        )
    except DoseRefused as refused:
        return Reckoned(sentences=(str(refused),))
    if len(syringe.draws_ul) != len(rows):
        wanted = len(syringe.draws_ul)
        return Reckoned(
            sentences=(f"vials: this dose takes {wanted} of this size and strength, not {len(rows)}",)
        )
    return Reckoned(
        syringe, _begun(state, form, syringe=syringe, reason=str(reason), contents=list(contents.values()))
    )


def _reason(state: State, form: Mapping[str, str]) -> str | None:
    """Why this preparation is made: the first, after a check that disagreed, or as the person says."""
    last = state.preparation
    if last is None:
        return "first"
    if last.checks and last.checked is None:
        return "check disagreed"
    chosen = form.get("reason", "")
    return chosen if chosen in OFFERED_REASONS else None


def _any(form: Mapping[str, str], row: int) -> bool:
    return any(form.get(f"{name}_{row}", "").strip() for name, _, _ in VIAL_FIELDS)


def _begun(
    state: State, form: Mapping[str, str], *, syringe: PreparationArithmetic, reason: str, contents: list[int]
) -> p.PreparationBegun:
    order = state.order
    vials = tuple(
        p.VialDrawn(
            vial=form[f"vial_{row}"].strip(),
            strength_ug_per_ml=syringe.vial_strength_ug_per_ml,
            content_ul=content_ul,
            drawn_ul=drawn_ul,
            lot=form[f"lot_{row}"].strip(),
            expiry=form[f"expiry_{row}"].strip(),
        )
        for row, (content_ul, drawn_ul) in enumerate(zip(contents, syringe.draws_ul, strict=True), 1)
    )
    return p.PreparationBegun(
        number=len(state.preparations) + 1,
        reason=next(each for each in get_args(p.PreparationReason) if each == reason),
        substance=order.body.substance if order else "",
        vials=vials,
        drawn_ug=syringe.drawn_ug,
        diluent_ul=syringe.diluent_ul,
        final_ul=syringe.final_ul,
        concentration_ug_per_ml=syringe.concentration_ug_per_ml,
        rate_ul_per_h=syringe.rate_ul_per_h,
        volume_ul=syringe.volume_to_be_infused_ul,
        steps=tuple(f"{each.label}: {each.expression} = {each.result}" for each in syringe.steps),
    )
