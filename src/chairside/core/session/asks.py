"""Whether an act that asks may be done now: every reason against it, by name, or none.

Pausing, slowing and stopping need no order, ever, and are not asked here. An emergency disposition is
never refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from chairside.core.session import payloads as p
from chairside.core.safety.stops import CLINICIANS, Override, refusal
from chairside.core.session.rules import Rules
from chairside.core.session.state import BEFORE_START, ON_THE_CHAIR, State

StopKind = Literal["identity", "arithmetic", "absolute", "relative", "order of work"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act can't be done now, and what would settle it."""

    rule: str
    kind: StopKind
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which roles, and who authorised it by signing in place."""

    person: str
    roles: frozenset[str]
    authorised_by: str | None = None
    authoriser_roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def prescriber_stands_behind(self) -> bool:
        """Whether a prescriber asks or authorised it."""
        return "prescriber" in self.roles or "prescriber" in self.authoriser_roles

    @property
    def second_person(self) -> bool:
        """Whether a second, different person authorised it."""
        return self.authorised_by is not None and self.authorised_by != self.person


def refusals(
    state: State, *, kind: str, body: Any, asker: Asker, rules: Rules, at: datetime
) -> tuple[Refusal, ...]:
    """All that stands against the act now; empty when it may be done."""
    return tuple(GATES[kind](state, body, asker, rules, at))


Gate = Callable[[State, Any, Asker, Rules, datetime], Iterator[Refusal]]


def _work(rule: str, reason: str) -> Refusal:
    return Refusal(rule, "order of work", reason)


def _in_phase(state: State, wanted: str, *phases: str) -> Iterator[Refusal]:
    if state.phase not in phases:
        yield _work("phase", f"{wanted} belongs to a session that is {' or '.join(phases)}; this one is {state.phase}")


def _plan(state: State, body: p.Planned, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    if state.planned is not None:
        yield _work("phase", "this session is already planned")


def _fix_baseline(
    state: State, body: p.BaselineFixed, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    if state.phase not in BEFORE_START:
        yield _work("baseline", "the baseline is fixed before the start")
    sets = rules.baseline_sets(state)
    if len(sets) < rules.baseline_sets_wanted:
        yield _work(
            "baseline",
            f"baseline: expected {rules.baseline_sets_wanted} sets of BP, HR and SpO2 taken today, "
            f"found {len(sets)}",
        )
    if body.observation not in {each.stamp.event for each in sets}:
        yield _work("baseline", "baseline: expected one of today's complete sets")


def _override(
    state: State, body: p.StopOverridden, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    stop = next((each for each in rules.outstanding(state, at) if each.rule_id == body.rule), None)
    if stop is None:
        yield _work("override", "this stop does not stand (any more); look at the list again")
        return
    second = asker.authorised_by
    why = refusal(
        stop,
        Override(
            rule_id=body.rule,
            facts_digest=body.facts_digest,
            by=asker.person,
            by_role="prescriber" if "prescriber" in asker.roles else "nurse",
            reason=body.reason,
            seconded_by=second,
            seconded_role=next(iter(sorted(asker.authoriser_roles & CLINICIANS)), None),
            patient_seen=body.patient_seen,
        ),
    )
    if why is not None:
        yield Refusal(body.rule, stop.kind, f"{stop.title}: {why}", stop.source)


def _complete_checkin(
    state: State, body: p.Empty, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    yield from _in_phase(state, "check-in", "planned")
    missing = [f"not answered yet: {question}" for question in rules.missing_checkin(state)]
    if state.baseline is None:
        missing.append("no baseline is fixed yet")
    yield from (_work("check-in", sentence) for sentence in missing)
    yield from _outstanding(state, rules, at, unknown_too=not missing)


def _outstanding(state: State, rules: Rules, at: datetime, *, unknown_too: bool = True) -> Iterator[Refusal]:
    # While answers are missing, the stops that only lack those answers would say the same again.
    for stop in rules.outstanding(state, at):
        if unknown_too or not stop.unknown:
            yield Refusal(stop.rule_id, stop.kind, stop.reason, stop.source)


def _order(state: State, body: p.OrderSigned, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "an order", "checked-in", "prepared", "infusing", "paused")
    yield from _outstanding(state, rules, at)
    for rule, kind, reason, source in rules.order_faults(state, body):
        yield Refusal(rule, kind, reason, source)


def _begin_preparation(
    state: State, body: p.PreparationBegun, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    # While the pump runs what is left of the order changes by the second: pause, then prepare.
    yield from _in_phase(state, "a preparation", "checked-in", "prepared", "paused")
    if state.order is None:
        yield _work("order", "no signed order to prepare from")
        return
    if body.number != len(state.preparations) + 1:
        yield _work("preparation", f"preparation {body.number} exists; the next one is {len(state.preparations) + 1}")
    for rule, kind, reason, source in rules.preparation_faults(state, body, at):
        yield Refusal(rule, kind, reason, source)


def _check_preparation(
    state: State, body: p.PreparationChecked, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    last = state.preparation
    if last is None or last.body.number != body.number:
        yield _work("preparation", "this is not the latest preparation")
        return
    if asker.person == last.begun.stamp.by:
        yield Refusal("second-person", "identity", "the person who prepared it can't check it; a second person does")
    if last.checks:
        yield _work("preparation", "this preparation was checked; both begin again with a new one")


def _program_pump(
    state: State, body: p.PumpProgrammed, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    last = state.preparation
    if last is None or last.body.number != body.number or last.checked is None:
        yield _work("pump", "the pump is set after a second person has agreed on the preparation")
    elif not body.agrees:
        fields = ", ".join(body.differs_in)
        yield Refusal("pump-settings", "arithmetic", f"the pump does not agree with the order in: {fields}")


def _time_out(
    state: State, body: p.TimeoutCompleted, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    yield from _in_phase(state, "the time-out", "prepared", "paused")
    for rule, kind, reason, source in rules.timeout_faults(state, body):
        yield Refusal(rule, kind, reason, source)


def _start(state: State, body: p.PumpRunning, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "a start", "prepared")
    if state.timeout is None:
        yield _work("time-out", "the time-out is not done")
    elif state.preparation and state.timeout.stamp.at < state.preparation.begun.stamp.at:
        yield _work("time-out", "the time-out was done for an earlier preparation")
    yield from _outstanding(state, rules, at)
    yield from _usable(state)
    yield from _bounded(state, body, asker, rules)


def _resume(state: State, body: p.PumpRunning, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "resuming", "paused")
    yield from _usable(state)
    lost = rules.vein_lost_without_new_preparation(state)
    if lost:
        yield _work("new vein", "the vein was lost; a new numbered preparation is checked before it resumes")
    if rules.held(state, at) and not asker.prescriber_stands_behind:
        yield Refusal(
            "resume-after-hold", "relative", "it was held by an alarm; resuming needs the prescriber's order"
        )
    yield from _bounded(state, body, asker, rules)


def _raise(state: State, body: p.PumpRunning, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "raising the rate", "infusing")
    yield from _bounded(state, body, asker, rules)


def _usable(state: State) -> Iterator[Refusal]:
    last = state.preparation
    if last is None or last.checked is None:
        yield Refusal("second-person", "identity", "two people have not agreed on the latest preparation")
    elif not last.programmed_as_ordered:
        yield Refusal("pump-settings", "arithmetic", "the pump's settings have not been compared with the order")


def _bounded(state: State, body: p.PumpRunning, asker: Asker, rules: Rules) -> Iterator[Refusal]:
    if body.rate_ul_per_h <= 0:
        yield Refusal("rate", "arithmetic", "rate: expected a rate above 0 mL/h")
    ordered = state.preparation.body.rate_ul_per_h if state.preparation else 0
    if body.rate_ul_per_h > ordered and not asker.prescriber_stands_behind:
        yield Refusal(
            "rate", "relative", f"above the ordered {ordered / 1000:g} mL/h; it needs the prescriber's order"
        )
    for rule, kind, reason, source in rules.rate_faults(body.rate_ul_per_h, state):
        yield Refusal(rule, kind, reason, source)


def _witness(
    state: State, body: p.WasteWitnessed, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    sealed = {each.stamp.event for each in rules.pending_waste(state)}
    if body.counted not in sealed:
        yield _work("waste", "this is not sealed waste that waits for a witness")
    if not asker.second_person:
        yield Refusal("witness", "identity", "waste needs a second, different person as witness")


def _excuse(
    state: State, body: p.CriterionExcused, asker: Asker, rules: Rules, at: datetime
) -> Iterator[Refusal]:
    yield from _in_phase(state, "an exception", "recovering", "ready")
    if not body.reason.strip():
        yield _work("exception", "reason: expected the prescriber's reason in words")


def _ready(state: State, body: p.Empty, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "ready", "recovering")
    for criterion in rules.unmet_criteria(state, at):
        yield Refusal(criterion.criterion_id, "relative", criterion.reason, criterion.source)


EMERGENCY: frozenset[str] = frozenset({"transfer by ambulance", "died"})


def _release(state: State, body: p.Released, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    if body.disposition in EMERGENCY and state.phase in ON_THE_CHAIR:
        return
    if body.disposition == "against advice":
        yield from _in_phase(state, "leaving against advice", "recovering", "ready")
        return
    yield from _in_phase(state, "release", "ready")
    for criterion in rules.unmet_criteria(state, at):
        yield Refusal(criterion.criterion_id, "relative", criterion.reason, criterion.source)
    if body.disposition == "home with escort" and not body.escort.strip():
        yield _work("escort", "escort: expected who takes the patient home, seen in person")
    if body.disposition == "home without escort" and not asker.prescriber_stands_behind:
        yield Refusal("escort", "relative", "going home without an escort is the prescriber's decision")


def _abandon(state: State, body: p.Abandoned, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    if state.phase not in BEFORE_START:
        yield _work("phase", "the infusion has begun; the session ends by a disposition")
    if not body.reason.strip():
        yield _work("reason", "reason: expected why the session ends before the start")


def _sign(state: State, body: p.RecordSigned, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "signing the record", "released", "abandoned")
    if body.role not in asker.roles:
        yield _work("signature", f"signature: expected a {body.role}")
    if any(each.body.role != body.role and each.stamp.by == asker.person for each in state.signatures):
        yield Refusal("second-person", "identity", "one person can't sign as nurse and as prescriber")


def _close(state: State, body: p.Closed, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    yield from _in_phase(state, "closing", "released", "abandoned")
    for each in state.open_conflicts:
        yield _work("conflict", f"not settled yet: {each.text}")
    for reason in rules.open_books(state):
        yield _work("drug books", reason)
    if rules.pending_waste(state):
        yield _work("waste", "sealed waste still waits for its witness")
    for role in rules.missing_signatures(state):
        yield _work("signature", f"the {role} has not signed the record as it stands")


def _amend(state: State, body: Any, asker: Asker, rules: Rules, at: datetime) -> Iterator[Refusal]:
    if state.phase == "closed":
        yield _work("closed", "the record is closed; only addenda are added")
    if not body.reason.strip():
        yield _work("reason", "reason: expected why it is corrected or struck out")


GATES: Mapping[str, Gate] = {
    "session.planned": _plan,
    "baseline.fixed": _fix_baseline,
    "stop.overridden": _override,
    "checkin.completed": _complete_checkin,
    "order.signed": _order,
    "preparation.begun": _begin_preparation,
    "preparation.checked": _check_preparation,
    "pump.programmed": _program_pump,
    "timeout.completed": _time_out,
    "pump.started": _start,
    "pump.resumed": _resume,
    "pump.raised": _raise,
    "waste.witnessed": _witness,
    "criterion.excused": _excuse,
    "ready.declared": _ready,
    "session.released": _release,
    "session.abandoned": _abandon,
    "record.signed": _sign,
    "session.closed": _close,
    "event.corrected": _amend,
    "event.struck": _amend,
}
