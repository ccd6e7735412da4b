"""A visit is planned once every file is signed; its session's log begins with it and knows no name."""

import json
from datetime import date

import pytest

from chairside.actions.library import sign_library_file
from chairside.actions.patients import NewPatient, NewPlan, add_measure, add_patient, set_chair, sign_plan
from chairside.charts.releases import library_of_site
from chairside.desk.site import missing_before_a_session
from chairside.records.models import Visit
from chairside.vault.models import SessionEvent
from tests.people import MONDAY, PASSWORD

PROTOCOL = next(each.in_force for each in library_of_site().values() if each.in_force.kind == "protocol")


@pytest.fixture
def ready(six):
    """A site whose director signed everything, with a patient, their plan and a chair."""
    for each in library_of_site().values():
        sign_library_file(each.in_force, clinic=six.clinic, password=PASSWORD, by=six.prescriber, at=MONDAY)
    new = NewPatient("Rivera", "Ana", date(1979, 3, 14), "female", "R-1001")
    ana = add_patient(new, clinic=six.clinic, by=six.nurse, at=MONDAY)
    add_measure(ana, kind="weight_g", value=70_200, by=six.nurse, at=MONDAY)
    plan = NewPlan("depression", PROTOCOL.id, PROTOCOL.version, 6)
    sign_plan(plan, patient=ana, by=six.prescriber, at=MONDAY)
    set_chair("2", clinic=six.clinic, by=six.manager, at=MONDAY)
    return ana


def planning(six, ana, name="nurse", **changed):
    form = {
        "plan": ana.plans.get().pk,
        "infusion_number": 1,
        "chair": six.clinic.chairs.get().pk,
        "day": "2026-11-24",
        "time": "09:30",
        **changed,
    }
    return six.browser(name).post(f"/patients/{ana.pk}/visit", form)


def test_with_every_file_signed_nothing_is_missing(six, ready):
    assert missing_before_a_session(six.clinic) == ()


@pytest.mark.parametrize("name", ["nurse", "prescriber", "manager"])
def test_a_visit_is_planned_and_its_log_begins(six, ready, name):
    assert planning(six, ready, name).status_code == 302
    visit = Visit.objects.of(six.clinic).get()
    assert SessionEvent.objects.of("bay").get(session=visit.session).kind == "session.planned"


def test_the_time_is_of_the_clinics_wall_clock(six, ready):
    planning(six, ready)
    assert f"{Visit.objects.get().scheduled_at:%Y-%m-%dT%H:%MZ}" == "2026-11-24T17:30Z"


def test_the_log_knows_what_was_known_and_no_name(six, ready):
    planning(six, ready)
    body = SessionEvent.objects.get().body
    assert json.loads(body)["payload"]["known"] == {"age_years": 47, "weight_g": 70_200}
    assert not [word for word in ("Rivera", "Ana", "R-1001", "1979") if word in body]


def test_the_planned_visit_is_on_the_patients_page_with_its_phase(six, ready):
    planning(six, ready)
    said = six.browser("nurse").get(f"/patients/{ready.pk}").content.decode()
    assert "24 Nov 2026, 09:30" in said and "planned" in said


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"infusion_number": 7}, "expected 1 to 6, as the plan has them"),
        ({"infusion_number": 0}, "greater than or equal to 1"),
        ({"infusion_number": "two"}, "Expected a whole number from 1."),
        ({"day": "24.11.2026"}, "Expected a day as YYYY-MM-DD."),
        ({"time": "half past"}, "Expected a time as HH:MM."),
        ({"chair": "nowhere"}, "Select a valid choice"),
    ],
)
def test_a_bad_field_gets_its_sentence_and_no_log_begins(six, ready, changed, sentence):
    answer = planning(six, ready, **changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Visit.objects.exists() and not SessionEvent.objects.exists()


def test_a_changed_file_stops_planning_until_it_is_signed_again(six, ready, settings, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "own.toml").write_bytes(PROTOCOL.raw + b"\n# read again\n")
    settings.CHAIRSIDE_DATA = tmp_path
    answer = planning(six, ready)
    assert answer.status_code == 422
    assert "not signed for this site" in answer.content.decode()
