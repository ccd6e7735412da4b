"""Ready to go home: each criterion met, not met or unknown, with the value, its time and who saw it.

Criteria are seen, never predicted. What was seen before the infusion ended, or too long ago, is unknown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chairside.core.quantities import Sourced, Tag
from chairside.core.quantities.headed import Headed
from chairside.core.safety.checklist import Field
from chairside.core.safety.conditions import SECONDS, Condition, Facts, Judged, Value, every, judge

ENDED = "infusion.stopped_at"
"""The fact that says when the infusion ended for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion: all of `needs` must hold.

    `fields` is what a person answers (facts `criterion.field`); without fields it rests on readings
    alone. `max_age` is how old what it rests on may be; `lasting` names facts that neither age nor have
    to be seen after the infusion ended.
    """

    id: str
    title: str
    needs: tuple[Condition, ...]
    fields: tuple[Field, ...] = ()
    max_age: Sourced | None = None
    lasting: tuple[str, ...] = ()
    source: str
    tag: Tag

    def __post_init__(self) -> None:
        if not self.needs:
            raise ValueError(f"needs: expected at least one condition in the criterion {self.id}")
        if self.max_age is not None and self.max_age.unit not in SECONDS:
            raise ValueError(f"max_age.unit: expected one of {', '.join(SECONDS)}, not {self.max_age.unit!r}")

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it looks at, sorted."""
        return tuple(sorted({fact for condition in self.needs for fact in condition.facts}))


@dataclass(frozen=True, slots=True, kw_only=True)
class StableSets:
    """What makes a set of readings stable (facts `set.x`), and how far apart two that count must be."""

    needs: tuple[Condition, ...]
    at_least_apart: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness(Headed):
    """The signed criteria for leaving."""

    criteria: tuple[Criterion, ...]
    stable: StableSets

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [criterion.id for criterion in self.criteria]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("criteria: expected at least one, each with its own id")


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact with the time it was seen and who, or what, saw it."""

    value: Value | None
    at: datetime
    by: str


SeenFacts = Mapping[str, Seen | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One criterion at a moment; `evidence` is what it rested on, `None` where a fact is absent."""

    criterion_id: str
    title: str
    state: Literal["met", "not met", "unknown"]
    reason: str
    evidence: tuple[tuple[str, Seen | None], ...]
    source: str
    tag: Tag


def assess(readiness: Readiness, facts: SeenFacts, *, at: datetime) -> tuple[Assessed, ...]:
    """Each criterion in the file's order, met, not met or unknown, with the reason."""
    return tuple(_assessed(criterion, facts, at) for criterion in readiness.criteria)


def unmet(assessed: Iterable[Assessed], *, excused: Collection[str] = ()) -> tuple[Assessed, ...]:
    """The criteria that still keep the patient: neither met nor excused by a prescriber."""
    return tuple(each for each in assessed if each.state != "met" and each.criterion_id not in excused)


def stable_in_a_row(
    stable: StableSets, sets: Sequence[tuple[datetime, Facts]], facts: SeenFacts
) -> tuple[datetime, ...]:
    """The times of the latest consecutive stable sets since the infusion ended, earliest first.

    `sets` are readings by signal in order of time. A set nearer to the one before than the signed gap
    does not count; one that is not stable, or can't be judged, breaks the row.
    """
    ended, gap = _ended(facts), _span(stable.at_least_apart)
    base = {name: seen.value if seen else None for name, seen in facts.items()}
    row: list[datetime] = []
    for taken_at, readings in sets:
        if ended is None or taken_at < ended:
            continue
        merged = base | {f"set.{signal}": value for signal, value in readings.items()}
        if not every(tuple(judge(condition, merged, at=taken_at) for condition in stable.needs)):
            row.clear()
        elif not row or taken_at - row[-1] >= gap:
            row.append(taken_at)
    return tuple(row)


def _span(length: Sourced) -> timedelta:
    return timedelta(seconds=float(length.value) * SECONDS[length.unit])


def _ended(facts: SeenFacts) -> datetime | None:
    seen = facts.get(ENDED)
    return seen.value if seen is not None and isinstance(seen.value, datetime) else None


def _too_old(criterion: Criterion, fact: str, *, facts: SeenFacts, at: datetime) -> str | None:
    """Why a fact can't be used any more or yet, if so."""
    seen, ended = facts.get(fact), _ended(facts)
    if seen is None or seen.value is None or fact in criterion.lasting:
        return None
    if ended is not None and seen.at < ended:
        return "was seen before the infusion ended"
    if criterion.max_age is not None and at - seen.at > _span(criterion.max_age):
        return f"was last seen {int((at - seen.at).total_seconds() // 60)} min ago, too long"
    return None


def _assessed(criterion: Criterion, facts: SeenFacts, at: datetime) -> Assessed:
    flat: dict[str, Value | None] = {}
    stale: dict[str, str] = {}
    for fact in criterion.facts:
        seen, why = facts.get(fact), _too_old(criterion, fact, facts=facts, at=at)
        flat[fact] = None if seen is None or why else seen.value
        if why:
            stale[fact] = why
    judged = tuple(
        Judged(None, f"{condition.label} {stale[condition.fact]}")
        if condition.fact in stale
        else judge(condition, flat, at=at)
        for condition in criterion.needs
    )
    holds = every(judged)
    return Assessed(
        criterion_id=criterion.id,
        title=criterion.title,
        state="met" if holds else ("unknown" if holds is None else "not met"),
        reason="; ".join(dict.fromkeys(each.phrase for each in judged if each.holds is holds)) + ".",
        evidence=tuple((fact, facts.get(fact)) for fact in criterion.facts),
        source=criterion.source,
        tag=criterion.tag,
    )
