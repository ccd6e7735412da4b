"""Each event of a session in one line of words, as the record lists it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chairside.core.protocols import shown
from chairside.core.session import Event, Rules, agreeing, typed
from chairside.core.session import payloads as p

NAMES = {
    "hr_per_min": "HR",
    "pulse_per_min": "pulse",
    "spo2_percent": "SpO₂",
    "rr_per_min": "RR",
    "map_mmhg": "mean",
    "etco2_mmhg": "EtCO₂",
    "temperature_cel": "temperature",
}
CUFF = ("sbp_mmhg", "dbp_mmhg")


def said(event: Event, rules: Rules) -> str:
    """What an event says, without who, when and how it is known."""
    body = typed(event)
    words = WORDS.get(event.kind)
    return words(body, rules) if words else event.kind.replace(".", " ")


def observation_words(body: p.ObservationRecorded) -> str:
    """The values of one tick or typed set; what was not accepted says why."""
    accepted = {
        each.signal: each.value
        for each in body.values
        if each.verdict == "accepted" and each.value is not None
    }
    parts = []
    if all(each in accepted for each in CUFF):
        parts.append(f"BP {accepted[CUFF[0]]:g}/{accepted[CUFF[1]]:g}")
    parts += [
        f"{NAMES.get(signal, signal)} {value:g}" for signal, value in accepted.items() if signal not in CUFF
    ]
    for each in body.values:
        if each.verdict != "accepted":
            name = "BP" if each.signal in CUFF else NAMES.get(each.signal, each.signal)
            number = "" if each.value is None else f" {each.value:g}"
            reason = f" ({each.reason})" if each.reason else ""
            sentence = f"{name}{number} {each.verdict.replace('_', ' ')}{reason}"
            if sentence not in parts:
                parts.append(sentence)
    return " · ".join(parts) or "no values"


def act_words(body: p.ActRecorded, rules: Rules) -> str:
    """An act with its score in words."""
    act = rules.acts.act(body.act)
    label = act.label if act else body.act
    if body.score is None:
        return f"{label}{_tail(body.note)}"
    step = act.label_of(body.score) if act else None
    # "0: no pain" already says its number.
    stated = step if step and step.startswith(str(body.score)) else f"{body.score}: {step}" if step else ""
    return f"{label} {stated or body.score}{_tail(body.note)}"


def _tail(text: str) -> str:
    return f" · {text}" if text else ""


def _ml_per_h(rate_ul_per_h: int) -> str:
    return shown(rate_ul_per_h, "mL/h")


def _drug(rules: Rules, substance: str) -> str:
    known = rules.rescue.drug(substance)
    return known.name if known else substance


def _read(body: p.PumpRead, rules: Rules) -> str:
    volume = f", {shown(body.volume_ul, 'mL')} infused" if body.volume_ul is not None else ""
    return f"Pump reads {_ml_per_h(body.rate_ul_per_h)}{volume}"


def _order(body: p.OrderSigned, rules: Rules) -> str:
    return (
        f"Ordered {shown(body.dose_ug, 'mg')} {body.substance} "
        f"({shown(body.dose_ug_per_kg, 'mg/kg')}) over {shown(body.duration_s, 'min')}"
    )


def _prepared(body: p.PreparationBegun, rules: Rules) -> str:
    return (
        f"Preparation {body.number}: {shown(body.drawn_ug, 'mg')} in {shown(body.final_ul, 'mL')}, "
        f"{_ml_per_h(body.rate_ul_per_h)}{'' if body.reason == 'first' else f' ({body.reason})'}"
    )


def _fields(names: Iterable[str]) -> str:
    return ", ".join(agreeing.SPOKEN.get(each, each) for each in names)


def _checked(body: p.PreparationChecked, rules: Rules) -> str:
    word = "agrees" if body.agrees else f"differs in {_fields(body.differs_in)}"
    return f"Preparation {body.number} checked blind: {word}"


def _programmed(body: p.PumpProgrammed, rules: Rules) -> str:
    word = "as ordered" if body.agrees else f"differs in {_fields(body.differs_in)}"
    return f"Pump set to {_ml_per_h(body.rate_ul_per_h)}: {word}"


def _given(body: p.DrugGiven, rules: Rules) -> str:
    syringe = f", syringe {body.syringe}" if body.syringe else ""
    why = f" for {body.indication}" if body.indication else ""
    return f"{_drug(rules, body.substance)} {shown(body.dose_ug, 'mg')} {body.route}{why}{syringe}"


def _drawn(body: p.DrugDrawn, rules: Rules) -> str:
    return (
        f"Drew {shown(body.drawn_ug, 'mg')} {_drug(rules, body.substance)} from vial {body.vial} "
        f"into syringe {body.syringe}"
    )


def _counted(body: p.DrugCounted, rules: Rules) -> str:
    amount = f"{_drug(rules, body.substance)} {shown(body.amount_ug, 'mg')}"
    return f"{amount} {body.account} ({body.how_known}), {body.container}"


def _vein(body: p.VeinLost, rules: Rules) -> str:
    return f"New vein: {body.new_site}" if body.new_site else f"Vein lost{_tail(body.note)}"


def _missed(body: p.NotTaken, rules: Rules) -> str:
    labels = {each.what: each.label for each in rules.schedule.checks}
    return f"{labels.get(body.check, body.check)}: not taken, because {body.reason}"


def _pump(verb: str) -> Callable[[Any, Rules], str]:
    def words(body: p.PumpRunning, rules: Rules) -> str:
        return f"{verb} at {_ml_per_h(body.rate_ul_per_h)}{_tail(body.reason)}"

    return words


WORDS: Mapping[str, Callable[[Any, Rules], str]] = {
    "session.planned": lambda body, rules: f"Planned: infusion {body.infusion_number}",
    "checkin.answered": lambda body, rules: f"Check-in answered: {_item(rules, body.item)}",
    "monitor.associated": lambda body, rules: "This monitor is this patient's",
    "monitor.released": lambda body, rules: "The monitor is no longer this patient's",
    "observation.recorded": lambda body, rules: observation_words(body),
    "baseline.fixed": lambda body, rules: "Baseline fixed",
    "stop.overridden": lambda body, rules: f"Let pass, {body.rule}: {body.reason}",
    "checkin.completed": lambda body, rules: "Check-in complete",
    "order.signed": _order,
    "preparation.begun": _prepared,
    "preparation.checked": _checked,
    "pump.programmed": _programmed,
    "timeout.completed": lambda body, rules: "Time-out done",
    "pump.started": _pump("Started the pump"),
    "pump.resumed": _pump("Resumed the pump"),
    "pump.raised": _pump("Raised the rate, now"),
    "pump.lowered": _pump("Lowered the rate, now"),
    "pump.paused": lambda body, rules: f"Paused the pump{_tail(body.reason)}",
    "pump.stopped": lambda body, rules: f"Stopped the pump{_tail(body.reason)}",
    "pump.read": _read,
    "vein.lost": _vein,
    "act.recorded": act_words,
    "check.not_taken": _missed,
    "drug.given": _given,
    "drug.drawn": _drawn,
    "drug.counted": _counted,
    "waste.witnessed": lambda body, rules: "Sealed waste destroyed before a witness",
    "note.added": lambda body, rules: str(body.text),
    "adverse.recorded": lambda body, rules: f"Adverse event, {body.severity}: {body.term}{_tail(body.text)}",
    "alarm.acknowledged": lambda body, rules: "Seen, staying",
    "conflict.settled": lambda body, rules: f"Settled: {body.resolution}",
    "readiness.assessed": lambda body, rules: f"Readiness looked at: {body.criterion}",
    "criterion.excused": lambda body, rules: f"Excused, {body.criterion}: {body.reason}",
    "ready.declared": lambda body, rules: "Ready to go home",
    "session.released": lambda body, rules: f"Released: {body.disposition}{_tail(body.note)}",
    "session.abandoned": lambda body, rules: f"Ended before the start: {body.reason}",
    "record.signed": lambda body, rules: f"Signed as {body.role}: {body.meaning}",
    "session.closed": lambda body, rules: "Record closed",
    "addendum.added": lambda body, rules: f"Addendum: {body.text}",
}


def _item(rules: Rules, item_id: str) -> str:
    item = rules.checkin.item(item_id)
    return item.question if item else item_id
