"""Patients, plans, chairs and visits: adding and changing ordinary rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from chairside.accounts.access import held_by, must
from chairside.accounts.models import Clinic, Person
from chairside.actions.audit import audit
from chairside.actions.fields import BadFields, checked
from chairside.actions.sessions import Author, plan_session
from chairside.core.session.envelope import instant_text
from chairside.core.session.payloads import Planned
from chairside.records.models import Allergy, Chair, Device, DeviceKey, Measure, Patient, Plan, Visit


@dataclass(frozen=True, slots=True)
class NewPatient:
    """A patient to be added. No allergies listed and `no_known_allergies` false means: not asked."""

    family_name: str
    given_name: str
    birth_date: date
    sex: str
    record_number: str
    allergies: tuple[tuple[str, str], ...] = ()
    no_known_allergies: bool = False


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to be signed by a prescriber."""

    indication: str
    protocol: str
    protocol_version: str
    infusions: int


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to be planned: which infusion of which plan, where and when."""

    plan: Plan
    chair: Chair
    infusion_number: int
    scheduled_at: datetime


def add_patient(new: NewPatient, *, clinic: Clinic, by: Person, at: datetime) -> Patient:
    """Adds a patient with what is known of their allergies."""
    must(by, "patients.add", clinic=clinic)
    if new.birth_date > clinic.local(at).date():
        raise BadFields({"birth date": "expected a day that is not in the future"})
    patient = Patient(
        clinic=clinic,
        family_name=new.family_name.strip(),
        given_name=new.given_name.strip(),
        birth_date=new.birth_date,
        sex=new.sex,
        record_number=new.record_number.strip(),
    )
    checked(patient)
    with transaction.atomic():
        patient.save(force_insert=True)
        _write_allergies(patient, new.allergies, none_known=new.no_known_allergies, at=at)
        audit(clinic=clinic.id, verb="patients.added", by=by.id, at=at, subject=f"patient:{patient.id}")
    return patient


def set_allergies(
    patient: Patient, *, allergies: Sequence[tuple[str, str]], none_known: bool, by: Person, at: datetime
) -> None:
    """Replaces the allergy list by what was answered now: (substance, reaction) pairs, or none known."""
    must(by, "patients.change", clinic=patient.clinic)
    with transaction.atomic():
        patient.allergies.all().delete()
        _write_allergies(patient, allergies, none_known=none_known, at=at)
        audit(
            clinic=patient.clinic_id,
            verb="patients.allergies_set",
            by=by.id,
            at=at,
            subject=f"patient:{patient.id}",
            detail={"listed": len(allergies), "none_known": none_known},
        )


def add_measure(patient: Patient, *, kind: str, value: int, by: Person, at: datetime) -> Measure:
    """Adds a weight in grams or an item 9 answer, for later visits to be compared with."""
    must(by, "patients.measure", clinic=patient.clinic)
    measure = Measure(clinic=patient.clinic, patient=patient, kind=kind, value=value, at=at, by=by)
    _save_new(measure, verb="patients.measured", by=by, at=at, subject=f"patient:{patient.id}")
    return measure


def sign_plan(new: NewPlan, *, patient: Patient, by: Person, at: datetime) -> Plan:
    """Adds a plan, signed by the prescriber who adds it."""
    must(by, "plans.add", clinic=patient.clinic)
    plan = Plan(
        clinic=patient.clinic,
        patient=patient,
        indication=new.indication.strip(),
        protocol=new.protocol,
        protocol_version=new.protocol_version,
        infusions=new.infusions,
        prescriber=by,
        signed_at=at,
    )
    _save_new(plan, verb="plans.signed", by=by, at=at, subject=f"plan:{plan.id}")
    return plan


def plan_visit(new: NewVisit, *, clinic: Clinic, by: Person, at: datetime) -> Visit:
    """Plans an infusion visit and opens its session's log, which carries the visit's id and no name.

    Raises `Refused` while a file a session needs is unsigned at this site.
    """
    must(by, "sessions.plan", clinic=clinic)
    if new.plan.clinic_id != clinic.id or new.chair.clinic_id != clinic.id:
        raise BadFields({"plan": "expected a plan and a chair of this clinic"})
    if new.infusion_number > new.plan.infusions:
        raise BadFields({"infusion number": f"expected 1 to {new.plan.infusions}, as the plan has them"})
    visit = Visit(
        clinic=clinic,
        patient=new.plan.patient,
        plan=new.plan,
        chair=new.chair,
        infusion_number=new.infusion_number,
        scheduled_at=new.scheduled_at,
    )
    planned = Planned(
        patient=visit.patient_id,
        chair=visit.chair_id,
        indication=new.plan.indication,
        protocol=new.plan.protocol,
        infusion_number=new.infusion_number,
        scheduled_at=instant_text(new.scheduled_at),
        known=known_of(visit.patient, clinic.local(new.scheduled_at).date()),
    )
    author = Author(person=by.id, roles=held_by(by), device="desk")
    with transaction.atomic():
        _save_new(visit, verb="visits.planned", by=by, at=at, subject=f"session:{visit.session}")
        plan_session(session=visit.session, clinic=clinic.id, plan=planned, by=author, at=at)
    return visit


def set_escort(visit: Visit, *, name: str, phone: str, by: Person, at: datetime) -> None:
    """Keeps who takes the patient home and how to reach them: in the record, never in the session's log."""
    must(by, "patients.change", clinic=visit.clinic)
    visit.escort_name, visit.escort_phone = name.strip(), phone.strip()
    if not visit.escort_name:
        raise BadFields({"escort name": "expected the name of who takes the patient home"})
    if not visit.escort_phone:
        raise BadFields({"escort phone": "expected a telephone number that was checked"})
    checked(visit)
    with transaction.atomic():
        visit.save(update_fields=["escort_name", "escort_phone"])
        audit(
            clinic=visit.clinic_id,
            verb="visits.escort_set",
            by=by.id,
            at=at,
            subject=f"session:{visit.session}",
        )


def keep_measures(visit: Visit, *, measures: Mapping[str, int], by: Person, at: datetime) -> None:
    """Keeps what a completed check-in measured (kind to value), for the next visit to be compared with."""
    must(by, "patients.measure", clinic=visit.clinic)
    with transaction.atomic():
        for kind, value in measures.items():
            add_measure(visit.patient, kind=kind, value=value, by=by, at=at)


def set_chair(name: str, *, clinic: Clinic, by: Person | None, at: datetime) -> Chair:
    """Adds a chair; `by` is `None` only when a clinic is set up from the command line."""
    if by is not None:
        must(by, "chairs.set", clinic=clinic)
    chair = Chair(clinic=clinic, name=name.strip())
    _save_new(chair, verb="chairs.set", by=by, at=at, subject=f"chair:{chair.id}")
    return chair


def set_device(device: Device, *, keys: Sequence[str], by: Person | None, at: datetime) -> Device:
    """Adds a monitor with the identities it signs its messages with."""
    if by is not None:
        must(by, "devices.set", clinic=device.clinic)
    with transaction.atomic():
        _save_new(device, verb="devices.set", by=by, at=at, subject=f"device:{device.id}")
        for key in keys:
            row = DeviceKey(clinic=device.clinic, device=device, key=key.strip())
            checked(row)
            row.save(force_insert=True)
    return device


def known_of(patient: Patient, day: date) -> dict[str, Any]:
    """What is known before a visit of that day, as its check-in compares; what isn't known is absent."""
    weight, item9 = patient.last("weight_g"), patient.last("phq9_item9")
    known: dict[str, Any] = {"age_years": patient.age_on(day)}
    if weight is not None:
        known["weight_g"] = weight.value
    if item9 is not None:
        known["item9"] = item9.value
    return known


def _write_allergies(
    patient: Patient, allergies: Sequence[tuple[str, str]], *, none_known: bool, at: datetime
) -> None:
    if allergies and none_known:
        raise BadFields({"allergies": "expected a list or none known, not both"})
    for substance, reaction in allergies:
        row = Allergy(
            clinic=patient.clinic, patient=patient, substance=substance.strip(), reaction=reaction.strip()
        )
        checked(row)
        row.save(force_insert=True)
    patient.no_known_allergies_at = at if none_known else None
    patient.save(update_fields=["no_known_allergies_at"])


def _save_new(row: Any, *, verb: str, by: Person | None, at: datetime, subject: str) -> None:
    checked(row)
    with transaction.atomic():
        row.save(force_insert=True)
        audit(clinic=row.clinic_id, verb=verb, by=by.id if by else "setup", at=at, subject=subject)
