"""The cases of `tests/spec/dose` about orders, syringes, the blind check, the pump and what was delivered."""

import re
import tomllib
from pathlib import Path

import pytest

from chairside.core.protocols import (
    BadSegment,
    BlindReading,
    DoseRefused,
    PumpSettings,
    Segment,
    compare_blind,
    compare_pump,
    delivered_ug,
    order_arithmetic,
)

SPEC = Path(__file__).parents[2] / "spec" / "dose"


def cases(topic):
    parsed = tomllib.loads((SPEC / f"{topic}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in parsed]


def assert_refused(case, act):
    with pytest.raises(DoseRefused, match=f"^{re.escape(case.get('says', ''))}") as refused:
        act()
    assert (refused.value.kind, refused.value.name) == (case["refused"], case["name"])


@pytest.mark.parametrize("case", cases("orders"))
def test_an_order_is_reckoned_or_refused_by_name(case, trd):
    def order():
        return order_arithmetic(
            trd,
            weight_g=case.get("weight_g", 70_200),
            dosing_weight_kind=case.get("dosing_weight_kind", "actual"),
            dose_ug_per_kg=case.get("dose_ug_per_kg", 500),
            duration_s=case.get("duration_s", 2400),
        )

    if "refused" in case:
        assert_refused(case, order)
        return
    reckoned = order()
    assert reckoned.dose_ug == case["dose_ug"]
    assert reckoned.tier == case.get("tier", reckoned.tier)
    assert [each.label for each in reckoned.ceilings if each.bound] == case.get("bound", [])


@pytest.mark.parametrize("case", cases("syringes"))
def test_a_syringe_is_reckoned_or_refused_by_name(case, reckon):
    names = ("dose_ug", "duration_s", "vial_volume_ul", "planned_draw_ug")
    changes = {name: case[name] for name in names if name in case}
    if "refused" in case:
        assert_refused(case, lambda: reckon(case["strength"], **changes))
        return
    syringe = reckon(case["strength"], **changes)
    assert syringe.concentration_ug_per_ml == 1000
    assert syringe.volume_to_be_infused_ul == case["volume_ul"]
    for name in ("drawn_ul", "drawn_ug", "diluent_ul", "final_ul", "rate_ul_per_h"):
        assert (name, getattr(syringe, name)) == (name, case[name])
    assert syringe.draws_ul == tuple(case.get("draws_ul", [case["drawn_ul"]]))
    lines = [f"{each.label}: {each.expression} = {each.result}" for each in syringe.steps]
    assert lines == case.get("steps", lines)


@pytest.mark.parametrize("case", cases("blind"))
def test_the_second_person_comes_to_the_same_or_both_begin_again(case, reckon, rules):
    found = compare_blind(reckon(case["strength"]), BlindReading(**case["entered"]), rules)
    assert found.agrees == (not case["differences"])
    assert found.differences == tuple(case["differences"])
    assert found.suspected_slip == case.get("slip")
    assert found.stop == ("arithmetic" if "slip" in case else None)


@pytest.mark.parametrize("case", cases("pump"))
def test_the_pump_is_set_as_prepared_or_the_fields_are_named(case, reckon, rules):
    found = compare_pump(reckon(10_000), PumpSettings(**case["entered"]), rules)
    assert found.agrees == (not case["differences"])
    assert found.differences == tuple(case["differences"])
    assert found.suspected_slip == case.get("slip")


@pytest.mark.parametrize("case", cases("delivered"))
def test_drug_delivered_until_a_moment(case):
    def delivered():
        return delivered_ug([Segment(**each) for each in case["segments"]], 1000, case["until_s"])

    if "refused" in case:
        with pytest.raises(BadSegment, match=f"^{re.escape(case['refused'])}$"):
            delivered()
        return
    assert delivered() == case["delivered_ug"]
