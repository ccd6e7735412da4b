"""The units people type, and the whole units that are reckoned in."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chairside.core.quantities.sourced import Sourced


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is written: how many whole base units it holds, and the base unit's name."""

    name: str
    base: str
    per_unit: int

    @property
    def decimals(self) -> int:
        """Digits after the point that still are whole base units; none for spans of time."""
        return len(str(self.per_unit)) - 1 if self.per_unit in (1, 10, 100, 1000, 1_000_000) else 0


UNITS: Mapping[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("kg", "g", 1000),
        Unit("g", "g", 1),
        Unit("lb", "milli-lb", 1000),
        Unit("mg", "ug", 1000),
        Unit("ug", "ug", 1),
        Unit("mg/kg", "ug/kg", 1000),
        Unit("mg/kg/h", "ug/kg/h", 1000),
        Unit("mL", "uL", 1000),
        Unit("uL", "uL", 1),
        Unit("mg/mL", "ug/mL", 1000),
        Unit("mL/h", "uL/h", 1000),
        Unit("s", "s", 1),
        Unit("min", "s", 60),
        Unit("h", "s", 3600),
        Unit("%", "ppm", 10_000),
        Unit("1", "ppm", 1_000_000),
        Unit("vials", "vials", 1),
    )
}


class WrongUnit(ValueError):
    """A number of the library in a unit that does not fit where it stands."""


def whole(number: Sourced, base: str) -> int:
    """A library number in whole base units (`g`, `ug`, `uL`, `uL/h`, `s`, `ppm` ...).

    Refuses with `WrongUnit` another kind of quantity, or a value finer than the base unit: a signed
    number is never rounded.
    """
    unit = UNITS.get(number.unit)
    if unit is None or unit.base != base:
        raise WrongUnit(f"expected a unit that is whole {base}, not {number.unit}")
    value = Fraction(str(number.value)) * unit.per_unit
    if value.denominator != 1:
        raise WrongUnit(f"expected whole {base}, not {number.value} {number.unit}")
    return value.numerator


def require_above_zero(numbers: Mapping[str, Sourced | None], base: str) -> None:
    """Refuses with `ValueError`, by name, library numbers that are zero or less; those absent pass."""
    for name, number in numbers.items():
        if number is not None and whole(number, base) <= 0:
            raise ValueError(f"{name}: expected more than zero")


def decimal_text(amount: int, per_unit: int) -> str:
    """A whole number of base units written in the larger unit, exactly and without trailing zeros."""
    text = f"{Decimal(amount) / per_unit:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
