"""What people said the pump did, as a profile of rates; the software drives no pump."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from chairside.core.session import payloads as p
from chairside.core.session.envelope import Event
from chairside.core.session.state import PumpChange, Stamp, State


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch at one rate; `ends_at` is None while it still runs."""

    starts_at: datetime
    ends_at: datetime | None
    rate_ul_per_h: int
    concentration_ug_per_ml: int

    @property
    def rate_ug_per_h(self) -> Fraction:
        """Drug per hour in this stretch."""
        return Fraction(self.rate_ul_per_h * self.concentration_ug_per_ml, 1000)


def change(state: State, event: Event, *, rate_ul_per_h: int, reason: str) -> State:
    """The state with one more change at the pump.

    Drug runs from the latest usable preparation when the pump starts or resumes, and stays that of
    the syringe in the pump at any other change.
    """
    last = state.pump[-1] if state.pump else None
    number, concentration = (last.preparation, last.concentration_ug_per_ml) if last else (0, 0)
    if last is None or event.kind in ("pump.started", "pump.resumed"):
        usable = [each.body for each in state.preparations if each.usable] or [
            each.body for each in state.preparations
        ]
        if usable:
            number, concentration = usable[-1].number, usable[-1].concentration_ug_per_ml
    made = PumpChange(Stamp.of(event), event.kind, rate_ul_per_h, concentration, number, reason)
    return replace(state, pump=(*state.pump, made))


def misfits(state: State, kind: str, body: p.PumpRunning) -> Iterator[str]:
    """Why a running pump does not fit the record, in words; nothing when it fits."""
    expected = {
        "pump.started": ("prepared",),
        "pump.resumed": ("paused",),
        "pump.raised": ("infusing",),
        "pump.lowered": ("infusing",),
    }[kind]
    done = kind.removeprefix("pump.")
    if state.phase not in expected:
        yield f"the pump was {done} while the session was {state.phase}"
    if not any(each.usable for each in state.preparations):
        yield f"the pump was {done} without a preparation that two people agreed on"
    if kind == "pump.lowered" and body.rate_ul_per_h > state.rate_ul_per_h:
        yield "a lowered rate is above the rate before it"


def reading_differs(state: State, body: p.PumpRead) -> str:
    """The sentence for a pump that runs at another rate than the record says."""
    return (
        f"the pump was read at {body.rate_ul_per_h / 1000:g} mL/h while the record said "
        f"{state.rate_ul_per_h / 1000:g} mL/h"
    )


def runs(state: State) -> tuple[Run, ...]:
    """The stretches at one rate, pauses left out, in order."""
    stretches: list[Run] = []
    for index, made in enumerate(state.pump):
        later = state.pump[index + 1] if index + 1 < len(state.pump) else None
        if made.rate_ul_per_h > 0:
            ends_at = later.stamp.at if later else None
            stretches.append(Run(made.stamp.at, ends_at, made.rate_ul_per_h, made.concentration_ug_per_ml))
    return tuple(stretches)


def delivered_ug(state: State, at: datetime) -> int:
    """Drug that left the syringe until `at`, by the rates people recorded; whole micrograms, rounded once."""
    total = Fraction(0)
    for run in runs(state):
        seconds = (min(run.ends_at or at, at) - run.starts_at).total_seconds()
        if seconds > 0:
            total += run.rate_ug_per_h * Fraction(seconds) / 3600
    return round(total)


def delivered_ul(state: State, at: datetime) -> int:
    """Volume that left the syringe until `at`, by the recorded rates; whole microlitres, rounded once."""
    total = Fraction(0)
    for run in runs(state):
        seconds = (min(run.ends_at or at, at) - run.starts_at).total_seconds()
        if seconds > 0:
            total += Fraction(run.rate_ul_per_h) * Fraction(seconds) / 3600
    return round(total)
