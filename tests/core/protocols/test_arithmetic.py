"""What holds for every weight, dose and vial, and files that contradict themselves."""

from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.protocols import (
    BlindReading,
    DoseRefused,
    PumpSettings,
    Segment,
    compare_blind,
    compare_pump,
    delivered_ug,
    line_residual_ug,
    order_arithmetic,
    preparation_arithmetic,
)
from chairside.core.quantities import Sourced, whole
from chairside.library.loader import read_file


def library(name):
    return read_file(files("chairside.library").joinpath(name).read_bytes(), name).typed


TRD = library("protocols/trd-std-2x3.toml")
RULES = library("preparation/ketamine-iv.toml")


def sourced(value, unit):
    return Sourced(value, unit, "D", "a test")


def order(protocol=TRD, **changes):
    given = {"weight_g": 70_200, "dosing_weight_kind": "actual", "dose_ug_per_kg": 500, "duration_s": 2400}
    return order_arithmetic(protocol, **(given | changes))


def test_the_steps_of_an_order_can_be_followed_by_hand(trd):
    lines = [f"{each.label}: {each.expression} = {each.result}" for each in order(trd).steps]
    assert lines == [
        "Dose by weight: 0.5 mg/kg × 70.2 kg, rounded half up to 0.1 mg = 35.1 mg",
        "Ceiling per kg: 70.2 mg: not reached = 35.1 mg",
        "Absolute ceiling: 60 mg: not reached = 35.1 mg",
        "Dose rate: 35.1 mg in 40 min = 52.65 mg/h",
    ]


def test_a_ceiling_says_that_it_bound_and_where_it_comes_from(trd):
    heavy = order(trd, weight_g=140_000)
    assert [(each.label, each.bound) for each in heavy.ceilings] == [
        ("Ceiling per kg", False),
        ("Absolute ceiling", True),
    ]
    assert heavy.ceilings[1].source.startswith("Chairside proposal")
    assert heavy.steps[2].expression == "60 mg: lowers the dose"


def test_without_a_signed_absolute_ceiling_nothing_is_ordered(trd):
    with pytest.raises(DoseRefused, match="signed absolute ceiling") as refused:
        order(replace(trd, ceiling_absolute=None))
    assert (refused.value.kind, refused.value.name) == ("absolute", "no absolute ceiling")


def test_a_dose_too_fast_for_its_weight_is_refused(trd):
    quick = replace(trd, duration_min=sourced(30, "min"))
    assert order(quick, dose_ug_per_kg=750, duration_s=1800).dose_ug == 52_700
    with pytest.raises(DoseRefused, match=r"^rate: expected at most 1\.5 mg/kg/h") as refused:
        order(quick, dose_ug_per_kg=751, duration_s=1800)
    assert (refused.value.kind, refused.value.name) == ("absolute", "rate per kg")


def test_a_site_may_sign_another_kind_of_weight(trd):
    site = replace(trd, dosing_weight_kinds=("actual", "adjusted"))
    assert order(site, dosing_weight_kind="adjusted").dosing_weight_kind == "adjusted"
    with pytest.raises(DoseRefused, match="expected actual or adjusted, not ideal"):
        order(site, dosing_weight_kind="ideal")


@given(weight_g=st.integers(1000, 400_000), dose=st.integers(100, 1000))
def test_no_order_is_above_any_ceiling_or_a_step_from_exact(weight_g, dose):
    reckoned = order(weight_g=weight_g, dose_ug_per_kg=dose)
    exact = Fraction(weight_g * dose, 1000)
    assert reckoned.dose_ug <= min(each.dose_ug for each in reckoned.ceilings)
    if not any(each.bound for each in reckoned.ceilings):
        assert abs(reckoned.dose_ug - exact) <= Fraction(100, 2)


@given(weights_g=st.lists(st.integers(1000, 400_000), min_size=2), dose=st.integers(100, 1000))
def test_a_heavier_person_never_gets_less(weights_g, dose):
    doses = [order(weight_g=each, dose_ug_per_kg=dose).dose_ug for each in sorted(weights_g)]
    assert all(lighter <= heavier for lighter, heavier in pairwise(doses))


syringes = st.builds(
    lambda strength, dose_ug, duration_s: preparation_arithmetic(
        RULES,
        dose_ug=dose_ug,
        duration_s=duration_s,
        vial_strength_ug_per_ml=strength,
        vial_volume_ul=20_000,
    ),
    st.sampled_from([10_000, 50_000, 100_000]),
    st.integers(2000, 60_000),
    st.integers(2400, 3600),
)


@given(syringes)
def test_a_syringe_adds_up_exactly(syringe):
    assert syringe.drawn_ug * 1000 == syringe.drawn_ul * syringe.vial_strength_ug_per_ml
    assert syringe.final_ul == syringe.drawn_ul + syringe.diluent_ul
    assert syringe.final_ul * syringe.concentration_ug_per_ml == syringe.drawn_ug * 1000
    assert sum(syringe.draws_ul) == syringe.drawn_ul


@given(st.integers(2000, 60_000), st.integers(2400, 3600), st.sampled_from([10_000, 50_000, 100_000]))
def test_the_pump_never_gives_more_or_faster_than_ordered(dose_ug, duration_s, strength):
    syringe = preparation_arithmetic(
        RULES,
        dose_ug=dose_ug,
        duration_s=duration_s,
        vial_strength_ug_per_ml=strength,
        vial_volume_ul=20_000,
    )
    given_ug = delivered_ug([Segment(syringe.rate_ul_per_h, 0, duration_s)], 1000, duration_s)
    assert given_ug <= syringe.drawn_ug <= dose_ug
    assert dose_ug - syringe.drawn_ug < 1000


@given(syringes)
def test_whoever_reckons_the_same_agrees(syringe):
    blind = BlindReading(
        syringe.vial_strength_ug_per_ml,
        syringe.drawn_ul,
        syringe.concentration_ug_per_ml,
        syringe.rate_ul_per_h,
    )
    pump = PumpSettings(
        syringe.concentration_ug_per_ml, syringe.rate_ul_per_h, syringe.volume_to_be_infused_ul
    )
    assert compare_blind(syringe, blind, RULES).agrees
    assert compare_pump(syringe, pump, RULES).agrees


@given(
    syringes,
    st.sampled_from(["strength_ug_per_ml", "drawn_ul", "concentration_ug_per_ml", "rate_ul_per_h"]),
    st.sampled_from([10, Fraction(1, 10)]),
)
def test_no_moved_point_agrees(syringe, field, ratio):
    right = {
        "strength_ug_per_ml": syringe.vial_strength_ug_per_ml,
        "drawn_ul": syringe.drawn_ul,
        "concentration_ug_per_ml": syringe.concentration_ug_per_ml,
        "rate_ul_per_h": syringe.rate_ul_per_h,
    }
    slipped = BlindReading(**(right | {field: int(right[field] * ratio)}))
    found = compare_blind(syringe, slipped, RULES)
    assert (found.agrees, found.stop) == (False, "arithmetic")


def test_a_line_filled_with_the_solution_wants_more_drug(rules, reckon):
    filled = replace(rules, line=replace(rules.line, filled_with="solution"))
    assert reckon(10_000).drawn_ug == 35_000
    assert reckon(10_000, of=filled).drawn_ug == 36_000  # 35.1 mg and 1.5 mL of 1 mg/mL, rounded down
    assert reckon(10_000, of=filled).volume_to_be_infused_ul == 35_100


def test_a_full_line_holds_its_dead_space_of_drug(rules):
    assert line_residual_ug(rules, 1000) == 1500
    assert line_residual_ug(rules, 2000) == 3000


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 3000)), max_size=8),
    st.integers(0, 20_000),
    st.integers(-5000, 5000),
)
def test_the_same_rates_on_another_day_deliver_the_same(stretches, until_s, shift_s):
    def segments(start_s):
        for rate, seconds in stretches:
            yield Segment(rate, start_s, start_s + seconds)
            start_s += seconds

    assert delivered_ug(segments(0), 1000, until_s) == delivered_ug(
        segments(shift_s), 1000, until_s + shift_s
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dose": sourced(0.5, "mg")}, "whole ug/kg"),
        ({"dose": sourced(1.5, "mg/kg")}, "^dose: expected its numbers in order"),
        ({"dose_min": sourced(0.6, "mg/kg")}, "^dose: expected its numbers in order"),
        ({"dose_min": sourced(0, "mg/kg")}, "dose_min: expected more than zero"),
        ({"duration": sourced(61, "min")}, "^duration: expected its numbers in order"),
        ({"duration_min": sourced(0, "min")}, "duration_min: expected more than zero"),
        ({"ceiling_absolute": sourced(60, "mL")}, "whole ug,"),
        ({"ceiling_absolute": sourced(0, "mg")}, "ceiling_absolute: expected more than zero"),
        ({"rate_max": sourced(1.5, "mg/h")}, "whole ug/kg/h"),
        ({"dose_step": sourced(0, "mg")}, "dose_step: expected more than zero"),
        ({"ten_fold_from": sourced(1, "1")}, "ten_fold_from: expected more than 1"),
        ({"dosing_weight_kinds": ()}, "dosing_weight_kinds: expected at least one"),
        ({"tiers": ()}, "tiers: expected"),
        ({"tiers": TRD.tiers[:1]}, "tiers: expected"),
        ({"tiers": TRD.tiers[::-1]}, "tiers: expected"),
    ],
)
def test_a_protocol_that_contradicts_itself_is_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        replace(TRD, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"volume_step": sourced(0.3, "mL")}, "draw_step: expected a step whose dilution"),
        ({"volume_step": sourced(0, "mL")}, "volume_step: expected more than zero"),
        ({"volume_max": sourced(100, "mg")}, "whole uL"),
        ({"vials_max": sourced(2, "1")}, "whole vials"),
        ({"vials": ()}, "vials: expected one rule for each strength"),
        ({"vials": (*RULES.vials, RULES.vials[0])}, "vials: expected one rule for each strength"),
        ({"pump_rate_min": sourced(0, "mL/h")}, "pump_rate_min: expected more than zero"),
        ({"pump_rate_min": sourced(100, "mL/h")}, "pump_rate_max: expected more"),
        ({"rate_step": sourced(0, "mL/h")}, "rate_step: expected more than zero"),
        ({"ten_fold_from": sourced(1, "1")}, "ten_fold_to: expected more"),
        ({"ten_fold_to": sourced(8, "1")}, "ten_fold_to: expected more"),
    ],
)
def test_preparation_rules_that_contradict_themselves_are_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        replace(RULES, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"final_concentration": sourced(11, "mg/mL")}, "final_concentration: expected at most"),
        ({"final_concentration": sourced(0, "mg/mL")}, "final_concentration: expected more than zero"),
        ({"draw_step": sourced(0, "mL")}, "draw_step: expected more than zero"),
        ({"strength": sourced(10.001, "mg/mL")}, "draw_step: expected a step"),
    ],
)
def test_a_vial_rule_that_does_not_come_out_is_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        replace(RULES.vials[0], **changes)


def test_the_tolerances_are_in_whole_micrograms():
    signed = RULES.tolerance_by_substance()
    assert {name: each.absolute_ug for name, each in signed.items()} == {
        "ketamine": 2000,
        "lorazepam": 200,
        "midazolam": 200,
    }
    assert signed["ketamine"].relative_ppm == 50_000


@pytest.mark.parametrize(("name", "per_week"), [("trd-std-2x3", 2), ("trd-std-3x2", 3)])
def test_the_seed_protocols_say_what_the_trials_did(name, per_week):
    protocol = library(f"protocols/{name}.toml")
    assert (whole(protocol.dose, "ug/kg"), whole(protocol.duration, "s")) == (500, 2400)
    assert (protocol.series.infusions.value, protocol.series.per_week.value) == (6, per_week)
    assert protocol.off_label
    assert protocol.null_result
    assert protocol.counter_evidence
