"""The six people of every access test, who never change, and two clinics that are strangers to each other."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from chairside.accounts.models import Clinic, Person
from chairside.actions.people import NewPerson, add_clinic, add_person

PASSWORD = "seven quiet chairs"
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 09:00 in the clinic


@dataclass(frozen=True)
class Six:
    """Nurse, prescriber, patient (no account), manager, researcher (no role), stranger (elsewhere).

    The director is the prescriber, as in many clinics.
    """

    clinic: Clinic
    elsewhere: Clinic
    nurse: Person
    prescriber: Person
    patient: None
    manager: Person
    researcher: Person
    stranger: Person

    def browser(self, name: str) -> Client:
        """A browser in which that person is signed in; the patient's is signed in as nobody."""
        browser = Client()
        person = getattr(self, name)
        if person is not None:
            browser.force_login(person)
        return browser


NAMES = ("nurse", "prescriber", "patient", "manager", "researcher", "stranger")


def letting_in(clinic: Clinic, username: str, *roles: str, director: bool = False) -> Person:
    """A person of that clinic with these roles."""
    new = NewPerson(username, f"The {username}", PASSWORD, "", frozenset(roles), director)
    return add_person(new, clinic=clinic, by=None, at=MONDAY)


def six_people() -> Six:
    """The six, let into two new clinics."""
    here = add_clinic(Clinic(id="bay", name="Bay Clinic", zone="America/Los_Angeles"), at=MONDAY)
    there = add_clinic(Clinic(id="hill", name="Hill Clinic", zone="Europe/Paris"), at=MONDAY)
    return Six(
        clinic=here,
        elsewhere=there,
        nurse=letting_in(here, "nurse", "nurse"),
        prescriber=letting_in(here, "prescriber", "prescriber", director=True),
        patient=None,
        manager=letting_in(here, "manager", "manager"),
        researcher=letting_in(here, "researcher"),
        stranger=letting_in(there, "stranger", "nurse", "prescriber", "manager", director=True),
    )


@pytest.fixture
def six(own_database: None) -> Six:
    """The six, in a database of this test's own."""
    return six_people()
