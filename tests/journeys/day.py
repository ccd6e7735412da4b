"""Sessions that happen today: told by verbs up to where the hands take over, on the server's own clock."""

from collections.abc import Container
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.actions.afternoon import Afternoon, ready_clinic
from tests.core.session.stories import ANSWERS, NORMAL, vitals
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
