"""The kinds of event: whether each asks or states, who may write it, and what it carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from chairside.core.session import payloads as p
from chairside.core.session.envelope import BadEvent, Event

NURSE = frozenset({"nurse"})
PRESCRIBER = frozenset({"prescriber"})
CLINICIAN = NURSE | PRESCRIBER
DEVICE = frozenset({"device"})
SYSTEM = frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. An `asks` kind is checked and can be refused; a fact never is."""

    payload: type
    asks: bool
    roles: frozenset[str]
    version: int = 1
    needs_second: bool = False


KINDS: Mapping[str, Kind] = {
    "session.planned": Kind(p.Planned, asks=True, roles=CLINICIAN | {"manager"}),
    "checkin.answered": Kind(p.CheckinAnswered, asks=False, roles=CLINICIAN),
    "monitor.associated": Kind(p.MonitorAssociated, asks=False, roles=CLINICIAN),
    "monitor.released": Kind(p.MonitorReleased, asks=False, roles=CLINICIAN | SYSTEM),
    "observation.recorded": Kind(p.ObservationRecorded, asks=False, roles=CLINICIAN | DEVICE),
    "baseline.fixed": Kind(p.BaselineFixed, asks=True, roles=CLINICIAN),
    "stop.overridden": Kind(p.StopOverridden, asks=True, roles=PRESCRIBER),
    "checkin.completed": Kind(p.Empty, asks=True, roles=NURSE),
    "order.signed": Kind(p.OrderSigned, asks=True, roles=PRESCRIBER),
    "preparation.begun": Kind(p.PreparationBegun, asks=True, roles=CLINICIAN),
    "preparation.checked": Kind(p.PreparationChecked, asks=True, roles=CLINICIAN),
    "pump.programmed": Kind(p.PumpProgrammed, asks=True, roles=CLINICIAN),
    "timeout.completed": Kind(p.TimeoutCompleted, asks=True, roles=CLINICIAN),
    "pump.started": Kind(p.PumpRunning, asks=True, roles=CLINICIAN),
    "pump.resumed": Kind(p.PumpRunning, asks=True, roles=CLINICIAN),
    "pump.raised": Kind(p.PumpRunning, asks=True, roles=CLINICIAN),
    "pump.lowered": Kind(p.PumpRunning, asks=False, roles=CLINICIAN),
    "pump.paused": Kind(p.PumpHalted, asks=False, roles=CLINICIAN),
    "pump.stopped": Kind(p.PumpHalted, asks=False, roles=CLINICIAN),
    "pump.read": Kind(p.PumpRead, asks=False, roles=CLINICIAN),
    "vein.lost": Kind(p.VeinLost, asks=False, roles=CLINICIAN),
    "act.recorded": Kind(p.ActRecorded, asks=False, roles=CLINICIAN),
    "check.not_taken": Kind(p.NotTaken, asks=False, roles=CLINICIAN),
    "drug.given": Kind(p.DrugGiven, asks=False, roles=CLINICIAN),
    "drug.drawn": Kind(p.DrugDrawn, asks=False, roles=CLINICIAN),
    "drug.counted": Kind(p.DrugCounted, asks=False, roles=CLINICIAN),
    "waste.witnessed": Kind(p.WasteWitnessed, asks=True, roles=CLINICIAN, needs_second=True),
    "note.added": Kind(p.NoteAdded, asks=False, roles=CLINICIAN),
    "adverse.recorded": Kind(p.AdverseRecorded, asks=False, roles=CLINICIAN),
    "alarm.acknowledged": Kind(p.AlarmAcknowledged, asks=False, roles=CLINICIAN),
    "conflict.settled": Kind(p.ConflictSettled, asks=False, roles=CLINICIAN),
    "readiness.assessed": Kind(p.ReadinessAssessed, asks=False, roles=CLINICIAN),
    "criterion.excused": Kind(p.CriterionExcused, asks=True, roles=PRESCRIBER),
    "ready.declared": Kind(p.Empty, asks=True, roles=CLINICIAN),
    "session.released": Kind(p.Released, asks=True, roles=CLINICIAN),
    "session.abandoned": Kind(p.Abandoned, asks=True, roles=CLINICIAN),
    "record.signed": Kind(p.RecordSigned, asks=True, roles=CLINICIAN),
    "session.closed": Kind(p.Closed, asks=True, roles=CLINICIAN),
    "addendum.added": Kind(p.AddendumAdded, asks=False, roles=CLINICIAN),
    "event.corrected": Kind(p.Corrected, asks=True, roles=CLINICIAN),
    "event.struck": Kind(p.Struck, asks=True, roles=CLINICIAN),
    "verdict.recorded": Kind(p.VerdictRecorded, asks=False, roles=SYSTEM),
}


def kind_of(name: str) -> Kind:
    """The kind of that name; an unknown one raises `BadEvent`."""
    try:
        return KINDS[name]
    except KeyError:
        raise BadEvent(f"kind: expected one of the known kinds of event, not {name!r}") from None


def typed_payload(kind: str, payload: Mapping[str, Any]) -> Any:
    """The payload as its kind's dataclass; a bad one raises `BadEvent` with path and what was expected."""
    try:
        return msgspec.convert(dict(payload), kind_of(kind).payload, strict=True)
    except msgspec.ValidationError as error:
        raise BadEvent(f"{kind}: {error}") from error


def typed(event: Event) -> Any:
    """The typed payload of an event."""
    return typed_payload(event.kind, event.payload)


def payload_document(payload: object) -> dict[str, Any]:
    """A payload dataclass as the JSON values that are written, the same as will be read back."""
    document = msgspec.json.decode(msgspec.json.encode(payload))
    if not isinstance(document, dict):
        raise BadEvent("payload: expected an object with named fields")
    return document
