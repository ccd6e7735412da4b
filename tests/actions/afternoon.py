"""An afternoon at the clinic told by its verbs: what the tests of writing, reading and proving share."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from chairside.accounts.access import held_by
from chairside.accounts.models import Person
from chairside.actions.library import sign_library_file
from chairside.actions.patients import (
    NewPatient,
    NewPlan,
    NewVisit,
    add_patient,
    plan_visit,
    set_chair,
    sign_plan,
)
from chairside.actions.sessions import Author, Entry, correct, record
from chairside.charts.releases import library_of_site
from chairside.charts.sessions import Folded
from chairside.core.session import typed_payload
from chairside.core.session.envelope import instant_text
from chairside.library.loader import in_force
from chairside.records.models import Visit
from tests.core.session.stories import CHAPTERS
from tests.people import PASSWORD, Six

T0 = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def sign_everything(six: Six, at: datetime) -> None:
    """The director signs every file in force."""
    for file in in_force(library_of_site()):
        sign_library_file(file, clinic=six.clinic, password=PASSWORD, by=six.prescriber, at=at)


def visit_of(six: Six, at: datetime, *, name: str = "Rivera") -> Visit:
    """A planned first infusion of a fictional patient."""
    patient = add_patient(
        NewPatient(name, "Ana", date(1979, 3, 14), "female", f"R-{name}", no_known_allergies=True),
        clinic=six.clinic,
        by=six.nurse,
        at=at,
    )
    plan = sign_plan(NewPlan("mdd_trd", "trd-std-2x3", "1.0.0", 6), patient=patient, by=six.prescriber, at=at)
    chair = set_chair(f"Chair of {name}", clinic=six.clinic, by=six.manager, at=at)
    return plan_visit(
        NewVisit(plan, chair, 1, at + timedelta(hours=1)), clinic=six.clinic, by=six.nurse, at=at
    )


@dataclass
class Afternoon:
    """One visit; `do` writes as a person some minutes after the planned start, which is `t0`."""

    six: Six
    visit: Visit
    folded: Folded | None = field(default=None)
    t0: datetime = T0

    def author(self, who: str, second: Person | None = None, device: str = "tablet:1") -> Author:
        """A person on a tablet, with another who signs in place."""
        person = getattr(self.six, who)
        return Author(
            person.pk,
            held_by(person),
            device,
            second.pk if second else None,
            held_by(second) if second else frozenset(),
        )

    def do(self, minute: float, kind: str, payload: dict[str, Any], **said: Any) -> Folded:
        """Writes one event; `who` (nurse), `second`, and any field of `Entry`."""
        who, second = said.pop("who", "nurse"), said.pop("second", None)
        verb = correct if said.get("corrects") else record
        self.folded = verb(
            session=self.visit.session,
            clinic=self.six.clinic.pk,
            entry=Entry(kind=kind, payload=typed_payload(kind, payload), **said),
            by=self.author(who, second, said.pop("device", "tablet:1")),
            at=self.t0 + timedelta(minutes=minute),
        )
        return self.folded

    def told(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What the story says, its days and instants moved to this visit's time."""
        return cast(dict[str, Any], moved(payload, self.t0 - T0))

    def until(self, phase: str) -> Folded:
        """An ordinary session up to a phase, by three people."""
        people = {"nurse-1": "nurse", "nurse-2": "prescriber", "prescriber-1": "prescriber"}
        baseline = ""
        for chapter, lines in CHAPTERS.items():
            if chapter == "planned" or (chapter == "paused" and phase != "paused"):
                continue
            for minute, kind, payload, envelope in lines:
                payload = self.told(payload)
                if kind == "baseline.fixed":
                    payload = {"observation": baseline}
                self.do(minute, kind, payload, who=people[envelope.get("actor", "nurse-1")])
                if kind == "observation.recorded" and self.folded:
                    baseline = self.folded.events[-1].id
            if chapter == phase:
                break
        if self.folded is None:
            raise AssertionError("nothing was told")
        return self.folded


def moved(said: Any, by: timedelta) -> Any:
    """What the story says, its days and instants moved to another time."""
    if isinstance(said, dict):
        return {name: moved(each, by) for name, each in said.items()}
    if isinstance(said, list):
        return [moved(each, by) for each in said]
    if by and isinstance(said, str) and DAY.fullmatch(said):
        return (date.fromisoformat(said) + by).isoformat()
    if by and isinstance(said, str) and INSTANT.fullmatch(said):
        return instant_text(datetime.fromisoformat(said) + by)
    return said


def ready_clinic(six: Six, t0: datetime = T0) -> Afternoon:
    """A signed site with one planned visit, whose pump is to start at `t0`."""
    sign_everything(six, t0 - timedelta(hours=3))
    return Afternoon(six, visit_of(six, t0 - timedelta(hours=2)), t0=t0)
