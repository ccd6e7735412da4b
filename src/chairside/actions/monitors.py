"""What a monitor sends: charted in the session it is associated with, or refused with a reason and kept.

A message says nothing about whose it is here. Its keys name the device, a nurse's association names the
session, and names, numbers and beds in the message decide nothing else.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from chairside.actions.audit import audit
from chairside.actions.sessions import Author, Entry, observe
from chairside.charts.associations import Associations, Holder
from chairside.charts.sessions import Folded, load
from chairside.charts.ticks import IN_STEP, OUT_OF_REACH, ClockNotSet, DeviceClock, clock_of, gated_tick
from chairside.core.safety.gate import CUFF, CuffBefore, recent_cuffs
from chairside.core.session import Event
from chairside.core.session.payloads import GatedValue, ObservationRecorded
from chairside.interop.hl7v2 import (
    Hl7Refused,
    MessageKey,
    OruMessage,
    RawReading,
    message_key,
    read_message,
    vital_codes,
)
from chairside.records.models import Device, DeviceKey
from chairside.vault.chains import hold
from chairside.vault.models import DeviceMessage
from chairside.vault.sealed import keep_sealed

OBSERVED = "observation.recorded"
REFUSED = "refused"
MAX_UNKNOWN_CODES = 40


@dataclass(frozen=True, slots=True)
class Received:
    """What to acknowledge, and the events it became: none where it was nobody's, refused or sent again."""

    answer: OruMessage | Hl7Refused
    events: tuple[str, ...] = ()
    sent_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """One message on its way in."""

    raw: bytes
    clinic: str
    peer: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Tick:
    """What a device said at one moment of its own clock."""

    observed_at: datetime
    readings: Sequence[RawReading]
    unknown_codes: tuple[str, ...]


def receive(
    raw: bytes, *, clinic: str, peer: str, associations: Associations, by: str, at: datetime
) -> Received:
    """Takes in one message of a monitor; what it returns is on disk and may be acknowledged.

    The device is found by its keys, the most specific first: equipment (OBX-18), sender and facility
    (`MSH-3|MSH-4`), sender (MSH-3), place (`PV1-3` as sent), bed. Its readings are charted in the session
    whose monitor it is now, if they were observed since the association; of two sessions that both claim
    it, the later association counts. A message that is nobody's is counted and acknowledged. One that was
    sent before is answered as before. `clinic` keeps what no device of any clinic sent; `by` is the listener.
    """
    arrival = _Arrival(raw=raw, clinic=clinic, peer=peer, by=by, at=at)
    try:
        message, device = _from_whom(arrival)
    except Hl7Refused as refused:
        with transaction.atomic():
            return _refused_again(arrival, refused)
    arrival = _Arrival(raw=raw, clinic=device.clinic_id, peer=peer, by=by, at=at)
    key = message_key(message, device=device.id)
    with transaction.atomic():
        hold(f"device {device.id}")
        earlier = DeviceMessage.objects.of(device.clinic_id).filter(device_key=key.key)
        same = earlier.filter(sha256=key.body_sha256).first()
        if same is not None:
            return _as_before(arrival, same, message)
        if earlier.exists():
            return _contradicted(arrival, key, message)
        try:
            events = tuple(_charted(arrival, message, device=device, associations=associations))
        except ClockNotSet as error:
            unset = Hl7Refused("AE", str(error), field="MSH-7", header=message.header, error=207)
            return _refused_again(arrival, unset, device=device)
        _count(arrival, key, acknowledged="AA", event=events[0] if events else "")
    return Received(message, events)


def _from_whom(arrival: _Arrival) -> tuple[OruMessage, Device]:
    """The message read in its device's zone, and the device; `Hl7Refused` where either can't be told."""
    message = read_message(arrival.raw, codes=vital_codes(), zone="UTC", received_at=arrival.at)
    for keys in _keys(message):
        found = {row.device_id: row.device for row in DeviceKey.objects.filter(key__in=keys)}
        if len(found) > 1:
            raise Hl7Refused(
                "AR", "expected one device in a message", field="OBX-18", header=message.header, error=207
            )
        for device in found.values():
            zone = str(device.zone)
            read = read_message(arrival.raw, codes=vital_codes(), zone=zone, received_at=arrival.at)
            return read, device
    raise Hl7Refused(
        "AR",
        "no monitor here has this equipment, sender or bed among its keys; expected one that was added",
        field="MSH-3",
        header=message.header,
        error=204,
    )


def _keys(message: OruMessage) -> Iterator[tuple[str, ...]]:
    """What may name the device, in the order it is looked for."""
    header, place = message.header, message.location
    sender, facility = header.parts(header.sending_application)[0], header.parts(header.sending_facility)[0]
    as_sent = "^".join((place.point_of_care, place.room, place.bed))
    yield message.equipment
    yield (f"{sender}|{facility}",) if sender and facility else ()
    yield (sender,) if sender else ()
    yield (as_sent,) if as_sent.strip("^") else ()
    yield (place.bed,) if place.bed else ()


def _charted(
    arrival: _Arrival, message: OruMessage, *, device: Device, associations: Associations
) -> Iterator[str]:
    """Writes each tick that is somebody's, and gives the ids of its events."""
    author = Author(f"device:{device.id}", frozenset({"device"}), f"device:{device.id}")
    holders = associations.holders(device.id, device.clinic_id)
    if not holders:
        return
    kept_time = any(_kept_time(each.folded, author.device) for each in holders)
    clock = clock_of(message, received_at=arrival.at, kept_time=kept_time)
    for tick in _ticks(message):
        holder = _holder(holders, clock, tick.observed_at)
        if holder is None:
            continue
        folded = load(holder.folded.session, holder.folded.clinic)
        values = _news(folded, tick, device=author.device, values=_gated(folded, tick, clock))
        codes = tick.unknown_codes if values or _new_codes(folded, tick, author.device) else ()
        if not values and not codes:
            continue
        entry = Entry(
            kind=OBSERVED,
            payload=ObservationRecorded(values, message.body_sha256, codes),
            observed_at=tick.observed_at,
            clock_offset_ms=clock.offset_ms(tick.observed_at),
            source="monitor",
            press=settings.CHAIRSIDE_IDS.new(),
        )
        if doubt := clock.why_doubted(tick.observed_at):
            _note_clock(arrival, folded, device=author.device, doubt=doubt)
        observe(session=folded.session, clinic=folded.clinic, entry=entry, by=author, at=arrival.at)
        yield str(entry.press)


def _ticks(message: OruMessage) -> Iterator[_Tick]:
    """The moments a message speaks of; unknown codes go with the first, or make one of their own."""
    unknown = tuple(code[:80] for code in list(message.unknown)[:MAX_UNKNOWN_CODES])
    by_time = message.by_time() or {message.observed_at: ()}
    for number, (observed_at, readings) in enumerate(by_time.items()):
        yield _Tick(observed_at, readings, unknown if number == 0 else ())


def _holder(holders: Sequence[Holder], clock: DeviceClock, observed_at: datetime) -> Holder | None:
    """The session this moment belongs to: the latest association before it."""
    if (
        clock.received_at - observed_at > 2 * OUT_OF_REACH
    ):  # the last cuff of an earlier day, still on the screen
        return None
    happened_at = clock.happened_at(observed_at)
    return next((each for each in reversed(holders) if each.since < happened_at), None)


def _gated(folded: Folded, tick: _Tick, clock: DeviceClock) -> tuple[GatedValue, ...]:
    if not tick.readings:
        return ()
    before = _cuffs_before(folded, clock.happened_at(tick.observed_at))
    doubt = clock.why_doubted(tick.observed_at)
    return gated_tick(tick.readings, folded.rules.signals, before=before, doubt=doubt)


def _cuffs_before(folded: Folded, at: datetime) -> tuple[CuffBefore, ...]:
    """The cuff cycles of this session, believed or not, that the gate compares the next one with."""
    cycles = [
        (each.stamp.at, {value.signal: value.value for value in each.body.values if value.signal in CUFF})
        for each in folded.state.observations
    ]
    return recent_cuffs(cycles, at, folded.rules.signals)


def _said(folded: Folded, device: str) -> Iterator[Event]:
    """What the device said in this session, the latest arrival first."""
    for event in reversed(folded.events):
        if event.kind == OBSERVED and event.device == device:
            yield event


def _kept_time(folded: Folded, device: str) -> bool:
    """Whether anything of this device arrived close to the time it stated."""
    return any(abs(each.received_at - each.observed_at) <= IN_STEP for each in _said(folded, device))


def _news(
    folded: Folded, tick: _Tick, *, device: str, values: tuple[GatedValue, ...]
) -> tuple[GatedValue, ...]:
    """The values that an earlier message has not told of the same moment: a monitor repeats its last cuff."""
    told = {
        (value["signal"], value["value"])
        for event in _said(folded, device)
        if event.observed_at == tick.observed_at
        for value in event.payload["values"]
    }
    return tuple(each for each in values if (each.signal, each.value) not in told)


def _new_codes(folded: Folded, tick: _Tick, device: str) -> bool:
    told = {code for event in _said(folded, device) for code in event.payload["unknown_codes"]}
    return not set(tick.unknown_codes) <= told


def _note_clock(arrival: _Arrival, folded: Folded, *, device: str, doubt: str) -> None:
    """One audit line when a device's clock is first found wrong, not one with every message."""
    last = next(_said(folded, device), None)
    if last is None or abs(timedelta(milliseconds=last.clock_offset_ms)) <= IN_STEP:
        audit(
            clinic=arrival.clinic,
            verb="monitors.clock",
            by=arrival.by,
            at=arrival.at,
            subject=device,
            detail={"session": folded.session, "reason": doubt},
        )


# Answers -------------------------------------------------------------------------------------------


def _as_before(arrival: _Arrival, same: DeviceMessage, message: OruMessage) -> Received:
    if same.acknowledged == "AA":
        return Received(message, sent_again=True)
    refused = _contradiction(message)
    _note_refusal(arrival, refused, subject=f"message:{same.sha256}", kept=None)
    return Received(refused, sent_again=True)


def _contradicted(arrival: _Arrival, key: MessageKey, message: OruMessage) -> Received:
    """The same message with other content: kept and flagged, and none of it charted."""
    refused = _contradiction(message)
    _count(arrival, key, acknowledged=refused.ack_code, event="")
    kept = _kept(arrival, refused)
    _note_refusal(arrival, refused, subject=f"message:{key.body_sha256}", kept=kept)
    return Received(refused)


def _contradiction(message: OruMessage) -> Hl7Refused:
    reason = "a message of the same id, order and time said something else; expected a new id"
    return Hl7Refused("AE", reason, field="MSH-10", header=message.header, error=205)


def _refused_again(arrival: _Arrival, refused: Hl7Refused, *, device: Device | None = None) -> Received:
    """Keeps a refused message once, however often it is sent; each refusal has its audit line."""
    digest = hashlib.sha256(arrival.raw).hexdigest()
    hold(f"refused {arrival.clinic}")
    seen = DeviceMessage.objects.of(arrival.clinic).filter(device_key=REFUSED, sha256=digest).exists()
    if not seen:
        _count(arrival, MessageKey(REFUSED, digest), acknowledged=refused.ack_code, event="")
    kept = None if seen else _kept(arrival, refused)
    subject = f"device:{device.id}" if device else f"message:{digest}"
    _note_refusal(arrival, refused, subject=subject, kept=kept)
    return Received(refused, sent_again=seen)


def _kept(arrival: _Arrival, refused: Hl7Refused) -> int:
    kept = keep_sealed(
        arrival.raw, clinic=arrival.clinic, peer=arrival.peer, reason=str(refused), at=arrival.at
    )
    return int(kept.pk)


def _note_refusal(arrival: _Arrival, refused: Hl7Refused, *, subject: str, kept: int | None) -> None:
    audit(
        clinic=arrival.clinic,
        verb="monitors.refused",
        by=arrival.by,
        at=arrival.at,
        subject=subject,
        detail={"answer": refused.ack_code, "reason": str(refused), "peer": arrival.peer, "kept": kept},
    )


def _count(arrival: _Arrival, key: MessageKey, *, acknowledged: str, event: str) -> None:
    DeviceMessage.objects.create(
        clinic=arrival.clinic,
        device_key=key.key,
        sha256=key.body_sha256,
        event=event,
        acknowledged=acknowledged,
    )
