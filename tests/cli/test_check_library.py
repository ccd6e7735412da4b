"""The library is checked on the base install, and the clinic's signatures beside it."""

import subprocess
import sys
from pathlib import Path

import chairside as package
from tests.cli.command import chairside, refused

ACTS = Path(package.__file__).parent / "library" / "acts" / "at-the-chair.toml"


def test_the_library_that_comes_with_this_version_is_sound():
    answer = chairside("check-library")
    assert answer.returncode == 0, answer.stdout
    assert "acts-at-the-chair" in answer.stdout
    assert ", 0 faults;" in answer.stdout


def test_it_needs_nothing_but_the_base_install():
    looked = (
        "import sys; from chairside.cli import main; main(['check-library']); "
        "print(*sorted({'django', 'uvicorn', 'hl7'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == ""


def test_a_file_of_ones_own_stands_for_the_standard_one(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(ACTS.read_text().replace('version = "1.0.0"', 'version = "1.0.1-own"', 1))
    assert "acts-at-the-chair 1.0.1-own" in chairside("check-library", own).stdout


def test_a_file_that_can_t_be_read_is_named_with_its_line(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(ACTS.read_text().replace('kind = "acts"', 'kind = "actz"', 1))
    assert f"{own}, line " in refused("check-library", own)
    assert "expected one of" in refused("check-library", own)


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refused("check-library", tmp_path / "none.toml").endswith(
        f"{tmp_path}/none.toml: no such file or directory"
    )
