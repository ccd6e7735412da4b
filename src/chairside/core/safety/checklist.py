"""Checklists as data (check-in, time-out): the questions, what a proper answer is, the facts they give."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed
from chairside.core.safety.conditions import Value
from chairside.core.safety.stops import STRICTNESS, Rule

FieldType = Literal["yesno", "choice", "text", "date", "time", "number", "score"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: what is stored and what is read."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit an answer may be given in, and how many of the stored unit one of it is."""

    unit: str
    factor: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One answer field.

    A number is stored in `unit`; where it may be typed in another, `units` lists them, and the answer
    is an object `{"value", "unit"}`. `low` and `high` bound a score.
    """

    id: str
    label: str
    type: FieldType
    required: bool = True
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    units: tuple[Unit, ...] = ()
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if (self.type == "choice") is not bool(self.choices):
            raise ValueError(f"choices: expected with the type choice, and with no other ({self.id})")
        if self.type == "score" and (self.low is None or self.high is None or self.low >= self.high):
            raise ValueError(f"low, high: expected for the score {self.id}, low below high")
        if self.type == "number" and not self.unit:
            raise ValueError(f"unit: expected for the number {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question in plain words, with its answer fields."""

    id: str
    question: str
    fields: tuple[Field, ...]
    note: str = ""

    def field(self, name: str) -> Field | None:
        """The field of that id."""
        return next((each for each in self.fields if each.id == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(Headed):
    """A check-in or a time-out: its items in order, and the rules that can stop.

    `baseline_sets` is how many sets of readings a check-in wants before one of them is *the* baseline.
    """

    items: tuple[Item, ...]
    rules: tuple[Rule, ...] = ()
    baseline_sets: Sourced | None = None

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        for ids in ([item.id for item in self.items], [rule.id for rule in self.rules]):
            if twice := sorted({each for each in ids if ids.count(each) > 1}):
                raise ValueError(f"items, rules: the id {twice[0]!r} is used twice")
        strict = {rule.id: STRICTNESS.index(rule.kind) for rule in self.rules}
        for rule in self.rules:
            if rule.covered_by is not None and strict.get(rule.covered_by, -1) < strict[rule.id]:
                raise ValueError(f"covered_by: expected a rule at least as strict as {rule.id}")

    def item(self, name: str) -> Item | None:
        """The item of that id."""
        return next((each for each in self.items if each.id == name), None)


Answers = Mapping[str, Mapping[str, Any]]
"""Item id to its answers by field."""


def unanswered(checklist: Checklist, answers: Answers) -> tuple[str, ...]:
    """The required fields without an answer, as `item.field`, in the checklist's order."""
    return tuple(
        f"{item.id}.{each.id}"
        for item in checklist.items
        for each in item.fields
        if each.required and _blank(answers.get(item.id, {}).get(each.id))
    )


def problems(item: Item, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the answers of one item, a sentence each; an answer of `None` is no problem."""
    found = [f"{item.id}.{name}: no such field" for name in answers if item.field(name) is None]
    for each in item.fields:
        value = answers.get(each.id)
        if not _blank(value) and (wanted := _expected(each, value)):
            found.append(f"{item.id}.{each.id}: expected {wanted}, not {value!r}")
    return tuple(found)


def facts_of(
    checklist: Checklist, answers: Answers, *, known: Mapping[str, Value | None] | None = None
) -> dict[str, Value | None]:
    """The flat facts of a checklist: `item.field`, numbers in their stored unit; `known` adds `known.x`.

    A field nobody answered, or whose answer is not one, is `None`.
    """
    flat: dict[str, Value | None] = {f"known.{name}": value for name, value in (known or {}).items()}
    for item in checklist.items:
        for each in item.fields:
            value = answers.get(item.id, {}).get(each.id)
            proper = not _blank(value) and not _expected(each, value)
            flat[f"{item.id}.{each.id}"] = _stored(each, value) if proper else None
    return flat


def fact_ids(checklist: Checklist) -> frozenset[str]:
    """The ids of the facts its own answers give."""
    return frozenset(f"{item.id}.{each.id}" for item in checklist.items for each in item.fields)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _stored(field: Field, value: Any) -> Value:
    if isinstance(value, Mapping):
        unit = next(each for each in field.units if each.unit == value["unit"])
        # From the digits as typed: 154.3 lb is exactly that, not the nearest binary fraction.
        exact = Fraction(str(value["value"])) * Fraction(str(unit.factor.value))
        return math.floor(exact + Fraction(1, 2))
    answer: Value = value
    return answer


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _expected_number(field: Field, value: Any) -> str:
    if not field.units:
        return "" if _is_number(value) else f"a number in {field.unit}"
    names = [each.unit for each in field.units]
    fits = isinstance(value, Mapping) and set(value) == {"value", "unit"} and value["unit"] in names
    positive = fits and _is_number(value["value"]) and value["value"] > 0
    return "" if positive else f"a number above zero with its unit ({' or '.join(names)})"


def _expected_score(field: Field, value: Any) -> str:
    low, high = field.low, field.high
    whole = isinstance(value, int) and not isinstance(value, bool)
    fits = whole and low is not None and high is not None and low <= value <= high
    return "" if fits else f"a whole number from {low} to {high}"


def _expected_choice(field: Field, value: Any) -> str:
    ids = [choice.id for choice in field.choices]
    return "" if value in ids else "one of " + ", ".join(ids)


def _expected_date(field: Field, value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "a date as YYYY-MM-DD"
    return ""


def _expected_time(field: Field, value: Any) -> str:
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "a time as YYYY-MM-DDThh:mm with its zone"
    return "" if read.tzinfo else "a time with its zone"


_EXPECTED: Mapping[FieldType, Callable[[Field, Any], str]] = {
    "yesno": lambda field, value: "" if isinstance(value, bool) else "yes or no",
    "text": lambda field, value: "" if isinstance(value, str) else "text",
    "choice": _expected_choice,
    "date": _expected_date,
    "time": _expected_time,
    "number": _expected_number,
    "score": _expected_score,
}


def _expected(field: Field, value: Any) -> str:
    """What was expected instead, or nothing where the answer is proper."""
    return _EXPECTED[field.type](field, value)
