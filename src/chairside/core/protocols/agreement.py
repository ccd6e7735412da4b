"""The blind second reckoning, and the pump's settings: says where they differ, never from which number."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chairside.core.protocols.preparing import PreparationRules, VialRule
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


@dataclass(frozen=True, slots=True)
class _Pair:
    """A field as it was entered, as it counts after rounding, and as it was reckoned."""

    field: str
    entered: int
    counts: int
    reckoned: int


def compare_blind(
    expected: PreparationArithmetic, entered: BlindReading, rules: PreparationRules
) -> Agreement:
    """Whether the second person came to the same syringe: equality after the signed rounding rule."""
    vial = rules.signed_vial(expected.vial_strength_ug_per_ml)
    rate_step = whole(rules.rate_step, "uL/h")
    rate = to_step(Fraction(entered.rate_ul_per_h), step=rate_step, rule=rules.rate_rounding)
    strength, concentration = entered.strength_ug_per_ml, entered.concentration_ug_per_ml
    pairs = (
        _Pair("strength_ug_per_ml", strength, strength, expected.vial_strength_ug_per_ml),
        _Pair("drawn_ul", entered.drawn_ul, _on_mark(entered.drawn_ul, vial, rules), expected.drawn_ul),
        _Pair("concentration_ug_per_ml", concentration, concentration, expected.concentration_ug_per_ml),
        _Pair("rate_ul_per_h", entered.rate_ul_per_h, rate, expected.rate_ul_per_h),
    )
    return _agreement(pairs, expected, rules)


def compare_pump(
    expected: PreparationArithmetic, settings: PumpSettings, rules: PreparationRules
) -> Agreement:
    """Whether the pump is set to this preparation: equality, since a pump can be set to the step."""
    concentration, rate, volume = settings.concentration_ug_per_ml, settings.rate_ul_per_h, settings.volume_ul
    pairs = (
        _Pair("concentration_ug_per_ml", concentration, concentration, expected.concentration_ug_per_ml),
        _Pair("rate_ul_per_h", rate, rate, expected.rate_ul_per_h),
        _Pair("volume_ul", volume, volume, expected.volume_to_be_infused_ul),
    )
    return _agreement(pairs, expected, rules)


def _on_mark(drawn_ul: int, vial: VialRule, rules: PreparationRules) -> int:
    """A volume as it can be drawn from this vial."""
    return to_step(Fraction(drawn_ul), step=vial.draw_step_ul, rule=rules.draw_rounding)


def _agreement(
    pairs: tuple[_Pair, ...], expected: PreparationArithmetic, rules: PreparationRules
) -> Agreement:
    differing = {each.field: each for each in pairs if each.counts != each.reckoned}
    return Agreement(not differing, tuple(differing), _slip(differing, expected, rules))


def _slip(
    differing: dict[str, _Pair], expected: PreparationArithmetic, rules: PreparationRules
) -> Slip | None:
    """The slip that these differences look like, or None: the wrong vial first, then a moved point."""
    if "strength_ug_per_ml" in differing:
        return "concentration"
    if any(_ten_fold(each, rules) for each in differing.values()):
        return "ten-fold"
    if "concentration_ug_per_ml" in differing:
        return "concentration"
    drawn = differing.get("drawn_ul")
    if drawn and any(_would_hold_ug(drawn.entered, vial, rules) == expected.drawn_ug for vial in rules.vials):
        return "concentration"
    return None


def _would_hold_ug(drawn_ul: int, vial: VialRule, rules: PreparationRules) -> int:
    """The drug in this volume, were the vial of that strength."""
    return _on_mark(drawn_ul, vial, rules) * vial.strength_ug_per_ml // 1000


def _ten_fold(pair: _Pair, rules: PreparationRules) -> bool:
    if not pair.entered or not pair.reckoned:
        return False
    ratio = Fraction(pair.entered, pair.reckoned)
    low, high = whole(rules.ten_fold_from, "ppm"), whole(rules.ten_fold_to, "ppm")
    return low <= max(ratio, 1 / ratio) * 1_000_000 <= high
