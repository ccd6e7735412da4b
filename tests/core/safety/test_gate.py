"""tests/spec/safety/gate.toml in Python and in the page, and the gate on 243,499 real cuff readings."""

import csv
import gzip
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.safety import CuffBefore, Signals, findings, gate, recent_cuffs
from chairside.library.loader import standard
from tests.core.safety.alarm_cases import SIGNALS, SPEC, at, in_node

CASES = tomllib.loads((SPEC / "gate.toml").read_text("utf-8"))["case"]
IDS = [case["title"] for case in CASES]
STANDARD: Signals = standard()["signals", "signals-adult"].typed
COLUMNS = {
    "sbp_mmhg": "noninvasivesystolic",
    "dbp_mmhg": "noninvasivediastolic",
    "map_mmhg": "noninvasivemean",
}


def in_python(case: dict[str, Any]) -> list[Any]:
    before = [CuffBefore(**each) for each in case.get("before", [])]
    found = gate(case["values"], SIGNALS, before=before, source=case.get("source", "monitor"))
    wrong = findings(case["values"], SIGNALS, before=before)
    return msgspec.json.decode(msgspec.json.encode([found, wrong]))


def holds(case: dict[str, Any], found: list[dict[str, Any]]) -> None:
    assert [each["verdict"] for each in found] == case["verdicts"]
    reasons = {each["signal"]: each["reason"] for each in found}
    assert all(part in reasons[signal] for signal, part in case.get("says", {}).items())
    assert all(bool(each["reason"]) == (each["verdict"] != "accepted") for each in found)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_case_holds_in_python(case: dict[str, Any]) -> None:
    holds(case, in_python(case)[0])


@pytest.fixture(scope="module")
def page() -> list[Any]:
    sent = [{"before": [], "source": "monitor"} | case for case in CASES]
    return in_node("judge_values.mjs", {"signals": msgspec.to_builtins(SIGNALS), "cases": sent})


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_the_case_holds_in_the_page(page: list[Any], number: int) -> None:
    holds(CASES[number], page[number][0])
    assert page[number] == in_python(CASES[number])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), -1.0, -999.0])
@pytest.mark.parametrize("signal", ["spo2_percent", "sbp_mmhg", "dbp_mmhg"])
def test_what_is_no_number_is_never_kept_as_one(signal: str, value: float) -> None:
    values = {"sbp_mmhg": 120.0, "dbp_mmhg": 80.0} | {signal: value}
    found = {each.signal: each for each in gate(values, SIGNALS, source="typed")}
    assert (found[signal].value, found[signal].verdict) == (None, "not_measured")


VALUE = st.none() | st.floats() | st.sampled_from([0.0, 45.0, 80.0, 120.0, 97.0])
NAMES = st.sampled_from([*(each.id for each in SIGNALS.signals), "mood"])


@given(st.dictionaries(NAMES, VALUE), st.sampled_from(["monitor", "typed"]))
def test_what_passes_is_in_range_and_unchanged(values: dict[str, float | None], source: str) -> None:
    found = gate(values, SIGNALS, source=source)
    assert [each.signal for each in found] == [*values]
    for each in found:
        if each.verdict == "accepted":
            known = SIGNALS.signal(each.signal)
            assert each.value == values[each.signal]
            assert known and known.low.value <= each.value <= known.high.value


@given(st.dictionaries(st.sampled_from(["sbp_mmhg", "dbp_mmhg", "map_mmhg"]), VALUE))
def test_a_cuff_reading_passes_whole_or_not_at_all(values: dict[str, float | None]) -> None:
    verdicts = {each.verdict for each in gate(values, SIGNALS)} - {"not_measured"}
    assert len(verdicts) <= 1


def test_recent_cuffs_are_those_within_reach_that_could_be_true() -> None:
    cycles = [
        (at(0), {"sbp_mmhg": 118.0, "dbp_mmhg": 75.0}),
        (at(100), {"sbp_mmhg": 120.0, "dbp_mmhg": 80.0}),
        (at(200), {"sbp_mmhg": 90.0, "dbp_mmhg": 95.0}),
        (at(250), {"spo2_percent": 97.0}),
        (at(300), {"sbp_mmhg": 190.0, "dbp_mmhg": 95.0}),
        (at(310), {"sbp_mmhg": 190.0, "dbp_mmhg": 95.0}),
        (at(400), {"sbp_mmhg": 120.0, "dbp_mmhg": 80.0}),
    ]
    assert recent_cuffs(cycles, at(400), SIGNALS) == (
        CuffBefore(120.0, 80.0, 300.0, believed=True),
        CuffBefore(190.0, 95.0, 90.0, believed=False),
    )


# Real readings (eICU Collaborative Research Database Demo) ---------------------------------------------


@pytest.fixture(scope="module")
def cuff(shared: Path) -> list[tuple[tuple[str, str], dict[str, float | None]]]:
    with gzip.open(shared / "data" / "cuff" / "nibp.csv.gz", "rt") as file:
        return [
            (
                (row["patientunitstayid"], row["observationoffset"]),
                {name: float(row[column]) if row[column] else None for name, column in COLUMNS.items()},
            )
            for row in csv.DictReader(file)
        ]


def test_the_gate_finds_what_is_wrong_with_real_cuff_readings(cuff: list[Any]) -> None:
    assert len(cuff) == 243_499
    found: Counter[tuple[str, str]] = Counter(
        (each.fault, each.signal) for _, values in cuff for each in findings(values, STANDARD)
    )
    assert found["not above diastolic", ""] == 41
    assert found["below", "sbp_mmhg"] == 111
    assert found["above", "sbp_mmhg"] == 27
    assert found["mean outside", ""] == 14
    twice = Counter(place for place, _ in cuff)
    assert sum(times - 1 for times in twice.values()) == 505


def test_what_the_gate_lets_pass_of_real_cuff_readings_is_a_pressure(cuff: list[Any]) -> None:
    high = 0
    for _, values in cuff:
        verdicts = {each.signal: each.verdict for each in gate(values, STANDARD)}
        sbp, dbp = values["sbp_mmhg"], values["dbp_mmhg"]
        high += (sbp or 0) >= 180 or (dbp or 0) >= 110
        if "accepted" in verdicts.values():
            assert 40 <= sbp <= 250 and dbp < sbp
    assert round(100 * high / len(cuff), 2) == 3.12
