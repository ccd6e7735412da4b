"""The clinic's listener over a real socket: what it acknowledges is on disk, and it answers every message."""

import asyncio
import csv
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chairside.charts.sessions import refold
from chairside.core.safety import Alarm
from chairside.core.session.verdicts import session_alarms
from chairside.gateway.frames import framed
from chairside.gateway.listener import listening
from chairside.gateway.mllp import Limits, MllpServer
from chairside.gateway.sender import MllpClient
from chairside.interop.hl7v2 import MonitorRow, read_monitor_csv
from chairside.library.loader import standard
from chairside.vault.models import DeviceMessage, KeptForInspection
from tests.actions.afternoon import T0, ready_clinic
from tests.actions.bedside import FINE, KEY, Bedside, HandClock, infusing, monitor, said, values_of
from tests.people import Six, six
from tests.servers.database import both_databases

__all__ = ["six"]

LIMIT = "spo2-hold"
RECORDING = "data/bedside/s25047-2704-05-04-10-44n.csv"


@pytest.fixture
def clock(settings: Any) -> HandClock:
    """The clinic's clock, in the test's hand."""
    settings.CHAIRSIDE_CLOCK = HandClock()
    return settings.CHAIRSIDE_CLOCK


@pytest.fixture
def bedside(six: Six, clock: HandClock) -> Bedside:
    """The pump runs, and the monitor is this patient's."""
    afternoon = ready_clinic(six)
    infusing(afternoon, monitor(six, KEY))
    return Bedside(afternoon)


def serving(talk: Callable[[MllpServer], Awaitable[Any]], **limits: Any) -> Any:
    """Runs the listener while `talk` talks to it."""

    async def whole() -> Any:
        async with listening(host="127.0.0.1", port=0, limits=Limits(**limits)) as server:
            return await asyncio.wait_for(talk(server), 120)

    return asyncio.run(whole())


def code(answer: bytes) -> str:
    """The code of an acknowledgement, which must be one."""
    return next(line for line in answer.decode("latin-1").split("\r") if line.startswith("MSA|")).split("|")[
        1
    ]


def sent(messages: list[bytes], clock: HandClock, minutes: list[float] | None = None) -> list[bytes]:
    """Sends messages over one connection, each at its minute of the clock, and gives the answers."""

    async def talk(server: MllpServer) -> list[bytes]:
        answers = []
        async with MllpClient("127.0.0.1", server.port) as client:
            for place, raw in enumerate(messages):
                clock.minute = minutes[place] if minutes else clock.minute
                answers.append(await client.send(raw))
        return answers

    return serving(talk)


# A real night ---------------------------------------------------------------------------------------


@pytest.fixture
def site_limits(tmp_path: Path, settings: Any) -> None:
    """The site's own limits file: the standard one, with SpO2 below 90 and no delay."""
    file = next(each for each in standard().values() if each.kind == "limits")
    before, found, after = file.raw.decode().partition(f'id = "{LIMIT}"')
    assert found
    after = after.replace("value = 92,", "value = 90,", 1).replace(
        "delay_s = { value = 30,", "delay_s = { value = 0,", 1
    )
    (tmp_path / "site" / "library").mkdir(parents=True)
    (tmp_path / "site" / "library" / "limits.toml").write_text(before + found + after)
    settings.CHAIRSIDE_DATA = tmp_path / "site"


@pytest.fixture
def night(site_limits: None, bedside: Bedside, clock: HandClock, shared: Path) -> "Night":
    """The whole recording, sent minute by minute."""
    rows = read_monitor_csv((shared / RECORDING).read_text())
    minutes = [row.t_s / 60 for row in rows]
    answers = sent([of_row(row) for row in rows], clock, minutes)
    assert {code(each) for each in answers} == {"CA"}
    return Night(bedside, (shared / RECORDING))


def of_row(row: MonitorRow) -> bytes:
    """A row of the recording as the monitor's message."""
    return said(row.t_s / 60, dict(row.values))


class Night:
    """What is stored of the recording, and the alarms until its end."""

    def __init__(self, bedside: Bedside, recording: Path) -> None:
        visit, clinic = bedside.afternoon.visit, bedside.afternoon.six.clinic.pk
        self.charted = {(each.happened_at - T0).total_seconds() / 60: each for each in bedside.charted()}
        self.folded = refold(visit.session, clinic)
        self.end = T0 + timedelta(minutes=71, seconds=59)
        self.alarms = [each.alarm for each in session_alarms(self.folded.state, self.end)]
        with recording.open() as file:
            self.rows = {float(row["t_s"]) / 60: row for row in csv.DictReader(file)}

    def within_a_sample(self, minute: float) -> list[Alarm]:
        """The alarms raised by one sample after that minute, and standing."""
        return [
            each
            for each in self.alarms
            if self.minute(each.started_at) <= minute + 1
            and (each.ended_at is None or self.minute(each.ended_at) > minute)
        ]

    @staticmethod
    def minute(at: datetime) -> float:
        """Minutes since the start of the pump."""
        return (at - T0).total_seconds() / 60

    def verdict(self, minute: float, signal: str) -> tuple[str, float | None]:
        """How a value is stored, and as what."""
        told = values_of(self.charted[minute])[signal]
        return told["verdict"], told["value"]


LOW = (15, 36, *range(40, 46), *range(54, 58), 59, 70, 71)


def test_a_real_night_over_hl7_raises_its_alarms_and_no_false_ones(night: Night):
    assert len(night.charted) == 72
    assert not night.folded.state.open_conflicts
    stored = [minute for minute, row in night.rows.items() if 0 < float(row["SpO2"]) < 90]
    assert stored == list(LOW)
    signed = next(each for each in night.folded.rules.limits.limits if each.id == LIMIT)
    assert (signed.threshold.value, signed.delay_s.value) == (90, 0)
    for minute in LOW:
        assert night.verdict(minute, "spo2_percent") == ("accepted", float(night.rows[minute]["SpO2"]))
        assert LIMIT in [each.limit_id for each in night.within_a_sample(minute)], minute
    assert min(night.verdict(minute, "spo2_percent")[1] or 0 for minute in LOW) == 36.0
    assert night.verdict(40, "rr_per_min") == ("accepted", 1.8)
    assert "rr-stop" in [each.limit_id for each in night.within_a_sample(40)]
    lead_off_is_no_asystole(night)
    for minute in (62, 65, 66):
        loud = [
            each for each in night.within_a_sample(minute) if each.kind == "no signal" and not each.signal
        ]
        assert loud and loud[0].priority == "high" and "look at the patient" in loud[0].text, minute
    artefacts_are_no_values(night)


def lead_off_is_no_asystole(night: Night) -> None:
    """HR 0 with a pulse from minute 45 is a lead off: no alarm of a slow heart; it ends no desaturation."""
    for minute in (45, 46):
        assert night.verdict(minute, "hr_per_min") == ("not_measured", None)
        assert night.verdict(minute, "pulse_per_min")[0] == "accepted"
    assert not [
        each
        for each in night.alarms
        if each.kind == "limit"
        and each.signal == "hr_per_min"
        and each.limit_id.endswith("low")
        and night.verdict(night.minute(each.started_at), "hr_per_min")[0] != "accepted"
    ]
    desaturation = next(each for each in night.within_a_sample(44) if each.limit_id == LIMIT)
    assert desaturation.ended_at is None or night.minute(desaturation.ended_at) > 45


def artefacts_are_no_values(night: Night) -> None:
    """Pulses of 277 and 273, 151/127 beside 45/18, means without pressures, zeros: a reason and no value."""
    for minute in (63, 64):
        assert night.verdict(minute, "pulse_per_min")[0] == "implausible"
    for minute in (5, 59, 61):
        assert night.verdict(minute, "map_mmhg")[0] == "implausible"
    jumped = next(minute for minute, row in night.rows.items() if row["NBPSys"] == "151.0")
    assert night.verdict(jumped, "sbp_mmhg")[0] == "implausible"
    for event in night.charted.values():
        for each in event.payload["values"]:
            assert each["value"] != 0
            assert (each["verdict"] == "accepted") or each["reason"]


# What is acknowledged is there ----------------------------------------------------------------------


@pytest.mark.parametrize("place", ["commit", "insert"])
def test_no_acknowledgement_leaves_for_a_message_the_database_did_not_take(
    bedside: Bedside, clock: HandClock, monkeypatch: pytest.MonkeyPatch, place: str
):
    def busy(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    clock.minute = 2
    messages = [said(1 + number / 100, FINE) for number in range(20)]
    with monkeypatch.context() as patched:
        if place == "commit":
            patched.setattr(BaseDatabaseWrapper, "_commit", busy)
        else:
            patched.setattr(DeviceMessage.objects.__class__, "create", busy)
        answers = sent(messages, clock)
    assert {code(each) for each in answers} == {"CE"}
    assert not bedside.charted() and not DeviceMessage.objects.exists()
    again = sent(messages, clock)
    assert {code(each) for each in again} == {"CA"}
    assert len(bedside.charted()) == len(messages)


def test_it_never_says_yes_without_a_row_whatever_fails(
    bedside: Bedside, clock: HandClock, monkeypatch: pytest.MonkeyPatch
):
    chance, commit = random.Random(25047), BaseDatabaseWrapper._commit

    def often_busy(connection: BaseDatabaseWrapper) -> Any:
        if chance.random() < 0.5:
            raise OperationalError("disk I/O error")
        return commit(connection)

    clock.minute = 3
    messages = [said(1 + number / 100, FINE) for number in range(60)]
    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", often_busy)
    answers = sent(messages, clock)
    monkeypatch.undo()
    connections.close_all()
    yes = [raw for raw, answer in zip(messages, answers, strict=True) if code(answer) == "CA"]
    assert 0 < len(yes) < len(messages)
    assert len(bedside.charted()) == DeviceMessage.objects.count() == len(yes)


def test_an_error_nobody_thought_of_is_answered_and_the_next_message_taken(
    bedside: Bedside, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from chairside.gateway import listener

    real = listener.receive

    def broken(raw: bytes, **more: Any) -> Any:
        if b"c1|" in raw:
            raise RuntimeError("R-RIVERA, Ana")
        return real(raw, **more)

    monkeypatch.setattr(listener, "receive", broken)
    clock.minute = 3
    assert [code(each) for each in sent([said(1, FINE), said(2, FINE)], clock)] == ["CE", "CA"]
    assert "RIVERA" not in caplog.text and "RuntimeError" in caplog.text


def test_what_is_no_message_is_answered_too(bedside: Bedside, clock: HandClock):
    answers = sent([b"", b"hello", b"MSH|", b"MSH|^~\\&|\x00", b"\xff" * 100], clock)
    assert {code(each) for each in answers} <= {"AE", "AR"}
    assert not bedside.charted() and KeptForInspection.objects.count() == 5


# Thrice, out of order, cut ---------------------------------------------------------------------------


@both_databases
def test_every_message_thrice_some_late_some_cut_on_many_connections(bedside: Bedside, clock: HandClock):
    chance = random.Random(8)
    whole = [said(1 + number / 4, FINE | {"hr_per_min": 60.0 + number}) for number in range(80)]
    clock.minute = 22
    stream = disordered(whole, chance)
    serving(lambda server: one_by_one([said(21.5, FINE)], server))  # the monitor keeps time
    answers = serving(lambda server: spread(stream, server, connections=20))
    assert len(answers) == len(stream)
    for raw, answer in answers:
        assert code(answer) == "CA" if raw in whole else code(answer) in ("CE", "CR", "CA", "AE", "AR")
    charted = bedside.charted()[:-1]
    assert [values_of(each)["hr_per_min"]["value"] for each in charted] == [60.0 + n for n in range(80)]
    assert len({each.observed_at for each in charted}) == 80


def disordered(whole: list[bytes], chance: random.Random) -> list[bytes]:
    """Each message three times; a tenth out of its place; before one in twenty, a part of it."""
    stream = [raw for raw in whole for _ in range(3)]
    for _ in range(len(stream) // 10):
        stream.insert(chance.randrange(len(stream)), stream.pop(chance.randrange(len(stream))))
    for place in range(len(stream) - 1, -1, -20):
        raw = stream[place]
        stream.insert(place, raw[: chance.randrange(1, raw.index(b"OBX|1|"))])
    return stream


async def one_by_one(messages: list[bytes], server: MllpServer) -> list[tuple[bytes, bytes]]:
    """Sends messages over one connection."""
    async with MllpClient("127.0.0.1", server.port) as client:
        return [(raw, await client.send(raw)) for raw in messages]


async def spread(messages: list[bytes], server: MllpServer, *, connections: int) -> list[tuple[bytes, bytes]]:
    """Deals messages out to connections that send at the same time."""
    hands = [messages[number::connections] for number in range(connections)]
    found = await asyncio.gather(*(one_by_one(hand, server) for hand in hands))
    return [pair for pairs in found for pair in pairs]


def test_a_message_cut_by_the_network_is_no_value_and_the_connection_goes_on(
    bedside: Bedside, clock: HandClock
):
    clock.minute = 3
    cut = framed(said(1, FINE))[:150]

    async def talk(server: MllpServer) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(cut + framed(said(2, FINE)))
        answer = await reader.readuntil(b"\x1c\r")
        writer.close()
        return answer

    assert code(serving(talk).strip(b"\x0b\x1c\r")) == "CA"
    assert [each.observed_at for each in bedside.charted()] == [T0 + timedelta(minutes=2)]


def test_a_clinic_that_is_not_there_yet_says_try_again(own_database: None, clock: HandClock):
    assert [code(each) for each in sent([said(0, FINE)], clock)] == ["CE"]


def test_seven_foreign_messages_are_all_answered_with_a_reason(
    bedside: Bedside, clock: HandClock, shared: Path
):
    files = sorted((shared / "data" / "hl7v2").glob("*.hl7"))
    answers = sent([each.read_bytes() for each in files], clock)
    for file, answer in zip(files, answers, strict=True):
        said_so = next(line for line in answer.decode("latin-1").split("\r") if line.startswith("MSA|"))
        assert said_so.split("|")[1] in ("AR", "CR") and said_so.split("|")[3], file.name
    assert not bedside.charted() and KeptForInspection.objects.count() == len(files) == 7
