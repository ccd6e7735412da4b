"""The one Clock: everything that asks for the time asks it."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

CLOCK_FILE = "clock.json"


class BadClock(ValueError):
    """A clock file that can't be used; says which field and what was expected."""


class Clock(Protocol):
    """What the house asks of a clock: the instant, a duration base, and whether it may serve care."""

    @property
    def rate(self) -> float:
        """Clinic seconds per real second; 1 for care."""

    @property
    def not_for_care(self) -> bool:
        """True for ever in a data folder made with a clock of its own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Clinic seconds since some fixed moment; never goes back, for durations only."""


@dataclass(frozen=True, slots=True)
class RealClock:
    """The machine's own clock."""

    rate: float = 1.0
    not_for_care: bool = False

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class RateClock:
    """A clock that runs `rate` times as fast, from `anchor_clinic` at the real instant `anchor_real`.

    It exists only in a data folder that was made with it, and such a folder is never for care.
    """

    anchor_real: datetime
    anchor_clinic: datetime
    rate: float
    not_for_care: bool = True

    def now(self) -> datetime:
        """The clinic's present instant, in UTC."""
        return self.anchor_clinic + (datetime.now(UTC) - self.anchor_real) * self.rate

    def monotonic(self) -> float:
        """Clinic seconds of the machine's monotonic clock."""
        return time.monotonic() * self.rate


def load_clock(folder: Path) -> Clock:
    """The clock of a data folder: its rate clock if it was made with one, else the real one."""
    path = folder / CLOCK_FILE
    if not path.exists():
        return RealClock()
    try:
        document = json.loads(path.read_text("utf-8"))
        return RateClock(
            anchor_real=_instant(document, "anchor_real"),
            anchor_clinic=_instant(document, "anchor_clinic"),
            rate=_rate(document.get("rate")),
        )
    except (json.JSONDecodeError, AttributeError) as error:
        raise BadClock(f"{path}: expected a JSON object with anchor_real, anchor_clinic and rate") from error


def create_rate_clock(folder: Path, *, rate: float) -> None:
    """Writes the clock file of a new data folder; refuses to give an existing folder another clock."""
    path = folder / CLOCK_FILE
    now = datetime.now(UTC).isoformat()
    document = {"anchor_real": now, "anchor_clinic": now, "rate": _rate(rate)}
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(document, file)
    except FileExistsError as error:
        raise BadClock(f"{path}: expected a new data folder, this one has its clock") from error


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
        raise BadClock(f"clock rate: expected a number above 0 and up to 3600, not {value!r}")
    return float(value)


def _instant(document: dict[str, object], name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(str(document.get(name)))
    except ValueError as error:
        raise BadClock(f"clock {name}: expected an ISO 8601 instant with a zone") from error
    if instant.tzinfo is None:
        raise BadClock(f"clock {name}: expected an ISO 8601 instant with a zone")
    return instant
