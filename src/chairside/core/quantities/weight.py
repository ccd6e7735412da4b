"""A weight as it was entered, in grams, and what is asked about it before it is used."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chairside.core.quantities.rounding import to_step
from chairside.core.quantities.sourced import Sourced
from chairside.core.quantities.typed import BadQuantity, parse_quantity
from chairside.core.quantities.units import decimal_text, require_above_zero, whole

WeightUnit = Literal["kg", "lb"]
QuestionKind = Literal["wrong unit", "implausible", "changed"]

KG_PER_LB = Fraction("0.45359237")
"""Exact by definition (international yard and pound agreement, 1959)."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight in whole grams, as entered, with the conversion written out."""

    weight_g: int
    unit_entered: WeightUnit
    entered: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRules:
    """The signed numbers behind the questions about a weight."""

    plausible_min: Sourced
    plausible_max: Sourced
    change_questioned_above: Sourced
    unit_slip_tolerance: Sourced

    def __post_init__(self) -> None:
        """Refuses numbers in units that don't fit."""
        require_above_zero({"plausible_min": self.plausible_min}, "g")
        require_above_zero({"unit_slip_tolerance": self.unit_slip_tolerance}, "ppm")
        require_above_zero({"change_questioned_above": self.change_questioned_above}, "ppm")
        if whole(self.plausible_min, "g") >= whole(self.plausible_max, "g"):
            raise ValueError("plausible_max: expected more than plausible_min")


@dataclass(frozen=True, slots=True)
class WeightQuestion:
    """Something to settle before this weight is used, as a sentence for the person who weighed."""

    kind: QuestionKind
    text: str


def parse_weight(text: str, *, unit: WeightUnit, field: str = "weight") -> Weight:
    """A typed weight in kilograms or pounds; pounds are converted exactly and rounded once, to the gram."""
    if unit == "kg":
        weight_g = parse_quantity(text, field=field, unit="kg")
        step = f"{_kg(weight_g)} kg, as entered"
    else:
        milli_lb = parse_quantity(text, field=field, unit="lb")
        weight_g = to_step(milli_lb * KG_PER_LB, step=1, rule="half up")
        step = f"{_kg(milli_lb)} lb × {float(KG_PER_LB)} kg/lb = {_kg(weight_g)} kg"
    if weight_g == 0:
        raise BadQuantity(field, f"a number in {unit} above zero")
    return Weight(weight_g, unit, text.strip(), step)


def weight_questions(
    weight_g: int, *, unit_entered: WeightUnit, last_weight_g: int | None, rules: WeightRules
) -> tuple[WeightQuestion, ...]:
    """What to ask about a weight before it is used. None means nothing was found, not that it is right."""
    if _looks_like_the_other_unit(weight_g, unit_entered, last_weight_g=last_weight_g, rules=rules):
        beside = f" beside {_kg(last_weight_g)} kg last time" if last_weight_g else ""
        other = "pounds" if unit_entered == "kg" else "kilograms"
        text = f"{_kg(weight_g)} kg{beside} looks like the wrong unit: was it read in {other}?"
        return (WeightQuestion("wrong unit", text),)
    questions = []
    if not _plausible(weight_g, rules):
        span = f"{rules.plausible_min.value:g} to {rules.plausible_max.value:g} {rules.plausible_min.unit}"
        questions.append(WeightQuestion("implausible", f"{_kg(weight_g)} kg is outside {span}. Is it right?"))
    if last_weight_g and _change_ppm(weight_g, last_weight_g) > whole(rules.change_questioned_above, "ppm"):
        share = float(100 * Fraction(weight_g - last_weight_g, last_weight_g))
        text = f"{_kg(weight_g)} kg is {share:+.1f} % from {_kg(last_weight_g)} kg last time. Is it right?"
        questions.append(WeightQuestion("changed", text))
    return tuple(questions)


def _looks_like_the_other_unit(
    weight_g: int, unit_entered: WeightUnit, *, last_weight_g: int | None, rules: WeightRules
) -> bool:
    """Whether it is to the last weight as pounds to kilograms; without one, if only the other unit fits."""
    if last_weight_g:
        allowed = Fraction(whole(rules.unit_slip_tolerance, "ppm"), 1_000_000)
        ratio = Fraction(weight_g, last_weight_g)
        return any(abs(ratio * each - 1) <= allowed for each in (KG_PER_LB, 1 / KG_PER_LB))
    in_other_unit = weight_g * KG_PER_LB if unit_entered == "kg" else weight_g / KG_PER_LB
    return not _plausible(weight_g, rules) and _plausible(in_other_unit, rules)


def _plausible(weight_g: int | Fraction, rules: WeightRules) -> bool:
    return whole(rules.plausible_min, "g") <= weight_g <= whole(rules.plausible_max, "g")


def _change_ppm(weight_g: int, last_weight_g: int) -> Fraction:
    return abs(Fraction((weight_g - last_weight_g) * 1_000_000, last_weight_g))


def _kg(weight_g: int) -> str:
    return decimal_text(weight_g, 1000)
