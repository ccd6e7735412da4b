"""Event + state -> state. Folding is total: what does not fit becomes a conflict, never an exception."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from chairside.core.safety import Reading, begin, monitoring, observe, set_baseline
from chairside.core.session import payloads as p
from chairside.core.session import pump
from chairside.core.session.amend import AMENDMENTS, Amended, amend
from chairside.core.session.envelope import Event
from chairside.core.session.kinds import typed
from chairside.core.session.rules import Rules
from chairside.core.session.state import (
    BEFORE_START,
    ENDED,
    ON_THE_CHAIR,
    Conflict,
    Observation,
    Phase,
    PhaseChange,
    Preparation,
    Said,
    Stamp,
    State,
)

Handler = Callable[[State, Event, Any, Rules], State]


def fold(events: Iterable[Event], rules: Rules) -> State:
    """The session that a log tells, in whatever order its events arrived."""
    state = begin_state(rules)
    for amended in amend(events):
        if not amended.struck:
            state = apply(state, amended.event, rules)
    return state


def begin_state(rules: Rules) -> State:
    """The state before the first event."""
    return State(watch=begin(rules.limits))


def can_apply_on_top(state_order: tuple[Any, ...] | None, event: Event) -> bool:
    """Whether an event may be applied to a state already folded up to `state_order`, without refolding."""
    return event.kind not in AMENDMENTS and (state_order is None or event.order > state_order)


def order_of_last(events: Iterable[Event]) -> tuple[Any, ...] | None:
    """The folding order of the last event as amended; None for none."""
    return max((each.event.order for each in amend(events)), default=None)


def apply(state: State, event: Event, rules: Rules) -> State:
    """The state after one more event that is later, in folding order, than all before it."""
    state = _late_for_an_ended_session(state, event)
    return HANDLERS[event.kind](state, event, typed(event), rules)


def amended_events(events: Iterable[Event]) -> tuple[Amended, ...]:
    """All events as they stand, struck ones included, in folding order: what a record prints."""
    return amend(events)


ALLOWED_AFTER_CLOSE = frozenset(
    {"addendum.added", "waste.witnessed", "verdict.recorded", "conflict.settled", "session.closed"}
)


def _late_for_an_ended_session(state: State, event: Event) -> State:
    if state.phase == "closed" and event.kind not in ALLOWED_AFTER_CLOSE:
        return conflict(state, event, "it happened after the record was closed")
    return state


def conflict(state: State, event: Event, text: str) -> State:
    """The state with one more open conflict."""
    return replace(state, conflicts=(*state.conflicts, Conflict(event.id, text)))


def enter(state: State, event: Event, phase: Phase) -> State:
    """The state in a new phase, stamped; entering the phase it is in changes nothing."""
    if state.phase == phase:
        return state
    change = PhaseChange(phase, Stamp.of(event))
    return replace(state, phase=phase, history=(*state.history, change))


def said(event: Event, body: Any) -> Said:
    """The payload with its stamp."""
    return Said(Stamp.of(event), event.kind, body)


def _with(mapping: Mapping[str, Any], key: str, value: Any) -> Mapping[str, Any]:
    return MappingProxyType({**mapping, key: value})


def _planned(state: State, event: Event, body: p.Planned, rules: Rules) -> State:
    if state.planned is not None:
        return conflict(state, event, "the session was planned twice")
    state = replace(
        state, session=event.session, planned=said(event, body), library_version=event.library_version
    )
    return enter(state, event, "planned")


def _checkin_answered(state: State, event: Event, body: p.CheckinAnswered, rules: Rules) -> State:
    return replace(state, checkin=_with(state.checkin, body.item, said(event, body)))


def _monitor_associated(state: State, event: Event, body: p.MonitorAssociated, rules: Rules) -> State:
    return replace(state, monitor=said(event, body))


def _monitor_released(state: State, event: Event, body: p.MonitorReleased, rules: Rules) -> State:
    state = replace(state, monitor=None)
    if state.phase in ON_THE_CHAIR:
        return conflict(state, event, "the monitor was taken off before the release")
    return state


def _observed(state: State, event: Event, body: p.ObservationRecorded, rules: Rules) -> State:
    if event.source == "monitor" and (state.monitor is None or state.phase in ENDED):
        return conflict(state, event, "a monitor's values arrived while no monitor was this patient's")
    observation = Observation(Stamp.of(event), event.source, event.device, body)
    state = replace(state, observations=(*state.observations, observation))
    if state.watch is not None:
        state = replace(state, watch=observe(state.watch, readings(event, body)))
    return _lost_readiness(state, event, rules)


def readings(event: Event, body: p.ObservationRecorded) -> tuple[Reading, ...]:
    """One tick as the readings the safety rules judge."""
    return tuple(
        Reading(
            signal=each.signal,
            value=each.value,
            unit=each.unit,
            observed_at=event.happened_at,
            source=event.source,
            device=event.device,
            verdict=each.verdict,
            reason=each.reason,
            event=event.id,
        )
        for each in body.values
    )


def _baseline_fixed(state: State, event: Event, body: p.BaselineFixed, rules: Rules) -> State:
    found = next((each for each in state.observations if each.stamp.event == body.observation), None)
    if found is None:
        return conflict(state, event, "the baseline names a set of values that is not in this record")
    if state.phase not in BEFORE_START:
        return conflict(state, event, "the baseline was fixed after the start; the earlier one stands")
    values = found.accepted()
    watch = set_baseline(state.watch, values) if state.watch is not None else None
    return replace(
        state, baseline=said(event, body), baseline_values=MappingProxyType(values), watch=watch
    )


def _overridden(state: State, event: Event, body: p.StopOverridden, rules: Rules) -> State:
    return replace(state, overrides=(*state.overrides, said(event, body)))


def _checkin_completed(state: State, event: Event, body: p.Empty, rules: Rules) -> State:
    if state.phase != "planned":
        return conflict(state, event, f"check-in was completed while the session was {state.phase}")
    return enter(state, event, "checked-in")


def _ordered(state: State, event: Event, body: p.OrderSigned, rules: Rules) -> State:
    state = replace(state, order=said(event, body))
    if state.phase == "prepared":
        return enter(state, event, "checked-in")
    return state


def _preparation_begun(state: State, event: Event, body: p.PreparationBegun, rules: Rules) -> State:
    if body.number != len(state.preparations) + 1:
        state = conflict(state, event, f"preparation {body.number} is not the next number")
    state = replace(state, preparations=(*state.preparations, Preparation(said(event, body))))
    return enter(state, event, "checked-in") if state.phase == "prepared" else state


def _amend_preparation(state: State, number: int, **changes: Any) -> State | None:
    for index, each in enumerate(state.preparations):
        if each.body.number == number:
            changed = replace(each, **changes)
            before, after = state.preparations[:index], state.preparations[index + 1 :]
            return replace(state, preparations=(*before, changed, *after))
    return None


def _preparation_checked(state: State, event: Event, body: p.PreparationChecked, rules: Rules) -> State:
    found = next((each for each in state.preparations if each.body.number == body.number), None)
    if found is None:
        return conflict(state, event, f"preparation {body.number} was checked but never begun")
    changed = _amend_preparation(state, body.number, checks=(*found.checks, said(event, body)))
    return _prepared_when_usable(changed or state, event)


def _pump_programmed(state: State, event: Event, body: p.PumpProgrammed, rules: Rules) -> State:
    changed = _amend_preparation(state, body.number, programmed=said(event, body))
    if changed is None:
        return conflict(state, event, f"the pump was set for preparation {body.number}, which was never begun")
    return _prepared_when_usable(changed, event)


def _prepared_when_usable(state: State, event: Event) -> State:
    usable = state.preparation is not None and state.preparation.usable
    return enter(state, event, "prepared") if usable and state.phase == "checked-in" else state


def _timeout(state: State, event: Event, body: p.TimeoutCompleted, rules: Rules) -> State:
    return replace(state, timeout=said(event, body))


def _pump_ran(state: State, event: Event, body: p.PumpRunning, rules: Rules) -> State:
    for text in pump.misfits(state, event.kind, body):
        state = conflict(state, event, text)
    first = state.started_at is None
    state = pump.change(state, event, body.rate_ul_per_h, body.reason)
    if first and state.watch is not None:
        state = replace(state, watch=monitoring(state.watch, on=True, at=event.happened_at))
    return enter(state, event, "infusing" if body.rate_ul_per_h > 0 else "paused")


def _pump_halted(state: State, event: Event, body: p.PumpHalted, rules: Rules) -> State:
    if state.phase not in ("infusing", "paused"):
        return conflict(state, event, f"the pump was {event.kind[5:]} while the session was {state.phase}")
    state = pump.change(state, event, 0, body.reason)
    return enter(state, event, "paused" if event.kind == "pump.paused" else "recovering")


def _pump_read(state: State, event: Event, body: p.PumpRead, rules: Rules) -> State:
    state = replace(state, pump_readings=(*state.pump_readings, said(event, body)))
    if state.phase not in ("infusing", "paused") or body.rate_ul_per_h == state.rate_ul_per_h:
        return state
    state = conflict(state, event, pump.reading_differs(state, body))
    state = pump.change(state, event, body.rate_ul_per_h, "read on the pump")
    return enter(state, event, "infusing" if body.rate_ul_per_h > 0 else "paused")


def _vein_lost(state: State, event: Event, body: p.VeinLost, rules: Rules) -> State:
    state = replace(state, notes=(*state.notes, said(event, body)))
    if state.phase == "infusing" and not body.new_site:
        state = pump.change(state, event, 0, "vein lost")
        return enter(state, event, "paused")
    return state


def _noted(state: State, event: Event, body: Any, rules: Rules) -> State:
    return replace(state, notes=(*state.notes, said(event, body)))


def _acted(state: State, event: Event, body: Any, rules: Rules) -> State:
    return replace(state, acts=(*state.acts, said(event, body)))


def _drug(state: State, event: Event, body: Any, rules: Rules) -> State:
    return replace(state, drugs=(*state.drugs, said(event, body)))


def _acknowledged(state: State, event: Event, body: p.AlarmAcknowledged, rules: Rules) -> State:
    return replace(state, acknowledgements=(*state.acknowledgements, said(event, body)))


def _settled(state: State, event: Event, body: p.ConflictSettled, rules: Rules) -> State:
    conflicts = tuple(
        replace(each, settled=said(event, body)) if each.event == body.conflict and not each.settled else each
        for each in state.conflicts
    )
    return replace(state, conflicts=conflicts, notes=(*state.notes, said(event, body)))


def _readiness(state: State, event: Event, body: p.ReadinessAssessed, rules: Rules) -> State:
    state = replace(state, readiness=_with(state.readiness, body.criterion, said(event, body)))
    return _lost_readiness(state, event, rules)


def _lost_readiness(state: State, event: Event, rules: Rules) -> State:
    if state.phase == "ready" and rules.lost_criteria(state, event.happened_at):
        return enter(state, event, "recovering")
    return state


def _excused(state: State, event: Event, body: p.CriterionExcused, rules: Rules) -> State:
    return replace(state, excused=_with(state.excused, body.criterion, said(event, body)))


def _ready(state: State, event: Event, body: p.Empty, rules: Rules) -> State:
    if state.phase != "recovering":
        return conflict(state, event, f"ready was declared while the session was {state.phase}")
    return enter(state, event, "ready")


def _released(state: State, event: Event, body: p.Released, rules: Rules) -> State:
    if state.phase not in ON_THE_CHAIR:
        return conflict(state, event, f"a release was recorded while the session was {state.phase}")
    if state.rate_ul_per_h > 0:
        state = conflict(state, event, "the patient was released while the pump was said to run")
        state = pump.change(state, event, 0, "released")
    state = replace(state, release=said(event, body), monitor=None)
    if state.watch is not None:
        state = replace(state, watch=monitoring(state.watch, on=False, at=event.happened_at))
    return enter(state, event, "released")


def _abandoned(state: State, event: Event, body: p.Abandoned, rules: Rules) -> State:
    if state.phase not in BEFORE_START:
        return conflict(state, event, "a session was abandoned after its start; it needs a disposition")
    state = replace(state, abandoned=said(event, body), monitor=None)
    return enter(state, event, "abandoned")


def _signed(state: State, event: Event, body: p.RecordSigned, rules: Rules) -> State:
    return replace(state, signatures=(*state.signatures, said(event, body)))


def _closed(state: State, event: Event, body: p.Closed, rules: Rules) -> State:
    if state.phase not in ("released", "abandoned"):
        return conflict(state, event, f"the record was closed while the session was {state.phase}")
    return enter(replace(state, closed=said(event, body)), event, "closed")


def _addendum(state: State, event: Event, body: p.AddendumAdded, rules: Rules) -> State:
    return replace(state, addenda=(*state.addenda, said(event, body)))


def _verdict(state: State, event: Event, body: p.VerdictRecorded, rules: Rules) -> State:
    return replace(state, verdicts=(*state.verdicts, said(event, body)))


HANDLERS: Mapping[str, Handler] = {
    "session.planned": _planned,
    "checkin.answered": _checkin_answered,
    "monitor.associated": _monitor_associated,
    "monitor.released": _monitor_released,
    "observation.recorded": _observed,
    "baseline.fixed": _baseline_fixed,
    "stop.overridden": _overridden,
    "checkin.completed": _checkin_completed,
    "order.signed": _ordered,
    "preparation.begun": _preparation_begun,
    "preparation.checked": _preparation_checked,
    "pump.programmed": _pump_programmed,
    "timeout.completed": _timeout,
    "pump.started": _pump_ran,
    "pump.resumed": _pump_ran,
    "pump.raised": _pump_ran,
    "pump.lowered": _pump_ran,
    "pump.paused": _pump_halted,
    "pump.stopped": _pump_halted,
    "pump.read": _pump_read,
    "vein.lost": _vein_lost,
    "act.recorded": _acted,
    "check.not_taken": _acted,
    "drug.given": _drug,
    "drug.drawn": _drug,
    "drug.counted": _drug,
    "waste.witnessed": _drug,
    "note.added": _noted,
    "adverse.recorded": _noted,
    "alarm.acknowledged": _acknowledged,
    "conflict.settled": _settled,
    "readiness.assessed": _readiness,
    "criterion.excused": _excused,
    "ready.declared": _ready,
    "session.released": _released,
    "session.abandoned": _abandoned,
    "record.signed": _signed,
    "session.closed": _closed,
    "addendum.added": _addendum,
    "verdict.recorded": _verdict,
}
