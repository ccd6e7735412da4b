"""Conditions over facts: each holds, does not hold, or is unknown, and says why with the value."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from chairside.core.quantities import Sourced

Value = bool | int | float | str | datetime
Facts = Mapping[str, Value | None]
"""Fact id to value; `None`, or no entry at all, is unknown."""

Op = Literal[
    "is",
    "is_not",
    "missing",
    "present",
    "at_least",
    "above",
    "below",
    "at_most",
    "at_most_or_raised",
    "rise",
    "changed_over",
    "ratio_within",
    "apart_over",
    "since_under",
    "since_at_least",
]

READ_AS = {"mm[Hg]": "mmHg", "a": "years", "/min": "per min", "1": ""}
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_COMPARED: frozenset[Op] = frozenset(
    {"at_most_or_raised", "rise", "changed_over", "ratio_within", "apart_over"}
)
_UNLIMITED: frozenset[Op] = frozenset({"is", "is_not", "missing", "present", "rise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One question to one fact.

    `limit` is the sourced number it is held against; `than` the fact it is compared with; `instead`
    a fact that takes the limit's place where it is known (an individual target); `margin` the rise
    allowed over `than`, in percent; `upper` the upper end of a ratio.
    """

    fact: str
    op: Op
    label: str
    value: bool | str | None = None
    limit: Sourced | None = None
    than: str | None = None
    instead: str | None = None
    margin: Sourced | None = None
    upper: Sourced | None = None

    def __post_init__(self) -> None:
        needs = {
            "value": (self.op in {"is", "is_not"}, self.value),
            "limit": (self.op not in _UNLIMITED, self.limit),
            "than": (self.op in _COMPARED, self.than),
            "margin": (self.op == "at_most_or_raised", self.margin),
            "upper": (self.op == "ratio_within", self.upper),
        }
        for name, (needed, given) in needs.items():
            if needed and given is None:
                raise ValueError(f"{name}: expected with the operation {self.op}")
            if not needed and given is not None:
                raise ValueError(f"{name}: does not belong to the operation {self.op}")
        if self.op.startswith("since_") and self.limit is not None and self.limit.unit not in SECONDS:
            raise ValueError(f"limit.unit: expected one of {', '.join(SECONDS)}, not {self.limit.unit!r}")

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of every fact it looks at."""
        return tuple(each for each in (self.fact, self.than, self.instead) if each is not None)


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the condition holds (`None`: unknown), and the phrase that says so with the value."""

    holds: bool | None
    phrase: str


def judge(condition: Condition, facts: Facts, *, at: datetime) -> Judged:
    """Judge one condition at a time; an absent, unreadable or impossible fact is unknown, never passed."""
    value = known(facts, condition.fact)
    if condition.op in {"missing", "present"}:
        holds = (value is None) is (condition.op == "missing")
        return Judged(holds, f"{condition.label} is {'missing' if value is None else 'known'}")
    if value is None:
        return Judged(None, f"unknown: {condition.label}")
    return _JUDGES[condition.op](condition, value, _World(facts, at))


def every(judged: tuple[Judged, ...]) -> bool | None:
    """Whether all hold: false as soon as one does not, else unknown as soon as one is."""
    if any(each.holds is False for each in judged):
        return False
    return None if any(each.holds is None for each in judged) else True


def some(judged: tuple[Judged, ...]) -> bool | None:
    """Whether any holds: true as soon as one does, else unknown as soon as one is."""
    if any(each.holds for each in judged):
        return True
    return None if any(each.holds is None for each in judged) else False


def known(facts: Facts, fact: str) -> Value | None:
    """The fact's value; blank text is unknown."""
    value = facts.get(fact)
    return None if isinstance(value, str) and not value.strip() else value


def shown(value: Value | None, unit: str = "") -> str:
    """A value as a nurse reads it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M %Z").strip()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    unit = READ_AS.get(unit, unit)
    return f"{text} {unit}" if unit else text


@dataclass(frozen=True, slots=True)
class _World:
    """What a condition is judged against."""

    facts: Facts
    at: datetime

    def fact(self, name: str | None) -> Value | None:
        return known(self.facts, name or "")


def _number(value: Value | None) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return _exact(value)


def _exact(value: int | float) -> Fraction:
    """The decimal as written: 0.1 is a tenth, not the nearest binary fraction."""
    return Fraction(str(value))


def _instant(value: Value) -> datetime | None:
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _unreadable(condition: Condition, value: Value | None, wanted: str) -> Judged:
    return Judged(None, f"{condition.label} is {shown(value)!r}, which is not {wanted}")


def _bound(condition: Condition, limit: Sourced, facts: Facts) -> tuple[Fraction, str]:
    """The number held against and its words; an individual target stands before the limit."""
    if condition.instead is not None and (target := _number(known(facts, condition.instead))) is not None:
        return target, f"{shown(float(target), limit.unit)} (individual target)"
    return _exact(limit.value), shown(limit.value, limit.unit)


def _is(condition: Condition, value: Value, world: _World) -> Judged:
    if type(value) is not type(condition.value):
        return _unreadable(condition, value, "yes or no" if isinstance(condition.value, bool) else "a choice")
    holds = (value == condition.value) is (condition.op == "is")
    return Judged(holds, f"{condition.label}: {shown(value)}")


_WORDS: Mapping[str, tuple[str, Callable[[Fraction, Fraction], bool]]] = {
    "at_least": ("at least", lambda value, bound: value >= bound),
    "above": ("above", lambda value, bound: value > bound),
    "below": ("below", lambda value, bound: value < bound),
    "at_most": ("at most", lambda value, bound: value <= bound),
}


def _bounded(condition: Condition, value: Value, world: _World) -> Judged:
    number = _number(value)
    if number is None or condition.limit is None:
        return _unreadable(condition, value, "a number")
    bound, bound_text = _bound(condition, condition.limit, world.facts)
    words, compare = _WORDS[condition.op]
    holds = compare(number, bound)
    verdict = words if holds else f"not {words}"
    return Judged(holds, f"{condition.label} {shown(value, condition.limit.unit)} is {verdict} {bound_text}")


def _at_most_or_raised(condition: Condition, value: Value, world: _World) -> Judged:
    number, base = _number(value), _number(world.fact(condition.than))
    if number is None or condition.limit is None or condition.margin is None:
        return _unreadable(condition, value, "a number")
    says = f"{condition.label} {shown(value, condition.limit.unit)}"
    plain = _exact(condition.limit.value)
    if number <= plain:
        return Judged(True, f"{says} is at most {shown(condition.limit.value, condition.limit.unit)}")
    if base is None:
        return Judged(None, f"{says}, and what it is compared with ({condition.than}) is unknown")
    raised = max(plain, base * (100 + _exact(condition.margin.value)) / 100)
    words = "at most" if number <= raised else "above"
    bound = shown(float(round(raised, 1)), condition.limit.unit)
    return Judged(number <= raised, f"{says} is {words} {bound} (baseline {shown(float(base))})")


def _rise(condition: Condition, value: Value, world: _World) -> Judged:
    number, last = _number(value), world.fact(condition.than)
    if number is None:
        return _unreadable(condition, value, "a number")
    if last is None:
        words = "a first positive answer" if number > 0 else "not positive, with no earlier answer"
        return Judged(number > 0, f"{condition.label} {shown(value)} is {words}")
    before = _number(last)
    if before is None:
        return _unreadable(condition, last, "an earlier number")
    words = "higher than" if number > before else "not higher than"
    return Judged(number > before, f"{condition.label} {shown(value)} is {words} last time ({shown(last)})")


def _changed_over(condition: Condition, value: Value, world: _World) -> Judged:
    number, last = _number(value), _number(world.fact(condition.than))
    if number is None or not last or condition.limit is None:
        return Judged(None, f"{condition.label} can't be compared with the last one, which is unknown")
    change = abs(number - last) / abs(last) * 100
    holds = change > _exact(condition.limit.value)
    words = "more than" if holds else "not more than"
    unit = shown(condition.limit.value, condition.limit.unit)
    return Judged(holds, f"{condition.label} differs by {float(change):.1f} % from last time, {words} {unit}")


def _ratio_within(condition: Condition, value: Value, world: _World) -> Judged:
    number, last = _number(value), _number(world.fact(condition.than))
    if number is None or not last or condition.limit is None or condition.upper is None:
        return Judged(None, f"{condition.label} can't be compared with the last one, which is unknown")
    ratio = number / last
    low, high = _exact(condition.limit.value), _exact(condition.upper.value)
    words = "inside" if low <= ratio <= high else "outside"
    says = f"{condition.label} is {float(ratio):.2f} times last time's, {words}"
    return Judged(low <= ratio <= high, f"{says} {condition.limit.value:g} to {condition.upper.value:g}")


def _apart_over(condition: Condition, value: Value, world: _World) -> Judged:
    number, other = _number(value), _number(world.fact(condition.than))
    if number is None or other is None or condition.limit is None:
        return Judged(None, f"{condition.label} can't be compared: one of the two is unknown")
    apart = abs(number - other)
    words = "more than" if apart > _exact(condition.limit.value) else "not more than"
    says = f"{condition.label} {shown(value)} and {shown(world.fact(condition.than))}"
    bound = shown(condition.limit.value, condition.limit.unit)
    return Judged(apart > _exact(condition.limit.value), f"{says} are {words} {bound} apart")


def _since(condition: Condition, value: Value, world: _World) -> Judged:
    when = _instant(value)
    if when is None or condition.limit is None:
        return _unreadable(condition, value, "a time with its zone")
    if when > world.at:
        return Judged(None, f"{condition.label} lies in the future")
    limit = timedelta(seconds=float(condition.limit.value) * SECONDS[condition.limit.unit])
    under = world.at - when < limit
    minutes = int((world.at - when).total_seconds() // 60)
    words = "less than" if under else "at least"
    says = f"{condition.label} {minutes // 60} h {minutes % 60:02d} min ago, {words}"
    holds = under if condition.op == "since_under" else not under
    return Judged(holds, f"{says} {shown(condition.limit.value, condition.limit.unit)}")


_JUDGES: Mapping[str, Callable[[Condition, Value, _World], Judged]] = {
    "is": _is,
    "is_not": _is,
    "at_least": _bounded,
    "above": _bounded,
    "below": _bounded,
    "at_most": _bounded,
    "at_most_or_raised": _at_most_or_raised,
    "rise": _rise,
    "changed_over": _changed_over,
    "ratio_within": _ratio_within,
    "apart_over": _apart_over,
    "since_under": _since,
    "since_at_least": _since,
}
