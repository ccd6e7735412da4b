"""tests/spec/safety/alarms.toml in Python and in the page's JavaScript, and laws beside the cases."""

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import playwright
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.safety import Alarm, Reading, Watch, alarms, begin, monitoring, observe, set_baseline
from tests.core.safety.alarm_cases import (
    CASES,
    LIMITS,
    LIMITS_DOCUMENT,
    SIGNALS,
    SIGNALS_DOCUMENT,
    START,
    at,
    readings,
)

Line = tuple[str, str, str, float, float]
HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "src" / "chairside" / "floor" / "static" / "floor" / "alarms.js"
IDS = [case["title"] for case in CASES]


def told(case: dict[str, Any]) -> Watch:
    watch = set_baseline(begin(LIMITS, SIGNALS), case.get("baseline", {}))
    if case.get("monitored", True):
        watch = monitoring(watch, on=True, at=START)
    for second, values in case["ticks"]:
        watch = observe(watch, tick(at(second), values))
    return watch


def tick(moment: datetime, values: dict[str, float]) -> list[Reading]:
    return [
        Reading(
            each["signal"],
            each["value"],
            "",
            moment,
            each["source"],
            "m",
            each["verdict"],
            each["reason"],
            "e",
        )
        for each in readings(values)
    ]


def line(alarm: Alarm) -> Line:
    ended = (alarm.ended_at - START).total_seconds() if alarm.ended_at else -1
    return (alarm.limit_id, alarm.kind, alarm.priority, (alarm.started_at - START).total_seconds(), ended)


def without_the_higher_limit(lines: list[Line], case: dict[str, Any]) -> list[Line]:
    """Below 90 the limit of 94 is crossed as well; cases about the one do not repeat the other."""
    wanted = {name for name, *_ in case["alarms"]}
    return [each for each in lines if each[0] != "spo2-hold" or "spo2-hold" in wanted]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_case_holds_in_python(case: dict[str, Any]) -> None:
    found = [line(each) for each in alarms(told(case), at(case["now"]))]
    assert without_the_higher_limit(found, case) == [tuple(each) for each in case["alarms"]]


@pytest.fixture(scope="module")
def in_the_page() -> list[list[Line]]:
    """Every case, judged by the page's own module in Node."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    cases = [
        case | {"ticks": [[second, readings(values)] for second, values in case["ticks"]]} for case in CASES
    ]
    given_to_it = json.dumps({"limits": LIMITS_DOCUMENT, "signals": SIGNALS_DOCUMENT, "cases": cases})
    ran = subprocess.run(
        [node, HERE / "run_alarms.mjs", PAGE.as_uri()],
        input=given_to_it,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [[tuple(each) for each in lines] for lines in json.loads(ran.stdout)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_the_case_holds_in_the_page(in_the_page: list[list[Line]], number: int) -> None:
    case = CASES[number]
    assert without_the_higher_limit(in_the_page[number], case) == [tuple(each) for each in case["alarms"]]


VALUES = st.sampled_from([0.0, 80.0, 89.9, 90.0, 93.0, 97.0])
TICKS = st.lists(st.tuples(st.integers(1, 120), VALUES, st.sampled_from([0.0, 70.0, 130.0])), max_size=25)


def watched(ticks: list[tuple[int, float, float]]) -> tuple[Watch, float]:
    watch, second = monitoring(begin(LIMITS, SIGNALS), on=True, at=START), 0.0
    for gap, spo2, heart in ticks:
        second += gap
        watch = observe(watch, tick(at(second), {"spo2_percent": spo2, "hr_per_min": heart}))
    return watch, second


@given(TICKS, st.integers(0, 600))
def test_an_alarm_once_raised_is_never_forgotten(ticks: list[tuple[int, float, float]], later: int) -> None:
    watch, second = watched(ticks)
    before = {(each.limit_id, each.started_at) for each in alarms(watch, at(second))}
    after = {(each.limit_id, each.started_at) for each in alarms(watch, at(second + later))}
    assert before <= after


@given(TICKS)
def test_every_accepted_value_below_90_lies_inside_an_alarm(ticks: list[tuple[int, float, float]]) -> None:
    watch, second = watched(ticks)
    found = [each for each in alarms(watch, at(second)) if each.limit_id == "spo2-stop"]
    moment = 0.0
    for gap, spo2, _ in ticks:
        moment += gap
        if 0 < spo2 < 90:
            assert any(
                each.started_at <= at(moment) and (each.ended_at is None or each.ended_at > at(moment))
                for each in found
            )


@given(TICKS, st.integers(-10_000, 10_000))
def test_another_day_gives_the_same_alarms(ticks: list[tuple[int, float, float]], hours: int) -> None:
    watch, second = watched(ticks)
    moved, by = (
        monitoring(begin(LIMITS, SIGNALS), on=True, at=START + timedelta(hours=hours)),
        timedelta(hours=hours),
    )
    moment = 0.0
    for gap, spo2, heart in ticks:
        moment += gap
        moved = observe(moved, tick(at(moment) + by, {"spo2_percent": spo2, "hr_per_min": heart}))
    here = [(each.limit_id, each.started_at, each.ended_at) for each in alarms(watch, at(second))]
    there = [
        (each.limit_id, each.started_at - by, each.ended_at - by if each.ended_at else None)
        for each in alarms(moved, at(second) + by)
    ]
    assert here == there
