"""Rate × time (× weight) -> amount, exactly, and the infusion records that can't be reckoned with."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

InfusionRefusal = Literal[
    "rewritten",
    "ends before it starts",
    "negative amount",
    "negative rate",
    "unit not known",
    "weight unknown",
]


@dataclass(frozen=True, slots=True)
class RateUnit:
    """A rate's unit: what one of it is in the base unit (ug or uL), over how many seconds, per kg or not."""

    name: str
    base: Literal["ug", "uL"]
    per_unit: int
    seconds: int
    per_kg: bool = False


RATE_UNITS: Mapping[str, RateUnit] = {
    unit.name: unit
    for unit in (
        RateUnit("mL/h", "uL", 1000, 3600),
        RateUnit("uL/h", "uL", 1, 3600),
        RateUnit("mL/kg/h", "uL", 1000, 3600, per_kg=True),
        RateUnit("ug/h", "ug", 1, 3600),
        RateUnit("ug/kg/min", "ug", 1, 60, per_kg=True),
        RateUnit("mg/h", "ug", 1000, 3600),
        RateUnit("mg/min", "ug", 1000, 60),
        RateUnit("mg/kg/h", "ug", 1000, 3600, per_kg=True),
        RateUnit("g/h", "ug", 1_000_000, 3600),
        RateUnit("g/min", "ug", 1_000_000, 60),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionRecord:
    """A stretch of an infusion as another system recorded it; seconds count from any fixed moment.

    `rewritten` marks a record that another one has replaced.
    """

    rate: Fraction
    unit: str
    starts_s: Fraction
    ends_s: Fraction
    weight_g: Fraction | None = None
    stated_amount: Fraction | None = None
    rewritten: bool = False


def amount_over(rate: Fraction, *, unit: RateUnit, seconds: Fraction, weight_g: Fraction | None) -> Fraction:
    """What a rate amounts to over a time, exactly, in the unit's base (micrograms or microlitres)."""
    if unit.per_kg and weight_g is None:
        raise ValueError(f"weight: expected a weight for a rate in {unit.name}")
    kilograms = Fraction(weight_g or 0, 1000) if unit.per_kg else Fraction(1)
    return rate * unit.per_unit * kilograms * seconds / unit.seconds


def infusion_refusals(record: InfusionRecord) -> tuple[InfusionRefusal, ...]:
    """Every reason, by name, not to count this record; none means that its amount can be reckoned."""
    unit = RATE_UNITS.get(record.unit)
    named: tuple[tuple[bool, InfusionRefusal], ...] = (
        (record.rewritten, "rewritten"),
        (record.ends_s <= record.starts_s, "ends before it starts"),
        (record.stated_amount is not None and record.stated_amount < 0, "negative amount"),
        (record.rate < 0, "negative rate"),
        (unit is None, "unit not known"),
        (unit is not None and unit.per_kg and not record.weight_g, "weight unknown"),
    )
    return tuple(name for refused, name in named if refused)
