"""Each command on folders and files that are not what it needs: one sentence, status 2, no traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chairside.cli import main
from tests.cli.command import OURS


def no_folder(folder: Path) -> Path:
    """Nothing is there."""
    return folder / "nowhere"


def a_file(folder: Path) -> Path:
    """A file where a folder is wanted."""
    (folder / "file").write_text("hello")
    return folder / "file"


def foreign(folder: Path) -> Path:
    """A folder of something else."""
    (folder / "else").mkdir()
    (folder / "else" / "letter.txt").write_text("dear")
    return folder / "else"


def too_long(folder: Path) -> Path:
    """A name that no file system takes."""
    return folder / ("x" * 300)


def below_a_file(folder: Path) -> Path:
    """A folder that can't be made."""
    return a_file(folder) / "below"


PLACES: tuple[Callable[[Path], Path], ...] = (no_folder, a_file, foreign, too_long, below_a_file)
READERS = {
    "verify": ("--session", "s"),
    "export": ("--session", "s", "--format", "json"),
    "person add": ("--username", "ann", "--name", "Ann", "--roles", "nurse"),
    "serve": ("--port", "0", "--hl7-port", "0"),
}


@pytest.fixture(autouse=True)
def no_clinic_is_named(monkeypatch):
    """An environment that names no clinic, as a person's is; settings are put back."""
    for name in OURS:
        if name != "DJANGO_SETTINGS_MODULE":
            monkeypatch.delenv(name, raising=False)


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence of a command that can't be done."""
    try:
        status = main(words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1), said
    return said.err.strip()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", READERS)
def test_a_folder_that_is_no_clinic_is_named(tmp_path, capsys, command, place):
    folder = place(tmp_path)
    assert folder.name in answered(capsys, *command.split(), "--data", str(folder), *READERS[command])


@pytest.mark.parametrize("place", [a_file, too_long, below_a_file])
@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys, command, place):
    words = {"init": ["--clinic-name", "Calm", "--zone", "UTC"], "demo": ["--no-browser", "--port", "0"]}
    folder = place(tmp_path)
    assert folder.name[:40] in answered(capsys, command, "--data", str(folder), *words[command])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bytes.csv", bytes(range(256)) * 8),
        ("nul.csv", b"t_s,HR\n0,\x0070\n"),
        ("empty.csv", b""),
        ("head.csv", b"time,HR\n"),
        ("comma.csv", b't_s,HR\n0,"70,2"\n'),
        ("letter.csv", b"t_s,HR\n0,7O\n"),
        ("utf16.csv", "t_s,HR\n0,70\n".encode("utf-16")),
    ],
)
def test_a_recording_that_is_none_is_named(tmp_path, capsys, name, content):
    (tmp_path / name).write_bytes(content)
    words = ("--data", str(foreign(tmp_path)), "--session", "s")
    assert name in answered(capsys, "replay", str(tmp_path / name), *words)


@pytest.mark.parametrize("place", [no_folder, foreign, too_long])
@pytest.mark.parametrize("command", ["replay", "check-library"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, capsys, command, place):
    words = ["--data", str(tmp_path), "--session", "s"] if command == "replay" else []
    path = place(tmp_path)
    assert path.name[:40] in answered(capsys, command, str(path), *words)
