"""What a protocol file says: one way of giving the drug for one indication, every number with its source."""

from dataclasses import dataclass
from typing import Literal

from chairside.core.quantities import Rounding, Sourced, whole

DosingWeightKind = Literal["actual", "ideal", "adjusted"]
EvidenceLevel = Literal["1", "2", "3", "4"]


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
        for name in ("dose", "dose_min", "ceiling_per_kg"):
            whole(getattr(self, name), "ug/kg")
        if (
            not whole(self.dose_min, "ug/kg")
            <= whole(self.dose, "ug/kg")
            <= whole(self.ceiling_per_kg, "ug/kg")
        ):
            raise ValueError("dose: expected between dose_min and ceiling_per_kg")
        shortest, longest = whole(self.duration_min, "s"), whole(self.duration_max, "s")
        if not 0 < shortest <= whole(self.duration, "s") <= longest:
            raise ValueError("duration: expected between duration_min and duration_max")
        if self.ceiling_absolute is not None:
            whole(self.ceiling_absolute, "ug")
        whole(self.rate_max, "ug/kg/h")
        if whole(self.dose_step, "ug") < 1:
            raise ValueError("dose_step: expected more than zero")
        if not self.dosing_weight_kinds:
            raise ValueError("dosing_weight_kinds: expected at least one kind of weight")
        if not self.tiers or whole(self.tiers[-1].up_to, "ug/kg") < whole(self.ceiling_per_kg, "ug/kg"):
            raise ValueError("tiers: expected the last one to reach the ceiling per kg")
