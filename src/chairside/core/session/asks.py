"""Whether an act that asks may be done now: every reason against it, by name, or none.

Pausing, slowing and stopping need no order, ever, and are not asked here. An emergency disposition is
never refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from chairside.core.protocols import BlindReading, PumpSettings
from chairside.core.safety.stops import CLINICIANS, Override, refusal
from chairside.core.session import agreeing
from chairside.core.session import payloads as p
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


Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Body]):
    """One ask with all it is judged by."""

    state: State
    body: Body
    asker: Asker
    rules: Rules
    at: datetime


def refusals(
    state: State, *, kind: str, body: Any, asker: Asker, rules: Rules, at: datetime
) -> tuple[Refusal, ...]:
    """All that stands against the act now; empty when it may be done."""
    return tuple(GATES[kind](Asked(state, body, asker, rules, at)))


Gate = Callable[[Asked[Any]], Iterator[Refusal]]


def _work(rule: str, reason: str) -> Refusal:
    return Refusal(rule, "order of work", reason)


def _in_phase(state: State, wanted: str, *phases: str) -> Iterator[Refusal]:
    if state.phase not in phases:
        yield _work(
            "phase", f"{wanted} belongs to a session that is {' or '.join(phases)}; this one is {state.phase}"
        )


def _plan(asked: Asked[p.Planned]) -> Iterator[Refusal]:
    if asked.state.planned is not None:
        yield _work("phase", "this session is already planned")


def _fix_baseline(asked: Asked[p.BaselineFixed]) -> Iterator[Refusal]:
    if asked.state.phase not in BEFORE_START:
        yield _work("baseline", "the baseline is fixed before the start")
    sets = asked.rules.baseline_sets(asked.state)
    if len(sets) < asked.rules.baseline_sets_wanted:
        yield _work(
            "baseline",
            f"baseline: expected {asked.rules.baseline_sets_wanted} sets of BP, HR and SpO2 taken today, "
            f"found {len(sets)}",
        )
    if asked.body.observation not in {each.stamp.event for each in sets}:
        yield _work("baseline", "baseline: expected one of today's complete sets")


def _override(asked: Asked[p.StopOverridden]) -> Iterator[Refusal]:
    stop = next(
        (each for each in asked.rules.outstanding(asked.state, asked.at) if each.rule_id == asked.body.rule),
        None,
    )
    if stop is None:
        yield _work("override", "this stop does not stand (any more); look at the list again")
        return
    second = asked.asker.authorised_by
    why = refusal(
        stop,
        Override(
            rule_id=asked.body.rule,
            facts_digest=asked.body.facts_digest,
            by=asked.asker.person,
            by_role="prescriber" if "prescriber" in asked.asker.roles else "nurse",
            reason=asked.body.reason,
            seconded_by=second,
            seconded_role=next(iter(sorted(asked.asker.authoriser_roles & CLINICIANS)), None),
            patient_seen=asked.body.patient_seen,
        ),
    )
    if why is not None:
        yield Refusal(asked.body.rule, stop.kind, f"{stop.title}: {why}", stop.source)


def _complete_checkin(asked: Asked[p.Empty]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "check-in", "planned")
    missing = [f"not answered yet: {question}" for question in asked.rules.missing_checkin(asked.state)]
    if asked.state.baseline is None:
        missing.append("no baseline is fixed yet")
    yield from (_work("check-in", sentence) for sentence in missing)
    yield from _outstanding(asked, unknown_too=not missing)


def _outstanding(asked: Asked[Any], *, unknown_too: bool = True) -> Iterator[Refusal]:
    # While answers are missing, the stops that only lack those answers would say the same again.
    for stop in asked.rules.outstanding(asked.state, asked.at):
        if unknown_too or not stop.unknown:
            yield Refusal(stop.rule_id, stop.kind, stop.reason, stop.source)


def _order(asked: Asked[p.OrderSigned]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "an order", "checked-in", "prepared", "infusing", "paused")
    yield from _outstanding(asked)
    for rule, kind, reason, source in asked.rules.order_faults(asked.state, asked.body):
        yield Refusal(rule, kind, reason, source)


def _begin_preparation(asked: Asked[p.PreparationBegun]) -> Iterator[Refusal]:
    # While the pump runs what is left of the order changes by the second: pause, then prepare.
    yield from _in_phase(asked.state, "a preparation", "checked-in", "prepared", "paused")
    if asked.state.order is None:
        yield _work("order", "no signed order to prepare from")
        return
    if asked.body.number != len(asked.state.preparations) + 1:
        yield _work(
            "preparation",
            f"preparation {asked.body.number} exists; the next one is {len(asked.state.preparations) + 1}",
        )
    for rule, kind, reason, source in asked.rules.preparation_faults(asked.state, asked.body, asked.at):
        yield Refusal(rule, kind, reason, source)


def _check_preparation(asked: Asked[p.PreparationChecked]) -> Iterator[Refusal]:
    last = asked.state.preparation
    if last is None or last.body.number != asked.body.number:
        yield _work("preparation", "this is not the latest preparation")
        return
    if asked.asker.person == last.begun.stamp.by:
        yield Refusal(
            "second-person", "identity", "the person who prepared it can't check it; a second person does"
        )
    if last.checks:
        yield _work("preparation", "this preparation was checked; both begin again with a new one")
    body = asked.body
    read = BlindReading(
        body.strength_ug_per_ml, body.drawn_ul, body.concentration_ug_per_ml, body.rate_ul_per_h
    )
    found = agreeing.checked(asked.rules.preparation, asked.state, number=body.number, reading=read)
    if found.body != body:
        yield Refusal("preparation", "arithmetic", "check: whether it agrees is reckoned, never stated")


def _program_pump(asked: Asked[p.PumpProgrammed]) -> Iterator[Refusal]:
    last = asked.state.preparation
    if last is None or last.body.number != asked.body.number or last.checked is None:
        yield _work("pump", "the pump is set after a second person has agreed on the preparation")
        return
    body = asked.body
    display = PumpSettings(body.concentration_ug_per_ml, body.rate_ul_per_h, body.volume_ul)
    found = agreeing.programmed(asked.rules.preparation, asked.state, number=body.number, settings=display)
    if found.body != body:
        yield Refusal("pump-settings", "arithmetic", "pump: whether it agrees is reckoned, never stated")
    for sentence in found.sentences:
        yield Refusal("pump-settings", "arithmetic", f"pump: {sentence}")


def _time_out(asked: Asked[p.TimeoutCompleted]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "the time-out", "prepared", "paused")
    for rule, kind, reason, source in asked.rules.timeout_faults(asked.state, asked.body):
        yield Refusal(rule, kind, reason, source)


def _start(asked: Asked[p.PumpRunning]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "a start", "prepared")
    if asked.state.timeout is None:
        yield _work("time-out", "the time-out is not done")
    elif asked.state.preparation and asked.state.timeout.stamp.at < asked.state.preparation.begun.stamp.at:
        yield _work("time-out", "the time-out was done for an earlier preparation")
    yield from _outstanding(asked)
    yield from _usable(asked.state)
    yield from _bounded(asked)


def _resume(asked: Asked[p.PumpRunning]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "resuming", "paused")
    yield from _usable(asked.state)
    lost = asked.rules.vein_lost_without_new_preparation(asked.state)
    if lost:
        yield _work("new vein", "the vein was lost; a new numbered preparation is checked before it resumes")
    if asked.rules.held(asked.state, asked.at) and not asked.asker.prescriber_stands_behind:
        yield Refusal(
            "resume-after-hold", "relative", "it was held by an alarm; resuming needs the prescriber's order"
        )
    yield from _bounded(asked)


def _raise(asked: Asked[p.PumpRunning]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "raising the rate", "infusing")
    yield from _bounded(asked)


def _usable(state: State) -> Iterator[Refusal]:
    last = state.preparation
    if last is None or last.checked is None:
        yield Refusal("second-person", "identity", "two people have not agreed on the latest preparation")
    elif not last.programmed_as_ordered:
        yield Refusal(
            "pump-settings", "arithmetic", "the pump's settings have not been compared with the order"
        )


def _bounded(asked: Asked[p.PumpRunning]) -> Iterator[Refusal]:
    rate_ul_per_h, last = asked.body.rate_ul_per_h, asked.state.preparation
    if rate_ul_per_h <= 0:
        yield Refusal("rate", "arithmetic", "rate: expected a rate above 0 mL/h")
    ordered = last.body.rate_ul_per_h if last else 0
    if rate_ul_per_h > ordered and not asked.asker.prescriber_stands_behind:
        yield Refusal(
            "rate", "relative", f"above the ordered {ordered / 1000:g} mL/h; it needs the prescriber's order"
        )
    for rule, kind, reason, source in asked.rules.rate_faults(rate_ul_per_h, asked.state):
        yield Refusal(rule, kind, reason, source)


def _witness(asked: Asked[p.WasteWitnessed]) -> Iterator[Refusal]:
    sealed = {each.stamp.event for each in asked.rules.pending_waste(asked.state)}
    if asked.body.counted not in sealed:
        yield _work("waste", "this is not sealed waste that waits for a witness")
    if not asked.asker.second_person:
        yield Refusal("witness", "identity", "waste needs a second, different person as witness")


def _excuse(asked: Asked[p.CriterionExcused]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "an exception", "recovering", "ready")
    if not asked.body.reason.strip():
        yield _work("exception", "reason: expected the prescriber's reason in words")


def _ready(asked: Asked[p.Empty]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "ready", "recovering")
    for criterion in asked.rules.unmet_criteria(asked.state, asked.at):
        yield Refusal(criterion.criterion_id, "relative", criterion.reason, criterion.source)


EMERGENCY: frozenset[str] = frozenset({"transfer by ambulance", "died"})


def _release(asked: Asked[p.Released]) -> Iterator[Refusal]:
    if asked.body.disposition in EMERGENCY and asked.state.phase in ON_THE_CHAIR:
        return
    if asked.body.disposition == "against advice":
        yield from _in_phase(asked.state, "leaving against advice", "recovering", "ready")
        return
    yield from _in_phase(asked.state, "release", "ready")
    for criterion in asked.rules.unmet_criteria(asked.state, asked.at):
        yield Refusal(criterion.criterion_id, "relative", criterion.reason, criterion.source)
    if asked.body.disposition == "home with escort" and not asked.body.escort.strip():
        yield _work("escort", "escort: expected who takes the patient home, seen in person")
    if asked.body.disposition == "home without escort" and not asked.asker.prescriber_stands_behind:
        yield Refusal("escort", "relative", "going home without an escort is the prescriber's decision")


def _abandon(asked: Asked[p.Abandoned]) -> Iterator[Refusal]:
    if asked.state.phase not in BEFORE_START:
        yield _work("phase", "the infusion has begun; the session ends by a disposition")
    if not asked.body.reason.strip():
        yield _work("reason", "reason: expected why the session ends before the start")


def _sign(asked: Asked[p.RecordSigned]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "signing the record", "released", "abandoned")
    if asked.body.role not in asked.asker.roles:
        yield _work("signature", f"signature: expected a {asked.body.role}")
    if any(
        each.body.role != asked.body.role and each.stamp.by == asked.asker.person
        for each in asked.state.signatures
    ):
        yield Refusal("second-person", "identity", "one person can't sign as nurse and as prescriber")


def _close(asked: Asked[p.Closed]) -> Iterator[Refusal]:
    yield from _in_phase(asked.state, "closing", "released", "abandoned")
    for each in asked.state.open_conflicts:
        yield _work("conflict", f"not settled yet: {each.text}")
    for reason in asked.rules.open_books(asked.state):
        yield _work("drug books", reason)
    if asked.rules.pending_waste(asked.state):
        yield _work("waste", "sealed waste still waits for its witness")
    for role in asked.rules.missing_signatures(asked.state):
        yield _work("signature", f"the {role} has not signed the record as it stands")


def _amend(asked: Asked[Any]) -> Iterator[Refusal]:
    if asked.state.phase == "closed":
        yield _work("closed", "the record is closed; only addenda are added")
    if not asked.body.reason.strip():
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
