"""Readings -> alarms. Absence is a finding: silence alarms by itself, and time alone can raise it.

`alarms(watch, now)` is a function of the readings and the time; whether anybody looked in between
changes nothing, because what time raises is raised at its own moment. A value that was not measured
never ends an alarm: what was true when last seen stands until an accepted value says otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from chairside.core.safety.crossings import doubt, doubts_coming, judge, limits_coming
from chairside.core.safety.gate import Reading
from chairside.core.safety.limits import Limits
from chairside.core.safety.signals import Signals
from chairside.core.safety.silence import expect, see, silence_coming
from chairside.core.safety.watch import Alarm, Watch, end, holding, nothing


def begin(limits: Limits, signals: Signals) -> Watch:
    """A watch before the first reading."""
    return Watch(limits=limits, signals=signals)


def set_baseline(watch: Watch, baseline: Mapping[str, float]) -> Watch:
    """The watch with *the* baseline that changes are measured from."""
    return replace(watch, baseline=MappingProxyType(dict(baseline)))


def monitoring(watch: Watch, *, on: bool, at: datetime, monitor: bool = True) -> Watch:
    """From here silence is an alarm, or no longer; whatever still stood ends when monitoring ends.

    `monitor` says whether a continuous monitor is in use: then its signals must come.
    """
    watch = replace(_advanced(watch, at), until=at)
    if on:
        return expect(watch, at, monitor=monitor)
    watch = end(watch, sorted(watch.standing), at)
    return replace(watch, monitored_since=None, crossings=nothing(), doubts=nothing())


def observe(watch: Watch, readings: Sequence[Reading]) -> Watch:
    """The watch after one tick; raises where a tick is earlier than one before it (then refold from zero)."""
    if not readings:
        return watch
    at = readings[0].observed_at
    if watch.until is not None and at < watch.until:
        raise ValueError("readings: expected in the order they were observed")
    watch = replace(_advanced(watch, at), until=at)
    return see(doubt(judge(watch, readings), readings, at), readings, at)


def alarms(watch: Watch, now: datetime) -> tuple[Alarm, ...]:
    """Every alarm until now, ended and open, in order of start."""
    watch = _advanced(watch, now)
    found = (
        each if each.ended_at is None or each.ended_at <= now else replace(each, ended_at=None)
        for each in (*watch.ended, *watch.standing.values())
        if each.started_at <= now
    )
    return tuple(sorted(found, key=lambda each: (each.started_at, each.key)))


def _advanced(watch: Watch, now: datetime) -> Watch:
    """The watch with everything raised that time alone raised until now, each at its own moment."""
    while True:
        coming = [*limits_coming(watch), *doubts_coming(watch), *silence_coming(watch)]
        due = min(coming, key=lambda each: each.order, default=None)
        if due is None or due.at > now:
            return watch
        watch = replace(watch, standing=holding(watch.standing, due.limit_id, due.alarm()))


def cannot_raise(limits: Limits, present: Iterable[str], *, continuous: bool) -> tuple[str, ...]:
    """The alarms that a source with these signals can't raise, in words.

    Without a continuous source, limits on what should come continuously are judged at typed sets only.
    """
    signals = frozenset(present)
    always = frozenset(name for group in limits.continuous for name in group)
    lacking = [each.label for each in limits.limits if each.signal not in signals]
    if continuous:
        return tuple(lacking)
    between = [
        f"{each.label}, between two sets"
        for each in limits.limits
        if each.signal in signals and each.signal in always
    ]
    return (*lacking, *between, "loss of a signal between two sets: only overdue checks")


def unjudged(watch: Watch) -> tuple[str, ...]:
    """The limits that can't be judged because the baseline lacks their signal, in words."""
    return tuple(
        f"{each.label}: cannot be judged, the baseline has no value of it"
        for each in watch.limits.limits
        if each.basis != "absolute" and each.signal not in watch.baseline
    )
