"""What a protocol file says: one way of giving the drug for one indication, every number with its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from chairside.core.quantities import Rounding, Sourced, require_above_zero, whole

DosingWeightKind = Literal["actual", "ideal", "adjusted"]
EvidenceLevel = Literal["1", "2", "3", "4"]

PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """How closely a dose is watched; the first tier that reaches up to the ordered dose per kg holds."""

    id: str
    up_to: Sourced
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The induction series: infusions in all, and in a week."""

    infusions: Sourced
    per_week: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A published protocol: dose by weight over a fixed time, its bounds and ceilings, and its evidence.

    `evidence_level`: 1 meta-analysis or two adequate trials, 2 one trial or small ones, 3 open label
    or consensus, 4 opinion; `null_result` says that randomised evidence against it exists and stands
    in `counter_evidence`. Without `ceiling_absolute` nothing can be ordered by it.
    """

    id: str
    version: str
    title: str
    kind: Literal["protocol"]
    indication: str
    substance: str
    route: Literal["iv"]
    enantiomer: Literal["racemic", "S", "R"]
    off_label: bool
    evidence_level: EvidenceLevel
    null_result: bool
    sources: tuple[str, ...]
    counter_evidence: tuple[str, ...] = ()
    dose: Sourced
    dose_min: Sourced
    duration: Sourced
    duration_min: Sourced
    duration_max: Sourced
    ceiling_per_kg: Sourced
    ceiling_absolute: Sourced | None = None
    rate_max: Sourced
    dosing_weight_kinds: tuple[DosingWeightKind, ...]
    dosing_weight_source: str
    dose_step: Sourced
    dose_rounding: Rounding
    ten_fold_from: Sourced
    series: Series
    tiers: tuple[Tier, ...]
    instruments: tuple[str, ...] = ()
    response: str = ""
    remission: str = ""

    def __post_init__(self) -> None:
        """Refuses numbers in units that don't fit, and bounds that contradict each other."""
        require_above_zero({"dose_min": self.dose_min}, "ug/kg")
        require_above_zero({"ceiling_absolute": self.ceiling_absolute, "dose_step": self.dose_step}, "ug")
        require_above_zero({"duration_min": self.duration_min}, "s")
        require_above_zero({"rate_max": self.rate_max}, "ug/kg/h")
        _in_order("dose", (self.dose_min, self.dose, self.ceiling_per_kg), "ug/kg")
        _in_order("duration", (self.duration_min, self.duration, self.duration_max), "s")
        _in_order("tiers", [each.up_to for each in self.tiers], "ug/kg")
        if whole(self.ten_fold_from, "ppm") <= PPM:
            raise ValueError("ten_fold_from: expected more than 1")
        if not self.dosing_weight_kinds:
            raise ValueError("dosing_weight_kinds: expected at least one kind of weight")
        if not self.tiers or whole(self.tiers[-1].up_to, "ug/kg") < whole(self.ceiling_per_kg, "ug/kg"):
            raise ValueError("tiers: expected the last one to reach the ceiling per kg")


def _in_order(name: str, bounds: Sequence[Sourced], base: str) -> None:
    if any(whole(lower, base) > whole(upper, base) for lower, upper in pairwise(bounds)):
        raise ValueError(f"{name}: expected its numbers in order, the lowest first")
