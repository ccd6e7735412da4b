"""Walking a session through its pages before the start, as people fill them in."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from chairside.charts.sessions import load
from chairside.core.session import State
from chairside.records.models import Visit
from tests.people import PASSWORD, Six

YES, NO = "yes", "no"
ANSWERS: dict[str, dict[str, str]] = {
    "identity": {"name_matches": YES, "birth_date_matches": YES},
    "weight": {"weight_g": "70.2", "weight_g.unit": "kg", "measured_today": YES},
    "allergies": {"answer": "none", "to_ketamine": NO},
    "consent": {"reaffirmed": YES, "sober": YES},
    "escort": {"arranged": YES, "phone_checked": YES},
    "intake": {
        "solids_at": "19:30",
        "solids_at.day": "yesterday",
        "fluids_at": "05:30",
        "fluids_at.day": "today",
    },
    "substances": dict.fromkeys(("alcohol", "benzodiazepine", "opioid", "stimulant", "other"), NO),
    "medicines": {"changed": NO, "slows_stomach": NO},
    "health": {"changed": NO, "vascular": NO, "urinary": NO},
    "pregnancy": {"answer": "does_not_apply"},
    "mood": {"item9": "0", "plan": NO, "intent": NO, "behaviour": NO},
}
ESCORT = {"escort_name": "Sam Ode", "escort_phone": "+1 555 0100"}
SET = {"sbp_mmhg": "124", "dbp_mmhg": "78", "hr_per_min": "72", "spo2_percent": "98", "rr_per_min": "14"}
VIAL = {
    "strength": "50 mg/mL",
    "vial_1": "V-17",
    "content_1": "10",
    "lot_1": "L204",
    "expiry_1": "2027-01-31",
}
FOUND = {"strength": "50", "drawn": "0.70", "concentration": "1", "rate": "52.5"}
DISPLAY = {"concentration": "1", "rate": "52.5", "volume": "35"}


@dataclass
class Walk:
    """One visit, and posts to its pages as one of the six (the nurse, unless said)."""

    six: Six
    visit: Visit
    clock: Any

    def browser(self, who: str = "nurse") -> Client:
        return self.six.browser(who)

    @property
    def state(self) -> State:
        return load(self.visit.session, "bay").state

    def url(self, page: str) -> str:
        return f"/sessions/{self.visit.session}/{page}"

    def get(self, page: str, who: str = "nurse") -> HttpResponse:
        return self.browser(who).get(self.url(page))

    def post(self, page: str, form: dict[str, str], who: str = "nurse") -> HttpResponse:
        self.clock.move(seconds=20)
        return self.browser(who).post(self.url(page), form)

    def answer(self, item: str, **changed: str) -> HttpResponse:
        """Answers one question as usual, with some answers changed (`__` for a dot)."""
        said = ANSWERS[item] | {name.replace("__", "."): value for name, value in changed.items()}
        form = {f"{item}.{name}": value for name, value in said.items()}
        return self.post(f"check-in/answer/{item}", form | (ESCORT if item == "escort" else {}))

    def take_set(self, **changed: str) -> HttpResponse:
        self.clock.move(minutes=6)
        return self.post("check-in/set", SET | changed)

    def fix(self, number: int = -1) -> HttpResponse:
        sets = load(self.visit.session, "bay").rules.baseline_sets(self.state)
        return self.post("check-in/baseline", {"observation": sets[number].stamp.event})

    def check_in(self, **changed: dict[str, str]) -> HttpResponse:
        """The whole check-in; `changed` answers by item."""
        for item in ANSWERS:
            self.answer(item, **changed.get(item, {}))
        self.take_set()
        self.take_set()
        self.fix()
        return self.post("check-in/complete", {})

    def order(self, **changed: str) -> HttpResponse:
        form = {"dose": "0.5", "duration": "40", "kind": "actual"} | changed
        seen = hidden(self.post("order", form | {"act": "reckon"}, "prescriber"), "seen")
        return self.post("order", form | {"seen": seen, "sign_password": PASSWORD}, "prescriber")

    def begin(self, **changed: str) -> HttpResponse:
        form = VIAL | changed
        seen = hidden(self.post("preparation/begin", form | {"act": "reckon"}), "seen")
        return self.post("preparation/begin", form | {"act": "begin", "seen": seen})

    def second(self, **changed: str) -> HttpResponse:
        signs = {"second_username": "prescriber", "second_password": PASSWORD}
        return self.post("preparation/second-check", FOUND | signs | changed)

    def prepared(self) -> None:
        self.check_in()
        self.order()
        self.begin()
        self.second()
        self.post("preparation/pump", DISPLAY)


def text(answer: HttpResponse) -> str:
    """The page's words, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).strip()


def hidden(answer: HttpResponse, name: str) -> str:
    """The value of a hidden field; empty where there is none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return found[1] if found else ""
