"""Whether one vial or syringe adds up: a difference, a tolerance, and what nobody stated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["balanced", "within tolerance", "case", "open"]

WORST_FIRST: tuple[Outcome, ...] = ("case", "open", "within tolerance", "balanced")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The signed measurement difference of pump and syringe: the lower of the two holds.

    `relative_ppm` is parts per million of what was drawn.
    """

    absolute_ug: int
    relative_ppm: int

    def of(self, drawn_ug: int) -> int:
        """Whole micrograms, rounded down, that may be missing or too many where so much was drawn."""
        return min(self.absolute_ug, drawn_ug * self.relative_ppm // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What is known of a sum before it is judged."""

    what: str
    difference_ug: int | None
    by_difference_ug: int = 0
    lost_ug: int | None = None
    tolerance_ug: int | None
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def unmeasured_ug(self) -> int | None:
        """The difference and, with it, whatever is known by difference only."""
        return None if self.difference_ug is None else abs(self.difference_ug) + self.by_difference_ug


def judge(found: Sum) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a sum and the reasons for it, as sentences without a full stop."""
    reasons = list(found.wrong)
    if found.lost_ug:  # a stated 0 says that nothing was lost
        reasons.append(f"{found.what}: {found.lost_ug} µg stated as lost")
    unmeasured = found.unmeasured_ug
    if unmeasured is not None and found.tolerance_ug is None and unmeasured:
        reasons.append(f"{found.what}: {unmeasured} µg not measured, and no signed tolerance")
    elif unmeasured is not None and unmeasured > (found.tolerance_ug or 0):
        reasons.append(
            f"{found.what}: {unmeasured} µg not measured, above the tolerance of {found.tolerance_ug} µg"
        )
    if reasons:
        return "case", tuple(reasons)
    if found.missing:
        return "open", tuple(f"nobody stated {each}" for each in found.missing)
    if unmeasured:
        return "within tolerance", (
            f"{found.what}: {unmeasured} µg not measured, within the tolerance of {found.tolerance_ug} µg",
        )
    return "balanced", ()


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes; of none, balanced."""
    found = set(outcomes)
    return next((each for each in WORST_FIRST if each in found), "balanced")


def total(amounts: Sequence[int | None]) -> int | None:
    """The sum, or None where one of them is unknown."""
    known = [each for each in amounts if each is not None]
    return sum(known) if len(known) == len(amounts) else None
