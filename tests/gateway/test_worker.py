"""The outbox worker: an anchor is a line outside the database, once, whatever happens in between."""

import asyncio
import json
import subprocess
import sys

import pytest

from chairside.actions.outbox import leave
from chairside.gateway.worker import ANCHORS_FILE, anchor, deliver_due, work_through_outbox
from chairside.vault.models import OutboxDone, OutboxItem
from tests.cli.command import clinic_at, environment
from tests.people import MONDAY

BODY = {"session": "s-1", "length": 7, "head": "ab" * 32}


@pytest.fixture
def anchors(tmp_path, settings):
    """The anchors of a data folder of this test's own."""
    settings.CHAIRSIDE_DATA = tmp_path
    return tmp_path / ANCHORS_FILE


def lines(path):
    """What stands in the anchors, without the time of writing."""
    read = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(line.pop("at").endswith("Z") for line in read)
    return read


def test_an_anchor_is_one_line_with_session_length_and_head(own_database, anchors):
    leave(clinic="bay", topic="anchor", key="s-1 7", body=BODY, at=MONDAY)
    assert deliver_due() == 1
    assert lines(anchors) == [{"clinic": "bay", **BODY}]


def test_the_worker_twice_leaves_one_line(own_database, anchors):
    leave(clinic="bay", topic="anchor", key="s-1 7", body=BODY, at=MONDAY)
    assert [deliver_due(), deliver_due()] == [1, 0]
    assert len(lines(anchors)) == 1


def test_a_delivery_that_was_not_noted_is_repeated_and_leaves_one_line(own_database, anchors, monkeypatch):
    leave(clinic="bay", topic="anchor", key="s-1 7", body=BODY, at=MONDAY)
    with monkeypatch.context() as broken:
        broken.setattr(OutboxDone.objects, "create", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver_due()
    assert deliver_due() == 1
    assert len(lines(anchors)) == 1


KILLED = """
import os, sys
from pathlib import Path
from chairside.cli import data_folder
data_folder.open_clinic(Path(sys.argv[1]))
from chairside.actions.outbox import leave
from chairside.gateway import worker
from django.conf import settings
def killed(clinic, body):
    worker.anchor(clinic, body)
    if sys.argv[2] == "killed":
        os._exit(9)
body = {"session": "s", "length": 7, "head": "ab"}
leave(clinic="c", topic="anchor", key="s 7", body=body, at=settings.CHAIRSIDE_CLOCK.now())
worker.HANDLERS = {"anchor": killed}
print(worker.deliver_due())
"""


def test_a_worker_that_is_killed_between_line_and_note_delivers_again_and_leaves_one_line(tmp_path):
    folder = clinic_at(tmp_path / "clinic")

    def worker(fate):
        words = [sys.executable, "-c", KILLED, str(folder), fate]
        return subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)

    assert worker("killed").returncode == 9
    assert worker("spared").stdout == "1\n"
    assert worker("spared").stdout == "0\n"
    assert len(lines(folder / ANCHORS_FILE)) == 1


def test_another_head_at_the_same_length_is_seen(anchors):
    anchor("bay", BODY)
    anchor("bay", BODY | {"head": "cd" * 32})
    assert [line["head"] for line in lines(anchors)] == ["ab" * 32, "cd" * 32]


def test_the_same_head_in_another_session_is_another_line(anchors):
    anchor("bay", BODY)
    anchor("bay", BODY | {"session": "s-2"})
    anchor("hill", BODY)
    assert len(lines(anchors)) == 3


@pytest.mark.parametrize("torn", [b"{", b'{"clinic": "bay", "session"', b'{"head": "' + b"ab" * 32])
def test_a_line_that_a_power_cut_tore_is_written_anew(anchors, torn):
    anchor("bay", BODY)
    whole = anchors.read_bytes()
    anchors.write_bytes(whole + torn)
    anchor("bay", BODY | {"length": 8})
    assert anchors.read_bytes().startswith(whole)
    assert [line["length"] for line in lines(anchors)] == [7, 8]


def test_only_the_clinic_reads_its_anchors(anchors):
    anchor("bay", BODY)
    assert anchors.stat().st_mode & 0o777 == 0o600


async def until(seen, seconds=20):
    """Waits until something is so."""
    for _ in range(seconds * 20):
        if seen():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


def test_what_can_t_be_delivered_stays_due_and_the_worker_goes_on(own_database, anchors, caplog):
    anchors.mkdir()  # no line can be written there
    leave(clinic="bay", topic="anchor", key="s-1 7", body=BODY, at=MONDAY)

    async def afternoon():
        work = asyncio.ensure_future(work_through_outbox())
        await until(lambda: "failed" in caplog.text)
        anchors.rmdir()
        await until(anchors.exists)
        work.cancel()
        await asyncio.wait({work})

    asyncio.run(afternoon())
    assert "delivering the outbox failed: IsADirectoryError" in caplog.text
    assert len(lines(anchors)) == 1
    assert OutboxItem.objects.count() == OutboxDone.objects.count() == 1
