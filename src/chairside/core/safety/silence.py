"""Absence is a finding: signals that stop, signals the monitor can't measure, a cuff that is overdue."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from chairside.core.safety.conditions import shown
from chairside.core.safety.crossings import label
from chairside.core.safety.gate import CUFF, Reading
from chairside.core.safety.limits import Priority
from chairside.core.safety.signals import Signal
from chairside.core.safety.watch import (
    PHYSIOLOGICAL,
    Alarm,
    AlarmKind,
    Coming,
    Sight,
    Watch,
    end,
    holding,
    key_of,
    seconds,
    without,
)

LOOK = "no signal: look at the patient"
ALL = "silence-all"


def name_of(signal: str) -> str:
    """The limit id under which the silence of a signal stands."""
    return f"silence-{signal}"


# What is seen ----------------------------------------------------------------------------------------


def see(watch: Watch, readings: Sequence[Reading], at: datetime) -> Watch:
    """The watch after noting which signals this tick measured and which it reports as not measured.

    Only a monitor's readings say that the monitor sees; a cuff reading counts whoever took it.
    """
    for reading in readings:
        accepted = reading.verdict == "accepted"
        if reading.signal == CUFF[0] and accepted:
            watch = replace(end(watch, [name_of(CUFF[0])], at, event=reading.event), cuff_at=at)
        signal = watch.signals.signal(reading.signal)
        if signal is None or not signal.continuous or reading.source != "monitor":
            continue
        watch = _measured(watch, reading, at) if accepted else _unmeasured(watch, reading, at)
    return watch


def _measured(watch: Watch, reading: Reading, at: datetime) -> Watch:
    name, before = reading.signal, watch.sights.get(reading.signal)
    sight = Sight(at, reading.event, at, _interval_s(before, at))
    watch = replace(watch, sights=holding(watch.sights, name, sight))
    for group in watch.limits.continuous:
        for other in group if name in group else ():
            if other in watch.sights and not watch.sights[other].measured:
                watch = end(watch, [name_of(other)], at, event=reading.event)
                watch = replace(watch, sights=without(watch.sights, other))
    if ALL in watch.standing:
        watch = replace(watch, heard_again_at=at)
    return end(watch, [name_of(name), ALL], at, event=reading.event)


def _unmeasured(watch: Watch, reading: Reading, at: datetime) -> Watch:
    before = watch.sights.get(reading.signal)
    if before is None:
        return watch
    # The interval stays as it was: when this signal is stale was settled when it was last measured.
    sight = replace(before, heard_at=at, why=reading.reason)
    if before.unmeasured_since is None:
        sight = replace(sight, unmeasured_since=at, unmeasured_event=reading.event)
    return replace(watch, sights=holding(watch.sights, reading.signal, sight))


def _interval_s(before: Sight | None, at: datetime) -> float | None:
    """The seconds since it last reported; two ticks of one moment tell nothing, and a first one neither."""
    if before is None or not before.measured:
        return None
    return (at - before.heard_at).total_seconds() if at > before.heard_at else before.interval_s


def expect(watch: Watch, at: datetime, *, monitor: bool) -> Watch:
    """The watch from when silence is an alarm: every signal has its whole time from here.

    Where a monitor is in use, one signal of each group must come although none has come yet.
    """
    sights = {
        name: replace(
            each,
            seen_at=max(each.seen_at, at),
            unmeasured_since=each.unmeasured_since and max(each.unmeasured_since, at),
        )
        for name, each in watch.sights.items()
    }
    for group in watch.limits.continuous:
        if not sights.keys() & {*group}:
            sights[group[0]] = Sight(at, "", at, measured=False)
    return replace(watch, monitored_since=at, sights=MappingProxyType(sights if monitor else {}))


# What is lost ----------------------------------------------------------------------------------------


def stale_after(watch: Watch, name: str, sight: Sight) -> timedelta:
    """How long a signal may stay away: some of its own intervals, between the signed floor and ceiling."""
    signal = watch.signals.signal(name)
    ceiling = seconds(signal.stale_s) if signal else timedelta()
    if sight.interval_s is None:
        return ceiling
    own = timedelta(seconds=sight.interval_s * float(watch.signals.stale_intervals.value))
    return min(ceiling, max(seconds(watch.signals.stale_floor_s), own))


def lost_at(watch: Watch, name: str, sight: Sight) -> tuple[datetime, datetime]:
    """When a signal counts as lost if it is not measured again: by itself, and with all others lost."""
    stale = sight.seen_at + stale_after(watch, name, sight)
    since = sight.unmeasured_since
    return (
        (stale, stale)
        if since is None
        else (min(stale, since + seconds(watch.signals.lost_s)), min(stale, since))
    )


def silence_coming(watch: Watch) -> Iterator[Coming]:
    """The alarms of silence that will stand unless a reading comes first."""
    if watch.monitored_since is None:
        return
    yield from _cuff_coming(watch, watch.monitored_since)
    if not watch.sights or ALL in watch.standing:
        return
    lost = {name: lost_at(watch, name, each) for name, each in watch.sights.items()}
    together = max(each for _, each in lost.values())
    yield Coming(together, 2, ALL, partial(_all_lost, watch, together))
    for name, (alone, _) in lost.items():
        if name_of(name) not in watch.standing:
            at = max(alone, watch.heard_again_at or alone)
            yield Coming(at, 3, name_of(name), partial(_one_lost, watch, name, at))


def _cuff_coming(watch: Watch, monitored_since: datetime) -> Iterator[Coming]:
    """The cuff has its own interval."""
    signal = watch.signals.signal(CUFF[0])
    if signal is not None and name_of(signal.id) not in watch.standing:
        at = max(monitored_since, watch.cuff_at or monitored_since) + seconds(signal.stale_s)
        yield Coming(at, 3, name_of(signal.id), partial(_cuff_overdue, watch, signal, at))


def _cuff_overdue(watch: Watch, signal: Signal, at: datetime) -> Alarm:
    text = f"{signal.label}: no cuff reading for {shown(float(signal.stale_s.value), 's')}"
    return _alarm(watch, signal.id, "stale", at=at, priority=watch.limits.silence.episodic, text=text)


def _all_lost(watch: Watch, at: datetime) -> Alarm:
    text = f"{LOOK} (every signal of the monitor is lost)"
    return _alarm(watch, "", "no signal", at=at, priority=watch.limits.silence.together, text=text)


def _one_lost(watch: Watch, name: str, at: datetime) -> Alarm:
    """The alarm of one signal lost at that moment.

    Loud near a limit alarm, and when neither the heart's rate nor the pulse is seen. A lead that is off
    while the pulse is seen is a technical finding, as loud as the moment asks.
    """
    sight, silence = watch.sights[name], watch.limits.silence
    near, partner = _near_an_alarm(watch, name, sight), _seen_partner(watch, name, at)
    why = _why(watch, name, sight)
    if partner and sight.unmeasured_since is not None and (name, partner) in watch.signals.pulse_stands_in:
        priority = silence.after_alarm if near else silence.one
        text = f"{label(watch, name)}: lead off, {label(watch, partner)} is still measured"
        text += f": {LOOK}" if near else ""
        return _alarm(watch, name, "technical", at=at, priority=priority, text=text)
    if near or partner == "":
        priority = silence.after_alarm if near else silence.together
        text = f"{label(watch, name)}: {LOOK} ({why})"
        return _alarm(watch, name, "no signal", at=at, priority=priority, text=text)
    reported = sight.unmeasured_since is not None or not sight.measured
    text = f"{label(watch, name)} lost: {why}"
    kind: AlarmKind = "missing" if reported else "stale"
    return _alarm(watch, name, kind, at=at, priority=silence.one, text=text)


def _why(watch: Watch, name: str, sight: Sight) -> str:
    if sight.unmeasured_since is not None:
        return sight.why
    if not sight.measured:
        return "nothing has come from the monitor"
    return f"nothing for {shown(stale_after(watch, name, sight).total_seconds(), 's')}"


def _near_an_alarm(watch: Watch, name: str, sight: Sight) -> bool:
    """Whether it was lost while a limit alarm stood, or shortly after one, or just as it crossed a limit."""
    if any(each.kind in PHYSIOLOGICAL for each in watch.standing.values()):
        return True
    if any(limit.signal == name and limit.id in watch.crossings for limit in watch.limits.limits):
        return True
    ended = watch.limit_ended_at
    return ended is not None and sight.seen_at - ended <= seconds(watch.limits.silence.after_alarm_s)


def _seen_partner(watch: Watch, name: str, at: datetime) -> str | None:
    """The other signal that sees the heart, if it does; empty if it does not; None where there is none."""
    pairs = [pair for pair in watch.signals.pulse_stands_in if name in pair]
    if not pairs:
        return None
    others = [other for pair in pairs for other in pair if other != name]
    return next((other for other in others if _seen(watch, other, at)), "")


def _seen(watch: Watch, name: str, at: datetime) -> bool:
    sight = watch.sights.get(name)
    if sight is None or not sight.measured or sight.unmeasured_since is not None:
        return False
    return lost_at(watch, name, sight)[0] > at


def _alarm(
    watch: Watch, signal: str, kind: AlarmKind, *, at: datetime, priority: Priority, text: str
) -> Alarm:
    sight = watch.sights.get(signal)
    limit_id = name_of(signal) if signal else ALL
    event = (sight.unmeasured_event or sight.event) if sight else ""
    return Alarm(
        key=key_of(limit_id, at),
        signal=signal,
        kind=kind,
        priority=priority,
        action="look",
        limit_id=limit_id,
        text=text,
        value=None,
        started_at=at,
        ended_at=None,
        events=(event,) if event else (),
        value_at=sight.seen_at if sight and sight.measured else None,
    )
