"""Numbers as people type them: the cases of `tests/spec/dose/typed.toml` and `weights.toml`."""

import re
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.quantities import (
    UNITS,
    BadQuantity,
    Sourced,
    WeightRules,
    WrongUnit,
    decimal_text,
    parse_quantity,
    parse_weight,
    to_step,
    weight_questions,
    whole,
)

SPEC = Path(__file__).parents[2] / "spec" / "dose"


def cases(topic):
    parsed = tomllib.loads((SPEC / f"{topic}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in parsed]


@pytest.mark.parametrize("case", cases("typed"))
def test_a_typed_number_is_read_exactly_or_refused_in_one_sentence(case):
    if "expect" in case:
        assert parse_quantity(case["typed"], field="weight", unit=case["unit"]) == case["expect"]
        return
    with pytest.raises(BadQuantity, match=f"^{re.escape(case['refused'])}$") as refused:
        parse_quantity(case["typed"], field="weight", unit=case["unit"])
    assert refused.value.field == "weight"
    assert f"weight: expected {refused.value.expected}" == case["refused"]


@pytest.mark.parametrize("case", cases("weights"))
def test_a_weight_is_converted_exactly_and_questioned(case, weight_rules):
    if "refused" in case:
        with pytest.raises(BadQuantity, match=f"^{re.escape(case['refused'])}$"):
            parse_weight(case["typed"], unit=case["unit"])
        return
    weight = parse_weight(case["typed"], unit=case["unit"])
    assert (weight.weight_g, weight.unit_entered) == (case["weight_g"], case["unit"])
    assert weight.step == case.get("step", weight.step)
    asked = weight_questions(
        weight.weight_g, unit_entered=case["unit"], last_weight_g=case.get("last_g"), rules=weight_rules
    )
    assert [each.kind for each in asked] == case["asks"]
    assert case.get("says", "") in [*(each.text for each in asked), ""]


@given(st.integers(0, 9_999_999_999), st.sampled_from(["kg", "mg", "mL", "mg/mL", "mL/h", "mg/kg"]))
def test_what_is_shown_is_read_back_as_the_same_number(amount, unit):
    shown = decimal_text(amount, UNITS[unit].per_unit)
    assert parse_quantity(f"{shown} {unit}", field="amount", unit=unit) == amount


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_one_sentence(text):
    try:
        assert parse_quantity(text, field="rate", unit="mL/h") >= 0
    except BadQuantity as refused:
        assert str(refused).startswith("rate: expected ")
        assert "\n" not in str(refused)


@given(st.integers(10, 999_999))
def test_a_weight_in_pounds_is_within_half_a_gram_of_the_exact_one(milli_lb):
    weight = parse_weight(decimal_text(milli_lb, 1000), unit="lb")
    assert abs(weight.weight_g - milli_lb * Fraction("0.45359237")) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("half up", "2.4", 2),
        ("half up", "2.5", 3),
        ("half up", "2.6", 3),
        ("down", "2.9", 2),
        ("down", "3", 3),
        ("up", "3", 3),
        ("up", "3.1", 4),
    ],
)
def test_rounding_goes_by_its_name(rule, value, expected):
    assert to_step(Fraction(value), step=1, rule=rule) == expected
    assert to_step(Fraction(value) * 50, step=50, rule=rule) == expected * 50


@pytest.mark.parametrize(("value", "step"), [(-1, 1), (1, 0)])
def test_rounding_refuses_what_no_drug_can_be(value, step):
    with pytest.raises(ValueError, match=r"^rounding: expected"):
        to_step(Fraction(value), step=step, rule="down")


def sourced(value, unit):
    return Sourced(value, unit, "D", "a test")


def test_a_library_number_is_read_in_whole_units_without_binary_rests():
    assert whole(sourced(0.1, "mg"), "ug") == 100
    assert whole(sourced(40, "min"), "s") == 2400
    assert whole(sourced(12.5, "1"), "ppm") == 12_500_000


@pytest.mark.parametrize(("value", "unit", "base"), [(1, "stone", "g"), (1, "mg", "g"), (0.0001, "mg", "ug")])
def test_a_library_number_of_another_kind_or_too_fine_is_refused(value, unit, base):
    with pytest.raises(WrongUnit, match=f"{base}"):
        whole(sourced(value, unit), base)


def test_weight_rules_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match=r"^plausible_max: expected more"):
        WeightRules(
            plausible_min=sourced(50, "kg"),
            plausible_max=sourced(50, "kg"),
            change_questioned_above=sourced(10, "%"),
            unit_slip_tolerance=sourced(4, "%"),
        )
