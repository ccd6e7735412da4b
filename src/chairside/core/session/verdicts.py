"""Alarms of a session: derived from its log and the time, and compared with the verdicts kept as evidence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chairside.core.safety import Alarm, alarms
from chairside.core.session.payloads import VerdictRecorded
from chairside.core.session.state import Said, State

HALTING = frozenset({"hold", "stop"})


@dataclass(frozen=True, slots=True)
class OwnedAlarm:
    """An alarm with the person who acknowledged it, if anybody has."""

    alarm: Alarm
    acknowledged: Said | None

    @property
    def open(self) -> bool:
        """Whether what raised it still stands."""
        return self.alarm.ended_at is None


def session_alarms(state: State, at: datetime) -> tuple[OwnedAlarm, ...]:
    """Every alarm of the session until `at`, ended and open, in order of start."""
    if state.watch is None:
        return ()
    by_key = {each.body.alarm: each for each in reversed(state.acknowledgements)}
    return tuple(OwnedAlarm(each, by_key.get(each.key)) for each in alarms(state.watch, at))


def verdict_since(state: State, at: datetime) -> VerdictRecorded | None:
    """What changed since the verdicts in the log: alarms raised and ended; None when nothing did."""
    raised = {each["key"] for verdict in state.verdicts for each in verdict.body.raised}
    ended = {key for verdict in state.verdicts for key in verdict.body.ended}
    now = alarms(state.watch, at) if state.watch is not None else ()
    new = tuple(_evidence(each) for each in now if each.key not in raised)
    over = tuple(each.key for each in now if each.ended_at is not None and each.key not in ended)
    return VerdictRecorded(new, over) if new or over else None


def _evidence(alarm: Alarm) -> dict[str, Any]:
    return {
        "key": alarm.key,
        "signal": alarm.signal,
        "kind": alarm.kind,
        "priority": alarm.priority,
        "action": alarm.action,
        "limit": alarm.limit_id,
        "text": alarm.text,
    }


def last_halting_alarm(state: State, at: datetime) -> Alarm | None:
    """The latest alarm that asked for a hold or a stop, since the pump last ran or was read."""
    found = [each.alarm for each in session_alarms(state, at) if each.alarm.action in HALTING]
    return found[-1] if found else None


def rate_question(state: State, at: datetime) -> Alarm | None:
    """The hold or stop alarm after which nobody has said what the pump does; drug is counted on meanwhile."""
    if state.phase not in ("infusing", "paused"):
        return None
    alarm = last_halting_alarm(state, at)
    if alarm is None:
        return None
    answers = [each.stamp.at for each in state.pump] + [each.stamp.at for each in state.pump_readings]
    return None if any(answer >= alarm.started_at for answer in answers) else alarm


def held(state: State, at: datetime) -> Alarm | None:
    """The hold or stop alarm since the pump last started or resumed; resuming after it needs an order."""
    alarm = last_halting_alarm(state, at)
    ran = [each.stamp.at for each in state.pump if each.kind in ("pump.started", "pump.resumed")]
    if alarm is None or (ran and alarm.started_at <= ran[-1]):
        return None
    if state.order and state.order.stamp.at >= alarm.started_at:
        return None
    return alarm
