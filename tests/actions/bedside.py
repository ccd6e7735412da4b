"""A monitor at a chair of the afternoon, and the messages it sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chairside.actions.monitors import Received, receive
from chairside.actions.patients import set_device
from chairside.charts.associations import Associations
from chairside.charts.sessions import Folded, refold
from chairside.interop.hl7v2 import Hl7Refused, VitalsMessage, vital_codes, write_vitals
from chairside.records.models import Device
from tests.actions.afternoon import T0, Afternoon
from tests.people import Six

KEY = "MON-1"
FINE = {"spo2_percent": 97.0, "hr_per_min": 71.0, "rr_per_min": 14.0}
CUFF = ("sbp_mmhg", "dbp_mmhg", "map_mmhg")


@dataclass
class HandClock:
    """A clock that stands where a test puts it."""

    minute: float = 0.0
    rate: float = 1.0
    not_for_care: bool = True

    def now(self):
        """The instant it stands at."""
        return T0 + timedelta(minutes=self.minute)

    def monotonic(self):
        """Seconds since the start of the pump."""
        return self.minute * 60


def monitor(six: Six, *keys: str, zone: str = "America/Los_Angeles") -> Device:
    """A monitor that signs with these keys."""
    device = Device(clinic=six.clinic, name=f"Monitor {keys[0]}", zone=zone)
    return set_device(device, keys=keys, by=six.manager, at=T0 - timedelta(hours=2))


def infusing(afternoon: Afternoon, device: Device) -> Folded:
    """The pump runs since minute 0, and the monitor is this patient's since two minutes before."""
    afternoon.until("prepared")
    afternoon.do(-2, "monitor.associated", {"monitor": device.pk})
    return afternoon.do(0, "pump.started", {"rate_ul_per_h": 52_500})


def said(minute: float, values: Mapping[str, float | None], **more: Any) -> bytes:
    """A message of the monitor, observed and sent at that minute; any field of `VitalsMessage`."""
    at = T0 + timedelta(minutes=minute)
    fields: dict[str, Any] = {"control_id": f"c{minute}", "device": KEY, "sent_at": at, "observed_at": at}
    own = {name: at for name in CUFF if name in values}
    return write_vitals(
        VitalsMessage(values=values, **{**fields, "episodic": own} | more), codes=vital_codes()
    )


def oru(
    *observations: str, minute: float = 1, msh: str = "MON-1", pv1: str = "", control: str = "c1"
) -> bytes:
    """A message written by hand: each observation from OBX-2 on."""
    at = f"{T0 + timedelta(minutes=minute):%Y%m%d%H%M%S}+0000"
    lines = [
        f"MSH|^~\\&|{msh}|CHAIRSIDE||{at}||ORU^R01|{control}|P|2.6"
        if "|" in msh
        else f"MSH|^~\\&|{msh}||CHAIRSIDE||{at}||ORU^R01|{control}|P|2.6",
        f"PV1||O|{pv1}",
        f"OBR|1|||VITALS|||{at}",
        *(f"OBX|{number}|{text}" for number, text in enumerate(observations, 1)),
    ]
    return "".join(f"{line}\r" for line in lines).encode()


def spo2(text: str, *, unit: str = "%", equipment: str = "") -> str:
    """An SpO2 observation with this in OBX-5."""
    return f"NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1|{text}|{unit}|||||R|||||||{equipment}"


@dataclass
class Bedside:
    """Hands messages to the verb, as the listener does."""

    afternoon: Afternoon
    associations: Associations = field(default_factory=Associations)

    def hear(self, raw: bytes, *, minute: float) -> Received:
        """Takes a message in at that minute of the clinic's clock."""
        return receive(
            raw,
            clinic=self.afternoon.six.clinic.pk,
            peer="127.0.0.1:4711",
            associations=self.associations,
            by="hl7-listener",
            at=T0 + timedelta(minutes=minute),
        )

    def charted(self, afternoon: Afternoon | None = None) -> list[Any]:
        """The monitor's events of the session, in event time order, from the log alone."""
        visit = (afternoon or self.afternoon).visit
        events = refold(visit.session, self.afternoon.six.clinic.pk).events
        found = [e for e in events if e.kind == "observation.recorded" and e.source == "monitor"]
        return sorted(found, key=lambda each: each.happened_at)


def values_of(event: Any) -> dict[str, Any]:
    """The values of an event by signal."""
    return {each["signal"]: each for each in event.payload["values"]}


def code_of(received: Received) -> str:
    """How it is acknowledged."""
    return received.answer.ack_code if isinstance(received.answer, Hl7Refused) else "AA"
