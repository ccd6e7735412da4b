"""What an event says, in a few words for a row of the flowsheet. People are never named here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chairside.charts.saying import said
from chairside.core.protocols import shown
from chairside.core.safety.checklist import Checklist
from chairside.core.safety.conditions import shown as value_shown
from chairside.core.session import Event, payloads, typed
from chairside.core.session.rules import Rules

Words = Callable[[Any, Rules], str]
Clock = Callable[[datetime], str]


def words_of(event: Event, rules: Rules) -> str:
    """The act, drug, adverse event or note of an event; empty where its row's other columns say it all."""
    say = WORDS.get(event.kind)
    return say(typed(event), rules) if say else said(event, rules)


def mg(amount_ug: int | None) -> str:
    """Micrograms as milligrams, exactly; "not stated" where nobody did."""
    return "not stated" if amount_ug is None else shown(amount_ug, "mg")


def ml(volume_ul: int) -> str:
    """Microlitres as millilitres, exactly."""
    return shown(volume_ul, "mL")


def rate(rate_ul_per_h: int) -> str:
    """A rate in mL/h, exactly."""
    return shown(rate_ul_per_h, "mL/h")


def answers_of(
    checklist: Checklist, item_id: str, answers: Mapping[str, Any], *, clock: Clock | None = None
) -> str:
    """The answers to one item in its own words; `not known` where that was the answer, times by the clock."""
    item = checklist.item(item_id)
    said = []
    for name, value in answers.items():
        field = item.field(name) if item else None
        labels = {choice.id: choice.label for choice in field.choices} if field else {}
        if field and field.type == "time" and value and clock:
            value = clock(datetime.fromisoformat(value))
        said.append(f"{field.label if field else name}: {labels.get(str(value)) or answer(value)}")
    return "; ".join(said)


def answer(value: Any) -> str:
    """One answer as it is read."""
    if value is None:
        return "not known"
    if isinstance(value, Mapping):
        return f"{value.get('value')} {value.get('unit', '')}".strip()
    return value_shown(value)


def _drug_name(substance: str, rules: Rules) -> str:
    drug = rules.rescue.drug(substance)
    return drug.name if drug else substance


def _counted(body: payloads.DrugCounted, rules: Rules) -> str:
    where = f"{_drug_name(body.substance, rules)}, {body.container}: {body.account} {mg(body.amount_ug)}"
    extra = [body.how_known, body.method, f"seal {body.seal}" if body.seal else ""]
    return f"{where} ({', '.join(each for each in extra if each)})"


def _order(body: payloads.OrderSigned, rules: Rules) -> str:
    dose = f"{shown(body.dose_ug_per_kg, 'mg/kg')} × {shown(body.dosing_weight_g, 'kg')} = {mg(body.dose_ug)}"
    over = shown(body.duration_s, "min")
    return f"ORDER {body.substance} {dose} over {over}; {body.protocol} {body.protocol_version}"


def _begun(body: payloads.PreparationBegun, rules: Rules) -> str:
    vials = ", ".join(
        f"{ml(each.drawn_ul)} of {shown(each.strength_ug_per_ml, 'mg/mL')} vial {each.vial}, lot {each.lot}, "
        f"expiry {each.expiry}"
        for each in body.vials
    )
    made = f"{mg(body.drawn_ug)} in {ml(body.final_ul)} = {shown(body.concentration_ug_per_ml, 'mg/mL')}"
    goes_on = f"continues preparation {body.continues}" if body.continues is not None else vials
    why = "" if body.reason == "first" else f" ({body.reason})"
    return f"preparation {body.number}{why}: {goes_on}; {made}; {rate(body.rate_ul_per_h)}"


def _checked(body: payloads.PreparationChecked, rules: Rules) -> str:
    read = (
        f"{shown(body.strength_ug_per_ml, 'mg/mL')}, {ml(body.drawn_ul)}, "
        f"{shown(body.concentration_ug_per_ml, 'mg/mL')}, {rate(body.rate_ul_per_h)}"
    )
    found = "agrees" if body.agrees else "DIFFERS"
    return f"blind check of preparation {body.number}: {read}: {found}"


def _programmed(body: payloads.PumpProgrammed, rules: Rules) -> str:
    read = f"{shown(body.concentration_ug_per_ml, 'mg/mL')}, {rate(body.rate_ul_per_h)}, {ml(body.volume_ul)}"
    return f"pump display read: {read}: {'as ordered' if body.agrees else 'NOT as ordered'}"


def _assessed(body: payloads.ReadinessAssessed, rules: Rules) -> str:
    criterion = next((each for each in rules.readiness.criteria if each.id == body.criterion), None)
    labels = {each.id: each.label for each in criterion.fields} if criterion else {}
    said = "; ".join(f"{labels.get(name, name)}: {answer(value)}" for name, value in body.answers.items())
    return f"{criterion.title if criterion else body.criterion}: {said}"


def _excused(body: payloads.CriterionExcused, rules: Rules) -> str:
    title = next(
        (each.title for each in rules.readiness.criteria if each.id == body.criterion), body.criterion
    )
    return f"exception for “{title}”: {body.reason}"


def _observed(body: payloads.ObservationRecorded, rules: Rules) -> str:
    odd = [each for each in body.values if each.verdict != "accepted"]
    labels = {each.id: each.label for each in rules.signals.signals}
    return "; ".join(
        f"{labels.get(each.signal, each.signal)} {each.verdict.replace('_', ' ')}"
        + (f": {each.reason}" if each.reason else "")
        for each in odd
    )


WORDS: Mapping[str, Words] = {
    "checkin.answered": lambda body, rules: answers_of(rules.checkin, body.item, body.answers),
    "observation.recorded": _observed,
    "order.signed": _order,
    "preparation.begun": _begun,
    "preparation.checked": _checked,
    "pump.programmed": _programmed,
    "drug.counted": _counted,
    "alarm.acknowledged": lambda body, rules: "Alarm seen",
    "readiness.assessed": _assessed,
    "criterion.excused": _excused,
    "session.released": lambda body, rules: (
        f"RELEASED: {body.disposition}{'; escort ' + body.escort if body.escort else ''}"
        + (f"; {body.note}" if body.note else "")
    ),
    "session.abandoned": lambda body, rules: f"SENT HOME before the start: {body.reason}",
}
"""Said in full on the record; what is not here is said as on the live page."""
