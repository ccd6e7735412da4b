"""Readings -> alarms. Absence is a finding: silence alarms by itself, and time alone can raise it.

`alarms(watch, now)` is a function of the readings and the time; whether anybody looked in between
changes nothing. A value that was not measured never ends an alarm: what was true when last seen stands
until an accepted value says otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from chairside.core.safety.gate import Reading
from chairside.core.safety.limits import Asks, Limit, Limits, Priority
from chairside.core.safety.signals import Signals

AlarmKind = Literal["limit", "change", "stale", "missing", "technical", "no signal"]
LOOK = "no signal: look at the patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm from its start to its end; `key` names it for acknowledgement and does not change."""

    key: str
    signal: str
    kind: AlarmKind
    priority: Priority
    action: Asks
    limit_id: str
    text: str
    value: float | None
    started_at: datetime
    ended_at: datetime | None
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit is crossed since then; `worst` is the reading furthest beyond it."""

    since: datetime
    worst: float
    event: str


@dataclass(frozen=True, slots=True)
class Sight:
    """One continuous signal: when it was last seen, and since when it is reported as not measured."""

    seen_at: datetime
    unmeasured_since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What has to be remembered of all readings so far; grows only by alarms that ended."""

    limits: Limits
    signals: Signals
    baseline: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    monitored_since: datetime | None = None
    crossings: Mapping[str, Crossing] = field(default_factory=lambda: MappingProxyType({}))
    sights: Mapping[str, Sight] = field(default_factory=lambda: MappingProxyType({}))
    cuff_at: datetime | None = None
    ended: tuple[Alarm, ...] = ()


def begin(limits: Limits, signals: Signals) -> Watch:
    """A watch before the first reading."""
    return Watch(limits=limits, signals=signals)


def set_baseline(watch: Watch, baseline: Mapping[str, float]) -> Watch:
    """The watch with *the* baseline that changes are measured from."""
    return replace(watch, baseline=MappingProxyType(dict(baseline)))


def monitoring(watch: Watch, *, on: bool, at: datetime) -> Watch:
    """From here silence is an alarm, or no longer; whatever still stood ends when monitoring ends."""
    if on:
        sights = {name: replace(each, seen_at=max(each.seen_at, at)) for name, each in watch.sights.items()}
        return replace(watch, monitored_since=at, sights=MappingProxyType(sights))
    ended = tuple(replace(each, ended_at=at) if each.ended_at is None else each for each in alarms(watch, at))
    return replace(watch, monitored_since=None, crossings=MappingProxyType({}), ended=ended)


def observe(watch: Watch, readings: Sequence[Reading]) -> Watch:
    """The watch after one tick; ticks come in the order they were observed."""
    if not readings:
        return watch
    at = readings[0].observed_at
    watch = _silence_ended(watch, readings, at)
    for reading in readings:
        if reading.verdict == "accepted" and reading.value is not None:
            watch = _judged(watch, reading, reading.value)
    return _seen(watch, readings, at)


def alarms(watch: Watch, now: datetime) -> tuple[Alarm, ...]:
    """Every alarm until now, ended and open, in order of start."""
    crossed = tuple(
        _alarm_of(watch, limit, crossing)
        for limit in watch.limits.limits
        if (crossing := watch.crossings.get(limit.id)) and _raised_at(limit, crossing) <= now
    )
    known = (*watch.ended, *crossed)
    found = (*known, *_silent(watch, known, now))
    return tuple(sorted(found, key=lambda each: (each.started_at, each.key)))


def cannot_raise(limits: Limits, present: Iterable[str], *, continuous: bool) -> tuple[str, ...]:
    """The alarms that a source with these signals can't raise, in words."""
    signals = frozenset(present)
    lacking = [each.label for each in limits.limits if each.signal not in signals]
    return tuple(lacking) if continuous else (*lacking, "silence between typed sets: only overdue checks")


def unjudged(watch: Watch) -> tuple[str, ...]:
    """The limits that can't be judged because the baseline lacks their signal, in words."""
    return tuple(
        f"{each.label}: no baseline"
        for each in watch.limits.limits
        if each.basis != "absolute" and each.signal not in watch.baseline
    )


def _beyond(limit: Limit, value: float, baseline: Mapping[str, float]) -> bool | None:
    """Whether the value crosses the limit; None where the baseline it is held against is unknown."""
    threshold = float(limit.threshold.value)
    if limit.basis != "absolute":
        if limit.signal not in baseline:
            return None
        base = baseline[limit.signal]
        amount = base * threshold / 100 if limit.threshold.unit == "%" else threshold
        threshold = base + amount if limit.basis == "over_baseline" else base - amount
    crosses: Mapping[str, bool] = {
        "above": value > threshold,
        "at_least": value >= threshold,
        "below": value < threshold,
        "at_most": value <= threshold,
    }
    return crosses[limit.comparison]


def _judged(watch: Watch, reading: Reading, value: float) -> Watch:
    """The watch after one accepted value: crossings begun, grown worse or ended."""
    crossings, ended = dict(watch.crossings), watch.ended
    for limit in watch.limits.limits:
        if limit.signal != reading.signal:
            continue
        before = crossings.get(limit.id)
        if _beyond(limit, value, watch.baseline):
            crossings[limit.id] = _crossing(limit, before, reading)
        elif before is not None:
            del crossings[limit.id]
            if _raised_at(limit, before) <= reading.observed_at:
                alarm = _alarm_of(watch, limit, before)
                ended = (*ended, replace(alarm, ended_at=reading.observed_at))
    return replace(watch, crossings=MappingProxyType(crossings), ended=ended)


def _crossing(limit: Limit, before: Crossing | None, reading: Reading) -> Crossing:
    value = reading.value or 0.0
    if before is None:
        return Crossing(reading.observed_at, value, reading.event)
    upward = limit.comparison in ("above", "at_least")
    worse = value > before.worst if upward else value < before.worst
    return replace(before, worst=value) if worse else before


def _raised_at(limit: Limit, crossing: Crossing) -> datetime:
    return crossing.since + timedelta(seconds=float(limit.delay_s.value))


def _key(name: str, at: datetime) -> str:
    return f"{name}@{at:%Y%m%dT%H%M%S.%f}"


def _alarm_of(watch: Watch, limit: Limit, crossing: Crossing) -> Alarm:
    started_at = _raised_at(limit, crossing)
    number = f"{limit.threshold.value:g}{'' if limit.threshold.unit == '%' else ' '}{limit.threshold.unit}"
    signal = watch.signals.signal(limit.signal)
    name = signal.label if signal else limit.signal
    return Alarm(
        key=_key(limit.id, started_at),
        signal=limit.signal,
        kind="limit" if limit.basis == "absolute" else "change",
        priority=limit.priority,
        action=limit.action,
        limit_id=limit.id,
        text=f"{name} {crossing.worst:g}: {limit.label} ({number})",
        value=crossing.worst,
        started_at=started_at,
        ended_at=None,
        events=(crossing.event,),
    )


def _seen(watch: Watch, readings: Sequence[Reading], at: datetime) -> Watch:
    """The watch after noting which signals were seen and which were reported as not measured."""
    sights, cuff_at = dict(watch.sights), watch.cuff_at
    for reading in readings:
        signal = watch.signals.signal(reading.signal)
        accepted = reading.verdict == "accepted"
        if reading.signal == "sbp_mmhg" and accepted:
            cuff_at = at
        if signal is None or not signal.continuous or reading.source != "monitor":
            continue
        if accepted:
            sights[reading.signal] = Sight(at)
        elif (sight := sights.get(reading.signal)) and sight.unmeasured_since is None:
            sights[reading.signal] = replace(sight, unmeasured_since=at, why=reading.reason)
    return replace(watch, sights=MappingProxyType(sights), cuff_at=cuff_at)


def _lost_at(watch: Watch, name: str, sight: Sight, *, together: bool = False) -> datetime:
    """When a signal counts as lost if nothing of it is seen any more."""
    signal = watch.signals.signal(name)
    stale = sight.seen_at + timedelta(seconds=float(signal.stale_s.value if signal else 0))
    if sight.unmeasured_since is None:
        return stale
    reported = timedelta(seconds=0 if together else float(watch.signals.lost_s.value))
    return min(stale, max(sight.unmeasured_since, watch.monitored_since or sight.seen_at) + reported)


def _silence_ended(watch: Watch, readings: Sequence[Reading], at: datetime) -> Watch:
    """The watch with those alarms of silence ended that this tick breaks."""
    measured = {each.signal for each in readings if each.verdict == "accepted"}
    if not measured:
        return watch
    open_now = [
        each for each in alarms(watch, at) if each.ended_at is None and each.kind not in ("limit", "change")
    ]
    kept = {each.key for each in watch.ended}
    broken = [
        replace(each, ended_at=at)
        for each in open_now
        if each.key not in kept and _breaks(each, measured, watch)
    ]
    return replace(watch, ended=(*watch.ended, *broken))


def _breaks(alarm: Alarm, measured: set[str], watch: Watch) -> bool:
    if alarm.kind == "no signal" and not alarm.signal:
        return bool(measured & watch.sights.keys())
    return (alarm.signal or "sbp_mmhg") in measured


def _silent(watch: Watch, known: Sequence[Alarm], now: datetime) -> Iterable[Alarm]:
    """The alarms of silence that stand now."""
    if watch.monitored_since is None:
        return
    yield from _cuff_silent(watch, now)
    lost = {name: _lost_at(watch, name, sight) for name, sight in watch.sights.items()}
    together = [_lost_at(watch, name, sight, together=True) for name, sight in watch.sights.items()]
    if together and max(together) <= now:
        yield _silence(watch, "", max(together), priority=watch.limits.silence.together, text=LOOK)
    for name, at in sorted(lost.items()):
        if at > now or (together and max(together) <= at):
            continue
        yield _one_lost(watch, name, at, near=_near_an_alarm(watch, known, at))


def _near_an_alarm(watch: Watch, known: Sequence[Alarm], at: datetime) -> bool:
    """Whether a limit alarm stood then, or had ended only shortly before."""
    reach = timedelta(seconds=float(watch.limits.silence.after_alarm_s.value))
    return any(
        each.kind in ("limit", "change")
        and each.started_at <= at
        and (each.ended_at is None or at - each.ended_at <= reach)
        for each in known
    )


def _one_lost(watch: Watch, name: str, at: datetime, *, near: bool) -> Alarm:
    silence = watch.limits.silence
    signal, sight = watch.signals.signal(name), watch.sights[name]
    label = signal.label if signal else name
    if near:
        text = f"{label}: {LOOK}"
        return _silence(watch, name, at, priority=silence.after_alarm, text=text)
    seen_by = next((other for lead, other in watch.signals.pulse_stands_in if lead == name), None)
    stands_in = (
        seen_by is not None and seen_by in watch.sights and watch.sights[seen_by].unmeasured_since is None
    )
    reason = "lead off: a pulse is still seen" if stands_in else sight.why or "nothing arrives"
    return _silence(watch, name, at, priority=silence.one, text=f"{label} lost: {reason}")


def _silence(watch: Watch, name: str, at: datetime, **said: Any) -> Alarm:
    """An alarm of silence: high ones ask to look at the patient, the others to mend the signal."""
    loud = LOOK in said["text"]
    sight = watch.sights.get(name)
    kind: AlarmKind = "no signal" if loud else "technical" if "lead off" in said["text"] else "stale"
    if kind == "stale" and sight is not None and sight.unmeasured_since is not None:
        kind = "missing"
    return Alarm(
        key=_key(f"silence-{name or 'all'}", at),
        signal=name,
        kind=kind,
        action="look",
        limit_id=f"silence-{name or 'all'}",
        value=None,
        started_at=at,
        ended_at=None,
        events=(),
        **said,
    )


def _cuff_silent(watch: Watch, now: datetime) -> Iterable[Alarm]:
    """The cuff has its own interval."""
    signal = watch.signals.signal("sbp_mmhg")
    if signal is None or watch.monitored_since is None:
        return
    since = max(watch.monitored_since, watch.cuff_at or watch.monitored_since)
    at = since + timedelta(seconds=float(signal.stale_s.value))
    if at <= now:
        text = f"{signal.label}: no cuff reading for {signal.stale_s.value / 60:g} min"
        yield replace(
            _silence(watch, "sbp_mmhg", at, priority=watch.limits.silence.episodic, text=text), kind="stale"
        )
