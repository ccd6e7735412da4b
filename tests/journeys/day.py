"""Sessions that happen today: told by verbs up to where the hands take over, on the server's own clock."""

from collections.abc import Container
from datetime import UTC, datetime, timedelta
from typing import Any

from chairside.actions.patients import NewVisit, add_measure, plan_visit
from tests.actions.afternoon import Afternoon, ready_clinic
from tests.core.session.stories import ANSWERS, NORMAL, ORDER, SYRINGE, vitals
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
