"""Stops before the drug: rules over facts, and who may let one pass.

Nobody overrides *identity* and *arithmetic*; an *absolute* stop takes the prescriber and a second
person; a *relative* one the prescriber with a reason. An unknown fact stops as its rule does.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from chairside.core.quantities import Tag
from chairside.core.safety.conditions import Condition, Facts, Judged, Value, every, judge, known, some

StopKind = Literal["identity", "arithmetic", "absolute", "relative"]
Way = Literal["recheck", "treat", "go home", "prescriber sees patient"]

STRICTNESS: tuple[StopKind, ...] = ("relative", "absolute", "arithmetic", "identity")
CLINICIANS = frozenset({"nurse", "prescriber"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Stops when any of `when` holds, where all of `given` hold and none of `unless` does.

    `covered_by` names a stricter rule about the same facts: where that one stops, this one adds nothing.
    """

    id: str
    title: str
    kind: StopKind
    when: tuple[Condition, ...]
    given: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    covered_by: str | None = None
    resolve: tuple[Way, ...] = ()
    settled_by: str
    source: str
    tag: Tag

    def __post_init__(self) -> None:
        if not self.when:
            raise ValueError(f"when: expected at least one condition in the rule {self.id}")
        if not self.source.strip() or not self.settled_by.strip():
            raise ValueError(f"source, settled_by: expected words in the rule {self.id}")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition, whatever its part."""
        return (*self.given, *self.when, *self.unless)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it looks at, sorted."""
        return tuple(sorted({fact for condition in self.conditions for fact in condition.facts}))


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact as it was when the rule was judged."""

    id: str
    value: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop: why, on which facts, from which source, and what would settle it.

    `facts_digest` names rule and facts together; an override given for it is void once a fact changes.
    """

    rule_id: str
    title: str
    kind: StopKind
    unknown: bool
    reason: str
    facts: tuple[FactUsed, ...]
    resolve: tuple[Way, ...]
    settled_by: str
    source: str
    tag: Tag
    facts_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A prescriber lets one stop pass, for the facts as they were."""

    rule_id: str
    facts_digest: str
    by: str
    by_role: str
    reason: str
    seconded_by: str | None = None
    seconded_role: str | None = None
    patient_seen: bool = False


def stops(rules: Iterable[Rule], facts: Facts, *, at: datetime) -> tuple[Stop, ...]:
    """Every rule that stops at this time, in the rules' order; what could not be judged is among them."""
    judged = {rule.id: (rule, _stop(rule, facts, at)) for rule in rules}
    fired = {name for name, (_, stop) in judged.items() if stop is not None and not stop.unknown}
    return tuple(stop for rule, stop in judged.values() if stop is not None and rule.covered_by not in fired)


def outstanding(found: Iterable[Stop], overrides: Sequence[Override]) -> tuple[Stop, ...]:
    """The stops that no proper override lets pass."""
    return tuple(stop for stop in found if not any(refusal(stop, override) is None for override in overrides))


def refusal(stop: Stop, override: Override) -> str | None:
    """Why this override does not let this stop pass, or `None` where it does."""
    if override.rule_id != stop.rule_id:
        return "it was given for another rule"
    if stop.kind in {"identity", "arithmetic"}:
        return f"nobody can override a stop of {stop.kind}: {stop.settled_by}"
    if override.facts_digest != stop.facts_digest:
        return "the facts have changed since it was given"
    if override.by_role != "prescriber":
        return "only a prescriber can let it pass"
    if not override.reason.strip():
        return "a reason is needed"
    if "prescriber sees patient" in stop.resolve and not override.patient_seen:
        return "the prescriber must see the patient first"
    if stop.kind == "absolute" and not _seconded(override):
        return "a second clinician, another person, must sign too"
    return None


def facts_digest(rule_id: str, facts: Iterable[FactUsed]) -> str:
    """SHA-256 over the rule's id and its facts with their values."""
    rows = [[each.id, type(each.value).__name__, _plain(each.value)] for each in facts]
    return sha256(json.dumps([rule_id, rows], separators=(",", ":")).encode()).hexdigest()


def _plain(value: Value | None) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _seconded(override: Override) -> bool:
    second = (override.seconded_by or "").strip()
    return bool(second) and second != override.by and override.seconded_role in CLINICIANS


def _judged(conditions: tuple[Condition, ...], facts: Facts, at: datetime) -> tuple[Judged, ...]:
    return tuple(judge(condition, facts, at=at) for condition in conditions)


def _stop(rule: Rule, facts: Facts, at: datetime) -> Stop | None:
    given, when = _judged(rule.given, facts, at), _judged(rule.when, facts, at)
    applies, fires = every(given), some(when)
    if applies is False or fires is False or some(_judged(rule.unless, facts, at)):
        return None
    unknown = applies is None or fires is None
    telling = [each for each in (*given, *when) if each.holds is None] if unknown else when
    phrases = "; ".join(each.phrase for each in telling if unknown or each.holds)
    used = tuple(FactUsed(fact, known(facts, fact)) for fact in rule.facts)
    return Stop(
        rule_id=rule.id,
        title=rule.title,
        kind=rule.kind,
        unknown=unknown,
        reason=f"{phrases}.",
        facts=used,
        resolve=rule.resolve,
        settled_by=rule.settled_by,
        source=rule.source,
        tag=rule.tag,
        facts_digest=facts_digest(rule.id, used),
    )
