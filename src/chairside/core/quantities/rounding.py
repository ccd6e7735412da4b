"""Rounding once, by a named rule, from an exact fraction to whole units."""

from fractions import Fraction
from math import ceil, floor
from typing import Literal

Rounding = Literal["half up", "down", "up"]
"""A signed rounding rule; `half up` rounds 2.5 to 3. Drug amounts are never negative."""


def to_step(value: Fraction, *, step: int, rule: Rounding) -> int:
    """The exact value rounded to a multiple of `step` whole units."""
    if step < 1 or value < 0:
        raise ValueError(f"rounding: expected a value and a step above zero, not {value} and {step}")
    steps = value / step
    if rule == "down":
        return floor(steps) * step
    if rule == "up":
        return ceil(steps) * step
    return floor(steps + Fraction(1, 2)) * step
