"""Which silence a session notices: with a monitor, without one, and when one comes later."""

from chairside.core.session import Rules, fold
from chairside.core.session.verdicts import session_alarms
from tests.core.session.stories import MONITOR, NORMAL, Story, at, told_until, vitals


def standing(story: Story, rules: Rules, minute: float) -> dict[str, float]:
    """The alarms that stand at a minute, each with the minute it began."""
    found = session_alarms(fold(story.events, rules), at(minute))
    return {
        each.alarm.limit_id: (each.alarm.started_at - at(0)).total_seconds() / 60
        for each in found
        if each.open
    }


def with_a_monitor(minute: float) -> Story:
    """A session that starts its infusion at 0, with a monitor bound at that minute."""
    story = told_until("infusing")
    story.add(minute, "monitor.associated", {"monitor": MONITOR})
    return story


def test_without_a_monitor_only_the_cuff_is_overdue(rules: Rules) -> None:
    story = told_until("infusing")
    assert standing(story, rules, 19.9) == {}
    assert standing(story, rules, 20) == {"silence-sbp_mmhg": 20}


def test_a_monitor_that_says_nothing_from_the_start_is_loud(rules: Rules) -> None:
    story = with_a_monitor(-10)
    assert standing(story, rules, 1.4) == {}
    assert standing(story, rules, 1.5) == {"silence-all": 1.5}


def test_a_monitor_that_comes_later_has_its_time_from_then(rules: Rules) -> None:
    story = with_a_monitor(5)
    assert standing(story, rules, 6.4) == {}
    assert standing(story, rules, 6.5) == {"silence-all": 6.5}


def test_a_monitor_that_stops_is_loud_and_taking_it_off_does_not_quieten_it(rules: Rules) -> None:
    story = with_a_monitor(-10)
    tick = {"source": "monitor", "device": MONITOR}
    for second in range(-60, 65, 5):
        story.add(second / 60, "observation.recorded", vitals(spo2_percent=98.0, hr_per_min=70.0), **tick)
    last = 1.0
    story.add(1.2, "monitor.released", {"monitor": MONITOR, "reason": "cable"})
    assert standing(story, rules, last + 0.24) == {}
    assert standing(story, rules, last + 0.25) == {"silence-all": last + 0.25}


def test_typed_sets_do_not_stand_in_for_a_monitor_that_stopped(rules: Rules) -> None:
    story = with_a_monitor(-10)
    tick = {"source": "monitor", "device": MONITOR}
    story.add(0.5, "observation.recorded", vitals(spo2_percent=98.0, hr_per_min=70.0), **tick)
    story.add(3, "observation.recorded", vitals(**NORMAL))
    assert standing(story, rules, 4) == {"silence-all": 2}
