"""What the monitor at a chair last said, signal by signal, each with its age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chairside.core.safety import CuffBefore, Signals
from chairside.core.safety.gate import recent_cuffs
from chairside.core.session.state import Observation, State

CUFF = ("sbp_mmhg", "dbp_mmhg")
HEART = ("hr_per_min", "pulse_per_min")


@dataclass(frozen=True, slots=True)
class LastSaid:
    """The last accepted value of one signal from the monitor, and whether it still counts."""

    signal: str
    label: str
    value: float
    unit: str
    at: datetime
    fresh: bool


def last_said(state: State, signals: Signals, *, at: datetime) -> tuple[LastSaid, ...]:
    """The last accepted value of each signal since it became this patient's, in the library's order."""
    if state.monitor is None:
        return ()
    since = state.monitor.stamp.at
    latest: dict[str, tuple[datetime, float]] = {}
    for observation in state.observations:
        if observation.source == "monitor" and observation.stamp.at >= since:
            latest |= {signal: (observation.stamp.at, v) for signal, v in observation.accepted().items()}
    return tuple(
        LastSaid(
            each.id,
            each.label,
            latest[each.id][1],
            each.unit,
            latest[each.id][0],
            (at - latest[each.id][0]).total_seconds() <= each.stale_s.value,
        )
        for each in signals.signals
        if each.id in latest
    )


def set_missing(said: tuple[LastSaid, ...], before: Observation | None) -> tuple[str, ...]:
    """Why these are no set of their own: what is missing or old, or a cuff reading that was taken before."""
    fresh = {each.signal for each in said if each.fresh}
    missing = [] if set(CUFF) <= fresh else ["no fresh blood pressure from the monitor"]
    if not fresh & set(HEART):
        missing.append("no fresh heart rate from the monitor")
    if "spo2_percent" not in fresh:
        missing.append("no fresh SpO2 from the monitor")
    cuff = [each.at for each in said if each.signal in CUFF]
    if not missing and before is not None and max(cuff) <= before.stamp.at:
        missing.append("this cuff reading is in the set before: take the pressure again")
    return tuple(missing)


def set_of(said: tuple[LastSaid, ...]) -> tuple[Mapping[str, float | None], datetime]:
    """The fresh values as one set, and when it was observed: at its cuff reading."""
    fresh = [each for each in said if each.fresh]
    cuff_at = max(each.at for each in fresh if each.signal in CUFF)
    return {each.signal: each.value for each in fresh}, cuff_at


def cuffs_before(state: State, signals: Signals, *, at: datetime) -> tuple[CuffBefore, ...]:
    """The cuff cycles before then that the value gate compares the next one with."""
    cycles = [
        (each.stamp.at, {value.signal: value.value for value in each.body.values})
        for each in state.observations
    ]
    return recent_cuffs(cycles, at, signals)
