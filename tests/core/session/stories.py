"""Sessions told as lists of events, for the tests of folding and of what may be asked."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chairside.core.session import Event, kind_of, payload_document, typed_payload

T0 = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
NURSE, SECOND, PRESCRIBER, MONITOR = "nurse-1", "nurse-2", "prescriber-1", "device:monitor-1"


@dataclass
class Story:
    """Collects events of one session; minutes are counted from T0, the planned start of the pump."""

    session: str = "session-1"
    events: list[Event] = field(default_factory=list)

    def add(self, minute: float, kind: str, payload: Any = None, **envelope: Any) -> Event:
        """One event `minute` minutes after T0; payload as the dataclass or a mapping."""
        body = payload if isinstance(payload, dict) else payload_document(payload) if payload else {}
        typed_payload(kind, body)
        at = T0 + timedelta(minutes=minute)
        number = len(self.events) + 1
        event = Event(
            **{
                "id": f"event-{number}",
                "clinic": "clinic",
                "session": self.session,
                "kind": kind,
                "schema_version": kind_of(kind).version,
                "actor": NURSE,
                "authorised_by": None,
                "device": "tablet:1",
                "device_seq": number,
                "observed_at": at,
                "entered_at": at,
                "entered_utc_offset_min": 0,
                "received_at": at,
                "clock_offset_ms": 0,
                "source": "typed",
                "corrects": None,
                "library_version": "library-1",
                "payload": body,
            }
            | envelope
        )
        self.events.append(event)
        return event

    def shuffled(self, seed: int) -> list[Event]:
        """The same events as another order of arrival."""
        events = list(self.events)
        random.Random(seed).shuffle(events)
        return events


def vitals(**values: float) -> dict[str, Any]:
    """An observation payload of accepted values, units from the signal's name."""
    units = {"mmhg": "mm[Hg]", "percent": "%", "min": "/min"}
    return {
        "values": [
            {
                "signal": signal,
                "value": value,
                "unit": units[signal.rsplit("_", 1)[1]],
                "verdict": "accepted",
                "reason": "",
            }
            for signal, value in values.items()
        ]
    }


NORMAL = {"sbp_mmhg": 124.0, "dbp_mmhg": 78.0, "hr_per_min": 72.0, "spo2_percent": 98.0, "rr_per_min": 14.0}

PLAN = {
    "patient": "patient-1",
    "chair": "chair-1",
    "indication": "mdd_trd",
    "protocol": "trd-std-2x3",
    "infusion_number": 1,
    "scheduled_at": "2026-03-14T16:00:00.000000Z",
    "known": {"age_years": 47},
}


def at(minute: float) -> datetime:
    """The instant `minute` minutes after T0."""
    return T0 + timedelta(minutes=minute)


def moved(events: Iterable[Event], by: timedelta) -> list[Event]:
    """The same session at another time."""
    return [
        replace(
            each,
            observed_at=each.observed_at + by,
            entered_at=each.entered_at + by,
            received_at=each.received_at + by,
        )
        for each in events
    ]
