"""What a condition says about values that are not there, not readable, or not possible."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.quantities import Sourced
from chairside.core.safety.conditions import Condition, Judged, every, judge, shown, some

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEN = Sourced(10, "%", "D", "here")
MORE = {
    "at_most_or_raised": {"limit": TEN, "than": "b", "margin": TEN},
    "rise": {"than": "b"},
    "changed_over": {"limit": TEN, "than": "b"},
    "ratio_within": {"limit": TEN, "than": "b", "upper": TEN},
    "apart_over": {"limit": TEN, "than": "b"},
    "is": {"value": True},
    "is_not": {"value": "x"},
    "since_under": {"limit": Sourced(6, "h", "M", "here")},
    "since_at_least": {"limit": Sourced(6, "h", "M", "here")},
}


def condition(op, **changes):
    return Condition(**({"fact": "a", "op": op, "label": "it"} | MORE.get(op, {"limit": TEN}) | changes))


def said(op, value, other=None, **changes):
    return judge(condition(op, **changes), {"a": value, "b": other}, at=NOON)


EVERY_OP = [*MORE, "at_least", "above", "below", "at_most"]


@pytest.mark.parametrize("op", EVERY_OP)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_value_that_is_not_there_is_unknown(op, value):
    assert said(op, value, 5) == Judged(None, "unknown: it")


@pytest.mark.parametrize("op", [op for op in EVERY_OP if op not in {"is", "is_not"}])
@pytest.mark.parametrize("value", ["many", True, float("nan"), float("inf"), "2026-03-02T11:00:00"])
def test_a_value_that_can_not_be_read_is_unknown(op, value):
    assert said(op, value, 5).holds is None


@pytest.mark.parametrize("op", ["changed_over", "ratio_within", "apart_over", "at_most_or_raised"])
@pytest.mark.parametrize("other", [None, "x", float("nan")])
def test_without_what_it_is_compared_with_it_is_unknown(op, other):
    assert said(op, 50, other).holds is None


@pytest.mark.parametrize("op", ["changed_over", "ratio_within"])
def test_a_last_value_of_zero_compares_with_nothing(op):
    assert said(op, 50, 0).holds is None


def test_a_rise_over_something_unreadable_is_unknown():
    assert said("rise", 1, "x").holds is None


@pytest.mark.parametrize(
    ("op", "below", "at", "beyond"),
    [
        ("at_least", False, True, True),
        ("above", False, False, True),
        ("below", True, False, False),
        ("at_most", True, True, False),
    ],
)
def test_each_limit_at_its_edge_and_on_both_sides(op, below, at, beyond):
    assert [said(op, value).holds for value in (9.9, 10, 10.1)] == [below, at, beyond]


@given(st.integers(-10_000, 10_000))
def test_a_decimal_is_held_against_a_decimal_and_not_against_its_binary_neighbour(tenths):
    limit = Sourced(tenths / 10, "%", "D", "here")
    assert said("at_least", tenths / 10, limit=limit).holds is True
    assert said("above", tenths / 10, limit=limit).holds is False


@pytest.mark.parametrize(("value", "holds"), [(9, False), (10, True), (11, True), (11.1, False)])
def test_a_ratio_lies_inside_with_its_ends(value, holds):
    upper = Sourced(1.1, "1", "D", "here")
    assert said("ratio_within", value, 10, limit=Sourced(1, "1", "D", "here"), upper=upper).holds is holds


@pytest.mark.parametrize(("value", "holds"), [(5, False), (15, False), (15.1, True), (4.9, True)])
def test_two_values_are_too_far_apart_on_either_side(value, holds):
    found = said("apart_over", value, 5 if value > 5 else 15)
    assert found.holds is holds


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        (NOON - timedelta(hours=6), False),
        (NOON - timedelta(hours=5, minutes=59, seconds=59), True),
        (NOON, True),
        (datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=-8))), True),
        ("2026-03-01T22:00:00-08:00", False),
    ],
)
def test_time_since_is_reckoned_across_zones_to_the_second(instant, holds):
    assert said("since_under", instant).holds is holds
    assert said("since_at_least", instant).holds is not holds


def test_a_time_in_the_future_is_unknown():
    assert said("since_at_least", NOON + timedelta(seconds=1)).holds is None


@given(st.lists(st.sampled_from([True, False, None])))
def test_all_and_any_are_each_others_mirror(holds):
    judged = tuple(Judged(each, "") for each in holds)
    mirrored = tuple(Judged(None if each is None else not each, "") for each in holds)
    negated = some(mirrored)
    assert every(judged) is (None if negated is None else not negated)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "%", "unknown"),
        (True, "", "yes"),
        (False, "", "no"),
        (98.0, "%", "98 %"),
        (36.65, "Cel", "36.65 Cel"),
        (120, "mm[Hg]", "120 mmHg"),
        (2, "1", "2"),
        (NOON, "", "2026-03-02 12:00 UTC"),
        ("declined", "", "declined"),
    ],
)
def test_a_value_is_shown_as_a_nurse_reads_it(value, unit, text):
    assert shown(value, unit) == text
