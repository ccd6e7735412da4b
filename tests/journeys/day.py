"""Sessions that happen today: told by verbs up to where the hands take over, on the server's own clock."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chairside.actions.patients import NewVisit, add_measure, plan_visit, set_device
from chairside.actions.sessions import Author, Entry, observe
from chairside.core.session import typed_payload
from chairside.core.session.verdicts import session_alarms
from chairside.records.models import Device
from tests.actions.afternoon import Afternoon, ready_clinic, visit_of
from tests.core.session.stories import ANSWERS, NORMAL, ORDER, SYRINGE, vitals
from tests.journeys.hands import log
from tests.people import Six


def afternoon_at(six: Six, minute: float) -> Afternoon:
    """A planned visit whose story stands at that minute now; the pump is to start at minute 0."""
    return ready_clinic(six, datetime.now(UTC) - timedelta(minutes=minute))


def answered(
    afternoon: Afternoon, *, but: Container[str] = (), measured: dict[str, float] | None = None
) -> None:
    """The check-in up to its last line, some questions left to the hands; one of two sets is the baseline."""
    for item, said in ANSWERS.items():
        if item not in but:
            afternoon.do(-30, "checkin.answered", {"item": item, "answers": afternoon.told(said)})
    for minute in (-28, -24):
        folded = afternoon.do(minute, "observation.recorded", vitals(**(NORMAL | (measured or {}))))
    taken: dict[str, Any] = {"observation": folded.rules.baseline_sets(folded.state)[-1].stamp.event}
    afternoon.do(-23, "baseline.fixed", taken)


def weighed_before(day: Afternoon, weight_g: int) -> Afternoon:
    """The next visit of the same patient, who weighed so much at the one before."""
    six, earlier, at = day.six, day.visit, day.t0 - timedelta(hours=1)
    add_measure(earlier.patient, kind="weight_g", value=weight_g, by=six.nurse, at=at)
    new = NewVisit(earlier.plan, earlier.chair, 2, at)
    return Afternoon(six, plan_visit(new, clinic=six.clinic, by=six.nurse, at=at), t0=day.t0)


def ordered(six: Six) -> Afternoon:
    """A visit whose order the prescriber has just signed: 35 mg in 40 min."""
    day = afternoon_at(six, -19)
    day.until("checked-in")
    day.do(-20, "order.signed", ORDER, who="prescriber")
    return day


def begun(six: Six) -> Afternoon:
    """The same, with the nurse's first preparation waiting for its second person."""
    day = afternoon_at(six, -17)
    day.until("checked-in")
    day.do(-20, "order.signed", ORDER, who="prescriber")
    day.do(-18, "preparation.begun", day.told(SYRINGE))
    return day


# While it runs --------------------------------------------------------------------------------------

QUIET = {"hr_per_min": 74.0, "spo2_percent": 97.0, "rr_per_min": 14.0}


@dataclass(frozen=True)
class Monitor:
    """The monitor at a chair of today; what it says is observed as it is said, or at a minute."""

    day: Afternoon
    device: str

    def says(self, minute: float | None = None, **values: float) -> None:
        """One tick, quiet but for what is said."""
        name, day = f"device:{self.device}", self.day
        at = datetime.now(UTC) if minute is None else day.t0 + timedelta(minutes=minute)
        body = typed_payload("observation.recorded", vitals(**(QUIET | values)))
        observe(
            session=day.visit.session,
            clinic=day.six.clinic.pk,
            entry=Entry(kind="observation.recorded", payload=body, source="monitor"),
            by=Author(name, frozenset({"device"}), name),
            at=at,
        )


def infusing(six: Six, minute: float, *, after: Afternoon | None = None, name: str = "Rivera") -> Afternoon:
    """An infusion that runs since so many minutes; `after` another, at its own chair, in the same clinic."""
    day = afternoon_at(six, minute) if after is None else another(after, minute, name)
    day.until("infusing")
    return day


def another(first: Afternoon, minute: float, name: str) -> Afternoon:
    """A second patient of the same day."""
    t0 = datetime.now(UTC) - timedelta(minutes=minute)
    return Afternoon(first.six, visit_of(first.six, t0 - timedelta(hours=2), name=name), t0=t0)


def monitored(day: Afternoon, minute: float, *, last: float = 0.0) -> Monitor:
    """The same with a monitor that was quiet from the start until `last` minutes before now."""
    device = Device(clinic=day.six.clinic, name=f"Monitor of {day.visit.patient.family_name}", zone="UTC")
    set_device(device, keys=(str(device.pk),), by=day.six.manager, at=day.t0 - timedelta(hours=1))
    day.do(-2, "monitor.associated", {"monitor": device.pk})
    heard = Monitor(day, device.pk)
    until = minute - last
    for tick in range(int(until) + 1):
        cuff = {"sbp_mmhg": 128.0, "dbp_mmhg": 80.0} if tick % 5 == 0 else {}
        heard.says(tick, **cuff)
    heard.says(until)
    return heard


# What the log says -----------------------------------------------------------------------------------


def standing(day: Afternoon) -> set[str]:
    """The limits whose alarms stand now."""
    found = session_alarms(log(day.visit).state, datetime.now(UTC))
    return {each.alarm.limit_id for each in found if each.open}


def acts(day: Afternoon) -> list[str]:
    """The acts that stand in the log, in order."""
    return [each.body.act for each in log(day.visit).state.acts]


def since_start(day: Afternoon) -> list[str]:
    """The kinds of what people told after the start."""
    events = log(day.visit).events
    start = next(index for index, each in enumerate(events) if each.kind == "pump.started")
    people = [each for each in events[start + 1 :] if each.source == "typed"]
    return [each.kind for each in people if each.kind != "monitor.associated"]
