"""Which checks are done, due, overdue or yet to come, at the edge and on both sides of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chairside.core.quantities import Sourced
from chairside.core.safety.schedule import Check, Course, Schedule, due, is_late, taken
from chairside.library.loader import standard

TIER_A: Schedule = standard()["monitoring", "monitoring-tier-a"].typed
T0 = datetime(2026, 3, 2, 17, tzinfo=UTC)


def minutes(number):
    return T0 + timedelta(minutes=number)


def rows(check_id, *, now, course=None, done=(), not_taken=()):
    found = due(
        TIER_A,
        course or Course(started_at=T0, planned_stop_at=minutes(40)),
        done=[(what, minutes(at)) for what, at in done],
        not_taken=[(what, minutes(at)) for what, at in not_taken],
        now=minutes(now),
    )
    return [
        ((each.due_at - T0).total_seconds() / 60, each.state) for each in found if each.check_id == check_id
    ]


def test_nothing_is_due_before_the_start():
    assert due(TIER_A, Course(started_at=None), done=[], now=T0) == ()


def test_the_whole_sheet_is_drawn_as_far_as_the_planned_end_and_one_beyond():
    assert rows("cuff", now=0) == [(10, "later"), (20, "later"), (30, "later"), (40, "later"), (50, "later")]


@pytest.mark.parametrize(
    ("now", "state"), [(9.9, "later"), (10, "due"), (12, "due"), (12.1, "overdue"), (25, "overdue")]
)
def test_a_check_is_later_due_then_overdue(now, state):
    assert rows("cuff", now=now)[0] == (10, state)


@pytest.mark.parametrize(
    ("at", "state"), [(7.9, "due"), (8, "done"), (10, "done"), (12, "done"), (17.9, "done")]
)
def test_a_cuff_counts_from_shortly_before_it_is_due_until_the_next_one_could(at, state):
    assert rows("cuff", now=12, done=[("blood-pressure", at)])[0] == (10, state)


def test_one_cuff_does_not_count_for_two_checks():
    states = dict(rows("cuff", now=21, done=[("blood-pressure", 18)]))
    assert (states[10], states[20]) == ("overdue", "done")


def test_a_check_done_after_its_grace_is_done_and_late():
    late = {
        at: next(
            row.late
            for row in due(
                TIER_A, Course(started_at=T0), done=[("blood-pressure", minutes(at))], now=minutes(15)
            )
            if row.check_id == "cuff"
        )
        for at in (12, 12.1)
    }
    assert late == {12: False, 12.1: True}


def test_a_missed_check_stays_overdue():
    assert rows("cuff", now=35)[:2] == [(10, "overdue"), (20, "overdue")]


def test_what_was_not_taken_is_said_and_is_not_overdue():
    assert rows("cuff", now=15, not_taken=[("blood-pressure", 11)])[0] == (10, "not taken")


def test_done_stands_before_not_taken():
    found = rows("cuff", now=15, done=[("blood-pressure", 13)], not_taken=[("blood-pressure", 11)])
    assert found[0] == (10, "done")


def test_wakefulness_and_dissociation_fall_due_at_20_and_40_minutes():
    assert [at for at, _ in rows("wakefulness", now=0)] == [20, 40]
    assert [at for at, _ in rows("dissociation", now=0)] == [20, 40]


def test_an_infusion_ended_early_owes_no_later_checks_of_the_infusion():
    course = Course(started_at=T0, stopped_at=minutes(22), planned_stop_at=minutes(40))
    assert [at for at, _ in rows("cuff", now=60, course=course)] == [10, 20]
    assert [at for at, _ in rows("wakefulness", now=60, course=course)] == [20]


@pytest.mark.parametrize(("stopped", "owed"), [(39.9, [10, 20, 30]), (40, [10, 20, 30, 40])])
def test_a_check_due_as_the_infusion_ends_is_owed(stopped, owed):
    course = Course(started_at=T0, stopped_at=minutes(stopped))
    assert [at for at, _ in rows("cuff", now=60, course=course)] == owed


def test_after_the_end_a_set_is_due_at_once_and_every_15_minutes_until_release():
    course = Course(started_at=T0, stopped_at=minutes(40))
    assert rows("end-set", now=41, course=course) == [(40, "due")]
    assert rows("recovery-set", now=71, course=course) == [(55, "overdue"), (70, "due"), (85, "later")]
    released = Course(started_at=T0, stopped_at=minutes(40), released_at=minutes(72))
    assert [at for at, _ in rows("recovery-set", now=200, course=released)] == [55, 70]


def test_a_check_in_recovery_does_not_make_up_for_one_of_the_infusion():
    course = Course(started_at=T0, stopped_at=minutes(40))
    assert dict(rows("wakefulness", now=60, course=course, done=[("wakefulness", 44.9)]))[40] == "done"
    assert dict(rows("wakefulness", now=60, course=course, done=[("wakefulness", 55)]))[40] == "overdue"


def test_a_flag_brings_the_next_cuff_nearer():
    flagged = Course(started_at=T0, planned_stop_at=minutes(30), flagged_at=minutes(12))
    assert [at for at, _ in rows("cuff", now=12, course=flagged)] == [10, 17, 22, 27, 32]


def test_a_flag_never_puts_a_cuff_off():
    flagged = Course(started_at=T0, planned_stop_at=minutes(30), flagged_at=minutes(18))
    assert [at for at, _ in rows("cuff", now=18, course=flagged)][:3] == [10, 20, 25]


def test_shifting_the_world_in_time_shifts_the_schedule():
    hours = timedelta(hours=7)
    here = due(TIER_A, Course(started_at=T0), done=[("look", minutes(5))], now=minutes(30))
    there = due(
        TIER_A, Course(started_at=T0 + hours), done=[("look", minutes(5) + hours)], now=minutes(30) + hours
    )
    assert [(row.check_id, row.due_at + hours, row.state) for row in here] == [
        (row.check_id, row.due_at, row.state) for row in there
    ]


def test_acts_and_readings_count_as_the_checks_they_are():
    found = taken(
        TIER_A,
        acts=[("resting", minutes(5)), ("nausea", minutes(6)), ("sedation", minutes(7))],
        observations=[
            (frozenset({"sbp_mmhg", "dbp_mmhg"}), minutes(8)),
            (frozenset({"sbp_mmhg", "dbp_mmhg", "spo2_percent", "hr_per_min"}), minutes(9)),
            (frozenset({"spo2_percent"}), minutes(10)),
        ],
    )
    assert [(what, (at - T0).total_seconds() / 60) for what, at in found] == [
        ("look", 5),
        ("look", 7),
        ("wakefulness", 7),
        ("blood-pressure", 8),
        ("blood-pressure", 9),
        ("set", 9),
    ]


@pytest.mark.parametrize(("seconds", "late"), [(299, False), (300, False), (301, True)])
def test_an_entry_is_late_after_the_signed_time(seconds, late):
    entered = T0 + timedelta(seconds=seconds)
    assert is_late(TIER_A, observed_at=T0, entered_at=entered) is late


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "every_s, at_s: expected exactly one"),
        ({"every_s": Sourced(0, "s", "D", "x")}, "every_s: expected more than zero"),
        ({"every_s": Sourced(10, "min", "D", "x")}, "unit: expected s"),
        ({"at_s": (Sourced(20, "s", "D", "x"), Sourced(10, "s", "D", "x"))}, "at_s: expected rising times"),
    ],
)
def test_a_check_that_can_not_be_scheduled_is_refused(changes, says):
    grace = Sourced(1, "s", "D", "x")
    with pytest.raises(ValueError, match=says):
        Check(id="c", what="c", label="c", phase="infusing", early_s=grace, grace_s=grace, **changes)


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(ValueError, match="checks: expected at least one, each with its own id"):
        replace(TIER_A, checks=(TIER_A.checks[0], TIER_A.checks[0]))
