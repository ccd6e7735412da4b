"""The fast watch against its slow twin, on ticks that Hypothesis invents."""

from dataclasses import replace
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from chairside.core.safety import Limits, Signals, alarms, begin, monitoring, observe
from tests.core.safety.alarm_cases import LIMITS, SIGNALS, START, at, gated
from tests.core.safety.slow_alarms import Line, Tick, slow_alarms

CONTINUOUS: Signals = replace(
    SIGNALS,
    pulse_stands_in=(),
    signals=tuple(each for each in SIGNALS.signals if each.continuous),
    stale_floor_s=replace(SIGNALS.stale_floor_s, value=15),
)
ON_THEM: Limits = replace(
    LIMITS,
    limits=tuple(
        each for each in LIMITS.limits if each.id in {"spo2-stop", "spo2-hold", "hr-high", "rr-stop"}
    ),
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "spo2_percent": st.sampled_from([0.0, 85.0, 93.0, 97.0]),
        "hr_per_min": st.sampled_from([0.0, 70.0, 130.0]),
        "rr_per_min": st.sampled_from([0.0, 7.0, 14.0]),
    },
)
GAPS = st.sampled_from([1, 5, 14, 15, 16, 30, 45, 60, 90, 91, 299, 300])
TICKS = st.lists(st.tuples(GAPS, VALUES), max_size=14)


def fast_alarms(ticks: list[Tick], now: float) -> set[Line]:
    watch = monitoring(begin(ON_THEM, CONTINUOUS), on=True, at=START)
    for readings in gated([(second, values, "monitor") for second, values in ticks], CONTINUOUS):
        watch = observe(watch, readings)
    return {
        (
            each.limit_id,
            each.priority,
            (each.started_at - START).total_seconds(),
            (each.ended_at - START).total_seconds() if each.ended_at else inf,
        )
        for each in alarms(watch, at(now))
    }


@settings(max_examples=200)
@given(TICKS, st.integers(0, 400))
def test_the_watch_says_what_the_whole_list_says(
    gaps: list[tuple[int, dict[str, float]]], later: int
) -> None:
    ticks, second = [], 0
    for gap, values in gaps:
        second += gap
        ticks.append((float(second), values))
    now = float(second + later)
    assert fast_alarms(ticks, now) == slow_alarms(ticks, now, limits=ON_THEM, signals=CONTINUOUS)
