"""The case files of `tests/spec/readiness`, and the row of stable sets."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chairside.core.safety.readiness import ENDED, Criterion, Readiness, Seen, assess, stable_in_a_row, unmet
from chairside.library.loader import standard

SPEC = tomllib.loads((Path(__file__).parents[2] / "spec" / "readiness" / "criteria.toml").read_text("utf-8"))
READINESS: Readiness = standard()["readiness", "readiness-after-infusion"].typed
ENDED_AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
STABLE = {"sbp_mmhg": 130.0, "dbp_mmhg": 80.0, "hr_per_min": 70.0, "spo2_percent": 97.0}


def seen_facts(case):
    at, seen = SPEC["at"], case.get("seen", {})
    ended = at - timedelta(minutes=case.get("ended_min_ago", SPEC["ended_min_ago"]))
    values = SPEC["good"] | case.get("facts", {})
    facts = {
        name: Seen(value, at - timedelta(minutes=seen.get(name, SPEC["seen_min_ago"])), "n1")
        for name, value in values.items()
        if name not in case.get("absent", [])
    }
    return facts | {ENDED: Seen(ended, ended, "n1")}


def after(*minutes_and_changes):
    return [(ENDED_AT + timedelta(minutes=each), STABLE | change) for each, change in minutes_and_changes]


def row(sets, facts=None):
    found = stable_in_a_row(READINESS.stable, sets, {ENDED: Seen(ENDED_AT, ENDED_AT, "n1")} | (facts or {}))
    return [(at - ENDED_AT).total_seconds() / 60 for at in found]


@pytest.mark.parametrize("case", [pytest.param(each, id=each["title"]) for each in SPEC["case"]])
def test_each_criterion_is_met_not_met_or_unknown_with_its_reason(case):
    states = {each.criterion_id: each for each in assess(READINESS, seen_facts(case), at=SPEC["at"])}
    found = states.pop(case["criterion"])
    assert found.state == case["state"]
    if "says" in case:
        assert case["says"] in found.reason
    open_others = [each.criterion_id for each in states.values() if each.state != "met"]
    assert open_others == case.get("also", [])


def test_no_criterion_is_met_by_silence():
    assert {each.state for each in assess(READINESS, {}, at=SPEC["at"])} == {"unknown"}


def test_a_criterion_shows_value_time_and_who():
    found = {each.criterion_id: each for each in assess(READINESS, seen_facts({}), at=SPEC["at"])}
    evidence = dict(found["awake"].evidence)["act.sedation"]
    assert (evidence.value, evidence.by) == (5, "n1")
    assert evidence.at == SPEC["at"] - timedelta(minutes=5)


def test_only_what_is_excused_by_name_is_passed_over():
    case = {"facts": {"escort.present": False, "gait.steady": False}}
    assessed = assess(READINESS, seen_facts(case), at=SPEC["at"])
    assert [each.criterion_id for each in unmet(assessed)] == ["gait", "escort"]
    assert [each.criterion_id for each in unmet(assessed, excused=["escort"])] == ["gait"]


def test_two_stable_sets_in_a_row_count():
    assert row(after((15, {}), (30, {}))) == [15, 30]


def test_a_set_that_is_not_stable_breaks_the_row():
    assert row(after((15, {}), (30, {"sbp_mmhg": 160.0}), (45, {}))) == [45]


@pytest.mark.parametrize(
    "unsteady",
    [
        {"sbp_mmhg": 89.0},
        {"dbp_mmhg": 100.0},
        {"hr_per_min": 49.0},
        {"hr_per_min": 111.0},
        {"spo2_percent": 93.0},
    ],
)
def test_each_reading_of_a_set_must_be_stable(unsteady):
    assert row(after((15, {}), (30, unsteady))) == []


def test_a_set_with_a_reading_missing_breaks_the_row():
    assert row(after((15, {}), (30, {"spo2_percent": None}))) == []


@pytest.mark.parametrize(("second", "counts"), [(24, [15]), (25, [15, 25]), (26, [15, 26])])
def test_sets_nearer_than_the_signed_gap_count_once(second, counts):
    assert row(after((15, {}), (second, {}))) == counts


def test_sets_before_the_end_do_not_count():
    assert row(after((-15, {}), (0, {}), (15, {}))) == [0, 15]


def test_a_signed_target_stands_in_for_the_limit():
    low = after((15, {"spo2_percent": 91.0}))
    assert row(low) == []
    assert row(low, {"target.spo2_percent": Seen(90.0, ENDED_AT, "p1")}) == [15]


@pytest.mark.parametrize(("seconds", "state"), [(-1, "unknown"), (0, "met"), (1, "met")])
def test_what_is_seen_counts_from_the_moment_the_infusion_ended(seconds, state):
    seen = Seen(5, ENDED_AT + timedelta(seconds=seconds), "n1")
    facts = {ENDED: Seen(ENDED_AT, ENDED_AT, "n1"), "act.sedation": seen}
    found = assess(READINESS, facts, at=ENDED_AT + timedelta(minutes=10))
    assert next(each.state for each in found if each.criterion_id == "awake") == state


def test_while_the_infusion_runs_no_set_is_stable():
    assert stable_in_a_row(READINESS.stable, after((15, {})), {}) == ()


def test_a_criterion_without_needs_or_with_an_odd_age_is_refused():
    good = next(each for each in READINESS.criteria if each.id == "awake")
    with pytest.raises(ValueError, match="needs: expected at least one condition"):
        Criterion(id="x", title="x", needs=(), source="x", tag="D")
    with pytest.raises(ValueError, match=r"max_age.unit: expected one of s, min, h, d, not '1'"):
        Criterion(id="x", title="x", needs=good.needs, max_age=good.needs[0].limit, source="x", tag="D")


def test_two_criteria_of_one_name_are_refused():
    with pytest.raises(ValueError, match="criteria: expected at least one, each with its own id"):
        replace(READINESS, criteria=(READINESS.criteria[0], READINESS.criteria[0]))
