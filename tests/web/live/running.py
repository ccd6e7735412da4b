"""An infusion that runs at this moment: the ordinary chapters, moved to now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chairside.accounts.access import held_by
from chairside.actions.sessions import Author, Entry, observe, record
from chairside.charts.sessions import Folded, load
from chairside.core.session import typed_payload
from chairside.core.session.verdicts import session_alarms
from chairside.records.models import Device
from tests.actions.afternoon import sign_everything, visit_of
from tests.core.session.stories import CHAPTERS, vitals
from tests.people import Six

MONITOR = "device:monitor-1"


@dataclass
class Running:
    """A session whose pump was started at `zero`; `tell` writes as a person some minutes after it."""

    six: Six
    session: str
    zero: datetime

    @property
    def folded(self) -> Folded:
        """As the log stands."""
        return load(self.session, self.six.clinic.pk)

    def tell(self, minute: float, kind: str, payload: dict[str, Any], who: str = "nurse") -> Folded:
        """One event by a person."""
        person = getattr(self.six, who)
        return record(
            session=self.session,
            clinic=self.six.clinic.pk,
            entry=Entry(kind=kind, payload=typed_payload(kind, payload)),
            by=Author(person.pk, held_by(person), "tablet:story"),
            at=self.zero + timedelta(minutes=minute),
        )

    def tick(self, minute: float, **values: float) -> Folded:
        """One tick of the monitor."""
        at = self.zero + timedelta(minutes=minute)
        payload = typed_payload("observation.recorded", vitals(**values))
        return observe(
            session=self.session,
            clinic=self.six.clinic.pk,
            entry=Entry(kind="observation.recorded", payload=payload, source="monitor"),
            by=Author(MONITOR, frozenset({"device"}), MONITOR),
            at=at,
        )

    def unmeasured(self, minute: float, signal: str, why: str) -> Folded:
        """One tick in which the monitor could not measure a signal."""
        value = {"signal": signal, "value": None, "unit": "", "verdict": "not_measured", "reason": why}
        payload = typed_payload("observation.recorded", {"values": [value]})
        return observe(
            session=self.session,
            clinic=self.six.clinic.pk,
            entry=Entry(kind="observation.recorded", payload=payload, source="monitor"),
            by=Author(MONITOR, frozenset({"device"}), MONITOR),
            at=self.at(minute),
        )

    def at(self, minute: float) -> datetime:
        """The instant that many minutes after the start."""
        return self.zero + timedelta(minutes=minute)

    def alarm_keys(self) -> list[str]:
        """The alarms that stand now."""
        found = session_alarms(self.folded.state, datetime.now(UTC))
        return [each.alarm.key for each in found if each.open]

    def monitored(self, minutes: int, *, every_s: int = 30) -> None:
        """A monitor that saw everything from the start to that minute, with a cuff each five minutes."""
        for second in range(0, minutes * 60 + 1, every_s):
            cuff = {"sbp_mmhg": 126.0 + second / 60, "dbp_mmhg": 80.0} if second % 300 == 0 else {}
            rest = {"hr_per_min": 74.0 + second % 90 / 30, "spo2_percent": 97.0, "rr_per_min": 14.0}
            self.tick(second / 60, **cuff, **rest)


def running(six: Six, zero: datetime, *, until: str = "infusing") -> Running:
    """A session told up to a chapter, its pump started at `zero`."""
    sign_everything(six, zero - timedelta(hours=3))
    visit = visit_of(six, zero - timedelta(hours=2))
    told = Running(six, visit.session, zero)
    people = {"nurse-1": "nurse", "nurse-2": "prescriber", "prescriber-1": "prescriber"}
    Device.objects.create(id="monitor-1", clinic=six.clinic, name="Monitor 1", chair=visit.chair, zone="UTC")
    told.tell(-40, "monitor.associated", {"monitor": "monitor-1"})
    baseline = ""
    for chapter, lines in CHAPTERS.items():
        if chapter == "planned" or (chapter == "paused" and until != "paused"):
            continue
        for minute, kind, payload, envelope in lines:
            said = {"observation": baseline} if kind == "baseline.fixed" else payload
            folded = told.tell(minute, kind, said, people[envelope.get("actor", "nurse-1")])
            if kind == "observation.recorded":
                baseline = folded.events[-1].id
        if chapter == until:
            break
    return told
