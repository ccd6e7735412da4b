"""Agreement is reckoned in the gate; nobody can state it."""

from dataclasses import replace
from typing import Any

import pytest

from chairside.core.protocols import BlindReading
from chairside.core.session import Asker, Rules, fold, payloads, refusals
from chairside.core.session.agreeing import checked
from tests.core.session.stories import CHECK, PUMP, SECOND, Story, at, told_until

CHECKED = payloads.PreparationChecked(**CHECK)
PROGRAMMED = payloads.PumpProgrammed(**PUMP)


def until(kind: str) -> Story:
    """The ordinary story up to, and without, its first event of that kind."""
    story = told_until("prepared")
    story.events = story.events[: [each.kind for each in story.events].index(kind)]
    return story


def against(rules: Rules, kind: str, body: Any) -> str:
    state = fold(until(kind).events, rules)
    asker = Asker(SECOND, frozenset({"nurse"}))
    found = refusals(state, kind=kind, body=body, asker=asker, rules=rules, at=at(-14))
    return "; ".join(each.reason for each in found)


@pytest.mark.parametrize(
    ("kind", "body"), [("preparation.checked", CHECKED), ("pump.programmed", PROGRAMMED)]
)
def test_numbers_that_agree_may_be_said_to_agree(rules: Rules, kind: str, body: Any) -> None:
    assert against(rules, kind, body) == ""


@pytest.mark.parametrize(
    ("kind", "body"), [("preparation.checked", CHECKED), ("pump.programmed", PROGRAMMED)]
)
def test_numbers_that_differ_can_not_be_said_to_agree(rules: Rules, kind: str, body: Any) -> None:
    assert "is reckoned, never stated" in against(rules, kind, replace(body, rate_ul_per_h=52_400))


def test_what_differs_is_named_and_no_number_is_said(rules: Rules) -> None:
    state = fold(until("preparation.checked").events, rules)
    found = checked(rules.preparation, state, number=1, reading=BlindReading(50_000, 7_000, 1000, 52_500))
    assert found.sentences[0] == "does not agree in: volume drawn"
    assert "ten times" in found.sentences[1]
    assert not any(letter.isdigit() for sentence in found.sentences for letter in sentence)
