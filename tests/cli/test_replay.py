"""`replay` sends a recording to a running clinic as its own monitor would, and says what became of it."""

import asyncio
import re
import socket
import sqlite3
import subprocess
import sys
from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chairside.cli import replay
from chairside.cli.cannot import Cannot
from chairside.config.clock import RateClock
from chairside.gateway.listener import listening
from chairside.interop.hl7v2 import read_monitor_csv
from tests.actions.afternoon import T0, ready_clinic
from tests.actions.bedside import KEY, Bedside, infusing, monitor, values_of
from tests.cli.command import chairside, clinic_at, environment, refused, running
from tests.people import Six, six

__all__ = ["six"]

RATE = 3600.0
ROWS = "t_s,HR,PULSE,RESP,SpO2,NBPSys,NBPDias,NBPMean\n"
SHORT = ROWS + "0,71,70,14,97,121,77,92\n60,0,0,0,0,,,\n120,72,71,15,96,,,\n"
ASSOCIATE = """
import django
django.setup()
from django.conf import settings
from chairside.accounts.models import Person
from chairside.actions.sessions import Author, Entry, record
from chairside.core.session.payloads import MonitorAssociated
from chairside.records.models import Visit
visit = Visit.objects.filter(chair__name="Chair 1").latest("scheduled_at")
nurse = Author(Person.objects.get(username="nora").pk, frozenset({"nurse"}), "tablet:1")
entry = Entry(kind="monitor.associated", payload=MonitorAssociated(visit.chair.devices.get().pk))
now = settings.CHAIRSIDE_CLOCK.now()
record(session=visit.session, clinic=visit.clinic_id, entry=entry, by=nurse, at=now)
print(visit.session)
"""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Three rows of a monitor, one of them with nothing measured."""
    file = tmp_path / "short.csv"
    file.write_text(SHORT)
    return file


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A clinic without a session, whose clock is the real one."""
    return clinic_at(tmp_path / "clinic")


# A running clinic -----------------------------------------------------------------------------------


def test_it_replays_into_a_running_clinic_sixty_times_as_fast(tmp_path: Path, recording: Path):
    folder = tmp_path / "fast"
    words = ("--no-browser", "--port", "0", "--hl7-port", "0", "--clock-rate", "60", "--data", folder)
    with running("demo", *words) as demo:
        port = demo.until("HL7 v2 listener at port").split()[-1]
        demo.until("Ctrl-C stops it")
        session = associated(folder)
        other_speed = refused(
            "replay", recording, "--data", folder, "--session", session, "--speed", "2", "--port", port
        )
        answer = chairside(
            "replay", recording, "--data", folder, "--session", session, "--speed", "60", "--port", port
        )
    assert "--speed 2: expected 60" in other_speed
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines()[-1] == "3 of 3 sent, 3 accepted, 0 refused"
    with sqlite3.connect(folder / "clinic.sqlite3") as database:
        question = (
            "SELECT count(*) FROM vault_sessionevent WHERE session = ? AND kind = 'observation.recorded'"
        )
        assert database.execute(question, [session]).fetchone() == (3,)


def associated(folder: Path) -> str:
    """The id of the next session at the first chair, whose monitor is now this patient's."""
    env = environment(CHAIRSIDE_DATA=str(folder), DJANGO_SETTINGS_MODULE="chairside.config.settings")
    done = subprocess.run(
        [sys.executable, "-c", ASSOCIATE], capture_output=True, text=True, check=False, timeout=60, env=env
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Fast:
    """A session whose pump runs, by a clock that runs an hour a second."""

    bedside: Bedside

    @property
    def session(self) -> str:
        """Its id."""
        return self.bedside.afternoon.visit.session

    def replay(self, rows: Any, counts: replay.Counts) -> None:
        """Sends rows to a listener of this process."""

        async def whole() -> None:
            async with listening(host="127.0.0.1", port=0) as server:
                key = await asyncio.to_thread(replay.monitor_key, self.session, clinic=self.clinic)
                await replay.send(rows, key=key, host="127.0.0.1", port=server.port, counts=counts)

        asyncio.run(whole())

    @property
    def clinic(self) -> str:
        """Its clinic."""
        return str(self.bedside.afternoon.six.clinic.pk)


@pytest.fixture
def fast(six: Six, settings: Any) -> Fast:
    """The session, begun at the clock's beginning."""
    afternoon = ready_clinic(six)
    infusing(afternoon, monitor(six, "MON3|00:11^2", KEY))
    settings.CHAIRSIDE_CLOCK = RateClock(datetime.now(UTC), T0 + timedelta(seconds=1), RATE)
    return Fast(Bedside(afternoon))


def test_the_whole_recording_arrives_in_its_own_rhythm_beginning_now(fast: Fast, shared: Path):
    rows = read_monitor_csv((shared / "data/bedside/s25047-2704-05-04-10-44n.csv").read_text())
    counts = replay.Counts(total=len(rows))
    fast.replay(rows, counts)
    assert counts.sentence == "72 of 72 sent, 72 accepted, 0 refused"
    charted = fast.bedside.charted()
    first = charted[0].happened_at
    assert timedelta(0) <= first - T0 < timedelta(minutes=30)
    gaps = [round((each.happened_at - first).total_seconds(), 1) for each in charted]
    assert gaps == [row.t_s for row in rows]
    assert {each.clock_offset_ms for each in charted} == {0}
    saturations = [values_of(each)["spo2_percent"]["value"] for each in charted]
    assert saturations == [row.values["spo2_percent"] or None for row in rows]


def test_what_the_clinic_refuses_is_counted_with_its_first_reason(fast: Fast):
    counts = replay.Counts(total=2)
    counts.add(b"MSH|^~\\&|\rMSA|CA|1\r")
    counts.add(b"MSH|^~\\&|\rMSA|AR|2|no such device\r")
    counts.add(b"")
    assert counts.sentence == "3 of 2 sent, 1 accepted, 2 refused (first: AR: no such device)"


def test_a_session_without_a_monitor_is_said_so(fast: Fast):
    afternoon = fast.bedside.afternoon
    monitor_id = monitor(afternoon.six, "other").pk
    afternoon.do(1, "monitor.released", {"monitor": monitor_id})
    with pytest.raises(Cannot, match="no monitor is associated with it now"):
        replay.monitor_key(fast.session, clinic=fast.clinic)


def test_any_speed_but_the_clocks_own_is_refused_in_one_sentence(fast: Fast, tmp_path: Path):
    replay.check_speed(RATE, folder=tmp_path)
    replay.check_speed(None, folder=tmp_path)
    for speed in (1, 60, RATE + 1):
        with pytest.raises(Cannot, match=rf"--speed {speed:g}: expected 3600, .*--clock-rate"):
            replay.check_speed(speed, folder=tmp_path)


# Bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1"),
        ("a,b\n1,2\n", "line 1, column 'a'"),
        (ROWS, "line 2: expected at least one row"),
        (ROWS + "0,,,,,,,\n", "expected at least one row with a value"),
        (ROWS + "0,71,70,14,9O,,,\n", "line 2, column SpO2"),
        (ROWS + "60,71,,,,,,\n0,71,,,,,,\n", "line 3, column t_s"),
    ],
)
def test_a_bad_recording_is_named_with_its_line(tmp_path: Path, text: str, why: str):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(Cannot, match=re.escape(why)) as caught:
        replay.recorded(file)
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)


def test_each_bad_argument_gets_one_sentence_and_status_two(clinic: Path, recording: Path, tmp_path: Path):
    words = ("replay", recording, "--data", clinic, "--session", "none")
    assert "--session none: expected the id of a session" in refused(*words)
    assert "--speed 60: expected 1" in refused(*words, "--speed", "60")
    assert "--port" in refused(*words, "--port", "many")
    absent = tmp_path / "absent.csv"
    assert "absent.csv" in refused("replay", absent, "--data", clinic, "--session", "none")
    assert "no clinic is there" in refused(
        "replay", recording, "--data", tmp_path / "no", "--session", "none"
    )
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    assert "expected UTF-8 text" in refused("replay", picture, "--data", clinic, "--session", "none")


def test_a_port_where_nobody_listens_is_named(fast: Fast, recording: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    rows, counts = replay.recorded(recording), replay.Counts(total=3)
    with pytest.raises(Cannot, match=f"--port {port}: no HL7 listener answers .*0 of 3 sent"):
        asyncio.run(replay.send(rows, key=KEY, host="127.0.0.1", port=port, counts=counts))


def test_it_answers_with_status_one_when_anything_was_refused(
    fast: Fast, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    async def refusing(rows: Any, *, counts: replay.Counts, **_: Any) -> None:
        for _ in rows:
            counts.add(b"MSA|AE|1|busy\r")

    monkeypatch.setattr(replay, "send", refusing)
    monkeypatch.setattr(replay.data_folder, "open_clinic", lambda _: None)
    monkeypatch.setattr(replay.data_folder, "the_clinic", lambda _: fast.bedside.afternoon.six.clinic)
    arguments = Namespace(
        recording=recording, data=recording.parent, session=fast.session, speed=None, host="localhost", port=1
    )
    assert replay.run(arguments) == 1
    assert "3 of 3 sent, 0 accepted, 3 refused (first: AE: busy)" in capsys.readouterr().out
