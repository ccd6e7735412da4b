"""`chairside` as a person types it: a process of its own, in an environment that names no clinic."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

SCRIPT = str(Path(sys.executable).parent / "chairside")
OURS = ("CHAIRSIDE_DATA", "CHAIRSIDE_KEYS", "CHAIRSIDE_TLS", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
PASSWORD = "a quiet orange tide"


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what names a clinic or its settings."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | more


def chairside(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, with nobody at the keyboard."""
    return subprocess.run(
        [SCRIPT, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env=environment(**more),
    )


def refused(*words: str | Path, **more: str) -> str:
    """The one sentence that a command answered instead of doing anything."""
    answer = chairside(*words, **more)
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1, answer.stderr
    return answer.stderr.strip()


def clinic_at(folder: Path) -> Path:
    """A clinic made there by the command."""
    answer = chairside("init", "--data", folder, "--clinic-name", "Desert Calm", "--zone", "America/Denver")
    assert answer.returncode == 0, answer.stderr
    return folder


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    """A file with a password on its first line."""
    file = folder / "password"
    file.write_text(f"{password}\n")
    return file


class Running:
    """A command that goes on until it is told to stop, and what it has printed so far."""

    def __init__(self, started: subprocess.Popen[str]) -> None:
        self.started = started
        self.printed: list[str] = []
        self.errors: list[str] = []
        self.lines: SimpleQueue[str | None] = SimpleQueue()
        self.readers = [
            threading.Thread(target=self.read, args=(started.stdout, self.lines.put), daemon=True),
            threading.Thread(target=self.read, args=(started.stderr, self.errors.append), daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def read(self, output: IO[str], keep: Callable[[str | None], None]) -> None:
        """Keeps each line; an end of the output ends the waiting for lines."""
        for line in output:
            keep(line)
        if output is self.started.stdout:
            keep(None)

    def until(self, text: str, seconds: float = 60.0) -> str:
        """Reads on until a line holds the text, and gives that line."""
        deadline = time.monotonic() + seconds
        line: str | None = ""
        while line is not None and time.monotonic() < deadline:
            with suppress(Empty):
                line = self.lines.get(timeout=0.2)
                self.printed.append(line or "")
                if text in (line or ""):
                    return str(line)
        raise AssertionError(f"{text!r} was not printed:\n{''.join(self.printed + self.errors)}")

    def address(self) -> str:
        """Where its pages are."""
        return next(word for word in self.until("http://").split() if word.startswith("http://"))

    def stopped_by(self, number: signal.Signals) -> tuple[int, float, str]:
        """Exit status, seconds until it ended, and what it wrote to stderr."""
        began = time.monotonic()
        self.started.send_signal(number)
        status = self.started.wait(20)
        seconds = time.monotonic() - began
        for reader in self.readers:
            reader.join(5)
        return status, seconds, "".join(self.errors)


@contextmanager
def running(*words: str | Path, **more: str) -> Iterator[Running]:
    """Starts a command and kills it at the end, if it has not ended by then."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    # Ctrl-C reaches it even where the tests themselves run in the background of a shell, which ignores it.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen([SCRIPT, *map(str, words)], text=True, env=environment(**more), **pipes)
    finally:
        signal.signal(signal.SIGINT, heard)
    with started:
        try:
            yield Running(started)
        finally:
            started.kill()
