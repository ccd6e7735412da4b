"""tests/spec/safety/alarms.toml in Python and in the page's JavaScript, and laws beside the cases."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chairside.core.safety import (
    Limits,
    Watch,
    alarms,
    begin,
    cannot_raise,
    monitoring,
    observe,
    set_baseline,
    unjudged,
)
from chairside.library.loader import standard
from tests.core.safety.alarm_cases import (
    CASES,
    LIMITS,
    SIGNALS,
    START,
    at,
    gated,
    in_python,
    in_the_page,
    iso,
    told,
)

IDS = [case["title"] for case in CASES]


def lines(found: list[dict[str, Any]]) -> list[list[Any]]:
    names = ("limit_id", "kind", "priority", "started_at", "ended_at")
    return [[each[name] for name in names] for each in found]


def expected(case: dict[str, Any]) -> list[list[Any]]:
    return [
        [limit, kind, priority, iso(at(since)), None if until == -1 else iso(at(until))]
        for limit, kind, priority, since, until in case["alarms"]
    ]


def holds(case: dict[str, Any], found: list[dict[str, Any]]) -> None:
    assert lines(found) == expected(case)
    said = {each["limit_id"]: each["text"] for each in found}
    worst = {each["limit_id"]: each["value"] for each in found}
    assert {name: said[name] for name in case.get("texts", {})} == case.get("texts", {})
    assert {name: worst[name] for name in case.get("worst", {})} == case.get("worst", {})


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_case_holds_in_python(case: dict[str, Any]) -> None:
    holds(case, in_python(case))


@pytest.fixture(scope="module")
def page() -> list[list[dict[str, Any]]]:
    return in_the_page(CASES)


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_the_case_holds_in_the_page(page: list[list[dict[str, Any]]], number: int) -> None:
    holds(CASES[number], page[number])


def test_the_page_says_every_case_to_the_letter_as_python_does(page: list[list[dict[str, Any]]]) -> None:
    assert page == [in_python(case) for case in CASES]


def afternoon(seed: int) -> dict[str, Any]:
    """Some twenty ticks in which everything goes wrong that can."""
    chance, second, ticks = Random(seed), 0.0, []
    values = {
        "spo2_percent": [0.0, 20.0, 85.5, 90.0, 93.0, 97.0, 97.0],
        "hr_per_min": [0.0, 0.0, 277.0, 70.5, 125.0, 130.0, 70.0],
        "pulse_per_min": [0.0, 70.0, 71.0, 272.8],
        "rr_per_min": [0.0, 7.5, 14.0, 14.0, 90.0],
        "sbp_mmhg": [0.0, 45.0, 118.0, 120.0, 158.0, 185.0],
        "dbp_mmhg": [0.0, 40.0, 80.0, 127.0],
        "map_mmhg": [60.0, 94.0, 0.0],
        "act.sedation": [5, 3, 2],
    }
    for _ in range(chance.randint(1, 25)):
        second += chance.choice([0.0, 0.25, 1.000001, 5.0, 15.0, 30.0, 60.0, 61.5, 400.0])
        names = chance.sample(sorted(values), chance.randint(1, 7))
        source = chance.choice(["monitor", "monitor", "monitor", "typed"])
        ticks.append([second, {name: chance.choice(values[name]) for name in names}, source])
    return {
        "ticks": ticks,
        "now": second + chance.choice([0.0, 10.0, 90.0, 2000.0]),
        "baseline": {"sbp_mmhg": 121.0} if chance.random() < 0.5 else {},
        "monitored": chance.random() < 0.9,
        "monitor": chance.random() < 0.8,
        "floor_s": chance.choice([15, 90]),
        "continuous": [["spo2_percent"], ["hr_per_min", "pulse_per_min"]] if chance.random() < 0.5 else [],
        **({"released": second} if chance.random() < 0.1 else {}),
    }


def test_the_page_agrees_with_python_on_three_hundred_bad_afternoons() -> None:
    cases = [afternoon(seed) for seed in range(300)]
    differ = [
        seed
        for seed, (case, found) in enumerate(zip(cases, in_the_page(cases), strict=True))
        if found != in_python(case)
    ]
    assert not differ


# Laws ------------------------------------------------------------------------------------------------

SEEDS = st.integers(0, 10**9)


def pairs(watch: Watch, second: float) -> set[tuple[str, Any]]:
    return {(each.key, each.text) for each in alarms(watch, at(second))}


@given(SEEDS, st.integers(0, 2000))
def test_an_alarm_once_raised_is_never_forgotten_nor_said_otherwise(seed: int, later: int) -> None:
    case = afternoon(seed)
    watch = told(case)
    assert pairs(watch, case["now"]) <= pairs(watch, case["now"] + later)


@given(SEEDS)
def test_what_is_known_now_is_what_is_said_of_now_afterwards(seed: int) -> None:
    case = {key: value for key, value in afternoon(seed).items() if key != "released"}
    cut = len(case["ticks"]) // 2
    until = case["ticks"][cut][0] - 0.0001
    known = in_python(case | {"ticks": case["ticks"][:cut], "now": until})
    told_later = in_python(case | {"now": until})
    same = ("key", "kind", "priority", "text", "started_at", "ended_at")
    assert [[a[n] for n in same] for a in known] == [[a[n] for n in same] for a in told_later]


@given(SEEDS)
def test_looking_in_between_changes_nothing(seed: int) -> None:
    case = afternoon(seed)
    watch = begin(LIMITS, SIGNALS)
    looked = watch = monitoring(watch, on=True, at=START)
    ticks = [(second, values, source) for second, values, source in case["ticks"]]
    for readings in gated(ticks, SIGNALS):
        alarms(looked, readings[0].observed_at)
        looked, watch = observe(looked, readings), observe(watch, readings)
    assert looked == watch
    assert alarms(looked, at(case["now"])) == alarms(watch, at(case["now"]))


@given(SEEDS, st.integers(-10_000, 10_000))
def test_another_day_gives_the_same_alarms(seed: int, hours: int) -> None:
    case, by = afternoon(seed), timedelta(hours=hours)
    here = monitoring(begin(LIMITS, SIGNALS), on=True, at=START)
    there = monitoring(begin(LIMITS, SIGNALS), on=True, at=START + by)
    for readings in gated([tuple(each) for each in case["ticks"]], SIGNALS):
        here = observe(here, readings)
        there = observe(there, [replace(each, observed_at=each.observed_at + by) for each in readings])
    moved = [(each.limit_id, each.text, each.started_at - by) for each in alarms(there, at(case["now"]) + by)]
    assert [(each.limit_id, each.text, each.started_at) for each in alarms(here, at(case["now"]))] == moved


@given(SEEDS)
def test_every_accepted_value_below_90_lies_inside_an_alarm(seed: int) -> None:
    case = {key: value for key, value in afternoon(seed).items() if key != "released"}
    watch, standing = begin(LIMITS, SIGNALS), []
    for readings in gated([tuple(each) for each in case["ticks"]], SIGNALS):
        watch = observe(watch, readings)
        low = [each for each in readings if each.signal == "spo2_percent" and each.verdict == "accepted"]
        if low and low[0].value < 90:
            standing.append(
                [
                    each
                    for each in alarms(watch, low[0].observed_at)
                    if each.limit_id == "spo2-stop" and each.ended_at is None
                ]
            )
    assert all(standing)


@given(SEEDS)
def test_a_key_names_one_alarm(seed: int) -> None:
    case = afternoon(seed)
    apart = [[second + number, *rest] for number, (second, *rest) in enumerate(case["ticks"])]
    found = alarms(told(case | {"ticks": apart}), at(case["now"] + len(apart)))
    assert len({each.key for each in found}) == len(found)


@settings(max_examples=20)
@given(SEEDS)
def test_a_watch_is_never_changed(seed: int) -> None:
    watch = told(afternoon(seed))
    before = replace(watch)
    observe(watch, gated([(10**6, {"spo2_percent": 80.0}, "monitor")], SIGNALS)[0])
    alarms(watch, at(10**7))
    assert watch == before


def test_it_refuses_a_tick_that_is_earlier_than_the_last() -> None:
    first, second = gated(
        [(10, {"spo2_percent": 97.0}, "monitor"), (9, {"spo2_percent": 97.0}, "monitor")], SIGNALS
    )
    watch = observe(begin(LIMITS, SIGNALS), first)
    with pytest.raises(ValueError, match="in the order they were observed"):
        observe(watch, second)


def test_a_second_more_costs_the_same_after_hours_as_at_first() -> None:
    watch = monitoring(begin(LIMITS, SIGNALS), on=True, at=START)
    values = {"spo2_percent": 97.0, "hr_per_min": 70.0, "pulse_per_min": 70.0, "rr_per_min": 14.0}
    ticks = gated([(second, values, "monitor") for second in range(6000)], SIGNALS)
    took = []
    for readings in ticks:
        began = perf_counter()
        watch = observe(watch, readings)
        took.append(perf_counter() - began)
    early, late = sorted(took[:1000])[500], sorted(took[-1000:])[500]
    assert late < 2 * early


# What can't be judged or raised ------------------------------------------------------------------------


def test_a_limit_without_its_baseline_is_named_and_one_with_it_is_not() -> None:
    watch = begin(LIMITS, SIGNALS)
    assert unjudged(watch) == (
        "Systolic pressure above the baseline: notify: cannot be judged, the baseline has no value of it",
        "Systolic pressure below the baseline: hold: cannot be judged, the baseline has no value of it",
    )
    assert unjudged(set_baseline(watch, {"sbp_mmhg": 120.0})) == ()


def test_a_source_names_the_alarms_it_cannot_raise() -> None:
    limits: Limits = standard()["limits", "limits-tier-a"].typed
    monitor = cannot_raise(limits, ["spo2_percent", "hr_per_min", "rr_per_min"], continuous=True)
    assert "Systolic pressure high: hold" in monitor and "SpO2 very low: stop" not in monitor
    typed = cannot_raise(limits, ["spo2_percent", "hr_per_min", "sbp_mmhg"], continuous=False)
    assert {"SpO2 very low: stop, between two sets", "End-tidal CO2 high: stop"} <= {*typed}
    assert "Systolic pressure high: hold" not in typed and "loss of a signal" in typed[-1]
