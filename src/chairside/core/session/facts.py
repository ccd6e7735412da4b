"""The facts that the signed rules look at, taken from a folded session; what nobody said is absent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chairside.core.safety.conditions import SECONDS, Facts, Value
from chairside.core.safety.readiness import ENDED, Readiness, Seen, stable_in_a_row
from chairside.core.session import payloads as p
from chairside.core.session.state import Observation, Said, State

SET_SIGNALS = frozenset({"sbp_mmhg", "dbp_mmhg", "spo2_percent"})
"""A set of vital signs is complete with these and a rate of the heart, from the ECG or the pulse."""


def with_heart_rate(values: Mapping[str, float]) -> dict[str, float]:
    """Values by signal, the pulse standing in for a heart rate that was not measured."""
    rate = values.get("hr_per_min", values.get("pulse_per_min"))
    return dict(values) if rate is None else {**values, "hr_per_min": rate}


def complete_sets(state: State) -> tuple[Observation, ...]:
    """The observations that hold a complete, accepted set of vital signs."""
    return tuple(
        each
        for each in state.observations
        if SET_SIGNALS | {"hr_per_min"} <= with_heart_rate(each.accepted()).keys()
    )


def checkin_facts(state: State) -> dict[str, Value | None]:
    """Facts besides the answers: `known.x` from before today, `baseline.x`, `target.x`."""
    known = state.planned.body.known if state.planned else {}
    facts: dict[str, Value | None] = {f"known.{name}": value for name, value in known.items()}
    facts |= {f"baseline.{name}": value for name, value in with_heart_rate(state.baseline_values).items()}
    if "target_spo2_percent" in known:
        facts["target.spo2_percent"] = known["target_spo2_percent"]
    return facts


def readiness_facts(state: State, readiness: Readiness) -> dict[str, Seen | None]:
    """Facts of the readiness criteria, each with the time it was seen and by whom."""
    facts: dict[str, Seen | None] = {}
    for name, value in checkin_facts(state).items():
        facts[name] = Seen(value, _baseline_at(state), state.baseline.stamp.by if state.baseline else "")
    for said in state.acts:
        if isinstance(said.body, p.ActRecorded) and said.body.score is not None:
            if state.started_at is None or said.stamp.at < state.started_at:
                facts[f"baseline.{said.body.act}"] = _seen(said, said.body.score)
            facts[f"act.{said.body.act}"] = _seen(said, said.body.score)
    for observation in state.observations:
        stamp = observation.stamp
        for signal, reading in with_heart_rate(observation.accepted()).items():
            facts[f"reading.{signal}"] = Seen(reading, stamp.at, stamp.by)
    for criterion, said in state.readiness.items():
        for name, answer in said.body.answers.items():
            facts[f"{criterion}.{name}"] = _seen(said, answer)
    if state.stopped_at is not None:
        facts[ENDED] = Seen(state.stopped_at, state.stopped_at, state.pump[-1].stamp.by)
        row = stable_in_a_row(readiness.stable, sets_since(state, state.stopped_at, readiness), facts)
        facts["recovery.stable_sets"] = Seen(len(row), row[-1], "the record") if row else None
    return facts


def _seen(said: Said, value: Value | None) -> Seen:
    return Seen(value, said.stamp.at, said.stamp.by)


def _baseline_at(state: State) -> datetime:
    stamp = state.baseline.stamp if state.baseline else state.planned.stamp if state.planned else None
    if stamp is None:
        raise ValueError("facts: expected a planned session")
    return stamp.at


def sets_since(state: State, since: datetime, readiness: Readiness) -> tuple[tuple[datetime, Facts], ...]:
    """A set at each accepted blood pressure since then, with the other signals as last seen before it.

    How old the other signals may be is the signed gap between two sets.
    """
    gap = readiness.stable.at_least_apart
    oldest = timedelta(seconds=float(gap.value) * SECONDS[gap.unit])
    latest: dict[str, tuple[datetime, float]] = {}
    sets: list[tuple[datetime, Facts]] = []
    for observation in state.observations:
        at, values = observation.stamp.at, with_heart_rate(observation.accepted())
        latest |= {signal: (at, value) for signal, value in values.items()}
        if at >= since and {"sbp_mmhg", "dbp_mmhg"} <= values.keys():
            sets.append((at, {signal: v for signal, (seen, v) in latest.items() if at - seen <= oldest}))
    return tuple(sets)
