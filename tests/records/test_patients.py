"""Patients and visits: not asked is not none known, and another clinic's rows do not exist."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chairside.accounts.access import NotAllowed
from chairside.actions.fields import BadFields
from chairside.actions.patients import (
    NewPatient,
    NewPlan,
    add_measure,
    add_patient,
    known_of,
    set_allergies,
    set_chair,
    set_device,
    sign_plan,
)
from chairside.records.models import Chair, Device, DeviceKey, Measure, Patient, SiteSignature, Visit
from chairside.vault.models import AuditLine
from tests.people import MONDAY

ANA = NewPatient("Rivera", "Ana", date(1979, 3, 14), "female", "R-1001")


@pytest.fixture
def ana(six) -> Patient:
    return add_patient(ANA, clinic=six.clinic, by=six.nurse, at=MONDAY)


def test_allergies_that_were_not_asked_are_not_none_known(six, ana):
    assert ana.allergy_sentence() == "not asked"
    set_allergies(ana, allergies=[], none_known=True, by=six.nurse, at=MONDAY)
    assert ana.allergy_sentence() == "none known"


def test_listed_allergies_stand_with_their_reaction(six, ana):
    set_allergies(
        ana, allergies=[("ondansetron", "rash"), ("latex", "")], none_known=False, by=six.nurse, at=MONDAY
    )
    assert ana.allergy_sentence() == "latex, ondansetron (rash)"


def test_a_later_answer_replaces_an_earlier_one(six, ana):
    set_allergies(ana, allergies=[], none_known=True, by=six.nurse, at=MONDAY)
    set_allergies(ana, allergies=[("latex", "")], none_known=False, by=six.nurse, at=MONDAY)
    assert (ana.allergy_sentence(), ana.no_known_allergies_at) == ("latex", None)


def test_it_refuses_a_list_beside_none_known_and_keeps_what_was_there(six, ana):
    set_allergies(ana, allergies=[("latex", "")], none_known=False, by=six.nurse, at=MONDAY)
    with pytest.raises(BadFields, match="not both"):
        set_allergies(ana, allergies=[("iodine", "")], none_known=True, by=six.nurse, at=MONDAY)
    assert Patient.objects.get(pk=ana.pk).allergy_sentence() == "latex"


def test_audit_lines_of_a_patient_hold_no_name_and_no_record_number(six, ana):
    bodies = " ".join(row.body for row in AuditLine.objects.of("bay"))
    assert ana.pk in bodies
    assert not [word for word in ("Rivera", "Ana", "R-1001", "1979") if word in bodies]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"family_name": " "}, "family name"),
        ({"given_name": ""}, "given name"),
        ({"record_number": ""}, "record number"),
        ({"sex": "f"}, "sex"),
        ({"birth_date": date(2026, 11, 24)}, "birth date"),
    ],
)
def test_each_bad_field_of_a_patient_is_named(six, fields, named):
    new = NewPatient(**{**{name: getattr(ANA, name) for name in ANA.__slots__}, **fields})
    with pytest.raises(BadFields) as refused:
        add_patient(new, clinic=six.clinic, by=six.nurse, at=MONDAY)
    assert named in refused.value.sentences


def test_a_birth_date_is_today_at_the_latest_on_the_clinics_calendar(six):
    # 17:00 UTC on the 23rd is still the 23rd in California; 05:00 UTC on the 24th is too.
    late = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    new = NewPatient("Born", "Today", date(2026, 11, 23), "unknown", "R-1")
    assert add_patient(new, clinic=six.clinic, by=six.nurse, at=late).age_on(date(2026, 11, 23)) == 0


def test_a_record_number_is_one_patients_in_a_clinic_and_may_be_anothers_elsewhere(six, ana):
    with pytest.raises(BadFields):
        add_patient(ANA, clinic=six.clinic, by=six.nurse, at=MONDAY)
    assert add_patient(ANA, clinic=six.elsewhere, by=six.stranger, at=MONDAY).pk != ana.pk


def test_another_clinics_patient_is_not_there(six, ana):
    assert ana in Patient.objects.of(six.clinic)
    assert ana not in Patient.objects.of(six.elsewhere)


@pytest.mark.parametrize("name", ["researcher", "stranger"])
def test_it_refuses_those_who_may_not_add_a_patient(six, name):
    with pytest.raises(NotAllowed):
        add_patient(ANA, clinic=six.clinic, by=getattr(six, name), at=MONDAY)


@pytest.mark.parametrize(
    ("day", "years"), [(date(2026, 3, 13), 46), (date(2026, 3, 14), 47), (date(2026, 3, 15), 47)]
)
def test_age_changes_on_the_birthday(day, years):
    assert Patient(birth_date=date(1979, 3, 14)).age_on(day) == years


def test_someone_born_on_a_leap_day_is_older_on_the_first_of_march():
    leap = Patient(birth_date=date(2008, 2, 29))
    assert [leap.age_on(day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [17, 18]


def test_what_was_never_measured_is_absent_and_not_zero(six, ana):
    assert known_of(ana, date(2026, 11, 23)) == {"age_years": 47}


def test_the_latest_weight_and_item_9_are_known_before_the_next_visit(six, ana):
    for days, grams, item9 in ((14, 70_200, 2), (7, 69_800, 0)):
        at = MONDAY - timedelta(days=days)
        add_measure(ana, kind="weight_g", value=grams, by=six.nurse, at=at)
        add_measure(ana, kind="phq9_item9", value=item9, by=six.nurse, at=at)
    assert known_of(ana, date(2026, 11, 23)) == {"age_years": 47, "weight_g": 69_800, "item9": 0}
    assert ana.last("weight_g").kilograms == "69.8"


@pytest.mark.parametrize(
    ("kind", "value"), [("weight_g", 0), ("phq9_item9", 4), ("phq9_item9", -1), ("pulse", 70)]
)
def test_a_measure_that_can_not_be_is_refused(six, ana, kind, value):
    with pytest.raises(BadFields):
        add_measure(ana, kind=kind, value=value, by=six.nurse, at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure(clinic=six.clinic, patient=ana, kind=kind, value=value, at=MONDAY, by=six.nurse).save()


def test_a_plan_is_signed_by_the_prescriber_who_adds_it(six, ana):
    new = NewPlan("treatment-resistant depression", "depression", "1.0.0", 6)
    assert sign_plan(new, patient=ana, by=six.prescriber, at=MONDAY).prescriber == six.prescriber
    with pytest.raises(NotAllowed, match="a prescriber"):
        sign_plan(new, patient=ana, by=six.nurse, at=MONDAY)


def test_a_plan_of_no_infusions_is_refused(six, ana):
    with pytest.raises(BadFields):
        sign_plan(NewPlan("x", "depression", "1.0.0", 0), patient=ana, by=six.prescriber, at=MONDAY)


def test_a_device_key_leads_to_one_device(six):
    chair = set_chair("2", clinic=six.clinic, by=six.manager, at=MONDAY)
    one = Device(clinic=six.clinic, name="monitor 3", chair=chair, zone="America/Los_Angeles")
    set_device(one, keys=["MON3|00:11"], by=six.manager, at=MONDAY)
    assert DeviceKey.objects.get(key="MON3|00:11").device == one
    other = Device(clinic=six.clinic, name="monitor 4", zone="America/Los_Angeles")
    with pytest.raises(BadFields):
        set_device(other, keys=["MON3|00:11"], by=six.manager, at=MONDAY)
    assert not Device.objects.filter(name="monitor 4").exists()


def test_two_chairs_of_a_clinic_have_two_names(six):
    set_chair("2", clinic=six.clinic, by=six.manager, at=MONDAY)
    with pytest.raises(BadFields):
        set_chair(" 2 ", clinic=six.clinic, by=six.manager, at=MONDAY)
    assert set_chair("2", clinic=six.elsewhere, by=six.stranger, at=MONDAY)


def test_every_table_of_the_record_carries_its_clinic():
    tables = (Patient, Measure, Chair, Device, DeviceKey, SiteSignature, Visit)
    assert all(not table._meta.get_field("clinic").null for table in tables)


def test_a_change_of_allergies_leaves_its_line(six, ana):
    set_allergies(ana, allergies=[("latex", "")], none_known=False, by=six.nurse, at=MONDAY)
    line = json.loads(AuditLine.objects.of("bay").latest("position").body)
    assert (line["verb"], line["subject"]) == ("patients.allergies_set", f"patient:{ana.pk}")
