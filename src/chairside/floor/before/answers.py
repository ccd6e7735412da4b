"""Lines of a signed checklist as a form: drawn with what was typed, read back into answers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chairside.accounts.models import Clinic
from chairside.core.quantities import BadQuantity, Weight, parse_weight
from chairside.core.quantities.weight import WeightUnit
from chairside.core.safety.checklist import Checklist, Field, Item
from chairside.core.session.envelope import instant_text
from chairside.floor.chairside import CLOCK_TIME

NOT_KNOWN = "unknown"
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
PLAIN_NUMBER = re.compile(r"^[0-9]{1,7}(\.[0-9]{1,3})?$")
YES_NO = (("yes", "Yes"), ("no", "No"))


class BadAnswer(ValueError):
    """An answer that can't be read: what was expected instead, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a line."""

    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of a form: its name, how it is answered, what was typed, and what is wrong with it."""

    field: Field
    name: str
    options: tuple[Option, ...] = ()
    days: tuple[Option, ...] = ()
    units: tuple[Option, ...] = ()
    typed: str = ""
    error: str = ""
    unknown_offered: bool = False
    unknown: bool = False

    @property
    def unit(self) -> str:
        """The unit behind a plain number, as it is read."""
        return "per min" if self.field.unit == "/min" else self.field.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How answers are read: on whose clock, which times have passed, whether unknown is an answer."""

    clinic: Clinic
    at: datetime
    past: frozenset[str] = frozenset()
    unknown_offered: bool = True


def past_times(checklist: Checklist) -> frozenset[str]:
    """The times that rules count from, as `item.field`: they have passed; every other time is ahead."""
    conditions = [each for rule in checklist.rules for each in rule.conditions]
    return frozenset(each.fact for each in conditions if each.op.startswith("since_"))


# Drawing ----------------------------------------------------------------------------------------------


def lines(
    item: Item, how: Reading, *, typed: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[Line, ...]:
    """The fields of an item as lines, with what was typed in them."""
    return tuple(_line(item, each, how, typed=typed, errors=errors) for each in item.fields)


def _line(
    item: Item, field: Field, how: Reading, *, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Line:
    name = f"{item.id}.{field.id}"
    chosen = typed.get(name, "")
    unknown = how.unknown_offered and field.required and field.type in ("yesno", "score", "time")
    tail = (
        ((NOT_KNOWN, "Not answered" if field.type == "score" else "Not known"),)
        if unknown and field.type != "time"
        else ()
    )
    days = ("yesterday", "today") if name in how.past else ("today", "tomorrow")
    return Line(
        field=field,
        name=name,
        options=tuple(Option(value, label, value == chosen) for value, label in (*_choices(field), *tail)),
        days=_options(days, typed.get(f"{name}.day")) if field.type == "time" else (),
        units=_options([each.unit for each in field.units], typed.get(f"{name}.unit")),
        typed=chosen,
        error=errors.get(name, ""),
        unknown_offered=unknown,
        unknown=typed.get(f"{name}.unknown") == "yes",
    )


def _options(values: Iterable[str], chosen: str | None) -> tuple[Option, ...]:
    return tuple(Option(each, each, each == chosen) for each in values)


def _choices(field: Field) -> tuple[tuple[str, str], ...]:
    if field.type == "yesno":
        return YES_NO
    if field.type == "score" and field.low is not None and field.high is not None:
        return tuple((str(each), str(each)) for each in range(field.low, field.high + 1))
    return tuple((each.id, each.label) for each in field.choices)


def typed_of(item: Item, answers: Mapping[str, Any]) -> dict[str, str]:
    """What stands, as it was typed, for a form that changes it; times and weights are never filled in."""
    typed: dict[str, str] = {}
    for each in item.fields:
        value = answers.get(each.id)
        if each.type in ("time", "number") or each.id not in answers:
            continue
        words = {None: NOT_KNOWN, True: "yes", False: "no"} if each.type == "yesno" else {None: NOT_KNOWN}
        typed[f"{item.id}.{each.id}"] = words.get(value, str(value))
    return typed


def said(field: Field, value: Any, clinic: Clinic) -> str:
    """An answer in words, as the summary of an item shows it."""
    if value is None:
        return "not known"
    if field.type == "yesno":
        return "yes" if value else "no"
    if field.type == "choice":
        return next((each.label for each in field.choices if each.id == value), str(value))
    if field.type == "time":
        local = clinic.local(datetime.fromisoformat(value))
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
    if isinstance(value, Mapping):
        return f"{value['value']} {value['unit']}"
    return f"{value} {field.unit}".strip()


# Reading ----------------------------------------------------------------------------------------------


def read_item(item: Item, form: Mapping[str, str], how: Reading) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers of one item by field, and by name of the line a sentence for each that can't be read.

    A required line left empty is a sentence; one that says "not known" is the answer `None`.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for each in item.fields:
        name = f"{item.id}.{each.id}"
        try:
            answered, value = _READERS[each.type](each, name, _Form(form, how))
        except BadAnswer as bad:
            errors[name] = f"{each.label}: expected {bad}"
            continue
        if answered:
            answers[each.id] = value
        elif each.required:
            wanted = "an answer, or “not known”" if how.unknown_offered else "an answer"
            errors[name] = f"{each.label}: expected {wanted}"
    return answers, errors


def weight_of(item: Item, field: Field, form: Mapping[str, str]) -> Weight | None:
    """The weight typed in a field that takes kilograms or pounds; None where nothing readable was typed."""
    name = f"{item.id}.{field.id}"
    try:
        return parse_weight(form.get(name, ""), unit=_unit(field, form.get(f"{name}.unit", "")))
    except (BadQuantity, BadAnswer):
        return None


@dataclass(frozen=True, slots=True)
class _Form:
    posted: Mapping[str, str]
    how: Reading


Read = tuple[bool, Any]
"""Whether it was answered at all, and the answer."""


def _yes_no(field: Field, name: str, form: _Form) -> Read:
    return _chosen({"yes": True, "no": False, NOT_KNOWN: None}, form.posted.get(name, ""), "yes or no")


def _choice(field: Field, name: str, form: _Form) -> Read:
    known = {each.id: each.id for each in field.choices}
    return _chosen(known, form.posted.get(name, ""), "one of the choices")


def _score(field: Field, name: str, form: _Form) -> Read:
    known: dict[str, int | None] = {value: int(value) for value, _ in _choices(field)}
    known[NOT_KNOWN] = None
    return _chosen(known, form.posted.get(name, ""), f"{field.low} to {field.high}")


def _chosen(known: Mapping[str, Any], chosen: str, wanted: str) -> Read:
    if not chosen:
        return False, None
    if chosen not in known:
        raise BadAnswer(wanted)
    return True, known[chosen]


def _text(field: Field, name: str, form: _Form) -> Read:
    words = form.posted.get(name, "").strip()
    if len(words) > 500:
        raise BadAnswer("at most 500 letters")
    return bool(words), words


def _date(field: Field, name: str, form: _Form) -> Read:
    words = form.posted.get(name, "").strip()
    try:
        return bool(words), date.fromisoformat(words).isoformat() if words else None
    except ValueError:
        raise BadAnswer("a day as YYYY-MM-DD") from None


def _time(field: Field, name: str, form: _Form) -> Read:
    clock, day = form.posted.get(name, "").strip(), form.posted.get(f"{name}.day", "")
    if form.posted.get(f"{name}.unknown") == "yes" and not clock:
        return True, None
    if not clock:
        return False, None
    found = CLOCK_TIME.match(clock)
    if not found:
        raise BadAnswer("a time as HH:MM, 00:00 to 23:59")
    past = name in form.how.past
    if day not in DAYS:
        raise BadAnswer("yesterday or today" if past else "today or tomorrow")
    local = form.how.clinic.local(form.how.at) + timedelta(days=DAYS[day])
    moment = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    if past and moment > form.how.at:
        raise BadAnswer(f"a time that has passed; {clock} {day} is still to come")
    return True, instant_text(moment)


def _number(field: Field, name: str, form: _Form) -> Read:
    words = form.posted.get(name, "").strip()
    if not words:
        return False, None
    if field.units:
        return True, _weighed(field, name, form.posted)
    if not PLAIN_NUMBER.match(words):
        raise BadAnswer(f"a number, {field.unit}")
    return True, _as_number(words)


def _weighed(field: Field, name: str, posted: Mapping[str, str]) -> dict[str, Any]:
    unit = _unit(field, posted.get(f"{name}.unit", ""))
    try:
        weight = parse_weight(posted.get(name, ""), unit=unit)
    except BadQuantity as bad:
        raise BadAnswer(bad.expected) from bad
    return {"value": _as_number(weight.entered.removesuffix(unit).strip()), "unit": unit}


def _unit(field: Field, chosen: str) -> WeightUnit:
    known = {each.unit for each in field.units}
    if chosen == "kg" and chosen in known:
        return "kg"
    if chosen == "lb" and chosen in known:
        return "lb"
    raise BadAnswer(f"the unit on the scale: {' or '.join(each.unit for each in field.units)}")


def _as_number(words: str) -> int | float:
    number = Decimal(words)
    return int(number) if number == number.to_integral_value() else float(number)


_READERS: Mapping[str, Callable[[Field, str, _Form], Read]] = {
    "yesno": _yes_no,
    "choice": _choice,
    "text": _text,
    "date": _date,
    "time": _time,
    "number": _number,
    "score": _score,
}
