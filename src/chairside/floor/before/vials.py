"""The vials in hand become a syringe: read from the form, reckoned by the core."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from chairside.core.protocols import DoseRefused, PreparationArithmetic
from chairside.core.quantities import BadQuantity, parse_quantity, whole
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import reckoned_preparation
from chairside.core.session.state import State
from chairside.floor.chairside import Chairside

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
