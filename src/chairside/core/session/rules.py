"""The signed library as one session needs it, and the questions the session asks of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chairside.core.ledger import Book, Tolerance
from chairside.core.protocols import PreparationRules, Protocol
from chairside.core.safety import Limits, Signals
from chairside.core.safety.acts import Acts, Rescue
from chairside.core.safety.checklist import Checklist, facts_of, problems, unanswered
from chairside.core.safety.conditions import Value
from chairside.core.safety.readiness import Assessed, Readiness, assess, unmet
from chairside.core.safety.schedule import Course, Due, Schedule, due, taken
from chairside.core.safety.stops import Override, Stop, outstanding, stops
from chairside.core.session import arithmetic, drugs, facts, verdicts
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import Fault
from chairside.core.session.state import Observation, Said, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every signed file a session is run by; `digest` names exactly this set."""

    digest: str
    protocols: Mapping[str, Protocol]
    preparation: PreparationRules
    limits: Limits
    signals: Signals
    checkin: Checklist
    timeout: Checklist
    readiness: Readiness
    schedule: Schedule
    acts: Acts
    rescue: Rescue

    def protocol(self, state: State) -> Protocol | None:
        """The protocol this session was planned by."""
        return self.protocols.get(state.planned.body.protocol) if state.planned else None

    @property
    def baseline_sets_wanted(self) -> int:
        """How many complete sets are taken before one of them is fixed."""
        wanted = self.checkin.baseline_sets
        return int(wanted.value) if wanted else 1

    def baseline_sets(self, state: State) -> tuple[Observation, ...]:
        """Today's complete sets of vital signs before the start."""
        started = state.started_at
        return tuple(
            each for each in facts.complete_sets(state) if started is None or each.stamp.at <= started
        )

    def answers(self, state: State) -> dict[str, dict[str, object]]:
        """The check-in answers as they stand, by item and field."""
        return {item: said.body.answers for item, said in state.checkin.items()}

    def missing_checkin(self, state: State) -> Iterator[str]:
        """The questions of the check-in that still want an answer.

        "Not known" is an answer where a rule looks at it: that rule then stops, until somebody lets it pass.
        """
        answers = self.answers(state)
        judged = {fact for rule in self.checkin.rules for fact in rule.facts}
        for name in unanswered(self.checkin, answers):
            item_id, _, field_id = name.partition(".")
            if name in judged and field_id in answers.get(item_id, {}):
                continue
            item = self.checkin.item(item_id)
            field = item.field(field_id) if item else None
            yield field.label if field else name

    def checkin_fact(self, state: State, name: str) -> Value | None:
        """One fact of the check-in as it stands, such as `weight.weight_g`; None while unknown."""
        return facts_of(self.checkin, self.answers(state)).get(name)

    def answer_problems(self, item_id: str, answers: Mapping[str, object]) -> tuple[str, ...]:
        """What is wrong with the answers to one item of the check-in, a sentence each."""
        item = self.checkin.item(item_id)
        if item is None:
            return (f"{item_id}: expected an item of the check-in",)
        return problems(item, answers)

    def stops(self, state: State, at: datetime) -> tuple[Stop, ...]:
        """Every stop that stands on today's facts, overridden or not."""
        flat = {**facts_of(self.checkin, self.answers(state)), **facts.checkin_facts(state)}
        return stops(self.checkin.rules, flat, at=at)

    def outstanding(self, state: State, at: datetime) -> tuple[Stop, ...]:
        """The stops nobody has properly let pass."""
        return outstanding(self.stops(state, at), [override_of(each) for each in state.overrides])

    def order_faults(self, state: State, body: p.OrderSigned) -> Iterator[Fault]:
        """Why an order can't be signed: no signed cap, a ceiling, or arithmetic that does not come out."""
        return arithmetic.order_faults(self, state, body)

    def preparation_faults(self, state: State, body: p.PreparationBegun, at: datetime) -> Iterator[Fault]:
        """Why a preparation can't be begun: strength, expiry or arithmetic."""
        return arithmetic.preparation_faults(self, state, body, at=at)

    def rate_faults(self, rate_ul_per_h: int, state: State) -> Iterator[Fault]:
        """Why this rate can't be: the hard limits of pump and protocol."""
        return arithmetic.rate_faults(self, rate_ul_per_h, state)

    def timeout_faults(self, state: State, body: p.TimeoutCompleted) -> Iterator[Fault]:
        """What the time-out leaves open, a sentence each."""
        answers = {
            item.id: {field.id: body.answers.get(f"{item.id}.{field.id}") for field in item.fields}
            for item in self.timeout.items
        }
        for item in self.timeout.items:
            for sentence in problems(item, answers[item.id]):
                yield ("time-out", "order of work", sentence, "")
        for name in unanswered(self.timeout, answers):
            yield ("time-out", "order of work", f"not answered yet: {self._timeout_label(name)}", "")
        for stop in stops(self.timeout.rules, facts_of(self.timeout, answers), at=_any_time(state)):
            yield (stop.rule_id, stop.kind, stop.reason, stop.source)

    def _timeout_label(self, name: str) -> str:
        item_id, _, field_id = name.partition(".")
        item = self.timeout.item(item_id)
        field = item.field(field_id) if item else None
        return field.label if field else name

    def assessed(self, state: State, at: datetime) -> tuple[Assessed, ...]:
        """Each readiness criterion now: met, not met or unknown, with value, time and who."""
        return assess(self.readiness, facts.readiness_facts(state, self.readiness), at=at)

    def unmet_criteria(self, state: State, at: datetime) -> tuple[Assessed, ...]:
        """The criteria neither met nor excused."""
        return unmet(self.assessed(state, at), excused=state.excused.keys())

    def lost_criteria(self, state: State, at: datetime) -> tuple[Assessed, ...]:
        """The criteria that are seen not to be met (any more); one that only grew old is not lost."""
        return tuple(each for each in self.unmet_criteria(state, at) if each.state == "not met")

    def held(self, state: State, at: datetime) -> bool:
        """Whether an alarm held it, so that resuming needs an order."""
        return verdicts.held(state, at) is not None

    def vein_lost_without_new_preparation(self, state: State) -> bool:
        """Whether the vein was lost after the latest preparation was begun."""
        lost = [each.stamp.at for each in state.notes if isinstance(each.body, p.VeinLost)]
        last = state.preparation
        return bool(lost) and (last is None or last.begun.stamp.at < lost[-1])

    @property
    def tolerances(self) -> Mapping[str, Tolerance]:
        """The signed measurement difference per controlled substance."""
        return arithmetic.tolerances(self)

    def books(self, state: State) -> tuple[Book, ...]:
        """The drug books as they stand."""
        return drugs.session_books(state, self.tolerances)

    def open_books(self, state: State) -> tuple[str, ...]:
        """Why the drug books keep the record open."""
        return drugs.open_books(state, self.tolerances)

    def pending_waste(self, state: State) -> tuple[Said, ...]:
        """Sealed waste that waits for its witness."""
        return drugs.pending_waste(state)

    def missing_signatures(self, state: State) -> tuple[str, ...]:
        """The roles that have not signed the record as it stands."""
        signed = {each.body.role for each in state.signatures if each.stamp.at >= last_change(state)}
        return tuple(role for role in ("nurse", "prescriber") if role not in signed)

    def due(self, state: State, now: datetime) -> tuple[Due, ...]:
        """The checks of the signed schedule, drawn in advance."""
        seen = taken(
            self.schedule,
            acts=[
                (each.body.act, each.stamp.at) for each in state.acts if isinstance(each.body, p.ActRecorded)
            ],
            observations=[(frozenset(each.accepted()), each.stamp.at) for each in state.observations],
        )
        missed = [
            (each.body.check, each.stamp.at) for each in state.acts if isinstance(each.body, p.NotTaken)
        ]
        return due(self.schedule, course(state, now), done=seen, not_taken=missed, now=now)


def override_of(said: Said) -> Override:
    """The override an event stands for; its roles were checked when it was written."""
    second = said.stamp.authorised_by
    return Override(
        rule_id=said.body.rule,
        facts_digest=said.body.facts_digest,
        by=said.stamp.by,
        by_role="prescriber",
        reason=said.body.reason,
        seconded_by=second,
        seconded_role="nurse" if second else None,
        patient_seen=said.body.patient_seen,
    )


def course(state: State, now: datetime) -> Course:
    """What the monitoring schedule hangs on."""
    alarms = [each.alarm.started_at for each in verdicts.session_alarms(state, now) if each.open]
    return Course(
        started_at=state.started_at,
        stopped_at=state.stopped_at,
        planned_stop_at=arithmetic.planned_stop(state),
        flagged_at=min(alarms, default=None),
        released_at=state.release.stamp.at if state.release else None,
    )


def last_change(state: State) -> datetime:
    """When anything but signatures was last said; a signature before it no longer stands for the record."""
    said = [*state.drugs, *state.notes, *state.acts, *state.readiness.values()]
    times = [each.stamp.at for each in (*said, *filter(None, (state.release, state.abandoned)))]
    times += [each.stamp.at for each in state.pump] + [each.stamp.at for each in state.observations]
    return max(times, default=_any_time(state))


def _any_time(state: State) -> datetime:
    stamp = state.history[-1].stamp if state.history else None
    if stamp is None:
        raise ValueError("session: expected a planned session")
    return stamp.at
