"""Event + state -> state. Folding is total: what does not fit becomes a conflict, never an exception."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

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

Body = TypeVar("Body")


class Told(NamedTuple, Generic[Body]):
    """An event with its typed payload."""

    event: Event
    body: Body

    @property
    def said(self) -> Said:
        """The payload with its stamp."""
        return Said(Stamp.of(self.event), self.event.kind, self.body)


Handler = Callable[[State, Told[Any], Rules], State]


def fold(events: Iterable[Event], rules: Rules) -> State:
    """The session that a log tells, in whatever order its events arrived."""
    state = begin_state(rules)
    for amended in amend(events):
        if not amended.struck:
            state = apply(state, amended.event, rules)
    return state


def fold_on(state: State, events: Iterable[Event], rules: Rules, *, after: tuple[Any, ...]) -> State:
    """The session, going on from a state folded up to `after` that no amendment has touched since."""
    for amended in amend(events):
        if not amended.struck and amended.event.order > after:
            state = apply(state, amended.event, rules)
    return state


def begin_state(rules: Rules) -> State:
    """The state before the first event."""
    return State(watch=begin(rules.limits, rules.signals))


def can_apply_on_top(state_order: tuple[Any, ...] | None, event: Event) -> bool:
    """Whether an event may be applied to a state already folded up to `state_order`, without refolding."""
    return event.kind not in AMENDMENTS and (state_order is None or event.order > state_order)


def order_of_last(events: Iterable[Event]) -> tuple[Any, ...] | None:
    """The folding order of the last event as amended; None for none."""
    return max((each.event.order for each in amend(events)), default=None)


def apply(state: State, event: Event, rules: Rules) -> State:
    """The state after one more event that is later, in folding order, than all before it."""
    state = _late_for_an_ended_session(state, event)
    return HANDLERS[event.kind](state, Told(event, typed(event)), rules)


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


def _with(mapping: Mapping[str, Any], key: str, value: Any) -> Mapping[str, Any]:
    return MappingProxyType({**mapping, key: value})


def _planned(state: State, told: Told[p.Planned], rules: Rules) -> State:
    if state.planned is not None:
        return conflict(state, told.event, "the session was planned twice")
    state = replace(
        state, session=told.event.session, planned=told.said, library_version=told.event.library_version
    )
    return enter(state, told.event, "planned")


def _checkin_answered(state: State, told: Told[p.CheckinAnswered], rules: Rules) -> State:
    return replace(state, checkin=_with(state.checkin, told.body.item, told.said))


def _monitor_associated(state: State, told: Told[p.MonitorAssociated], rules: Rules) -> State:
    if state.watch is not None and state.phase in ON_THE_CHAIR:
        state = replace(state, watch=monitoring(state.watch, on=True, at=told.event.happened_at))
    return replace(state, monitor=told.said)


def _monitor_released(state: State, told: Told[p.MonitorReleased], rules: Rules) -> State:
    state = replace(state, monitor=None)
    if state.phase in ON_THE_CHAIR:
        return conflict(state, told.event, "the monitor was taken off before the release")
    return state


def _observed(state: State, told: Told[p.ObservationRecorded], rules: Rules) -> State:
    if told.event.source == "monitor" and (state.monitor is None or state.phase in ENDED):
        return conflict(state, told.event, "a monitor's values arrived while no monitor was this patient's")
    observation = Observation(Stamp.of(told.event), told.event.source, told.event.device, told.body)
    state = replace(state, observations=(*state.observations, observation))
    if state.watch is not None:
        state = replace(state, watch=observe(state.watch, readings(told.event, told.body)))
    return _lost_readiness(state, told.event, rules)


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


def _baseline_fixed(state: State, told: Told[p.BaselineFixed], rules: Rules) -> State:
    found = next((each for each in state.observations if each.stamp.event == told.body.observation), None)
    if found is None:
        return conflict(state, told.event, "the baseline names a set of values that is not in this record")
    if state.phase not in BEFORE_START:
        return conflict(state, told.event, "the baseline was fixed after the start; the earlier one stands")
    values = found.accepted()
    watch = set_baseline(state.watch, values) if state.watch is not None else None
    return replace(state, baseline=told.said, baseline_values=MappingProxyType(values), watch=watch)


def _overridden(state: State, told: Told[p.StopOverridden], rules: Rules) -> State:
    return replace(state, overrides=(*state.overrides, told.said))


def _checkin_completed(state: State, told: Told[p.Empty], rules: Rules) -> State:
    if state.phase != "planned":
        return conflict(state, told.event, f"check-in was completed while the session was {state.phase}")
    return enter(state, told.event, "checked-in")


def _ordered(state: State, told: Told[p.OrderSigned], rules: Rules) -> State:
    state = replace(state, order=told.said)
    if state.phase == "prepared":
        return enter(state, told.event, "checked-in")
    return state


def _preparation_begun(state: State, told: Told[p.PreparationBegun], rules: Rules) -> State:
    if told.body.number != len(state.preparations) + 1:
        state = conflict(state, told.event, f"preparation {told.body.number} is not the next number")
    state = replace(state, preparations=(*state.preparations, Preparation(told.said)))
    return enter(state, told.event, "checked-in") if state.phase == "prepared" else state


def _amend_preparation(state: State, number: int, **changes: Any) -> State | None:
    for index, each in enumerate(state.preparations):
        if each.body.number == number:
            changed = replace(each, **changes)
            before, after = state.preparations[:index], state.preparations[index + 1 :]
            return replace(state, preparations=(*before, changed, *after))
    return None


def _preparation_checked(state: State, told: Told[p.PreparationChecked], rules: Rules) -> State:
    found = next((each for each in state.preparations if each.body.number == told.body.number), None)
    if found is None:
        return conflict(state, told.event, f"preparation {told.body.number} was checked but never begun")
    changed = _amend_preparation(state, told.body.number, checks=(*found.checks, told.said))
    return _prepared_when_usable(changed or state, told.event)


def _pump_programmed(state: State, told: Told[p.PumpProgrammed], rules: Rules) -> State:
    changed = _amend_preparation(state, told.body.number, programmed=told.said)
    if changed is None:
        return conflict(
            state, told.event, f"the pump was set for preparation {told.body.number}, which was never begun"
        )
    return _prepared_when_usable(changed, told.event)


def _prepared_when_usable(state: State, event: Event) -> State:
    usable = state.preparation is not None and state.preparation.usable
    return enter(state, event, "prepared") if usable and state.phase == "checked-in" else state


def _timeout(state: State, told: Told[p.TimeoutCompleted], rules: Rules) -> State:
    return replace(state, timeout=told.said)


def _pump_ran(state: State, told: Told[p.PumpRunning], rules: Rules) -> State:
    for text in pump.misfits(state, told.event.kind, told.body):
        state = conflict(state, told.event, text)
    first = state.started_at is None
    state = pump.change(state, told.event, rate_ul_per_h=told.body.rate_ul_per_h, reason=told.body.reason)
    if first and state.watch is not None:
        monitor = state.monitor is not None
        watch = monitoring(state.watch, on=True, at=told.event.happened_at, monitor=monitor)
        state = replace(state, watch=watch)
    return enter(state, told.event, "infusing" if told.body.rate_ul_per_h > 0 else "paused")


def _pump_halted(state: State, told: Told[p.PumpHalted], rules: Rules) -> State:
    if state.phase not in ("infusing", "paused"):
        return conflict(
            state, told.event, f"the pump was {told.event.kind[5:]} while the session was {state.phase}"
        )
    state = pump.change(state, told.event, rate_ul_per_h=0, reason=told.body.reason)
    return enter(state, told.event, "paused" if told.event.kind == "pump.paused" else "recovering")


def _pump_read(state: State, told: Told[p.PumpRead], rules: Rules) -> State:
    state = replace(state, pump_readings=(*state.pump_readings, told.said))
    if state.phase not in ("infusing", "paused") or told.body.rate_ul_per_h == state.rate_ul_per_h:
        return state
    state = conflict(state, told.event, pump.reading_differs(state, told.body))
    state = pump.change(state, told.event, rate_ul_per_h=told.body.rate_ul_per_h, reason="read on the pump")
    return enter(state, told.event, "infusing" if told.body.rate_ul_per_h > 0 else "paused")


def _vein_lost(state: State, told: Told[p.VeinLost], rules: Rules) -> State:
    state = replace(state, notes=(*state.notes, told.said))
    if state.phase == "infusing" and not told.body.new_site:
        state = pump.change(state, told.event, rate_ul_per_h=0, reason="vein lost")
        return enter(state, told.event, "paused")
    return state


def _noted(state: State, told: Told[Any], rules: Rules) -> State:
    return replace(state, notes=(*state.notes, told.said))


def _acted(state: State, told: Told[Any], rules: Rules) -> State:
    state = replace(state, acts=(*state.acts, told.said))
    if state.watch is None or not isinstance(told.body, p.ActRecorded) or told.body.score is None:
        return state
    return replace(state, watch=observe(state.watch, (act_reading(told.event, told.body),)))


def act_reading(event: Event, body: p.ActRecorded) -> Reading:
    """A scored act as the safety rules judge it: `act.<id>`, in points."""
    return Reading(
        signal=f"act.{body.act}",
        value=body.score,
        unit="1",
        observed_at=event.happened_at,
        source=event.source,
        device=event.device,
        verdict="accepted",
        reason="",
        event=event.id,
    )


def _drug(state: State, told: Told[Any], rules: Rules) -> State:
    return replace(state, drugs=(*state.drugs, told.said))


def _acknowledged(state: State, told: Told[p.AlarmAcknowledged], rules: Rules) -> State:
    return replace(state, acknowledgements=(*state.acknowledgements, told.said))


def _settled(state: State, told: Told[p.ConflictSettled], rules: Rules) -> State:
    conflicts = tuple(
        replace(each, settled=told.said) if each.event == told.body.conflict and not each.settled else each
        for each in state.conflicts
    )
    return replace(state, conflicts=conflicts, notes=(*state.notes, told.said))


def _readiness(state: State, told: Told[p.ReadinessAssessed], rules: Rules) -> State:
    state = replace(state, readiness=_with(state.readiness, told.body.criterion, told.said))
    return _lost_readiness(state, told.event, rules)


def _lost_readiness(state: State, event: Event, rules: Rules) -> State:
    if state.phase == "ready" and rules.lost_criteria(state, event.happened_at):
        return enter(state, event, "recovering")
    return state


def _excused(state: State, told: Told[p.CriterionExcused], rules: Rules) -> State:
    return replace(state, excused=_with(state.excused, told.body.criterion, told.said))


def _ready(state: State, told: Told[p.Empty], rules: Rules) -> State:
    if state.phase != "recovering":
        return conflict(state, told.event, f"ready was declared while the session was {state.phase}")
    return enter(state, told.event, "ready")


def _released(state: State, told: Told[p.Released], rules: Rules) -> State:
    if state.phase not in ON_THE_CHAIR:
        return conflict(state, told.event, f"a release was recorded while the session was {state.phase}")
    if state.rate_ul_per_h > 0:
        state = conflict(state, told.event, "the patient was released while the pump was said to run")
        state = pump.change(state, told.event, rate_ul_per_h=0, reason="released")
    state = replace(state, release=told.said, monitor=None)
    if state.watch is not None:
        state = replace(state, watch=monitoring(state.watch, on=False, at=told.event.happened_at))
    return enter(state, told.event, "released")


def _abandoned(state: State, told: Told[p.Abandoned], rules: Rules) -> State:
    if state.phase not in BEFORE_START:
        return conflict(state, told.event, "a session was abandoned after its start; it needs a disposition")
    state = replace(state, abandoned=told.said, monitor=None)
    return enter(state, told.event, "abandoned")


def _signed(state: State, told: Told[p.RecordSigned], rules: Rules) -> State:
    return replace(state, signatures=(*state.signatures, told.said))


def _closed(state: State, told: Told[p.Closed], rules: Rules) -> State:
    if state.phase not in ("released", "abandoned"):
        return conflict(state, told.event, f"the record was closed while the session was {state.phase}")
    return enter(replace(state, closed=told.said), told.event, "closed")


def _addendum(state: State, told: Told[p.AddendumAdded], rules: Rules) -> State:
    return replace(state, addenda=(*state.addenda, told.said))


def _verdict(state: State, told: Told[p.VerdictRecorded], rules: Rules) -> State:
    return replace(state, verdicts=(*state.verdicts, told.said))


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
