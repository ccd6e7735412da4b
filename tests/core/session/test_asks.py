"""tests/spec/session/asks.toml: what stands against an act that asks."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chairside.core.session import Asker, Rules, fold, refusals, typed_payload
from tests.core.session import stories
from tests.core.session.stories import NURSE, PRESCRIBER, SECOND, Story, at, told_until, vitals

SPEC = Path(__file__).parents[2] / "spec" / "session" / "asks.toml"
CASES = tomllib.loads(SPEC.read_text("utf-8"))["case"]
NAMED: dict[str, Any] = {
    "ORDER": stories.ORDER,
    "SYRINGE": stories.SYRINGE,
    "CHECK": stories.CHECK,
    "DISAGREEING": stories.CHECK | {"agrees": False, "differs_in": ["drawn_ul"]},
    "EXPIRED": stories.SYRINGE | {"vials": [stories.SYRINGE["vials"][0] | {"expiry": "2026-03-12"}]},
    "SBP_186": vitals(sbp_mmhg=186.0),
}
PEOPLE = {
    "nurse": (NURSE, frozenset({"nurse"})),
    "second": (SECOND, frozenset({"nurse"})),
    "prescriber": (PRESCRIBER, frozenset({"prescriber"})),
}


def tell(case: dict[str, Any]) -> Story:
    if case["from"] == "checked-in-but-last":
        story = told_until("checked-in")
        story.events.pop()
        return story
    story = told_until(case["from"])
    for minute, kind, payload in case.get("then", ()):
        story.add(minute, kind, NAMED[payload] if isinstance(payload, str) else payload)
    return story


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_case_holds(case: dict[str, Any], rules: Rules) -> None:
    payload = case.get("payload", {})
    payload = (NAMED[payload] if isinstance(payload, str) else payload) | case.get("with", {})
    person, roles = PEOPLE[case.get("as", "nurse")]
    second, second_roles = PEOPLE[case["second"]] if "second" in case else (None, frozenset())
    found = refusals(
        fold(tell(case).events, rules),
        kind=case["ask"],
        body=typed_payload(case["ask"], payload),
        asker=Asker(person, roles, second, second_roles),
        rules=rules,
        at=at(case["minute"]),
    )
    sentences = " | ".join(each.reason for each in found)
    wanted = case.get("refused", [])
    assert bool(found) == bool(wanted), sentences
    assert all(part in sentences for part in wanted), sentences
