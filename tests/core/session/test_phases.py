"""tests/spec/session/phases.toml: what each event makes of a session."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chairside.core.session import Rules, fold
from chairside.core.session.verdicts import session_alarms
from tests.core.session.stories import Story, at, told_until

SPEC = Path(__file__).parents[2] / "spec" / "session" / "phases.toml"
CASES = tomllib.loads(SPEC.read_text("utf-8"))["case"]


def tell(case: dict[str, Any]) -> Story:
    story = told_until(case["from"])
    for minute, kind, payload in case["then"]:
        if payload.get("conflict") == "event-last":
            payload = payload | {"conflict": story.events[-1].id}
        story.add(minute, kind, payload)
    return story


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_case_holds(case: dict[str, Any], rules: Rules) -> None:
    state = fold(tell(case).events, rules)
    assert state.phase == case["phase"]
    texts = [each.text for each in state.open_conflicts]
    wanted = case.get("conflicts", [])
    assert len(texts) == len(wanted), texts
    assert all(part in text for part, text in zip(wanted, texts, strict=True)), texts
    assert state.rate_ul_per_h == case.get("rate_ul_per_h", state.rate_ul_per_h)
    raised = [each.alarm.limit_id for each in session_alarms(state, at(case["then"][-1][0]))]
    assert raised == case.get("alarms", raised)


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_order_of_arrival_changes_nothing(case: dict[str, Any], rules: Rules) -> None:
    story = tell(case)
    assert fold(story.shuffled(7), rules) == fold(story.events, rules)
