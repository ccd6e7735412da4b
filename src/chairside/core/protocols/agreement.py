"""The blind second reckoning, and the pump's settings: says where they differ, never from which number."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chairside.core.protocols.preparing import PreparationRules
from chairside.core.protocols.syringe import PreparationArithmetic
from chairside.core.quantities import to_step, whole

Slip = Literal["ten-fold", "concentration"]


@dataclass(frozen=True, slots=True)
class BlindReading:
    """What the second person read on the vial and reckoned, without seeing any reckoned number."""

    strength_ug_per_ml: int
    drawn_ul: int
    concentration_ug_per_ml: int
    rate_ul_per_h: int


@dataclass(frozen=True, slots=True)
class PumpSettings:
    """What the pump's own display says before the start."""

    concentration_ug_per_ml: int
    rate_ul_per_h: int
    volume_ul: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether two reckonings are one, and the names of the fields in which they are not.

    A suspected slip is an arithmetic stop, which nobody overrides; without agreement both begin again.
    """

    agrees: bool
    differences: tuple[str, ...]
    suspected_slip: Slip | None

    @property
    def stop(self) -> Literal["arithmetic"] | None:
        """The stop this raises, if it raises one."""
        return "arithmetic" if self.suspected_slip else None


def compare_blind(
    expected: PreparationArithmetic, entered: BlindReading, rules: PreparationRules
) -> Agreement:
    """Whether the second person came to the same syringe: equality after the signed rounding rule."""
    vial = rules.vial_rule(expected.vial_strength_ug_per_ml)
    draw_step = vial.draw_step_ul if vial else 1
    pairs = {
        "strength_ug_per_ml": (entered.strength_ug_per_ml, expected.vial_strength_ug_per_ml),
        "drawn_ul": (
            to_step(Fraction(entered.drawn_ul), step=draw_step, rule=rules.draw_rounding),
            expected.drawn_ul,
        ),
        "concentration_ug_per_ml": (entered.concentration_ug_per_ml, expected.concentration_ug_per_ml),
        "rate_ul_per_h": (_rounded_rate(entered.rate_ul_per_h, rules), expected.rate_ul_per_h),
    }
    return _agreement(pairs, expected, rules)


def compare_pump(
    expected: PreparationArithmetic, settings: PumpSettings, rules: PreparationRules
) -> Agreement:
    """Whether the pump is set to this preparation: equality, a pump can be set to the step."""
    pairs = {
        "concentration_ug_per_ml": (settings.concentration_ug_per_ml, expected.concentration_ug_per_ml),
        "rate_ul_per_h": (settings.rate_ul_per_h, expected.rate_ul_per_h),
        "volume_ul": (settings.volume_ul, expected.volume_to_be_infused_ul),
    }
    return _agreement(pairs, expected, rules)


def _rounded_rate(rate_ul_per_h: int, rules: PreparationRules) -> int:
    return to_step(Fraction(rate_ul_per_h), step=whole(rules.rate_step, "uL/h"), rule=rules.rate_rounding)


def _agreement(
    pairs: dict[str, tuple[int, int]], expected: PreparationArithmetic, rules: PreparationRules
) -> Agreement:
    differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return Agreement(not differing, tuple(differing), _slip(differing, expected, rules))


def _slip(
    differing: dict[str, tuple[int, int]], expected: PreparationArithmetic, rules: PreparationRules
) -> Slip | None:
    """The slip that these differences look like, or None."""
    if "strength_ug_per_ml" in differing:
        return "concentration"
    if any(_ten_fold(*pair, rules) for pair in differing.values()):
        return "ten-fold"
    if "concentration_ug_per_ml" in differing:
        return "concentration"
    entered, right = differing.get("drawn_ul", (0, 0))
    for other in rules.vials:
        if entered and entered * other.strength_ug_per_ml == right * expected.vial_strength_ug_per_ml:
            return "concentration"
    return None


def _ten_fold(entered: int, expected: int, rules: PreparationRules) -> bool:
    low, high = whole(rules.ten_fold_from, "ppm"), whole(rules.ten_fold_to, "ppm")
    if not entered or not expected:
        return False
    ratio_ppm = max(Fraction(entered, expected), Fraction(expected, entered)) * 1_000_000
    return low <= ratio_ppm <= high
