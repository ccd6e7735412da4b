"""A password is typed twice on the terminal, or stands on the first line of a file."""

import sys

import pytest

from chairside.cli import person_add
from chairside.cli.cannot import Cannot


@pytest.fixture
def terminal(monkeypatch):
    """A person at a terminal, who types what the test puts there."""
    typed: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(person_add, "getpass", lambda prompt: typed.pop(0))
    return typed


def test_what_was_typed_twice_is_the_password(terminal):
    terminal += ["a quiet orange tide", "a quiet orange tide"]
    assert person_add.read_password(None) == "a quiet orange tide"


def test_what_was_typed_differently_is_refused(terminal):
    terminal += ["a quiet orange tide", "a quiet orange tied"]
    with pytest.raises(Cannot, match="expected the same twice"):
        person_add.read_password(None)


def test_the_first_line_of_a_file_is_taken_as_it_stands(tmp_path):
    file = tmp_path / "password"
    file.write_text("  with spaces at both ends  \nand a second line\n", "utf-8")
    assert person_add.read_password(file) == "  with spaces at both ends  "


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "password"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Cannot, match="expected UTF-8 text"):
        person_add.read_password(file)
