"""Numbers that people type, read as whole units or refused with one sentence."""

import re

from chairside.core.quantities.units import UNITS, Unit

MOST_DIGITS = 7
"""Digits before the point beyond which a typed number is a slip of the keyboard."""

_NUMBER = re.compile(r"(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))?")


class BadQuantity(ValueError):
    """A typed number that can't be read: the field, and what was expected there."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


def parse_quantity(text: str, *, field: str, unit: str) -> int:
    """A typed decimal number in `unit` as whole base units: "70.2" kg is 70200 (grams).

    The unit may be typed after the number, if it is the one asked for. Nothing is guessed: a comma,
    a letter, a sign, a missing digit beside the point, or more digits than can be kept raise
    `BadQuantity`.
    """
    measure = UNITS[unit]
    typed = text.strip().removesuffix(unit).rstrip()
    found = _NUMBER.fullmatch(typed)
    if found is None:
        raise BadQuantity(field, _expected(typed, unit))
    part = found["part"] or ""
    if len(found["whole"]) > MOST_DIGITS:
        raise BadQuantity(field, f"at most {MOST_DIGITS} digits before the point, in {unit}")
    if len(part.rstrip("0")) > measure.decimals:
        raise BadQuantity(field, _finest(measure))
    scaled: int = int(found["whole"] + part) * measure.per_unit
    return int(scaled // 10 ** len(part))


def _finest(measure: Unit) -> str:
    if measure.decimals == 0:
        return f"a whole number of {measure.name}"
    return f"at most {measure.decimals} digits after the point, in {measure.name}"


def _expected(typed: str, unit: str) -> str:
    """What should have been typed, said for the commonest slips."""
    if not typed:
        return f"a number in {unit}"
    if "," in typed:
        return f"a number in {unit} with a point, not a comma, as in 70.2"
    if typed.startswith(("-", "\N{MINUS SIGN}")):
        return f"a number in {unit}, zero or more"
    if typed.startswith(".") or typed.endswith("."):
        return f"a number in {unit} with a digit on both sides of the point, as in 0.5"
    return f"a number in {unit}, digits and at most one point"
