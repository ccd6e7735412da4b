"""What a preparation file says: vials, dilution, rounding, pump limits, tolerances."""

from dataclasses import dataclass
from typing import Literal

from chairside.core.ledger import Tolerance
from chairside.core.protocols.steps import DoseRefused, shown
from chairside.core.quantities import Rounding, Sourced, WeightRules, require_above_zero, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class VialRule:
    """How a vial of this strength is diluted, and the finest volume drawn from it."""

    strength: Sourced
    final_concentration: Sourced
    draw_step: Sourced

    def __post_init__(self) -> None:
        """Refuses a drawing step that is not a whole number of micrograms."""
        require_above_zero({"final_concentration": self.final_concentration}, "ug/mL")
        require_above_zero({"draw_step": self.draw_step}, "uL")
        if self.strength_ug_per_ml < self.final_ug_per_ml:
            raise ValueError("final_concentration: expected at most the strength of the vial")
        if self.strength_ug_per_ml * self.draw_step_ul % 1000:
            raise ValueError("draw_step: expected a step that holds whole micrograms of drug")

    @property
    def strength_ug_per_ml(self) -> int:
        """The strength on the label."""
        return whole(self.strength, "ug/mL")

    @property
    def final_ug_per_ml(self) -> int:
        """The one concentration this vial is diluted to."""
        return whole(self.final_concentration, "ug/mL")

    @property
    def draw_step_ul(self) -> int:
        """The step drawn volumes are rounded to."""
        return whole(self.draw_step, "uL")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugTolerance:
    """The measurement difference that still closes a book of this substance: the lower of the two holds."""

    substance: str
    absolute: Sourced
    relative: Sourced

    @property
    def signed(self) -> Tolerance:
        """The same in whole units."""
        return Tolerance(whole(self.absolute, "ug"), whole(self.relative, "ppm"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule:
    """The line's dead space, and what fills it before the start.

    Filled with `diluent`, the line holds drug that was pumped and not given until it is flushed.
    Filled with `solution`, that much more is drawn.
    """

    dead_space: Sourced
    filled_with: Literal["diluent", "solution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationRules:
    """The signed rules by which a syringe is made and a pump is set, for one substance."""

    id: str
    version: str
    title: str
    kind: Literal["preparation"]
    substance: str
    evidence_level: str
    off_label: bool
    sources: tuple[str, ...]
    diluent: str
    vials: tuple[VialRule, ...]
    vials_max: Sourced
    draw_rounding: Rounding
    volume_step: Sourced
    volume_rounding: Rounding
    volume_max: Sourced
    rate_step: Sourced
    rate_rounding: Rounding
    pump_rate_min: Sourced
    pump_rate_max: Sourced
    line: LineRule
    ten_fold_from: Sourced
    ten_fold_to: Sourced
    tolerances: tuple[DrugTolerance, ...]
    weight: WeightRules

    def __post_init__(self) -> None:
        """Refuses numbers in units that don't fit, and a dilution that does not come out on the measure."""
        require_above_zero({"volume_step": self.volume_step, "volume_max": self.volume_max}, "uL")
        require_above_zero({"vials_max": self.vials_max}, "vials")
        require_above_zero({"rate_step": self.rate_step, "pump_rate_min": self.pump_rate_min}, "uL/h")
        strengths = {each.strength_ug_per_ml for each in self.vials}
        if not strengths or len(strengths) < len(self.vials):
            raise ValueError("vials: expected one rule for each strength, and at least one")
        step = whole(self.volume_step, "uL")
        for vial in self.vials:
            if vial.strength_ug_per_ml * vial.draw_step_ul % (vial.final_ug_per_ml * step):
                raise ValueError("draw_step: expected a step whose dilution is a multiple of volume_step")
        if whole(self.pump_rate_min, "uL/h") >= whole(self.pump_rate_max, "uL/h"):
            raise ValueError("pump_rate_max: expected more than pump_rate_min")
        if not 1_000_000 < whole(self.ten_fold_from, "ppm") < whole(self.ten_fold_to, "ppm"):
            raise ValueError("ten_fold_to: expected more than ten_fold_from, which is more than 1")
        whole(self.line.dead_space, "uL")

    def signed_vial(self, strength_ug_per_ml: int) -> VialRule:
        """The rule of that strength; without a signed one nothing is drawn from such a vial."""
        for each in self.vials:
            if each.strength_ug_per_ml == strength_ug_per_ml:
                return each
        known = ", ".join(shown(each.strength_ug_per_ml, "mg/mL") for each in self.vials)
        raise DoseRefused("arithmetic", "strength", f"vial strength: expected one of {known}")

    def tolerance_by_substance(self) -> dict[str, Tolerance]:
        """The signed tolerances of the drug books."""
        return {each.substance: each.signed for each in self.tolerances}
