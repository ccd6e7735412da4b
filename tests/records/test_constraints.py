"""The tables themselves refuse what no verb would write, in both databases."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chairside.accounts.models import Person
from chairside.records.models import Allergy, Chair, Measure, Patient, Plan, SiteSignature, Visit
from tests.people import MONDAY, Six
from tests.servers.database import both_databases

SHA = "0123456789abcdef" * 4


def rows(six: Six) -> dict[str, tuple[type, dict]]:
    """One sound row of each table, by name."""
    here = {"clinic": six.clinic}
    patient = Patient.objects.create(
        **here,
        family_name="Rivera",
        given_name="Ana",
        birth_date=date(1979, 3, 14),
        sex="female",
        record_number="R-1",
    )
    chair = Chair.objects.create(**here, name="1")
    plan = {"patient": patient, "indication": "depression", "protocol": "p", "protocol_version": "1"}
    plan |= {**here, "infusions": 6, "prescriber": six.prescriber, "signed_at": MONDAY}
    visit = {"patient": patient, "plan": Plan.objects.create(**plan), "chair": chair, "scheduled_at": MONDAY}
    person = {"username": "reyes", "display_name": "J. Reyes"}
    signature = {"kind": "limits", "file_id": "limits-a", "version": "1", "sha256": SHA, "meaning": "read"}
    return {
        "person": (Person, here | person),
        "patient": (
            Patient,
            here
            | {"family_name": "Kim", "given_name": "D", "sex": "male", "record_number": "R-2"}
            | {"birth_date": date(1988, 7, 2)},
        ),
        "allergy": (Allergy, here | {"patient": patient, "substance": "latex"}),
        "measure": (
            Measure,
            here | {"patient": patient, "kind": "weight_g", "value": 70_200, "at": MONDAY, "by": six.nurse},
        ),
        "plan": (Plan, plan),
        "visit": (Visit, here | visit | {"infusion_number": 1}),
        "signature": (SiteSignature, here | signature | {"signed_by": six.prescriber, "at": MONDAY}),
    }


WRONG = [
    ("person", {"username": "Reyes"}),
    ("person", {"username": "nurse"}),
    ("person", {"display_name": ""}),
    ("patient", {"family_name": ""}),
    ("patient", {"given_name": ""}),
    ("patient", {"record_number": ""}),
    ("patient", {"record_number": "R-1"}),
    ("patient", {"sex": "f"}),
    ("patient", {"birth_date": date(1899, 12, 31)}),
    ("allergy", {"substance": ""}),
    ("measure", {"value": 0}),
    ("measure", {"kind": "pulse"}),
    ("measure", {"kind": "phq9_item9", "value": 4}),
    ("measure", {"kind": "phq9_item9", "value": -1}),
    ("plan", {"infusions": 0}),
    ("plan", {"protocol": ""}),
    ("plan", {"protocol_version": ""}),
    ("visit", {"infusion_number": 0}),
    ("signature", {"sha256": SHA[:-1]}),
    ("signature", {"sha256": SHA.upper()}),
]


@both_databases
def test_a_sound_row_is_kept_and_a_wrong_one_refused_by_the_table(six):
    sound = rows(six)
    for name, changed in WRONG:
        table, fields = sound[name]
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.create(**{**fields, **changed})
    for table, fields in sound.values():
        assert table.objects.create(**fields).pk


@both_databases
@pytest.mark.parametrize("number", [0, 3])
def test_item_9_is_kept_at_both_ends_of_its_scale(six, number):
    table, fields = rows(six)["measure"]
    assert table.objects.create(**{**fields, "kind": "phq9_item9", "value": number})


@both_databases
def test_the_same_bytes_are_signed_once_for_a_site_and_again_for_another(six):
    table, fields = rows(six)["signature"]
    table.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.create(**fields)
    assert table.objects.create(**{**fields, "clinic": six.elsewhere})
