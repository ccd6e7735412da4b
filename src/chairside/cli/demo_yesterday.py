"""One infusion of yesterday, written minute by minute by the verbs of the chair: a record to read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from typing import Any, Literal

from chairside.accounts.access import held_by
from chairside.accounts.models import Person
from chairside.actions.closing import close_record, sign_record, signature_of
from chairside.actions.patients import keep_measures, set_escort
from chairside.actions.sessions import Author, Entry, observe, record
from chairside.charts.sessions import Folded, load
from chairside.core.protocols import BlindReading, PumpSettings
from chairside.core.quantities import whole
from chairside.core.session import agreeing, payload_document, typed_payload
from chairside.core.session.arithmetic import reckoned_order, reckoned_preparation
from chairside.core.session.envelope import instant_text
from chairside.core.session.payloads import OrderSigned, PreparationBegun, VialDrawn
from chairside.core.session.verdicts import session_alarms
from chairside.records.models import Device, Visit

WEIGHT_G = 74_000
VIAL = "V-2041"
STRENGTH_UG_PER_ML, CONTENT_UL = 50_000, 2_000
SYRINGE = "syringe 1"
STOP, READY, RELEASE, CLOSE = 40, 84, 86, 101
SIGNED: tuple[tuple[int, str, Literal["nurse", "prescriber"]], ...] = (
    (95, "nora", "nurse"),
    (100, "priya", "prescriber"),
)

ANSWERS: Mapping[str, dict[str, Any]] = {
    "identity": {"name_matches": True, "birth_date_matches": True},
    "weight": {"weight_g": {"value": WEIGHT_G / 1000, "unit": "kg"}, "measured_today": True},
    "allergies": {"answer": "none", "to_ketamine": False},
    "consent": {"reaffirmed": True, "sober": True},
    "escort": {"arranged": True, "phone_checked": True},
    "substances": dict.fromkeys(("alcohol", "benzodiazepine", "opioid", "stimulant", "other"), False),
    "medicines": {"changed": False, "slows_stomach": False},
    "health": {"changed": False, "vascular": False, "urinary": False},
    "pregnancy": {"answer": "does_not_apply"},
    "mood": {"item9": 0, "plan": False, "intent": False, "behaviour": False},
}

TIME_OUT = (
    "patient.right drug.right concentration.right pump.right access.patent allergies.read call_button.tested "
    "oxygen.ready suction.ready bag_mask.ready defibrillator.ready rescue_drugs.ready responsible.named "
    "responsible.prescriber_reachable"
).split()

MONITOR_COMPARED = {
    "monitor.in_use": "monitor",
    "monitor.is_this_patients": True,
    "monitor.felt_pulse_per_min": 71,
    "monitor.monitor_pulse_per_min": 70,
}

SEEN: Mapping[int, tuple[tuple[str, int | None], ...]] = {
    5: (("comfortable", None),),
    10: (("resting", None),),
    20: (("sedation", 4), ("dissociation", 2)),
    26: (("nausea", 1),),
    30: (("resting", None),),
    38: (("sedation", 4), ("dissociation", 2)),
    55: (("sedation", 5), ("dissociation", 1)),
    70: (("sedation", 5), ("dissociation", 0)),
    83: (("sedation", 5), ("dissociation", 0)),
}
"""One-tap acts by the minute after the start, each with its score where it has one."""

CUFF = frozenset({-40, -30, 0, 10, 20, 30, 35, 40, 55, 70, 83})
"""Minutes at which the cuff went; the other signals come each minute."""

READINESS: Mapping[str, dict[str, Any]] = {
    "posture": {"faint": False},
    "oxygen": {"as_usual": True},
    "gait": {"steady": True},
    "intent": {"asked": True, "new": False},
    "escort": {"present": True},
    "cannula": {"out": True},
    "instructions": {"given": True},
}


@dataclass
class Chair:
    """Writes to one session; minutes are counted from the start of its pump."""

    visit: Visit
    people: Mapping[str, Person]
    monitor: Device
    started_at: datetime

    @property
    def where(self) -> dict[str, str]:
        """The session, as verbs take it."""
        return {"session": self.visit.session, "clinic": self.visit.clinic_id}

    @property
    def folded(self) -> Folded:
        """The session as it stands."""
        return load(**self.where)

    def at(self, minute: float) -> datetime:
        """That minute's instant."""
        return self.started_at + timedelta(minutes=minute)

    def author(self, who: str, second: str = "") -> Author:
        """A person at the tablet, and another who signed in place."""
        other = self.people.get(second)
        return Author(
            person=self.people[who].pk,
            roles=held_by(self.people[who]),
            device="tablet:demo",
            authorised_by=other.pk if other else None,
            authoriser_roles=held_by(other) if other else frozenset(),
        )

    def write(
        self, minute: float, kind: str, payload: object = None, *, who: str = "nora", second: str = ""
    ) -> None:
        """One event by a person, the nurse if not said, whom another may have joined by signing in place."""
        document = payload if isinstance(payload, dict) else payload_document(payload) if payload else {}
        entry = Entry(kind=kind, payload=typed_payload(kind, document))
        record(**self.where, entry=entry, by=self.author(who, second), at=self.at(minute))

    def tick(self, minute: float) -> None:
        """What the monitor sent at that minute."""
        name = f"device:{self.monitor.pk}"
        by = Author(person=name, roles=frozenset({"device"}), device=name)
        body = typed_payload("observation.recorded", {"values": vitals(minute)})
        entry = Entry(kind="observation.recorded", payload=body, source="monitor")
        observe(**self.where, entry=entry, by=by, at=self.at(minute))


def give(chair: Chair) -> None:
    """The whole infusion: three people, one alarm that was seen, a vial accounted for, a closed record."""
    check_in(chair)
    prepare(chair)
    run_the_pump(chair)
    account_for_the_drug(chair)
    leave(chair)


def check_in(chair: Chair) -> None:
    """Answers, two sets of the monitor, and the baseline."""
    ate_at = instant_text(chair.started_at - timedelta(hours=9))
    drank_at = instant_text(chair.started_at - timedelta(hours=4))
    answers = {**ANSWERS, "intake": {"solids_at": ate_at, "fluids_at": drank_at}}
    for item, said in answers.items():
        chair.write(-45, "checkin.answered", {"item": item, "answers": said})
    escort = {"name": "Jun Chen", "phone": "555 0142"}
    set_escort(chair.visit, **escort, by=chair.people["nora"], at=chair.at(-44))
    chair.write(-41, "monitor.associated", {"monitor": chair.monitor.pk})
    for minute in (-40, -30):
        chair.tick(minute)
    baseline = chair.folded.state.observations[-1].stamp.event
    chair.write(-29, "baseline.fixed", {"observation": baseline})
    chair.write(-28, "checkin.completed")
    measured = {"weight_g": WEIGHT_G, "phq9_item9": 0}
    keep_measures(chair.visit, measures=measured, by=chair.people["nora"], at=chair.at(-28))


def prepare(chair: Chair) -> None:
    """Order, syringe, blind check, pump and time-out, each reckoned by the signed rules."""
    chair.write(-24, "order.signed", order(chair.folded), who="priya")
    syringe = preparation(chair)
    chair.write(-20, "preparation.begun", syringe)
    folded = chair.folded
    read = BlindReading(
        STRENGTH_UG_PER_ML,
        syringe.vials[0].drawn_ul,
        syringe.concentration_ug_per_ml,
        syringe.rate_ul_per_h,
    )
    check = agreeing.checked(folded.rules.preparation, folded.state, number=1, reading=read)
    chair.write(-16, "preparation.checked", check.body, who="ben")
    shown = PumpSettings(syringe.concentration_ug_per_ml, syringe.rate_ul_per_h, syringe.volume_ul)
    pump = agreeing.programmed(folded.rules.preparation, folded.state, number=1, settings=shown)
    chair.write(-12, "pump.programmed", pump.body)
    for act, score in (("sedation", 5), ("dissociation", 0)):
        chair.write(-8, "act.recorded", {"act": act, "score": score})
    answers = {**dict.fromkeys(TIME_OUT, True), **MONITOR_COMPARED}
    chair.write(-4, "timeout.completed", {"answers": answers})


def order(folded: Folded) -> OrderSigned:
    """The protocol's own dose for today's weight."""
    protocol = folded.rules.protocol(folded.state)
    if protocol is None:
        raise LookupError("protocol: expected the one the session was planned by")
    asked = OrderSigned(
        substance=protocol.substance,
        protocol=protocol.id,
        protocol_version=protocol.version,
        dose_ug_per_kg=whole(protocol.dose, "ug/kg"),
        dosing_weight_g=WEIGHT_G,
        dosing_weight_kind="actual",
        dose_ug=0,
        duration_s=whole(protocol.duration, "s"),
    )
    return replace(asked, dose_ug=reckoned_order(folded.rules, folded.state, asked).dose_ug)


def preparation(chair: Chair) -> PreparationBegun:
    """The syringe for that order out of one vial."""
    folded = chair.folded
    reckoned = reckoned_preparation(
        folded.rules, folded.state, strength_ug_per_ml=STRENGTH_UG_PER_ML, content_ul=CONTENT_UL
    )
    expiry = (chair.started_at + timedelta(days=400)).date().isoformat()
    vial = VialDrawn(VIAL, STRENGTH_UG_PER_ML, CONTENT_UL, reckoned.drawn_ul, "DEMO-7", expiry)
    return PreparationBegun(
        number=1,
        reason="first",
        substance="ketamine",
        vials=(vial,),
        drawn_ug=reckoned.drawn_ug,
        diluent_ul=reckoned.diluent_ul,
        final_ul=reckoned.final_ul,
        concentration_ug_per_ml=reckoned.concentration_ug_per_ml,
        rate_ul_per_h=reckoned.rate_ul_per_h,
        volume_ul=reckoned.volume_to_be_infused_ul,
    )


def run_the_pump(chair: Chair) -> None:
    """From the start to the last look: the monitor each minute, people when they looked."""
    syringe = chair.folded.state.preparations[-1].body
    chair.tick(-1)
    chair.write(0, "pump.started", {"rate_ul_per_h": syringe.rate_ul_per_h})
    for minute in range(READY):
        if minute == STOP:
            chair.write(minute, "pump.stopped", {"reason": "the ordered dose has run"})
            chair.write(minute + 0.4, "pump.read", {"rate_ul_per_h": 0, "volume_ul": syringe.volume_ul})
        chair.tick(minute + 0.5)
        for act, score in SEEN.get(minute, ()):
            chair.write(minute + 0.7, "act.recorded", {"act": act, "score": score})
        see_alarms(chair, minute + 0.8)


def see_alarms(chair: Chair, minute: float) -> None:
    """The nurse acknowledges what has not been."""
    for each in session_alarms(chair.folded.state, chair.at(minute)):
        if each.acknowledged is None:
            chair.write(minute, "alarm.acknowledged", {"alarm": each.alarm.key})


def account_for_the_drug(chair: Chair) -> None:
    """Where all of the vial went: given, left in the line, and wasted before a witness."""
    state, rules = chair.folded.state, chair.folded.rules
    body = state.preparations[-1].body
    line_ug = whole(rules.preparation.line.dead_space, "uL") * body.concentration_ug_per_ml // 1000
    left_ug = CONTENT_UL * STRENGTH_UG_PER_ML // 1000 - body.drawn_ug
    counted = (
        (SYRINGE, "given", body.drawn_ug - line_ug, "pump volume", "pump's total less the line"),
        (SYRINGE, "line", line_ug, "estimated", "dead space of the line"),
        (SYRINGE, "waste", 0, "read on the syringe", "empty"),
        (SYRINGE, "returned", 0, "counted", ""),
        (VIAL, "waste", left_ug, "read on the syringe", "squirted into absorbent, seen by both"),
    )
    for container, account, amount_ug, how_known, method in counted:
        said = {"container": container, "account": account, "amount_ug": amount_ug, "how_known": how_known}
        witness = "ben" if account == "waste" else ""
        chair.write(
            READY - 14, "drug.counted", {"substance": "ketamine", "method": method, **said}, second=witness
        )


def leave(chair: Chair) -> None:
    """Ready by every criterion, home with the escort, signed by nurse and prescriber, and closed."""
    for criterion, said in READINESS.items():
        chair.write(READY, "readiness.assessed", {"criterion": criterion, "answers": said})
    chair.tick(READY + 0.5)
    chair.write(READY + 0.6, "ready.declared")
    chair.tick(READY + 1.5)
    chair.write(RELEASE, "session.released", {"disposition": "home with escort", "escort": "partner"})
    for minute, who, role in SIGNED:
        by = chair.author(who)
        body = signature_of(role, chair.folded.head)
        sign_record(**chair.where, body=body, press=None, by=by, at=chair.at(minute))
    close_record(**chair.where, press=None, by=chair.author("nora"), at=chair.at(CLOSE))


def vitals(minute: float) -> list[dict[str, Any]]:
    """A monitor's values: pressure rises with the drug, passes the notify limit once, and comes back."""
    effect = 0.0 if minute < 0 else (1 - exp(-minute / 14)) if minute < STOP else exp(-(minute - STOP) / 17)
    wobble = (int(minute) * 7 % 5) - 2
    values: dict[str, tuple[float, str]] = {
        "hr_per_min": (70 + 11 * effect + wobble, "/min"),
        "spo2_percent": (98 - round(1.4 * effect) - (wobble > 1), "%"),
        "rr_per_min": (15 - round(1.5 * effect) + (wobble < -1), "/min"),
    }
    if int(minute) in CUFF:
        surge = 18 if int(minute) == 30 else 0
        values["sbp_mmhg"] = (124 + 24 * effect + wobble + surge, "mm[Hg]")
        values["dbp_mmhg"] = (78 + 13 * effect + wobble / 2 + surge / 3, "mm[Hg]")
    return [
        {"signal": name, "value": float(round(value)), "unit": unit, "verdict": "accepted", "reason": ""}
        for name, (value, unit) in values.items()
    ]
