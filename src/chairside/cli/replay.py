"""Sends a recorded monitor (CSV) to the HL7 listener of a running clinic, as the monitor of one session.

The recording begins now, by the clinic's clock. On a clinic whose clock runs faster it runs as fast.
"""

import asyncio
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from chairside.cli import data_folder, typed_arguments
from chairside.cli.cannot import Cannot
from chairside.cli.serve import HL7_PORT

if TYPE_CHECKING:
    from chairside.interop.hl7v2 import MonitorRow, VitalsMessage

MAX_RECORDING_BYTES = 50_000_000
SCREEN_S = 0.5
ELSEWHERE_S = 60.0


def add_arguments(parser: ArgumentParser) -> None:
    """The recording, the clinic and session it is for, how fast, and where the listener is."""
    parser.add_argument(
        "recording", type=Path, metavar="FILE.csv", help="one row of values a line, t_s first"
    )
    typed_arguments.add_folder(parser)
    parser.add_argument(
        "--session", required=True, metavar="ID", help="a session that a monitor is associated with"
    )
    parser.add_argument(
        "--speed",
        type=typed_arguments.clock_rate,
        metavar="N",
        help="how many times as fast; it must be the rate of the clinic's clock, which is the default",
    )
    parser.add_argument(
        "--host", default="localhost", metavar="NAME", help="of the HL7 v2 listener, default localhost"
    )
    parser.add_argument(
        "--port",
        type=typed_arguments.port,
        default=HL7_PORT,
        metavar="N",
        help=f"of the HL7 v2 listener, default {HL7_PORT}",
    )


def run(arguments: Namespace) -> int:
    """Sends the recording to its end; exit status 1 when anything of it was refused."""
    rows = recorded(arguments.recording)
    data_folder.open_clinic(arguments.data)
    clinic = data_folder.the_clinic(arguments.data)
    check_speed(arguments.speed, folder=arguments.data)
    key = monitor_key(arguments.session, clinic=clinic.pk)
    counts = Counts(total=len(rows))
    print(f"{arguments.recording}: {lasting(rows)} into session {arguments.session}", flush=True)
    asyncio.run(send(rows, key=key, host=arguments.host, port=arguments.port, counts=counts))
    print(counts.sentence)
    return 1 if counts.refused else 0


@dataclass
class Counts:
    """What became of the messages so far."""

    total: int
    sent: int = 0
    accepted: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The counts in words, with the first reason for a refusal."""
        why = f" (first: {self.reasons[0]})" if self.reasons else ""
        return f"{self.sent} of {self.total} sent, {self.accepted} accepted, {self.refused} refused{why}"

    def add(self, answer: bytes) -> None:
        """Counts one acknowledgement."""
        code, reason = acknowledged(answer)
        self.sent += 1
        if code in ("AA", "CA"):
            self.accepted += 1
            return
        self.refused += 1
        self.reasons.append(f"{code or 'no code'}: {reason}" if reason else code or "no code")


class Progress:
    """One line that is written over on a screen, or now and then a new one elsewhere; on stderr."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._on_screen = sys.stderr.isatty()
        self._shown_s = time.monotonic()

    def __call__(self) -> None:
        """Shows the counts, unless they were shown just now."""
        now_s = time.monotonic()
        if now_s - self._shown_s >= (SCREEN_S if self._on_screen else ELSEWHERE_S):
            self._shown_s = now_s
            ends = "\r" if self._on_screen else "\n"
            print(self._counts.sentence, end=ends, file=sys.stderr, flush=True)


def lasting(rows: "Sequence[MonitorRow]") -> str:
    """How many rows over how long, in words."""
    minutes = (rows[-1].t_s - rows[0].t_s) / 60
    return f"{len(rows)} rows over {minutes:.0f} min"


def recorded(path: Path) -> "Sequence[MonitorRow]":
    """The rows of the file; raises `Cannot` in one sentence."""
    from chairside.interop.hl7v2 import BadRecording, read_monitor_csv

    try:
        if path.stat().st_size > MAX_RECORDING_BYTES:
            raise Cannot(f"{path}: expected at most {MAX_RECORDING_BYTES // 1_000_000} MB")
        rows = [row for row in read_monitor_csv(path.read_text("utf-8")) if row.values]
    except BadRecording as error:
        raise Cannot(f"{path}: {error}") from error
    except UnicodeError as error:
        raise Cannot(f"{path}: expected UTF-8 text") from error
    except OSError as error:
        raise Cannot(data_folder.said(error)) from error
    if not rows:
        raise Cannot(f"{path}: expected at least one row with a value")
    return rows


def check_speed(wanted: float | None, *, folder: Path) -> None:
    """The recording runs as fast as the clinic's clock; any other speed raises `Cannot`."""
    from django.conf import settings

    rate: float = settings.CHAIRSIDE_CLOCK.rate
    if wanted is not None and wanted != rate:
        raise Cannot(
            f"--speed {wanted:g}: expected {rate:g}, the rate of the clock of {folder}; "
            "another speed needs a folder made with that --clock-rate, which is never for care"
        )


def monitor_key(session: str, *, clinic: str) -> str:
    """A key of the monitor that is this session's now; raises `Cannot` where there is none."""
    from chairside.charts.sessions import NoSuchSession, load
    from chairside.records.models import DeviceKey

    try:
        state = load(session, clinic).state
    except NoSuchSession as error:
        raise Cannot(f"--session {session}: expected the id of a session of this clinic") from error
    if state.monitor is None:
        raise Cannot(f"--session {session}: no monitor is associated with it now; associate one at the chair")
    keys = DeviceKey.objects.of(clinic).filter(device=state.monitor.body.monitor).order_by("pk")
    key = keys.values_list("key", flat=True).first()
    if key is None:
        raise Cannot(f"--session {session}: its monitor has no key that messages could carry")
    return str(key)


async def send(rows: "Sequence[MonitorRow]", *, key: str, host: str, port: int, counts: Counts) -> None:
    """Sends each row when it is due on the clinic's clock and waits for its acknowledgement."""
    from django.conf import settings

    from chairside.gateway.sender import MllpClient, MllpFailed
    from chairside.interop.hl7v2 import vital_codes, write_vitals

    clock, codes, progress = settings.CHAIRSIDE_CLOCK, vital_codes(), Progress(counts)
    try:
        async with MllpClient(host, port) as client:
            begins = clock.now() - timedelta(seconds=rows[0].t_s)
            for row in rows:
                due = begins + timedelta(seconds=row.t_s)
                while (left_s := (due - clock.now()).total_seconds()) > 0:
                    await asyncio.sleep(left_s / clock.rate)
                message = message_of(row, key=key, observed_at=due, sent_at=clock.now())
                counts.add(await client.send(write_vitals(message, codes=codes)))
                progress()
    except MllpFailed as error:
        raise Cannot(f"--host {host} --port {port}: {error}; {counts.sentence}") from error


def message_of(row: "MonitorRow", *, key: str, observed_at: datetime, sent_at: datetime) -> "VitalsMessage":
    """One row as the monitor's message; a cuff reading carries a time of its own."""
    from django.conf import settings

    from chairside.interop.hl7v2 import CUFF_SIGNALS, VitalsMessage

    return VitalsMessage(
        control_id=settings.CHAIRSIDE_IDS.new(),
        device=key,
        sent_at=sent_at,
        observed_at=observed_at,
        values=dict(row.values),
        episodic=dict.fromkeys(CUFF_SIGNALS & row.values.keys(), observed_at),
    )


def acknowledged(answer: bytes) -> tuple[str, str]:
    """The code and the reason of an acknowledgement; both empty where it has none."""
    for line in answer.decode("latin-1").split("\r"):
        fields = line.split("|")
        if fields[0] == "MSA":
            return fields[1] if len(fields) > 1 else "", fields[3] if len(fields) > 3 else ""
    return "", ""
