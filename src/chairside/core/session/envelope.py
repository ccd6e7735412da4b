"""The envelope every session event travels in, and the order in which events are folded.

The shape is fixed by ADR 0001: rows are never rewritten, so a change here is a new
`schema_version` with an upcaster, not an edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

Source = Literal["monitor", "typed", "read back", "pump", "system"]

ENVELOPE_FIELDS = (
    "id clinic session kind schema_version actor authorised_by device device_seq observed_at entered_at "
    "entered_utc_offset_min received_at clock_offset_ms source corrects library_version payload"
).split()


class BadEvent(ValueError):
    """An event that can't be read; says which field and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One immutable thing that happened, or was asked, at a chair.

    `observed_at` is when it happened by the device's clock, `entered_at` when a person or device
    wrote it down, `received_at` when this clinic's clock saw it; `clock_offset_ms` is the device's
    clock minus the clinic's. `payload` holds no names of people.
    """

    id: str
    clinic: str
    session: str
    kind: str
    schema_version: int
    actor: str
    authorised_by: str | None
    device: str
    device_seq: int
    observed_at: datetime
    entered_at: datetime
    entered_utc_offset_min: int
    received_at: datetime
    clock_offset_ms: int
    source: Source
    corrects: str | None
    library_version: str
    payload: Mapping[str, Any]

    @property
    def happened_at(self) -> datetime:
        """Observed time on the clinic's clock (UTC)."""
        return self.observed_at - timedelta(milliseconds=self.clock_offset_ms)

    @property
    def order(self) -> tuple[datetime, str, int, str]:
        """The folding order: corrected observed time, device, device sequence, then id as the last resort."""
        return (self.happened_at, self.device, self.device_seq, self.id)

    @property
    def late_by(self) -> timedelta:
        """How long after it happened the event was written down; never negative."""
        written_at = self.entered_at - timedelta(milliseconds=self.clock_offset_ms)
        return max(timedelta(0), written_at - self.happened_at)


def instant_text(at: datetime) -> str:
    """An instant as ISO 8601 in UTC with `Z`, microseconds kept; refuses a time without a zone."""
    if at.tzinfo is None:
        raise BadEvent("time: expected an instant with a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_document(event: Event) -> dict[str, Any]:
    """The event as JSON values, in the shape that is chained, exported and read back."""
    document: dict[str, Any] = {name: getattr(event, name) for name in ENVELOPE_FIELDS}
    for name in ("observed_at", "entered_at", "received_at"):
        document[name] = instant_text(document[name])
    document["payload"] = dict(event.payload)
    return document


def from_document(document: Mapping[str, Any]) -> Event:
    """The event a document stands for; a bad one raises `BadEvent` naming the field."""
    try:
        event = msgspec.convert(dict(document), Event, strict=True)
    except msgspec.ValidationError as error:
        raise BadEvent(f"event: {error}") from error
    for name in ("observed_at", "entered_at", "received_at"):
        instant_text(getattr(event, name))
    return event
