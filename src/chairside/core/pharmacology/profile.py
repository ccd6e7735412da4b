"""What was infused: piecewise-constant rates and boluses, in seconds from T0 of the session."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf, isfinite

from chairside.core.pharmacology.model import Enantiomer
from chairside.core.pharmacology.refusal import PredictionRefused

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Segment:
    """A constant rate from `start_s` to `end_s`; `end_s` may be infinite (the pump runs on)."""

    start_s: float
    end_s: float
    rate_ug_per_h: Fraction | float


@dataclass(frozen=True, slots=True)
class Bolus:
    """An amount given at once."""

    at_s: float
    amount_ug: Fraction | float


@dataclass(frozen=True, slots=True)
class Interval:
    """Hours from T0, between which nothing changes: a bolus at its start, then a constant rate."""

    start_h: float
    end_h: float
    rate_ug_per_h: float
    bolus_ug: float


@dataclass(frozen=True, slots=True)
class Profile:
    """The whole course of one drug into one patient; nothing given before it is known of.

    Segments may touch but not overlap; a gap is a rate of zero. Raises PredictionRefused, naming the
    field, on overlap, an end before its start, and negative or non-finite numbers.
    """

    enantiomer: Enantiomer
    segments: tuple[Segment, ...] = ()
    boluses: tuple[Bolus, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what can't have been given."""
        for segment in self.segments:
            if not isfinite(segment.start_s) or not segment.start_s <= segment.end_s:
                raise PredictionRefused(
                    f"segments: expected a start_s and an end_s not before it, got {segment}"
                )
            if not 0 <= segment.rate_ug_per_h < inf:
                raise PredictionRefused(f"segments: expected a rate_ug_per_h of 0 or more, got {segment}")
        for earlier, later in pairwise(self.ordered()):
            if later.start_s < earlier.end_s:
                raise PredictionRefused(f"segments: expected no overlap, got {earlier} and {later}")
        for bolus in self.boluses:
            if not isfinite(bolus.at_s) or not 0 <= bolus.amount_ug < inf:
                raise PredictionRefused(
                    f"boluses: expected an at_s and an amount_ug of 0 or more, got {bolus}"
                )

    def ordered(self) -> list[Segment]:
        """Segments in time; those without length give nothing and are left out."""
        lasting = [segment for segment in self.segments if segment.start_s < segment.end_s]
        return sorted(lasting, key=lambda segment: segment.start_s)

    def intervals(self) -> tuple[Interval, ...]:
        """The course cut wherever anything changes; the last interval has no end."""
        segments = self.ordered()
        cuts = {segment.start_s for segment in segments} | {segment.end_s for segment in segments}
        cuts |= {bolus.at_s for bolus in self.boluses}
        edges = [*sorted(cuts - {inf}), inf]
        intervals = []
        for start, end in pairwise(edges):
            rate = next((s.rate_ug_per_h for s in segments if s.start_s <= start < s.end_s), 0)
            bolus = sum((Fraction(b.amount_ug) for b in self.boluses if b.at_s == start), Fraction(0))
            intervals.append(
                Interval(start / SECONDS_PER_HOUR, end / SECONDS_PER_HOUR, float(rate), float(bolus))
            )
        return tuple(intervals)
