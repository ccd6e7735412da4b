"""ORU^R01 into readings: every OBX is kept, with what it means here or why it means nothing."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NoReturn

from chairside.interop.hl7v2.association import Location, PatientId, location, patient_ids, patient_name
from chairside.interop.hl7v2.codes import Codes
from chairside.interop.hl7v2.gate import Marks, TextValue, Verdict, gated_value
from chairside.interop.hl7v2.refusal import AckCode, Header, Hl7Refused
from chairside.interop.hl7v2.syntax import Segment, checked_header, read_segments
from chairside.interop.hl7v2.times import BadTime, Zone, instant, offset_of, zone_named

VERSIONS = frozenset("2.2 2.3 2.3.1 2.4 2.5 2.5.1 2.6 2.7 2.7.1 2.8 2.8.1 2.8.2 2.9".split())
MAX_CONTROL_ID = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReading:
    """One OBX. `signal` is ours, or `None` for a code the table doesn't know; `value` is in our unit.

    `unverified` keeps a value that a person should look at; `reason` says why, or why there is no value.
    """

    signal: str | None
    value: float | None
    verdict: Verdict
    unverified: bool
    reason: str
    text_value: str = field(repr=False)
    value_type: str
    code: str
    code_name: str
    code_system: str
    unit: str
    status: str
    flags: tuple[str, ...]
    observed_at: datetime
    has_own_time: bool
    sub_id: str
    equipment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OruMessage:
    """One ORU^R01 with everything that associates it: patient, bed, sender and equipment."""

    header: Header
    sent_at: datetime | None
    patient_ids: tuple[PatientId, ...]
    patient_name: str = field(repr=False)
    location: Location
    equipment: tuple[str, ...]
    filler_order: str
    readings: tuple[RawReading, ...]
    other_segments: Mapping[str, int]
    body_sha256: str

    @property
    def control_id(self) -> str:
        """The sender's MSH-10."""
        return self.header.control_id

    @property
    def observed_at(self) -> datetime:
        """The earliest observation time in the message."""
        return min(reading.observed_at for reading in self.readings)

    @property
    def unknown(self) -> Mapping[str, int]:
        """Codes that mean no signal of ours, named as `code^name^system`, with how often each came."""
        return Counter(
            "^".join((reading.code, reading.code_name, reading.code_system))
            for reading in self.readings
            if reading.verdict == "unknown"
        )

    def by_time(self) -> Mapping[datetime, tuple[RawReading, ...]]:
        """The readings of our signals by time, earliest first; two channels of one signal both stay."""
        times = sorted({reading.observed_at for reading in self.readings if reading.signal})
        return {
            at: tuple(reading for reading in self.readings if reading.signal and reading.observed_at == at)
            for at in times
        }


@dataclass(frozen=True, slots=True)
class _Setting:
    """What every OBX of one message is read with."""

    codes: Codes
    zone: Zone
    sent_at: datetime | None
    cannot_obtain: Literal["unverified", "not_measured"]


def read_message(
    raw: bytes,
    *,
    codes: Codes,
    zone: str,
    received_at: datetime | None = None,
    cannot_obtain: Literal["unverified", "not_measured"] = "unverified",
) -> OruMessage:
    """The readings of an ORU^R01, or `Hl7Refused`.

    `zone` is the device's IANA zone, for times without an offset; `received_at` settles the hour that a
    clock put back shows twice; `cannot_obtain` is the device's setting for values sent with status X.
    """
    device_zone = zone_named(zone)
    header, segments = _recognised(raw)
    sent_at, own_zone = _sent_at(header, device_zone=Zone(device=device_zone, near=received_at))
    _refuse_cut_off(header, segments)
    _refuse_two_patients(header, segments)
    setting = _Setting(codes, own_zone, sent_at, cannot_obtain)
    readings = _readings(header, segments, setting)
    if not readings:
        _refuse(header, "AE", "the message has no OBX: nothing was observed", at="OBX", error=100)
    patient = next((segment for segment in segments if segment.name == "PID"), None)
    visit = next((segment for segment in segments if segment.name == "PV1"), None)
    orders = [segment for segment in segments if segment.name == "OBR"]
    known = {"MSH", "PID", "PV1", "OBR", "OBX"}
    return OruMessage(
        header=header,
        sent_at=sent_at,
        patient_ids=patient_ids(patient),
        patient_name=patient_name(patient),
        location=location(visit),
        equipment=tuple(dict.fromkeys(reading.equipment for reading in readings if reading.equipment)),
        filler_order=orders[0].field(3) if orders else "",
        readings=readings,
        other_segments=Counter(segment.name for segment in segments if segment.name not in known),
        body_sha256=_body_sha256(segments),
    )


def _refuse(header: Header, ack_code: AckCode, reason: str, *, at: str, error: int = 207) -> NoReturn:
    raise Hl7Refused(ack_code, reason, field=at, header=header, error=error)


def _recognised(raw: bytes) -> tuple[Header, list[Segment]]:
    """The segments of a message of a kind, version and sender's mode that is read here."""
    header = checked_header(raw)
    if header.is_acknowledgement:
        _refuse(header, "AR", "an acknowledgement is not answered", at="MSH-9", error=200)
    kind = "^".join(header.parts(header.message_type)[:2])
    if kind != "ORU^R01":
        shown = kind[:20] or "nothing"
        _refuse(header, "AR", f"expected ORU^R01, an observation report, not {shown}", at="MSH-9", error=200)
    version = header.parts(header.version)[0]
    if version not in VERSIONS:
        shown = version[:10] or "nothing"
        _refuse(header, "AR", f"expected an HL7 version from 2.2 to 2.9, not {shown}", at="MSH-12", error=203)
    if header.parts(header.processing_id)[0] not in {"", "P"}:
        reason = "expected processing id P: training and debugging data are not taken in"
        _refuse(header, "AR", reason, at="MSH-11", error=202)
    if not header.control_id or len(header.control_id) > MAX_CONTROL_ID:
        reason = f"expected a control id of 1 to {MAX_CONTROL_ID} characters"
        _refuse(header, "AE", reason, at="MSH-10", error=101)
    return header, read_segments(raw, header)


def _sent_at(header: Header, *, device_zone: Zone) -> tuple[datetime | None, Zone]:
    text = header.parts(header.sent_at)[0]
    if not text:
        return None, device_zone
    zone = Zone(device=device_zone.device, message=offset_of(text), near=device_zone.near)
    try:
        return instant(text, zone), zone
    except BadTime as error:
        _refuse(header, "AE", str(error), at="MSH-7", error=102)


def _refuse_cut_off(header: Header, segments: Sequence[Segment]) -> None:
    """An unterminated last segment is taken only where its value can't have been cut: an OBX with status."""
    last = segments[-1]
    if not last.terminated and not (last.name == "OBX" and last.field(11)):
        _refuse(header, "AE", "the message ends inside a segment", at=f"line {last.line}", error=100)


def _refuse_two_patients(header: Header, segments: Sequence[Segment]) -> None:
    for name in ("MSH", "PID"):
        if sum(segment.name == name for segment in segments) > 1:
            _refuse(
                header, "AE", f"expected one {name} in a message: one patient at a time", at=name, error=100
            )


def _readings(header: Header, segments: Sequence[Segment], setting: _Setting) -> tuple[RawReading, ...]:
    order: Segment | None = None
    readings: list[RawReading] = []
    for segment in segments:
        if segment.name == "OBR":
            order = segment
        elif segment.name == "OBX":
            reading = _reading(segment, order, setting)
            if reading is None:
                _refuse(
                    header,
                    "AE",
                    "expected a time in OBX-14, OBR-7 or MSH-7",
                    at=f"line {segment.line}",
                    error=101,
                )
            readings.append(reading)
    return tuple(readings)


def _reading(obx: Segment, order: Segment | None, setting: _Setting) -> RawReading | None:
    observed_at, has_own_time, trouble = _observed_at(obx, order, setting)
    if observed_at is None:
        return None
    identifier = obx.components(next(iter(obx.repetitions(3)), ""))
    code, name, system = identifier[:3]
    signal = setting.codes.signal_of(system=system, code=code, name=name)
    if signal is None and identifier[3]:
        signal = setting.codes.signal_of(system=identifier[5], code=identifier[3], name=identifier[4])
    unit = obx.components(obx.field(6))
    flags = tuple(obx.components(flag)[0] for flag in obx.repetitions(8))
    text = obx.separators.unescape(obx.field(5))
    if signal is None:
        found = _unknown(obx, name)
    elif trouble:
        found = TextValue(None, "refused", trouble)
    else:
        found = gated_value(
            text,
            value_type=obx.field(2).upper(),
            unit=(unit[0], unit[1], unit[3], unit[4]),
            marks=Marks(flags, obx.field(11).upper(), setting.cannot_obtain),
            signal=signal,
            codes=setting.codes,
        )
    return RawReading(
        signal=signal.name if signal else None,
        value=found.value,
        verdict=found.verdict,
        unverified=found.unverified,
        reason=found.reason,
        text_value=text,
        value_type=obx.field(2).upper(),
        code=code,
        code_name=name,
        code_system=system,
        unit=next((part for part in unit if part), ""),
        status=obx.field(11).upper(),
        flags=flags,
        observed_at=observed_at,
        has_own_time=has_own_time,
        sub_id=obx.field(4),
        equipment=obx.components(next(iter(obx.repetitions(18)), ""))[0],
    )


def _unknown(obx: Segment, name: str) -> TextValue:
    """A row that only says where values come from is structure; any other is a parameter not read here."""
    if name.startswith("MDC_DEV_") and not obx.field(2) and not obx.field(5):
        return TextValue(None, "structure", "a part of the device, without a value")
    return TextValue(None, "unknown", "no signal of ours has this code")


def _observed_at(obx: Segment, order: Segment | None, setting: _Setting) -> tuple[datetime | None, bool, str]:
    """OBX-14, else OBR-7, else MSH-7; a time that is there but unreadable spoils the value and says so."""
    trouble = ""
    for place, text in (("OBX-14", obx.field(14)), ("OBR-7", order.field(7) if order else "")):
        first = text.split(obx.separators.component)[0]
        if not first or first == '""':
            continue
        try:
            return instant(first, setting.zone), place == "OBX-14", trouble
        except BadTime as error:
            trouble = trouble or f"{place}: {error}"
    return setting.sent_at, False, trouble


def _body_sha256(segments: Sequence[Segment]) -> str:
    """The digest of everything after MSH, whatever its line ends and character set."""
    lines = (segment.separators.field.join(segment.fields) for segment in segments if segment.name != "MSH")
    return hashlib.sha256("\r".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
