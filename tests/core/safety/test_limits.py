"""The library's limits and signals: what a file must say, and that the standard ones fit their codes."""

from dataclasses import replace

import pytest

from chairside.core.quantities import Sourced
from chairside.core.safety import Limits, Signals
from chairside.library.loader import standard
from tests.core.safety.alarm_cases import LIMITS, SIGNALS

STANDARD: Limits = standard()["limits", "limits-tier-a"].typed
ADULT: Signals = standard()["signals", "signals-adult"].typed
LIMIT = LIMITS.limits[0]
CHANGE = next(each for each in LIMITS.limits if each.basis == "over_baseline")
SIGNAL = SIGNALS.signals[0]


def number(value: float, unit: str) -> Sourced:
    return Sourced(value, unit, "D", "test")


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        (LIMIT, {"delay_s": number(-1, "s")}, "delay_s"),
        (LIMIT, {"delay_s": number(1, "min")}, "delay_s"),
        (CHANGE, {"threshold": number(0, "%")}, "threshold"),
        (CHANGE, {"comparison": "below"}, "comparison"),
        (CHANGE, {"basis": "under_baseline"}, "comparison"),
        (LIMITS.silence, {"after_alarm_s": number(-1, "s")}, "after_alarm_s"),
        (LIMITS.silence, {"after_alarm_s": number(5, "min")}, "after_alarm_s"),
        (LIMITS, {"limits": ()}, "limits"),
        (LIMITS, {"limits": (LIMIT, LIMIT)}, "limits"),
        (LIMITS, {"continuous": ((),)}, "continuous"),
        (SIGNAL, {"low": number(100, "%"), "high": number(100, "%")}, "low, high"),
        (SIGNAL, {"stale_s": number(0, "s")}, "stale_s"),
        (SIGNAL, {"stale_s": number(2, "min")}, "stale_s"),
        (SIGNALS, {"signals": ()}, "signals"),
        (SIGNALS, {"signals": (SIGNAL, SIGNAL)}, "signals"),
        (SIGNALS, {"pulse_stands_in": (("hr_per_min", "mood"),)}, "pulse_stands_in"),
        (SIGNALS, {"lost_s": number(1, "min")}, "lost_s"),
        (SIGNALS, {"stale_floor_s": number(-1, "s")}, "stale_floor_s"),
    ],
)
def test_a_file_that_can_mislead_an_alarm_is_refused_by_the_field(good: object, bad: dict, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{says}: "):
        replace(good, **bad)


def test_zero_means_the_same_to_the_wire_and_to_the_gate() -> None:
    codes = standard()["codes", "codes-vitals"].typed
    wire = {row["name"]: row["zero_is_not_measured"] for row in codes.signals}
    gate = {each.id: each.zero_is_not_measured for each in ADULT.signals if each.id in wire}
    assert gate == wire


def test_every_name_in_the_standard_limits_is_a_signal() -> None:
    known = {each.id for each in ADULT.signals}
    assert {each.signal for each in STANDARD.limits} <= known
    assert {name for group in STANDARD.continuous for name in group} <= known


def test_every_standard_limit_can_be_crossed_by_a_value_that_the_gate_lets_pass() -> None:
    for limit in STANDARD.limits:
        signal = ADULT.signal(limit.signal)
        if limit.basis == "absolute":
            edge = signal.high if limit.upward else signal.low
            beyond = edge.value - limit.threshold.value
            assert (beyond if limit.upward else -beyond) >= 0, limit.id


def test_every_number_of_the_standard_files_has_a_source_and_proposals_say_so() -> None:
    numbers = [each for limit in STANDARD.limits for each in (limit.threshold, limit.delay_s)]
    numbers += [each for signal in ADULT.signals for each in (signal.low, signal.high, signal.stale_s)]
    numbers += [ADULT.lost_s, ADULT.stale_floor_s, ADULT.stale_intervals, STANDARD.silence.after_alarm_s]
    assert all(each.source for each in numbers)
    assert all("proposal" in each.source for each in numbers if each.tag == "D")
