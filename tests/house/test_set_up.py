"""What a newcomer runs first has to be true."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.reading import ROOT, committed

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; .+)? \\$", re.MULTILINE)
# Written in pieces, so that this file doesn't name them.
WORKPLACE = re.compile("/wo" + "rk/|/op" + "t/(pypi|wheels)|pythonhos" + "ted|registry\\.np" + "mjs")


def pins(lock: str) -> set[tuple[str, str]]:
    """Names and versions of a lock."""
    return set(PINNED.findall((ROOT / lock).read_text()))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_an_address_for_nothing(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert not [entry for entry in entries if not PINNED.match(entry) or "--hash=sha256:" not in entry]
    assert "://" not in (ROOT / lock).read_text()


def test_what_the_tests_run_is_what_a_clinic_runs():
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    clinic = [*project["project"]["dependencies"], *extras["clinic"], *groups["build"]]
    for lock, asked in {"requirements.lock": clinic, "requirements-dev.lock": clinic + groups["dev"]}.items():
        names = {re.split(r"[\[<>=!~; ]", each)[0].lower() for each in asked}
        assert not names - {name for name, _ in pins(lock)}


def test_every_dependency_gives_its_reason():
    text = (ROOT / "pyproject.toml").read_text().split("[project.scripts]")[0]
    lines = [line for line in text.splitlines() if re.match(r'^  "[a-z]', line)]
    assert lines
    assert not [line for line in lines if "#" not in line]


def test_an_older_python_gets_one_sentence():
    script = (ROOT / "chairside").read_text().split("import hashlib")[0].replace("(3, 11)", "(4, 0)")
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert re.fullmatch(r"chairside: expected Python 3.11 or newer, this is .+\n", answer.stderr)


def test_every_command_of_the_readme_exists():
    named = set(
        re.findall(r"^\s*\$?\s*\./chairside ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    for name in named - {"test"}:
        command = [Path(sys.executable).parent / "chairside", name, "--help"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, f"./chairside {name}: {answer.stderr}"


def test_no_file_names_a_place_that_only_its_author_has():
    binary = {".png", ".ico", ".mo"}
    texts = [source for source in committed() if source.path.suffix not in binary]
    assert not [source.name for source in texts if WORKPLACE.search(source.text)]
