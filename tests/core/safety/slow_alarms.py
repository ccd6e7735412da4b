"""The same alarms from the whole list of readings at once, slowly: the twin of the watch.

It knows no state between ticks: each alarm is an interval that follows from when a signal was measured,
when it was beyond a limit and when it was lost. It leaves out what is not believed, the heart's two
signals, and the cuff.
"""

from collections.abc import Sequence
from math import inf

from chairside.core.safety import Limits, Signals

Tick = tuple[float, dict[str, float]]
JUST_AFTER = 1e-6
"""What a tick says is so just after it; what time alone brings about is so just before."""
Line = tuple[str, str, float, float]
"""Limit, priority, from, to; infinity: it stands."""


def slow_alarms(ticks: Sequence[Tick], now: float, *, limits: Limits, signals: Signals) -> set[Line]:
    """Silence is watched from second 0; a value of 0 was not measured."""
    crossed = [each for limit in limits.limits for each in crossings(ticks, limit)]
    raised = [
        (limit.id, limit.priority, since + (delay or JUST_AFTER), end) for limit, since, delay, end in crossed
    ]
    raised = [each for each in raised if round(each[2], 3) <= min(each[3], now)]
    names = sorted({name for _, values in ticks for name in values})
    alone = {name: losses(ticks, name, signals, together=False) for name in names}
    all_lost = every([losses(ticks, name, signals, together=True) for name in names])
    found = [
        ("silence-all", limits.silence.together, since, until)
        for since, until in all_lost
        if round(since, 3) <= now
    ]
    for name, lost in alone.items():
        for since, until in lost:
            hidden = next((end for start, end in all_lost if start <= since <= end), None)
            start = since if hidden is None else hidden + 2 * JUST_AFTER
            if round(start, 3) <= now and start <= until:
                near = is_near(name, start, ticks, crossed=crossed, raised=raised, limits=limits)
                priority = limits.silence.after_alarm if near else limits.silence.one
                found.append((f"silence-{name}", priority, start, until))
    return {
        (name, priority, round(since, 3), until if until <= now else inf)
        for name, priority, since, until in raised + found
    }


def crossings(ticks, limit):
    """When the measured values of the limit's signal were below it: (limit, since, delay, until)."""
    found, since = [], None
    for second, values in ticks:
        value = values.get(limit.signal)
        if not value:
            continue
        beyond = (
            value < limit.threshold.value if limit.comparison == "below" else value > limit.threshold.value
        )
        if beyond and since is None:
            since = second
        elif not beyond and since is not None:
            found.append((limit, since, limit.delay_s.value, second))
            since = None
    return [*found, *([(limit, since, limit.delay_s.value, inf)] if since is not None else [])]


def losses(ticks, name, signals, *, together):
    """From when to when the signal counted as lost, each time after it was measured."""
    told = [(second, values[name]) for second, values in ticks if name in values]
    measured = [second for second, value in told if value]
    found = []
    for number, second in enumerate(measured):
        until = measured[number + 1] if number + 1 < len(measured) else inf
        reports = [each for each, _ in told if measured[0] <= each < second]
        own = signals.stale_intervals.value * (second - reports[-1]) if reports else inf
        stale = second + min(signals.signal(name).stale_s.value, max(signals.stale_floor_s.value, own))
        said = next((each for each, value in told if second < each < until and not value), inf)
        since = min(stale, said + (JUST_AFTER if together else signals.lost_s.value))
        if since <= until:
            found.append((since, until))
    # Before it is first measured it is lost with all others, but never alone.
    return [(-inf, measured[0] if measured else inf), *found] if together else found


def every(lost):
    """Where all were lost, once any of them had been measured."""
    if not lost:
        return []
    starts = sorted({since for each in lost for since, _ in each if since > -inf})
    found = []
    for start in starts:
        covering = [next((one for one in each if one[0] <= start <= one[1]), None) for each in lost]
        if all(covering):
            until = min(one[1] for one in covering)
            if (start, until) not in found and not any(since <= start < end for since, end in found):
                found.append((start, until))
    return found


def is_near(name, start, ticks, *, crossed, raised, limits):
    """Whether it was lost during or soon after a limit alarm, or beyond a limit itself."""
    seen = max(second for second, values in ticks if values.get(name) and second <= start)
    reach = limits.silence.after_alarm_s.value
    over = max(
        (until for _, _, since, until in raised if until < start or since == until == start), default=None
    )
    return (
        any(since <= start <= until for _, _, since, until in raised)
        or any(
            limit.signal == name and since + JUST_AFTER <= start <= until
            for limit, since, _, until in crossed
        )
        or (over is not None and seen - over <= reach)
    )
