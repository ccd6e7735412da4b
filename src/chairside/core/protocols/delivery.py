"""Drug that left the syringe, reckoned from the rates that people recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from chairside.core.protocols.preparing import PreparationRules
from chairside.core.quantities import RATE_UNITS, amount_over, to_step, whole


class BadSegment(ValueError):
    """A stretch of an infusion that can't have happened; says what was expected."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch at one rate, in seconds from any fixed moment; `ends_s` is None while it runs."""

    rate_ul_per_h: int
    starts_s: int
    ends_s: int | None = None

    def __post_init__(self) -> None:
        """Refuses a stretch that ends before it starts, or a rate below zero."""
        if self.rate_ul_per_h < 0:
            raise BadSegment(f"rate_ul_per_h: expected zero or more, not {self.rate_ul_per_h}")
        if self.ends_s is not None and self.ends_s <= self.starts_s:
            raise BadSegment(f"ends_s: expected after {self.starts_s}, not {self.ends_s}")


def delivered_ug(segments: Iterable[Segment], concentration_ug_per_ml: int, until_s: int) -> int:
    """Drug pumped until then: the sum of rate × time × concentration, rounded once, half up."""
    volume_ul = sum((_volume_ul(each, until_s) for each in segments), Fraction(0))
    return to_step(volume_ul * concentration_ug_per_ml / 1000, step=1, rule="half up")


def line_residual_ug(rules: PreparationRules, concentration_ug_per_ml: int) -> int:
    """What a full line holds: an estimate by the signed dead space, for a person to state or not."""
    dead_space_ul = whole(rules.line.dead_space, "uL")
    return to_step(Fraction(dead_space_ul * concentration_ug_per_ml, 1000), step=1, rule="half up")


def _volume_ul(segment: Segment, until_s: int) -> Fraction:
    ends_s = until_s if segment.ends_s is None else min(segment.ends_s, until_s)
    seconds = Fraction(max(0, ends_s - segment.starts_s))
    rate = Fraction(segment.rate_ul_per_h)
    return amount_over(rate, unit=RATE_UNITS["uL/h"], seconds=seconds, weight_g=None)
