"""The live page: what it shows, and who may look."""

from datetime import UTC, datetime, timedelta

import pytest

from chairside.charts.live import dues, given, record_rows, vitals
from tests.people import NAMES
from tests.web.live.running import Running, running


def page(infusing: Running, who: str = "nurse") -> str:
    """The page in that person's browser."""
    answer = infusing.six.browser(who).get(f"/sessions/{infusing.session}/live")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_it_shows_who_sits_there_and_what_runs(infusing):
    text = page(infusing)
    for each in ("Rivera, Ana", "14 Mar 1979", "none known", "70.2 kg today", "infusion 1 of 6", "52.5 mL/h"):
        assert each in text
    assert "The monitor at the chair is the primary alarm" in text


STATUS = {
    "nurse": 200,
    "prescriber": 200,
    "patient": 302,
    "manager": 200,
    "researcher": 403,
    "stranger": 404,
}


@pytest.mark.parametrize("who", NAMES)
def test_each_of_the_six_sees_what_is_theirs(infusing, who):
    browser = infusing.six.browser(who)
    assert browser.get(f"/sessions/{infusing.session}/live").status_code == STATUS[who]
    told = browser.post(f"/sessions/{infusing.session}/live/act", {"act": "resting"})
    acts = [each for each in infusing.folded.state.acts if each.body.act == "resting"]
    assert len(acts) == (1 if who in ("nurse", "prescriber") else 0)
    assert told.status_code == {"manager": 403}.get(who, 302 if STATUS[who] == 200 else STATUS[who])


def test_a_manager_looks_and_finds_nothing_to_press(infusing):
    text = page(infusing, "manager")
    assert "52.5 mL/h" in text
    assert "Resting" not in text
    assert 'name="press"' not in text


def test_a_signal_that_nobody_measured_is_said_not_left_blank(infusing):
    infusing.tick(11, hr_per_min=80.0)
    found = {each.key: each for each in vitals(infusing.folded, datetime.now(UTC))}
    assert found["hr"].value == "80"
    assert not found["hr"].stale
    assert found["spo2"].stale  # only the baseline is known of it
    assert found["spo2"].baseline == "98"


def test_what_the_monitor_could_not_measure_is_said_under_the_old_value(infusing):
    infusing.tick(10, spo2_percent=97.0)
    infusing.unmeasured(11, "spo2_percent", "probe off")
    found = {each.key: each for each in vitals(infusing.folded, datetime.now(UTC))}
    assert (found["spo2"].value, found["spo2"].unmeasured) == ("97", "probe off")
    assert "since then: probe off" in page(infusing)


def test_drug_is_counted_by_the_recorded_rate_and_stands_while_paused(infusing):
    running = given(infusing.folded, infusing.at(8))
    assert (running.given_mg, running.ordered_mg, running.given_ml) == ("7.0", "35.1", "7.0")
    infusing.tell(10, "pump.paused", {"reason": ""})
    paused = given(infusing.folded, infusing.at(12))
    assert paused.given_mg == "8.8"  # 52.5 mL/h of 1 mg/mL for ten minutes, 8.75 mg
    assert "by recorded rate" in page(infusing)


def test_a_pump_that_nobody_stopped_is_asked_about_after_its_planned_end(six):
    text = page(running(six, datetime.now(UTC) - timedelta(minutes=50)))
    assert "has passed: what does the pump do?" in text
    assert "more than was ordered: read the pump" in text


def test_before_its_planned_end_nothing_is_asked_about_the_pump(infusing):
    text = page(infusing)
    assert "ends about" in text
    assert "has passed" not in text
    assert "more than was ordered" not in text


def test_checks_that_are_owed_stand_first_and_say_who_fills_them(infusing):
    rows = dues(infusing.folded, infusing.at(9))
    rank = {"overdue": 0, "due": 1, "later": 2}
    states = [each.due.state for each in rows]
    assert states == sorted(states, key=rank.__getitem__)
    assert (rows[0].due.check_id, states[0], states[-1]) == ("first-look", "overdue", "later")
    cuff = next(each for each in rows if each.due.check_id == "cuff")
    assert cuff.by_device


def test_a_late_entry_and_a_correction_are_readable_in_the_record(infusing):
    nurse = infusing.six.browser("nurse")
    url = f"/sessions/{infusing.session}/live/act"
    nurse.post(url, {"act": "nausea", "score": "1", "minutes_ago": "6"})
    row = next(each for each in record_rows(infusing.folded, datetime.now(UTC)) if "Nausea" in each.text)
    assert row.late_by_s == 360
    fields = {"event": row.event, "score": "2", "note": "", "reason": "misread"}
    nurse.post(f"/sessions/{infusing.session}/live/correct", fields)
    text = page(infusing)
    assert "entered late, +6 min" in text
    assert "<s>Nausea 1: A little</s> → Nausea 2: Much" in text
    assert "misread" in text


def test_after_a_hold_it_asks_for_the_rate_until_somebody_answers(infusing):
    infusing.tick(11, sbp_mmhg=190.0, dbp_mmhg=95.0)
    assert "Rate on the pump now?" in page(infusing)
    key = infusing.alarm_keys()[0]
    nurse = infusing.six.browser("nurse")
    nurse.post(f"/sessions/{infusing.session}/live/seen", {"alarm": key})
    text = page(infusing)
    assert "seen by The nurse" in text
    assert "Rate on the pump now?" in text  # seeing an alarm does not say what the pump does
    nurse.post(f"/sessions/{infusing.session}/live/read", {"rate": "52.5"})
    assert "Rate on the pump now?" not in page(infusing)


def test_no_time_and_no_rate_is_filled_in_for_anybody(infusing):
    text = page(infusing)
    for name in ("rate", "volume", "minutes_ago", "clock", "sbp_mmhg", "spo2_percent"):
        inputs = [each for each in text.split("<input")[1:] if f'name="{name}"' in each.split(">")[0]]
        assert inputs
        assert not [each for each in inputs if "value=" in each.split(">")[0]]


def test_the_band_is_said_to_be_predicted(infusing):
    text = page(infusing)
    assert "predicted, not measured" in text
    assert "500 virtual patients" in text
