"""A row of vital signs as an ORU^R01 of the PCD-01 kind: MDC codes, UCUM units, time with its zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chairside.interop.hl7v2.codes import Codes
from chairside.interop.hl7v2.syntax import Separators
from chairside.interop.hl7v2.times import hl7_time

_MARKS = Separators()
_PCD_01 = "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO"
_MONITORING = "182777000^monitoring of patient^SCT"


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalsMessage:
    """What is sent: values by signal name (`None`: cannot be obtained) and the time they were observed.

    `episodic` names the signals with a time of their own in OBX-14, such as a cuff's.
    """

    control_id: str
    device: str
    sent_at: datetime
    observed_at: datetime
    values: Mapping[str, float | None]
    episodic: Mapping[str, datetime] = field(default_factory=dict)
    patient_id: str = ""
    bed: str = ""
    processing_id: str = "P"


def write_vitals(message: VitalsMessage, *, codes: Codes) -> bytes:
    """The message in UTF-8; a signal the code table doesn't write raises `BadCodeTable`."""
    escaped = _MARKS.escaped
    patient = f"{escaped(message.patient_id)}^^^CHAIRSIDE^MR" if message.patient_id else ""
    msh = [
        "MSH",
        "^~\\&",
        escaped(message.device),
        "",
        "CHAIRSIDE",
        "",
        hl7_time(message.sent_at),
        "",
        "ORU^R01^ORU_R01",
    ]
    msh += [
        escaped(message.control_id),
        message.processing_id,
        "2.6",
        "",
        "",
        "AL",
        "NE",
        "",
        "UNICODE UTF-8",
        "",
        "",
        _PCD_01,
    ]
    order = f"{escaped(message.control_id)}^{escaped(message.device)}"
    segments = [
        msh,
        ["PID", "", "", patient],
        ["PV1", "", "O", f"^^{escaped(message.bed)}"],
        ["OBR", "1", order, order, _MONITORING, "", "", hl7_time(message.observed_at)],
    ]
    for number, (signal, value) in enumerate(message.values.items(), start=1):
        own_time = message.episodic.get(signal)
        segments.append(
            _obx(number, signal, value=value, own_time=own_time, codes=codes, device=escaped(message.device))
        )
    return "".join("|".join(segment) + "\r" for segment in segments).encode("utf-8")


def _obx(
    number: int, signal: str, *, value: float | None, own_time: datetime | None, codes: Codes, device: str
) -> list[str]:
    code = codes.written_code(signal)
    unit = codes.signals[signal].unit
    return [
        "OBX",
        str(number),
        "NM",
        f"{code.code}^{code.name}^{code.system}",
        f"1.1.1.{code.code}",
        "" if value is None else f"{value:.10g}",
        f"{unit}^{unit}^UCUM",
        "",
        "",
        "",
        "",
        "X" if value is None else "R",
        "",
        "",
        hl7_time(own_time) if own_time else "",
        "",
        "",
        "",
        device,
    ]
