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


ANSWERS: dict[str, dict[str, Any]] = {
    "identity": {"name_matches": True, "birth_date_matches": True},
    "weight": {"weight_g": {"value": 70.2, "unit": "kg"}, "measured_today": True},
    "allergies": {"answer": "none", "to_ketamine": False},
    "consent": {"reaffirmed": True, "sober": True},
    "escort": {"arranged": True, "phone_checked": True},
    "intake": {"solids_at": "2026-03-14T08:00:00Z", "fluids_at": "2026-03-14T13:00:00Z"},
    "substances": dict.fromkeys(("alcohol", "benzodiazepine", "opioid", "stimulant", "other"), False),
    "medicines": {"changed": False, "slows_stomach": False},
    "health": {"changed": False, "vascular": False, "urinary": False},
    "pregnancy": {"answer": "does_not_apply"},
    "mood": {"item9": 0, "plan": False, "intent": False, "behaviour": False},
}

ORDER = {
    "substance": "ketamine",
    "protocol": "trd-std-2x3",
    "protocol_version": "1.0.0",
    "dose_ug_per_kg": 500,
    "dosing_weight_g": 70_200,
    "dosing_weight_kind": "actual",
    "dose_ug": 35_100,
    "duration_s": 2400,
}
SYRINGE = {
    "number": 1,
    "reason": "first",
    "substance": "ketamine",
    "vials": [
        {
            "vial": "V1",
            "strength_ug_per_ml": 50_000,
            "content_ul": 10_000,
            "drawn_ul": 700,
            "lot": "L1",
            "expiry": "2027-01-31",
        }
    ],
    "drawn_ug": 35_000,
    "diluent_ul": 34_300,
    "final_ul": 35_000,
    "concentration_ug_per_ml": 1000,
    "rate_ul_per_h": 52_500,
    "volume_ul": 35_000,
}
CHECK = {
    "number": 1,
    "strength_ug_per_ml": 50_000,
    "drawn_ul": 700,
    "concentration_ug_per_ml": 1000,
    "rate_ul_per_h": 52_500,
    "agrees": True,
}
PUMP = {
    "number": 1,
    "concentration_ug_per_ml": 1000,
    "rate_ul_per_h": 52_500,
    "volume_ul": 35_000,
    "agrees": True,
}
TIMEOUT = {
    "answers": {
        "patient.right": True,
        "drug.right": True,
        "concentration.right": True,
        "pump.right": True,
        "monitor.in_use": "typed",
        "access.patent": True,
        "allergies.read": True,
        "call_button.tested": True,
        "oxygen.ready": True,
        "suction.ready": True,
        "bag_mask.ready": True,
        "defibrillator.ready": True,
        "rescue_drugs.ready": True,
        "responsible.named": True,
        "responsible.prescriber_reachable": True,
    }
}
CHAPTERS: dict[str, list[tuple[float, str, dict[str, Any], dict[str, Any]]]] = {
    "planned": [(-60, "session.planned", PLAN, {})],
    "checked-in": [
        *((-30, "checkin.answered", {"item": item, "answers": said}, {}) for item, said in ANSWERS.items()),
        (-28, "observation.recorded", vitals(**NORMAL), {"id": "set-1"}),
        (-24, "observation.recorded", vitals(**NORMAL), {"id": "set-2"}),
        (-23, "baseline.fixed", {"observation": "set-2"}, {}),
        (-22, "checkin.completed", {}, {}),
    ],
    "prepared": [
        (-20, "order.signed", ORDER, {"actor": PRESCRIBER}),
        (-18, "preparation.begun", SYRINGE, {}),
        (-16, "preparation.checked", CHECK, {"actor": SECOND}),
        (-15, "pump.programmed", PUMP, {}),
        (-5, "timeout.completed", TIMEOUT, {}),
    ],
    "infusing": [(0, "pump.started", {"rate_ul_per_h": 52_500}, {})],
    "paused": [(20, "pump.paused", {"reason": "asked"}, {})],
    "recovering": [(40, "pump.stopped", {"reason": "done"}, {})],
}


def told_until(phase: str) -> Story:
    """The story of an ordinary session up to a phase."""
    story = Story()
    for chapter, lines in CHAPTERS.items():
        if chapter == "paused" and phase != "paused":
            continue
        for minute, kind, payload, envelope in lines:
            story.add(minute, kind, payload, **envelope)
        if chapter == phase:
            break
    return story
