"""Which checks fall due when, from the signed monitoring schedule; a check missed stays overdue."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed

CheckPhase = Literal["infusing", "recovering"]
DueState = Literal["done", "not taken", "due", "overdue", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one phase: every so often, or at set times after the phase began.

    While the patient is flagged (a limit was crossed), `flagged_every_s` takes the place of `every_s`.
    `acts` and `signals` say what counts as having done it: any of the acts, or all of the signals.
    """

    id: str
    what: str
    label: str
    phase: CheckPhase
    every_s: Sourced | None = None
    flagged_every_s: Sourced | None = None
    at_s: tuple[Sourced, ...] = ()
    early_s: Sourced
    grace_s: Sourced
    acts: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.every_s is None) is (not self.at_s):
            raise ValueError(f"every_s, at_s: expected exactly one of the two in the check {self.id}")
        times = [each.value for each in self.at_s]
        if times != sorted(set(times)):
            raise ValueError(f"at_s: expected rising times in the check {self.id}")
        if any(each.unit != "s" for each in self.numbers):
            raise ValueError(f"unit: expected s in the check {self.id}")
        if any(each is not None and each.value <= 0 for each in (self.every_s, self.flagged_every_s)):
            raise ValueError(f"every_s: expected more than zero in the check {self.id}")

    @property
    def numbers(self) -> tuple[Sourced, ...]:
        """Every sourced number it holds."""
        each = (self.every_s, self.flagged_every_s, *self.at_s, self.early_s, self.grace_s)
        return tuple(number for number in each if number is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Headed):
    """The signed monitoring schedule of one tier; `late_entry_s` is from when an entry is labelled late."""

    tier: str
    checks: tuple[Check, ...]
    late_entry_s: Sourced

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [check.id for check in self.checks]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("checks: expected at least one, each with its own id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the schedule hangs on: first start, planned and actual end, flag raised, release."""

    started_at: datetime | None
    stopped_at: datetime | None = None
    planned_stop_at: datetime | None = None
    flagged_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One check at its time. `late` says that it was done, but after its grace."""

    check_id: str
    what: str
    label: str
    due_at: datetime
    done_at: datetime | None
    state: DueState
    late: bool = False


Taken = Sequence[tuple[str, datetime]]
"""What was checked and when, by the `what` of the schedule."""


def due(
    schedule: Schedule, course: Course, *, done: Taken, now: datetime, not_taken: Taken = ()
) -> tuple[Due, ...]:
    """Every check from the start up to the next one of each kind ahead, in order of time.

    While infusing it is drawn as far as the planned end, so that the whole sheet stands in advance.
    """
    rows = [
        row
        for check in schedule.checks
        for row in _rows(check, course, done=done, not_taken=not_taken, now=now)
    ]
    return tuple(sorted(rows, key=lambda row: (row.due_at, row.check_id)))


def taken(
    schedule: Schedule,
    *,
    acts: Iterable[tuple[str, datetime]],
    observations: Iterable[tuple[frozenset[str], datetime]],
) -> tuple[tuple[str, datetime], ...]:
    """What acts and observed signals count as, in the words of the schedule, in order of time."""
    by_act = [(check.what, at) for act, at in acts for check in schedule.checks if act in check.acts]
    by_signal = [
        (check.what, at)
        for signals, at in observations
        for check in schedule.checks
        if check.signals and signals.issuperset(check.signals)
    ]
    return tuple(sorted({*by_act, *by_signal}, key=lambda each: (each[1], each[0])))


def is_late(schedule: Schedule, *, observed_at: datetime, entered_at: datetime) -> bool:
    """Whether an entry was written down so long after it happened that it is labelled late."""
    return entered_at - observed_at > timedelta(seconds=float(schedule.late_entry_s.value))


def _seconds(length: Sourced) -> timedelta:
    return timedelta(seconds=float(length.value))


def _slots(check: Check, course: Course, now: datetime) -> Iterator[datetime]:
    """The times at which the check falls due."""
    began = course.started_at if check.phase == "infusing" else course.stopped_at
    if began is None:
        return
    ends = [course.stopped_at, course.released_at] if check.phase == "infusing" else [course.released_at]
    end = min((each for each in ends if each is not None), default=None)
    if check.every_s is None:
        for each in check.at_s:
            if end is None or began + _seconds(each) <= end:
                yield began + _seconds(each)
        return
    slot = _next(check, course, began)
    horizon = max(now, course.planned_stop_at or now) if check.phase == "infusing" else now
    while end is None or slot <= end:
        yield slot
        if end is None and slot > horizon:
            return
        slot = _next(check, course, slot)


def _next(check: Check, course: Course, last: datetime) -> datetime:
    """The time after `last`; a flag raised meanwhile brings it nearer."""
    every = _seconds(check.every_s) if check.every_s else timedelta(0)
    if check.flagged_every_s is None or course.flagged_at is None:
        return last + every
    often = _seconds(check.flagged_every_s)
    return last + often if last >= course.flagged_at else min(last + every, course.flagged_at + often)


def _first(times: Taken, what: str, *, since: datetime, until: datetime | None) -> datetime | None:
    inside = [at for each, at in times if each == what and since <= at and (until is None or at < until)]
    return min(inside, default=None)


def _rows(check: Check, course: Course, *, done: Taken, not_taken: Taken, now: datetime) -> Iterator[Due]:
    """Each time with the first check done in its window, which reaches to the window of the next.

    The last window of the infusion closes its grace after the end: what is checked later is recovery.
    """
    early, grace = _seconds(check.early_s), _seconds(check.grace_s)
    slots = tuple(_slots(check, course, now))
    ended = course.stopped_at if check.phase == "infusing" else None
    for position, due_at in enumerate(slots):
        following = slots[position + 1] - early if position + 1 < len(slots) else None
        closes = None if ended is None else ended + grace
        until = min((each for each in (following, closes) if each is not None), default=None)
        done_at = _first(done, check.what, since=due_at - early, until=until)
        missed_at = _first(not_taken, check.what, since=due_at - early, until=until)
        if done_at is not None:
            state: DueState = "done"
        elif missed_at is not None:
            state = "not taken"
        elif now < due_at:
            state = "later"
        else:
            state = "due" if now <= due_at + grace else "overdue"
        yield Due(
            check_id=check.id,
            what=check.what,
            label=check.label,
            due_at=due_at,
            done_at=done_at,
            state=state,
            late=done_at is not None and done_at > due_at + grace,
        )
