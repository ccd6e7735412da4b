"""The desk's pages, tried by each of the six; what a form refuses stands beside its field."""

import re
from datetime import date, timedelta

import pytest

from chairside.accounts.models import Clinic, Person
from chairside.actions.patients import NewPatient, NewPlan, add_patient, set_chair, sign_plan
from chairside.desk.today import visits_of_day
from chairside.records.models import Patient, Visit
from tests.people import MONDAY, NAMES, PASSWORD

# What each of the six gets from each page: 200 the page, 403 a sentence, 302 the sign-in page, 404 nothing.
STAFF = {"nurse": 200, "prescriber": 200, "patient": 302, "manager": 200, "researcher": 403, "stranger": 200}
ONE_PATIENT = {**STAFF, "stranger": 404}
PAGES = {
    "/": STAFF,
    "/patients/": STAFF,
    "/patients/add": STAFF,
    "/patients/{patient}": ONE_PATIENT,
    "/patients/{patient}/plan": {**ONE_PATIENT, "nurse": 403, "manager": 403},
    "/patients/{patient}/visit": ONE_PATIENT,
    "/site/": STAFF,
    "/site/instrument/phq-9": STAFF,
    "/people/": {**STAFF, "nurse": 403, "prescriber": 403},
    "/people/add": {**STAFF, "nurse": 403, "prescriber": 403},
}


@pytest.fixture
def ana(six) -> Patient:
    new = NewPatient("Rivera", "Ana", date(1979, 3, 14), "female", "R-1001", (("latex", "rash"),))
    return add_patient(new, clinic=six.clinic, by=six.nurse, at=MONDAY)


def planned(six, ana, *, hours: float, chair: str = "2") -> Visit:
    """A visit so many hours after Monday 09:00, whose session has no log yet."""
    plan = ana.plans.first() or sign_plan(
        NewPlan("depression", "depression", "1.0.0", 6), patient=ana, by=six.prescriber, at=MONDAY
    )
    seat = six.clinic.chairs.filter(name=chair).first() or set_chair(
        chair, clinic=six.clinic, by=six.manager, at=MONDAY
    )
    return Visit.objects.create(
        clinic=six.clinic,
        patient=ana,
        plan=plan,
        chair=seat,
        infusion_number=1,
        scheduled_at=MONDAY + timedelta(hours=hours),
    )


@pytest.mark.parametrize("page", PAGES)
def test_each_of_the_six_gets_what_is_theirs(six, ana, page):
    got = {name: six.browser(name).get(page.format(patient=ana.pk)).status_code for name in NAMES}
    assert got == PAGES[page]


def test_the_sign_in_page_brings_a_visitor_back(six, ana):
    answer = six.browser("patient").get(f"/patients/{ana.pk}")
    assert answer["Location"] == f"/sign-in?next=/patients/{ana.pk}"


def test_a_page_for_another_role_says_for_whom_it_is(six):
    said = six.browser("nurse").get("/people/").content.decode()
    assert "This page is for a manager. You are signed in as The nurse." in said


def test_the_bar_shows_only_places_this_person_may_go(six):
    places = {
        name: re.findall(r'<a href="(/[a-z]*/?)"', six.browser(name).get("/").content.decode())
        for name in ("nurse", "manager")
    }
    assert "/people/" in places["manager"] and "/people/" not in places["nurse"]


def test_every_page_keeps_to_its_own_server(six):
    policy = six.browser("nurse").get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_page_of_a_demo_clinic_says_not_for_care(six, ana):
    Clinic.objects.filter(pk="bay").update(demo=True)
    for page in PAGES:
        said = six.browser("prescriber").get(page.format(patient=ana.pk), follow=True).content.decode()
        assert "demo, not for care" in said, page


def test_every_page_under_a_clock_of_its_own_says_how_fast_it_runs(six, settings):
    from chairside.config.clock import RateClock

    settings.CHAIRSIDE_CLOCK = RateClock(anchor_real=MONDAY, anchor_clinic=MONDAY, rate=60)
    assert "NOT FOR CARE: the clock runs at 60×" in six.browser("nurse").get("/").content.decode()


def test_a_page_of_a_clinic_for_care_says_no_such_thing(six):
    assert "not for care" not in six.browser("nurse").get("/").content.decode().lower()


def test_a_demo_clinic_is_told_apart_from_its_neighbour(six):
    Clinic.objects.filter(pk="hill").update(demo=True)
    assert "not for care" not in six.browser("nurse").get("/").content.decode().lower()


# Patients -----------------------------------------------------------------------------------------

FORM = {
    "family_name": "Nguyễn",
    "given_name": "Thu",
    "birth_date": "1990-11-30",
    "sex": "female",
    "record_number": "R-7",
    "allergies": "not asked",
}


def test_a_patient_is_added_and_shown(six):
    answer = six.browser("nurse").post("/patients/add", FORM, follow=True)
    said = answer.content.decode()
    assert "Nguyễn, Thu" in said and "Allergies: not asked" in said and "30 November 1990" in said


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"family_name": ""}, "Family name: expected an answer."),
        ({"birth_date": "30/11/1990"}, "Expected a day as YYYY-MM-DD."),
        ({"birth_date": "2090-11-30"}, "expected a day that is not in the future"),
        ({"sex": ""}, "Sex: expected an answer."),
        ({"allergies": "listed"}, "no substance stands below"),
        ({"allergies": "none", "substance_1": "latex"}, "expected the answer “listed below”"),
    ],
)
def test_a_bad_field_gets_its_sentence_and_nothing_is_saved(six, changed, sentence):
    answer = six.browser("nurse").post("/patients/add", {**FORM, **changed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Patient.objects.exists()


def test_a_refused_form_keeps_what_was_typed(six):
    said = six.browser("nurse").post("/patients/add", {**FORM, "sex": ""}).content.decode()
    assert 'value="Nguyễn"' in said


def test_a_patient_is_found_without_a_name_in_the_address(six, ana):
    browser = six.browser("nurse")
    assert "Rivera, Ana" in browser.post("/patients/", {"words": "riv ana"}).content.decode()
    assert "Rivera, Ana" in browser.post("/patients/", {"words": "r-1001"}).content.decode()
    assert "No patient of this clinic" in browser.post("/patients/", {"words": "smith"}).content.decode()


def test_a_search_does_not_reach_into_another_clinic(six, ana):
    assert (
        "Rivera, Ana" not in six.browser("stranger").post("/patients/", {"words": "Rivera"}).content.decode()
    )


def test_no_name_and_no_record_number_stands_in_an_address(six, ana):
    said = six.browser("prescriber").get("/patients/").content.decode()
    addresses = re.findall(r'(?:href|action)="([^"]*)"', said)
    assert not [each for each in addresses if re.search("rivera|ana|1001", each, re.IGNORECASE)]


def test_what_someone_typed_stays_text(six):
    six.browser("nurse").post("/patients/add", {**FORM, "family_name": "<script>alert(1)</script>"})
    said = six.browser("nurse").get("/patients/").content.decode()
    assert "<script>alert" not in said and "&lt;script&gt;alert" in said


# Today --------------------------------------------------------------------------------------------


def test_today_shows_the_visits_of_the_clinics_own_day(six, ana):
    # Monday 09:00 in the clinic: its day runs from 9 hours before to 15 hours after.
    inside = [planned(six, ana, hours=hours) for hours in (-9, 0, 14.99)]
    for hours in (-9.01, 15):
        planned(six, ana, hours=hours)
    assert visits_of_day(six.clinic, MONDAY) == inside


def test_the_day_the_clocks_change_has_its_own_length(six, ana):
    # 1 November 2026: 25 hours in California, 07:00 UTC to 08:00 UTC on the 2nd.
    first = MONDAY.replace(day=1, hour=7, month=11)
    last = planned(six, ana, hours=(first + timedelta(hours=24.9) - MONDAY).total_seconds() / 3600)
    planned(six, ana, hours=(first + timedelta(hours=25) - MONDAY).total_seconds() / 3600)
    assert visits_of_day(six.clinic, first + timedelta(hours=3)) == [last]


def test_today_names_what_is_missing_before_a_session_can_start(six):
    said = six.browser("prescriber").get("/").content.decode()
    assert "No session can start yet" in said
    assert "not signed for this site" in said


def test_a_visit_can_not_be_planned_while_a_file_is_unsigned_and_leaves_no_row(six, ana):
    visit = planned(six, ana, hours=1)
    form = {
        "plan": visit.plan_id,
        "infusion_number": 2,
        "chair": visit.chair_id,
        "day": "2026-11-24",
        "time": "09:30",
    }
    answer = six.browser("nurse").post(f"/patients/{ana.pk}/visit", form)
    assert answer.status_code == 422
    assert "not signed for this site" in answer.content.decode()
    assert Visit.objects.count() == 1


def test_a_visit_takes_no_chair_and_no_plan_of_another_clinic(six, ana):
    visit = planned(six, ana, hours=1)
    there = set_chair("9", clinic=six.elsewhere, by=six.stranger, at=MONDAY)
    form = {
        "plan": visit.plan_id,
        "infusion_number": 2,
        "chair": there.pk,
        "day": "2026-11-24",
        "time": "09:30",
    }
    answer = six.browser("nurse").post(f"/patients/{ana.pk}/visit", form)
    assert answer.status_code == 422
    assert Visit.objects.count() == 1


# People -------------------------------------------------------------------------------------------

PERSON = {"display_name": "J. Reyes", "username": "reyes", "password": PASSWORD, "nurse": "on"}


def test_the_manager_lets_someone_in_and_they_sign_in(six, client):
    six.browser("manager").post("/people/add", PERSON)
    answer = client.post("/sign-in", {"username": "reyes", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "nurse"}, "already exists"),
        ({"password": "short"}, "at least 12 characters"),
        ({"display_name": ""}, "Display name: expected an answer."),
    ],
)
def test_a_person_with_a_bad_field_is_not_let_in(six, changed, sentence):
    answer = six.browser("manager").post("/people/add", {**PERSON, **changed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


def test_closing_an_account_ends_its_sign_in_at_once(six):
    nurse = six.browser("nurse")
    assert nurse.get("/").status_code == 200
    six.browser("manager").post(f"/people/{six.nurse.pk}/active", {"active": "no"})
    assert nurse.get("/").status_code == 302


def test_a_manager_does_not_reach_people_of_another_clinic(six):
    answer = six.browser("stranger").post(f"/people/{six.nurse.pk}/active", {"active": "no"})
    assert answer.status_code == 404
    assert Person.objects.get(pk=six.nurse.pk).is_active


def test_a_page_that_is_not_there_gets_a_page_of_the_house(six):
    answer = six.browser("nurse").get("/patients/0190-not-there")
    assert answer.status_code == 404
    assert "Not found here" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(six):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "nurse", "password": PASSWORD})
    assert answer.status_code == 403
    assert "This form was too old" in answer.content.decode()
