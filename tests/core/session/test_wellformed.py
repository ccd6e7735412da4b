"""tests/spec/session/facts.toml: what can't be read as a fact."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chairside.core.session import Rules, fold, problems, typed_payload
from tests.core.session.stories import told_until

SPEC = Path(__file__).parents[2] / "spec" / "session" / "facts.toml"
CASES = tomllib.loads(SPEC.read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_case_holds(case: dict[str, Any], rules: Rules) -> None:
    state = fold(told_until("infusing").events, rules)
    body = typed_payload(case["kind"], case["payload"])
    found = " | ".join(problems(case["kind"], body, state=state, rules=rules))
    assert bool(found) == ("wrong" in case), found
    assert case.get("wrong", "") in found
