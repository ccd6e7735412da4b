"""Accepted values against the limits; and values that were not believed but, if true, would alarm."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from chairside.core.safety.conditions import shown
from chairside.core.safety.gate import CUFF, Reading
from chairside.core.safety.limits import Asks, Limit, Priority
from chairside.core.safety.watch import (
    LOUDNESS,
    Alarm,
    Coming,
    Crossing,
    Doubt,
    Watch,
    end,
    holding,
    key_of,
    seconds,
    without,
)

DO: Mapping[Asks, str] = {
    "stop": "stop the infusion",
    "hold": "hold the infusion",
    "notify": "tell the prescriber",
    "look": "look at the patient",
}
DOUBTED = frozenset({"implausible", "unverified"})
DOUBTED_CUFF = "doubt-cuff"


def crosses(limit: Limit, value: float, baseline: Mapping[str, float]) -> bool | None:
    """Whether the value crosses the limit; None where the baseline it is held against is unknown."""
    threshold = float(limit.threshold.value)
    if limit.basis != "absolute":
        if limit.signal not in baseline:
            return None
        base = baseline[limit.signal]
        value -= base
        if limit.threshold.unit == "%":
            # Multiplied out, so that whole numbers are compared exactly.
            value, threshold = value * 100, threshold * base
        threshold = -threshold if limit.basis == "under_baseline" else threshold
    if limit.comparison == "above":
        return value > threshold
    if limit.comparison == "at_least":
        return value >= threshold
    return value < threshold if limit.comparison == "below" else value <= threshold


def judge(watch: Watch, readings: Sequence[Reading]) -> Watch:
    """The watch after the accepted values of one tick: crossings begun, grown worse or ended."""
    for reading in readings:
        if reading.verdict != "accepted" or reading.value is None:
            continue
        for limit in watch.limits.limits:
            if limit.signal == reading.signal:
                watch = _held_against(watch, limit, reading)
    return watch


def _held_against(watch: Watch, limit: Limit, reading: Reading) -> Watch:
    value, at = reading.value or 0.0, reading.observed_at
    before = watch.crossings.get(limit.id)
    if not crosses(limit, value, watch.baseline):
        if before is None:
            return watch
        watch = replace(watch, crossings=without(watch.crossings, limit.id))
        return end(watch, [limit.id], at, event=reading.event)
    if before is None:
        now = Crossing(at, reading.event, value, at, reading.event)
    elif (value > before.worst) if limit.upward else (value < before.worst):
        now = replace(before, worst=value, worst_at=at, worst_event=reading.event)
    else:
        return watch
    watch = replace(watch, crossings=holding(watch.crossings, limit.id, now))
    if (alarm := watch.standing.get(limit.id)) is None:
        return watch
    events = tuple(dict.fromkeys((now.event, now.worst_event)))
    worse = replace(alarm, value=value, value_at=at, events=events)
    return replace(watch, standing=holding(watch.standing, limit.id, worse))


def limits_coming(watch: Watch) -> Iterator[Coming]:
    """The crossings whose delay still runs, each with the alarm it will be."""
    for limit in watch.limits.limits:
        crossing = watch.crossings.get(limit.id)
        if crossing is not None and limit.id not in watch.standing:
            at = crossing.since + seconds(limit.delay_s)
            yield Coming(at, 0, limit.id, partial(_limit_alarm, watch, limit, crossing, at=at))


def _limit_alarm(watch: Watch, limit: Limit, crossing: Crossing, *, at: datetime) -> Alarm:
    said = _said(watch, limit, crossing.worst)
    return Alarm(
        key=key_of(limit.id, at),
        signal=limit.signal,
        kind="limit" if limit.basis == "absolute" else "change",
        priority=limit.priority,
        action=limit.action,
        limit_id=limit.id,
        text="; ".join(filter(None, (f"{said}: {DO[limit.action]}", limit.advice))),
        value=crossing.worst,
        started_at=at,
        ended_at=None,
        events=tuple(dict.fromkeys((crossing.event, crossing.worst_event))),
        value_at=crossing.worst_at,
    )


def _said(watch: Watch, limit: Limit, value: float) -> str:
    """The value beside the rule it crosses: `SpO2 86 % is below 88 %`."""
    signal = watch.signals.signal(limit.signal)
    unit = signal.unit if signal else ""
    threshold = shown(float(limit.threshold.value), limit.threshold.unit)
    if limit.basis != "absolute":
        more = "more than " if limit.comparison in ("above", "below") else ""
        side = "above" if limit.basis == "over_baseline" else "below"
        base = shown(float(watch.baseline.get(limit.signal, 0.0)), unit)
        rule = f"is {more}{threshold} {side} the baseline of {base}"
    else:
        words = {"above": "above {}", "below": "below {}", "at_least": "{} or more", "at_most": "{} or less"}
        rule = "is " + words[limit.comparison].format(threshold)
    lasting = f" for {shown(float(limit.delay_s.value), 's')}" if limit.delay_s.value else ""
    return f"{label(watch, limit.signal)} {shown(value, unit)} {rule}{lasting}"


def label(watch: Watch, name: str) -> str:
    """What a signal is called."""
    signal = watch.signals.signal(name)
    return signal.label if signal else name


# Values that were not believed ---------------------------------------------------------------------


def doubt(watch: Watch, readings: Sequence[Reading], at: datetime) -> Watch:
    """The watch after the values of one tick that were not believed: none is quieter than if it were true."""
    believed = {each.signal: each.event for each in readings if each.verdict == "accepted"}
    for limit_id, found in tuple(watch.doubts.items()):
        if found.signal in believed:
            watch = replace(watch, doubts=without(watch.doubts, limit_id))
            watch = end(watch, [limit_id], at, event=believed[found.signal])
    doubted = [each for each in readings if each.verdict in DOUBTED and each.value is not None]
    cuff = [each for each in doubted if each.signal in CUFF]
    others = [[each] for each in doubted if each.signal not in CUFF]
    for group in ([cuff] if cuff else []) + others:
        watch = _doubted(watch, group, at)
    return watch


def _doubted(watch: Watch, group: Sequence[Reading], at: datetime) -> Watch:
    """The watch after one value, or one cuff cycle, that was not believed."""
    is_cuff = group[0].signal in CUFF
    crossed = [
        limit
        for reading in group
        for limit in watch.limits.limits
        if limit.signal == reading.signal and crosses(limit, reading.value or 0.0, watch.baseline)
    ]
    if not crossed and not is_cuff:
        return watch
    priority: Priority = watch.limits.silence.episodic
    due = at
    if crossed:
        priority = max((each.priority for each in crossed), key=LOUDNESS.__getitem__)
        due = at + min(seconds(each.delay_s) for each in crossed if each.priority == priority)
    now = Doubt(
        CUFF[0] if is_cuff else group[0].signal,
        due,
        priority,
        _not_believed(watch, group, is_cuff=is_cuff),
        group[0].event,
    )
    limit_id = DOUBTED_CUFF if is_cuff else f"doubt-{now.signal}"
    before = watch.doubts.get(limit_id)
    if before is not None and LOUDNESS[before.priority] >= LOUDNESS[priority]:
        return watch
    watch = end(watch, [limit_id], at, event=now.event)
    return replace(watch, doubts=holding(watch.doubts, limit_id, now))


def _not_believed(watch: Watch, group: Sequence[Reading], *, is_cuff: bool) -> str:
    values = ", ".join(f"{label(watch, each.signal)} {shown(each.value, each.unit)}" for each in group)
    again = "look at the patient, repeat the cuff" if is_cuff else DO["look"]
    return f"{values} not believed ({group[0].reason}): {again}"


def doubts_coming(watch: Watch) -> Iterator[Coming]:
    """The doubts that are not an alarm yet, each with the alarm it will be."""
    for limit_id, found in watch.doubts.items():
        if limit_id not in watch.standing:
            yield Coming(found.due, 1, limit_id, partial(_doubt_alarm, limit_id, found))


def _doubt_alarm(limit_id: str, found: Doubt) -> Alarm:
    return Alarm(
        key=key_of(limit_id, found.due),
        signal=found.signal,
        kind="technical",
        priority=found.priority,
        action="look",
        limit_id=limit_id,
        text=found.text,
        value=None,
        started_at=found.due,
        ended_at=None,
        events=(found.event,),
    )
