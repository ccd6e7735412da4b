"""The pages after the infusion, tried by each of the six."""

import pytest

from tests.people import NAMES
from tests.web.after.walk import page

SEES = {
    "nurse": 200,
    "prescriber": 200,
    "patient": 302,
    "manager": 200,
    "researcher": 403,
    "stranger": 404,
}
TELLS = {
    "nurse": 302,
    "prescriber": 302,
    "patient": 302,
    "manager": 403,
    "researcher": 403,
    "stranger": 404,
}


@pytest.mark.parametrize("who", NAMES)
@pytest.mark.parametrize("name", ["recovery", "closing", "flowsheet"])
def test_each_page_is_for_the_staff_of_this_clinic(story, who, name):
    assert page(story, name, who).status_code == SEES[who]


@pytest.mark.parametrize("who", NAMES)
def test_only_clinicians_say_what_they_saw(story, who):
    url = f"/sessions/{story.session}/recovery/answer"
    before = story.folded.length
    said = {"criterion": "gait", "gait.steady": "yes", "press": "a-press"}
    assert story.afternoon.six.browser(who).post(url, said).status_code == TELLS[who]
    assert story.folded.length - before == (1 if who in ("nurse", "prescriber") else 0)


@pytest.mark.parametrize("who", ["manager", "researcher", "stranger"])
@pytest.mark.parametrize("verb", ["count", "strike", "witness", "settle", "sign", "close", "addendum"])
def test_nobody_else_closes(story, who, verb):
    before = story.folded.length
    answer = story.afternoon.six.browser(who).post(f"/sessions/{story.session}/closing/{verb}", {})
    assert answer.status_code in (403, 404)
    assert story.folded.length == before
