"""A clinic in the test's hand: its clock, which it moves on, its data folder, and a monitor on the wire."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chairside.config.keys import KeyRing
from chairside.gateway.listener import listening
from chairside.gateway.sender import MllpClient
from chairside.interop.hl7v2 import CUFF_SIGNALS, VitalsMessage, vital_codes, write_vitals

KEY = "MON-3"
QUIET = {"hr_per_min": 74.0, "spo2_percent": 97.0, "rr_per_min": 14.0}
CUFF = {"sbp_mmhg": 128.0, "dbp_mmhg": 80.0}


@dataclass
class MovedClock:
    """The machine's clock, some way off, which a test moves on; sign-ins keep to the machine's own."""

    moved: timedelta
    rate: float = 1.0
    not_for_care: bool = False

    def now(self) -> datetime:
        """The clinic's present instant, in UTC."""
        return datetime.now(UTC) + self.moved

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic() + self.moved.total_seconds()

    def forward(self, minutes: float) -> None:
        """So much time passes."""
        self.moved += timedelta(minutes=minutes)


def morning(zone: str, *, hours_left: float = 4) -> MovedClock:
    """Nine o'clock on the wall of the clinic, the latest that is so many hours past."""
    now = datetime.now(UTC)
    wall = (now - timedelta(hours=hours_left)).astimezone(ZoneInfo(zone))
    nine = wall.replace(hour=9, minute=0, second=0, microsecond=0)
    return MovedClock((nine if nine <= wall else nine - timedelta(days=1)) - now)


def keep_in(folder: Path, settings: Any) -> Path:
    """The clinic's keys and anchors are files there, beside its database, as the commands want them."""
    settings.CHAIRSIDE_DATA = folder
    settings.CHAIRSIDE_KEYS = KeyRing.create(folder / "keys")
    return folder


@dataclass
class Wire:
    """A monitor that speaks HL7 over TCP to the clinic's listener."""

    clock: MovedClock
    answers: list[str] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    client: MllpClient | None = None
    ended: asyncio.Event | None = None
    ready: threading.Event = field(default_factory=threading.Event)

    def says(self, *, quiet: bool = True, **values: float) -> str:
        """One message, with what it says when all is quiet; the code it was acknowledged with."""
        if self.loop is None or self.client is None:
            raise AssertionError("the monitor is not on the wire")
        at, said = self.clock.now(), (QUIET if quiet else {}) | values
        message = VitalsMessage(
            control_id=f"{len(self.answers) + 1}",
            device=KEY,
            sent_at=at,
            observed_at=at,
            values=said,
            episodic=dict.fromkeys(CUFF_SIGNALS & said.keys(), at),
        )
        sending = self.client.send(write_vitals(message, codes=vital_codes()))
        answer = asyncio.run_coroutine_threadsafe(sending, self.loop).result(30).decode()
        code = next(line.split("|")[1] for line in answer.split("\r") if line.startswith("MSA|"))
        self.answers.append(code)
        return code

    def for_minutes(self, minutes: int, **cuff: float) -> None:
        """So many minutes pass with a message each, and a blood pressure every fifth."""
        for minute in range(1, minutes + 1):
            self.clock.forward(1)
            assert self.says(**((CUFF | cuff) if minute % 5 == 0 else {})) == "CA"

    async def hold(self) -> None:
        """Listens and stays connected until it is told to end."""
        self.loop, self.ended = asyncio.get_running_loop(), asyncio.Event()
        async with (
            listening(host="127.0.0.1", port=0) as server,
            MllpClient("127.0.0.1", server.port, timeout_s=30) as self.client,
        ):
            self.ready.set()
            await self.ended.wait()


@contextmanager
def on_the_wire(clock: MovedClock) -> Iterator[Wire]:
    """The clinic's listener on a free port, in a thread, and a monitor connected to it."""
    wire = Wire(clock)
    thread = threading.Thread(target=lambda: asyncio.run(wire.hold()), daemon=True)
    thread.start()
    assert wire.ready.wait(20), "the listener did not come up"
    try:
        yield wire
    finally:
        wire.loop.call_soon_threadsafe(wire.ended.set)
        thread.join(20)
