"""The pages before the start, tried by each of the six."""

import pytest

from tests.people import NAMES
from tests.web.before.walk import Walk

CLINICIANS = {
    "nurse": 200,
    "prescriber": 200,
    "patient": 302,
    "manager": 403,
    "researcher": 403,
    "stranger": 404,
}
PAGES = ("check-in", "order", "preparation", "time-out")
POSTS = (
    "check-in/answer/consent",
    "check-in/monitor",
    "check-in/set",
    "check-in/read-back",
    "check-in/baseline",
    "check-in/complete",
    "go-home",
    "order/arithmetic",
    "preparation/begin",
    "preparation/continue",
    "preparation/pump",
)


def test_each_of_the_six_gets_what_is_theirs(walk: Walk) -> None:
    for page in PAGES:
        assert {name: walk.get(page, name).status_code for name in NAMES} == CLINICIANS, page


def test_nobody_else_writes_anything(walk: Walk) -> None:
    before = walk.state
    for page in POSTS:
        got = {
            name: walk.post(page, {}, name).status_code
            for name in NAMES
            if name not in ("nurse", "prescriber")
        }
        assert got == {"patient": 302, "manager": 403, "researcher": 403, "stranger": 404}, page
    assert walk.state == before


@pytest.mark.parametrize("page", POSTS)
def test_an_empty_form_is_answered_in_words(walk: Walk, page: str) -> None:
    assert walk.post(page, {}).status_code in (200, 422)


def test_the_session_leads_to_the_page_its_phase_needs(walk: Walk) -> None:
    def leads() -> str:
        return walk.get("")["Location"].rsplit("/", 1)[1]

    assert leads() == "check-in"
    walk.check_in()
    assert leads() == "order"
    walk.order()
    assert leads() == "preparation"


def test_no_page_stays_in_a_browser(walk: Walk) -> None:
    assert "no-store" in walk.get("check-in")["Cache-Control"]
