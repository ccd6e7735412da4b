"""Correcting an entry: which fields its kind has, and the whole payload as it should have been."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from chairside.core.quantities import decimal_text, parse_quantity
from chairside.core.safety import gate
from chairside.core.session import BadEvent, Event, Rules, instant_text, payload_document, typed
from chairside.core.session import payloads as p
from chairside.floor.chairside import Chairside, observed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendField:
    """One field of an entry as it stands: numbers with their unit, words, or a choice."""

    name: str
    label: str
    value: str = ""
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


NUMBERS = {
    "rate_ul_per_h": ("rate", "mL/h"),
    "volume_ul": ("volume infused", "mL"),
    "dose_ug": ("dose", "mg"),
}
WORDS = {
    "note": "note",
    "text": "text",
    "term": "what happened",
    "reason": "reason",
    "new_site": "new vein",
    "indication": "for what",
    "syringe": "syringe",
    "check": "",
}
BY_FIELDS = frozenset(
    "act.recorded observation.recorded pump.started pump.resumed pump.raised pump.lowered pump.paused "
    "pump.stopped pump.read drug.given note.added adverse.recorded vein.lost check.not_taken".split()
)
"""Kinds whose content is corrected here; of the others the time is, or they are struck out and told anew."""


def amend_fields(event: Event, rules: Rules) -> tuple[AmendField, ...]:
    """The fields of an entry that can be corrected, with what they say now."""
    if event.kind not in BY_FIELDS:
        return ()
    body = typed(event)
    if isinstance(body, p.ObservationRecorded):
        return tuple(_value_field(each, rules) for each in body.values)
    if isinstance(body, p.ActRecorded):
        act = rules.acts.act(body.act)
        steps = tuple((str(each.score), each.label) for each in act.scale) if act else ()
        scale = (AmendField(name="score", label="answer", value=str(body.score), choices=steps),)
        return (*(scale if steps else ()), AmendField(name="note", label="note", value=body.note))
    return tuple(_plain_fields(event, body))


def _value_field(each: p.GatedValue, rules: Rules) -> AmendField:
    known = rules.signals.signal(each.signal)
    value = "" if each.value is None else f"{each.value:g}"
    return AmendField(
        name=each.signal,
        label=known.label if known else each.signal,
        value=value,
        unit=each.unit.replace("mm[Hg]", "mmHg"),
    )


def _plain_fields(event: Event, body: Any) -> list[AmendField]:
    found = []
    for name, value in payload_document(body).items():
        if name in NUMBERS:
            label, unit = NUMBERS[name]
            text = "" if value is None else decimal_text(value, 1000)
            found.append(AmendField(name=name, label=label, value=text, unit=unit))
        elif name == "severity":
            choices = tuple((each, each) for each in ("mild", "moderate", "severe"))
            found.append(AmendField(name=name, label=name, value=value, choices=choices))
        elif WORDS.get(name):
            found.append(
                AmendField(name="said_reason" if name == "reason" else name, label=WORDS[name], value=value)
            )
    return found


def corrected(chair: Chairside, event: Event, form: QueryDict) -> p.Corrected:
    """The correction a form asks for; raises `BadEvent` or `BadQuantity` in one sentence."""
    reason = form.get("reason", "").strip()
    if not reason:
        raise BadEvent("reason: expected why it is corrected")
    at = observed_at(form, chair)
    body = typed(event)
    if event.kind not in BY_FIELDS:
        document = payload_document(body)
    elif isinstance(body, p.ObservationRecorded):
        document = payload_document(_observed(body, form, chair.folded.rules))
    elif isinstance(body, p.ActRecorded):
        document = payload_document(_acted(body, form, chair.folded.rules))
    else:
        document = _plain(payload_document(body), form)
    if document == payload_document(body) and at is None:
        raise BadEvent("correction: expected something else than what stands")
    return p.Corrected(document, reason, instant_text(at) if at else None)


def _observed(body: p.ObservationRecorded, form: QueryDict, rules: Rules) -> p.ObservationRecorded:
    values: dict[str, float | None] = {}
    for each in body.values:
        text = form.get(each.signal, "").strip()
        if text and not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text):
            raise BadEvent(f"{each.signal}: expected a number, or nothing where it was not measured")
        values[each.signal] = float(text) if text else None
    gated = gate(values, rules.signals, source="typed")
    return replace(
        body,
        values=tuple(
            p.GatedValue(each.signal, each.value, each.unit, each.verdict, each.reason) for each in gated
        ),
    )


def _acted(body: p.ActRecorded, form: QueryDict, rules: Rules) -> p.ActRecorded:
    score = form.get("score", "")
    if score and not score.isdecimal():
        raise BadEvent("score: expected a step of the scale")
    changed = p.ActRecorded(body.act, int(score) if score else None, form.get("note", "").strip())
    act = rules.acts.act(body.act)
    wrong = act.problem(changed.score) if act else None
    if wrong:
        raise BadEvent(wrong)
    return changed


def _plain(document: dict[str, Any], form: QueryDict) -> dict[str, Any]:
    changed = dict(document)
    for name in document:
        if name in NUMBERS:
            label, unit = NUMBERS[name]
            text = form.get(name, "").strip()
            optional = name == "volume_ul"
            changed[name] = None if optional and not text else parse_quantity(text, field=label, unit=unit)
        elif name == "severity":
            changed[name] = form.get(name, "")
        elif WORDS.get(name):
            changed[name] = form.get("said_reason" if name == "reason" else name, "").strip()
    return changed
