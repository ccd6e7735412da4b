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


@pytest.mark.parametrize("name", ["recovery", "closing", "flowsheet"])
def test_each_page_is_for_the_staff_of_this_clinic(story, name):
    assert {who: page(story, name, who).status_code for who in NAMES} == SEES


def test_only_clinicians_say_what_they_saw(story):
    url = f"/sessions/{story.session}/recovery/answer"
    before = story.folded.length
    for who in NAMES:
        said = {"criterion": "gait", "gait.steady": "yes", "press": f"a-press-of-{who}"}
        assert story.afternoon.six.browser(who).post(url, said).status_code == TELLS[who]
    told_by = {each.actor for each in story.folded.events[before:]}
    assert told_by == {story.afternoon.six.nurse.pk, story.afternoon.six.prescriber.pk}


def test_nobody_else_closes(story):
    before = story.folded.length
    for who in ("manager", "researcher", "stranger"):
        for verb in ("count", "strike", "witness", "settle", "sign", "close", "addendum"):
            url = f"/sessions/{story.session}/closing/{verb}"
            assert story.afternoon.six.browser(who).post(url, {}).status_code in (403, 404)
    assert story.folded.length == before
