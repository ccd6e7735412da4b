"""The demo's fictional clinic, made by the same verbs that a clinic uses: nobody here exists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from chairside.accounts.models import Clinic, Person
from chairside.actions.library import sign_library_file
from chairside.actions.patients import (
    NewPatient,
    NewPlan,
    NewVisit,
    add_measure,
    add_patient,
    plan_visit,
    set_chair,
    set_device,
    sign_plan,
)
from chairside.actions.people import NewPerson, add_clinic, add_person
from chairside.charts.releases import library_of_site
from chairside.charts.sessions import load
from chairside.cli.demo_yesterday import Chair as AtTheChair
from chairside.cli.demo_yesterday import give
from chairside.core.protocols import Protocol
from chairside.library.loader import in_force, unsigned
from chairside.records.models import Chair, Device, Patient, Plan, SiteSignature, Visit

CLINIC = "Still Water (demo)"
OPENED_BEFORE = timedelta(days=21)
LAST_START = timedelta(hours=23, minutes=45)
CHAIRS = ("Chair 1", "Chair 2", "Chair 3")

PEOPLE = (
    NewPerson("nora", "Nora Quist", "calm-orange-tide", "RN", frozenset({"nurse"})),
    NewPerson("ben", "Ben Adeyemi", "slow-maple-morning", "RN", frozenset({"nurse"})),
    NewPerson("priya", "Priya Raman", "north-lantern-field", "MD", frozenset({"prescriber"}), director=True),
    NewPerson("mara", "Mara Lindqvist", "seven-paper-boats", "", frozenset({"manager"})),
)
"""Everyone who signs in to the demo. The passwords are no secret: the demo answers this machine only."""

SPOKEN_ROLES = {
    "nora": "nurse",
    "ben": "second nurse",
    "priya": "prescriber and director",
    "mara": "manager",
}

LOOK_FIRST = "Look first: sign in as nora, the nurse; open the visit at Chair 1 and check the patient in."


@dataclass(frozen=True, slots=True)
class Fictional:
    """A patient who doesn't exist, how many infusions they have had, and what was last measured."""

    patient: NewPatient
    had: int
    weight_g: int | None = None
    item9: int | None = None


PATIENTS = (
    Fictional(
        NewPatient("Vargas", "Elena", date(1988, 4, 17), "female", "D-1001", no_known_allergies=True), 0
    ),
    Fictional(
        NewPatient("Okafor", "Tomas", date(1979, 11, 2), "male", "D-1002", no_known_allergies=True),
        had=2,
        weight_g=81_600,
        item9=1,
    ),
    Fictional(
        NewPatient(
            "Okafor", "Ruth", date(1994, 7, 30), "female", "D-1003", allergies=(("ondansetron", "hives"),)
        ),
        had=1,
        weight_g=63_200,
        item9=0,
    ),
    Fictional(NewPatient("Chen", "Wei", date(1971, 1, 9), "male", "D-1004", no_known_allergies=True), had=0),
)
"""Two of one family name on neighbouring chairs: names alone tell nobody apart."""


def make_clinic(*, zone: str, not_for_care: bool, say: Callable[[str], None]) -> Clinic:
    """The whole clinic as it stands this morning; `say` is told each step."""
    now: datetime = settings.CHAIRSIDE_CLOCK.now()
    opened = now - OPENED_BEFORE
    clinic = add_clinic(
        Clinic(id="demo", name=CLINIC, zone=zone, demo=True, not_for_care=not_for_care), at=opened
    )
    say("people: a nurse, a second nurse, a prescriber who is the director, a manager")
    people = {new.username: add_person(new, clinic=clinic, by=None, at=opened) for new in PEOPLE}
    sign_library(clinic, director=people["priya"], at=opened, say=say)
    say("three chairs, each with a monitor")
    for name in CHAIRS:
        add_chair(name, clinic=clinic, by=people["mara"], at=opened)
    say("patients, their plans and today's visits")
    plans = [enrol(fictional, clinic=clinic, people=people, now=now) for fictional in PATIENTS]
    plan_today(clinic, now=now)
    say("an infusion of yesterday, whose record can be read")
    yesterday(plans[-1], people=people, now=now)
    return clinic


def sign_library(clinic: Clinic, *, director: Person, at: datetime, say: Callable[[str], None]) -> None:
    """The fictional director signs every file in force that isn't signed, each time with the password."""
    signed = set(SiteSignature.objects.of(clinic).values_list("sha256", flat=True))
    files = unsigned(in_force(library_of_site()), signed)
    if files:
        say(f"the director's signatures over {len(files)} library files")
    password = next(new.password for new in PEOPLE if new.username == director.username)
    for file in files:
        sign_library_file(file, clinic=clinic, password=password, by=director, at=at)


def add_chair(name: str, *, clinic: Clinic, by: Person, at: datetime) -> Chair:
    """A chair, and a monitor that speaks from it."""
    chair = set_chair(name, clinic=clinic, by=by, at=at)
    monitor = Device(clinic=clinic, name=f"Monitor at {name}", chair=chair, zone=clinic.zone)
    set_device(monitor, keys=[monitor_key(name)], by=by, at=at)
    return chair


def monitor_key(chair: str) -> str:
    """The identity that the monitor of a chair signs its messages with."""
    return f"DEMO-{chair.upper().replace(' ', '-')}"


def enrol(fictional: Fictional, *, clinic: Clinic, people: dict[str, Person], now: datetime) -> Plan:
    """A patient with a signed plan, and what the last visit measured."""
    began = now - timedelta(days=4 * fictional.had + 3)
    patient = add_patient(fictional.patient, clinic=clinic, by=people["nora"], at=began)
    protocol = the_protocol()
    new = NewPlan(protocol.indication, protocol.id, protocol.version, int(protocol.series.infusions.value))
    plan = sign_plan(new, patient=patient, by=people["priya"], at=began)
    measured = {"weight_g": fictional.weight_g, "phq9_item9": fictional.item9}
    for kind, value in measured.items():
        if value is not None:
            add_measure(patient, kind=kind, value=value, by=people["nora"], at=now - timedelta(days=3))
    return plan


def yesterday(plan: Plan, *, people: dict[str, Person], now: datetime) -> None:
    """The last patient's first infusion, yesterday at ten; there is no chair for them today."""
    local = plan.clinic.local(now) - timedelta(days=1)
    began = local.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(UTC)
    chair = Chair.objects.of(plan.clinic_id).get(name=CHAIRS[-1])
    new = NewVisit(plan, chair, 1, began - timedelta(hours=1))
    visit = plan_visit(new, clinic=plan.clinic, by=people["mara"], at=began - timedelta(days=1))
    give(AtTheChair(visit, people, chair.devices.get(), began))


def the_protocol() -> Protocol:
    """The standard depression series that is in force."""
    protocols = [each.typed for each in in_force(library_of_site()) if isinstance(each.typed, Protocol)]
    return min(protocols, key=lambda each: each.id)


def open_again(clinic: Clinic, *, say: Callable[[str], None]) -> None:
    """A new day: what this version of the program brought is signed, and everyone has a visit."""
    now: datetime = settings.CHAIRSIDE_CLOCK.now()
    director = Person.objects.of(clinic).get(username="priya")
    sign_library(clinic, director=director, at=now, say=say)
    planned = plan_today(clinic, now=now)
    if planned:
        say(f"{planned} visits planned for today")


def plan_today(clinic: Clinic, *, now: datetime) -> int:
    """Plans the next infusion today for each patient who has no visit today; returns how many."""
    local = clinic.local(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    seen_today = set(
        Visit.objects.of(clinic).filter(scheduled_at__gte=midnight).values_list("patient", flat=True)
    )
    nurse = Person.objects.of(clinic).get(username="nora")
    chairs = list(Chair.objects.of(clinic).order_by("name"))
    patients = list(Patient.objects.of(clinic).order_by("record_number"))
    due = [(chair, each) for chair, each in zip(chairs, patients, strict=False) if each.pk not in seen_today]
    for place, (chair, patient) in enumerate(due):
        plan, number = next_infusion(patient, now=now)
        hour = min(_next_quarter(local) + place * timedelta(minutes=30), midnight + LAST_START)
        plan_visit(NewVisit(plan, chair, number, hour.astimezone(UTC)), clinic=clinic, by=nurse, at=now)
    return len(due)


def next_infusion(patient: Patient, *, now: datetime) -> tuple[Plan, int]:
    """Plan and number of the next infusion; a finished series is followed by another, so the demo goes on."""
    plan = patient.plans.order_by("signed_at").last()
    if plan is None:
        raise LookupError("patient: expected a signed plan")
    before = {each.patient.record_number: each.had for each in PATIENTS} if patient.plans.count() == 1 else {}
    started = [each for each in plan.visits.all() if load(each.session, each.clinic_id).state.started_at]
    number = before.get(patient.record_number, 0) + len(started) + 1
    if number <= plan.infusions:
        return plan, number
    new = NewPlan(plan.indication, plan.protocol, plan.protocol_version, plan.infusions)
    return sign_plan(new, patient=patient, by=plan.prescriber, at=now), 1


def _next_quarter(local: datetime) -> datetime:
    quarters = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    return quarters + timedelta(minutes=15)
