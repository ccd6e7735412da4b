"""The grid of the flowsheet: late is said, a correction strikes through, a due check shows."""

from datetime import timedelta

from chairside.charts.forecast import Forecast
from chairside.charts.sheet import moment_of, sheet
from chairside.core.session.verdicts import session_alarms
from tests.actions.afternoon import T0
from tests.charts.endings import told
from tests.core.session.stories import NORMAL, vitals


def printed(story):
    """The sheet in the clinic's zone, without a band."""
    folded = story.folded
    at = moment_of(folded, T0 + timedelta(minutes=60))
    return sheet(folded, zone="America/Los_Angeles", at=at, predicted=Forecast(None))


def last(folded):
    """The id of the last event a person wrote; a verdict may have followed it."""
    return [each.id for each in folded.events if each.actor != "system"][-1]


def test_a_late_entry_says_when_it_was_entered_and_how_late(afternoon):
    story = told(afternoon)
    story.do(45, "note.added", {"text": "slept"}, observed_at=T0 + timedelta(minutes=10))
    row = next(each for each in printed(story).rows if each.cells["what"] == "slept")
    assert (row.cells["t"], row.cells["clock"]) == ("+10", "10:10")
    assert row.cells["entered"] == "10:45 +35 late"
    assert row.late


def test_a_correction_stands_under_what_was_first_entered_struck_through(afternoon):
    story = told(afternoon)
    event = last(story.do(50, "observation.recorded", vitals(**NORMAL)))
    better = {"payload": vitals(**(NORMAL | {"sbp_mmhg": 131.0})), "reason": "read 124 for 131"}
    story.do(51, "event.corrected", better, corrects=event)
    first, now = [each for each in printed(story).rows if each.key.startswith(event)]
    assert (first.cells["bp"], first.struck) == ("124/78", True)
    assert (now.cells["bp"], now.struck) == ("131/78", False)
    assert "read 124 for 131" in now.cells["what"]


def test_a_struck_entry_stays_readable_with_its_reason(afternoon):
    story = told(afternoon)
    event = last(story.do(50, "note.added", {"text": "vomited"}))
    story.do(51, "event.struck", {"reason": "other chair"}, corrects=event)
    row = next(each for each in printed(story).rows if each.key == event)
    assert row.struck
    assert row.cells["what"] == "vomited; STRUCK: other chair"


def test_a_check_nobody_did_is_in_the_grid(afternoon):
    rows = printed(told(afternoon)).rows
    assert any(each.due == "overdue" and "NOT DONE" in each.cells["what"] for each in rows)


def test_a_value_the_gate_did_not_let_pass_is_no_value(afternoon):
    story = told(afternoon)
    body = vitals(**NORMAL)
    body["values"][3] |= {"verdict": "implausible", "reason": "below what can be"}
    event = last(story.do(50, "observation.recorded", body))
    row = next(each for each in printed(story).rows if each.key == event)
    assert row.cells["spo2"] == "–"
    assert "below what can be" in row.cells["what"]


def test_an_alarm_that_was_seen_is_said_in_the_alarms_own_words(afternoon):
    story = told(afternoon)
    story.do(20, "observation.recorded", vitals(**(NORMAL | {"sbp_mmhg": 186.0})))
    alarm = next(each.alarm for each in session_alarms(story.folded.state, T0 + timedelta(minutes=60)))
    story.do(46, "alarm.acknowledged", {"alarm": alarm.key})
    said = [row.cells["what"] for row in printed(story).rows if row.kind == "alarm.acknowledged"]
    assert said == [f"Alarm seen: {alarm.text}"]
