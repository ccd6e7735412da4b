"""tests/spec/dose/pounds.toml: the page converts before the eyes exactly as the server does."""

import json
import subprocess
import tomllib
from pathlib import Path

import playwright
import pytest

import chairside
from chairside.core.quantities import BadQuantity, parse_weight

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE.parents[1] / "spec" / "dose" / "pounds.toml").read_text("utf-8"))["case"]
PAGE = Path(chairside.__file__).parent / "floor" / "static" / "floor" / "pounds.js"


@pytest.fixture(scope="module")
def in_the_page() -> dict[str, dict]:
    """What the page's module says of every case, in Playwright's own Node."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    ran = subprocess.run(
        [node, HERE / "run_pounds.mjs", PAGE.as_uri()],
        input=json.dumps(CASES),
        capture_output=True,
        text=True,
        check=True,
    )
    return {case["title"]: said for case, said in zip(CASES, json.loads(ran.stdout), strict=True)}


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_both_say_what_the_case_expects(case: dict, in_the_page: dict[str, dict]) -> None:
    said = in_the_page[case["title"]]
    try:
        step, weight_g = (weight := parse_weight(case["typed"], unit="lb")).step, weight.weight_g
    except BadQuantity:
        step, weight_g = "", None
    if "expect" in case:
        assert (said["text"], step) == (case["expect"], case["expect"])
        assert said["grams"] == weight_g
    else:
        # A weight that rounds to nothing is refused by the server; the page shows what it comes to.
        assert (said["grams"], weight_g) == (case["expect_grams"], None)
