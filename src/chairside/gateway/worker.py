"""The outbox worker: tells the outside what sessions left for it, at least once each."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from chairside.actions.outbox import deliver
from chairside.core.session.envelope import instant_text
from chairside.gateway.apart import Apart

if sys.platform != "win32":
    import fcntl

ANCHORS_FILE = "anchors.jsonl"
"""In the data folder, outside the database: the head of a session's chain at each change of its state."""

NAMED_BY = ("clinic", "session", "length", "head")
PAUSE_S = 1.0
NAME = "worker"

Handler = Callable[[str, Mapping[str, Any]], None]


async def work_through_outbox() -> None:
    """Delivers what is due once a second, until it is cancelled; what fails stays due and is tried again."""
    with Apart(NAME) as thread:
        while True:
            await thread.do(deliver_due, "delivering the outbox")
            await asyncio.sleep(PAUSE_S)


def deliver_due() -> int:
    """Delivers what is due now and returns how many."""
    return deliver(handlers=HANDLERS, by=NAME, at=settings.CHAIRSIDE_CLOCK.now())


def anchor(clinic: str, body: Mapping[str, Any]) -> None:
    """Writes one line to the anchors and forces it to the disk; one that stands there is not written again.

    Another head at the same length is another line: whoever compares sees both. A last line that a power cut
    tore is removed first, for nobody was told that it stood.
    """
    line = {name: body.get(name) for name in NAMED_BY} | {"clinic": clinic}
    with _alone(Path(settings.CHAIRSIDE_DATA) / ANCHORS_FILE) as file:
        raw = b"".join(iter(lambda: os.read(file, 1 << 20), b""))
        whole = raw[: raw.rfind(b"\n") + 1]
        if not _stands(line, whole):
            os.ftruncate(file, len(whole))
            line["at"] = instant_text(settings.CHAIRSIDE_CLOCK.now())
            _write(file, json.dumps(line, sort_keys=True).encode() + b"\n")
        os.fsync(file)


HANDLERS: Mapping[str, Handler] = {"anchor": anchor}
"""What is done with each topic. A handler bears being called twice for the same item."""


def _stands(line: Mapping[str, Any], whole: bytes) -> bool:
    head = str(line["head"]).encode()
    alike = (json.loads(each) for each in whole.splitlines() if head in each)
    return any(all(each.get(name) == line[name] for name in NAMED_BY) for each in alike)


def _write(file: int, raw: bytes) -> None:
    while raw:
        raw = raw[os.write(file, raw) :]


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The file, made if it is not there, for one process at a time."""
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                _sync_folder(path.parent)
        yield file
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
