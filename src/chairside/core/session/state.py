"""What a session is at a moment: everything here is folded from its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from chairside.core.safety import Watch
from chairside.core.session import payloads as p
from chairside.core.session.envelope import Event

Phase = Literal[
    "unplanned",
    "planned",
    "checked-in",
    "prepared",
    "infusing",
    "paused",
    "recovering",
    "ready",
    "released",
    "closed",
    "abandoned",
]

BEFORE_START: frozenset[Phase] = frozenset({"unplanned", "planned", "checked-in", "prepared"})
RUNNING: frozenset[Phase] = frozenset({"infusing", "paused"})
AFTER_STOP: frozenset[Phase] = frozenset({"recovering", "ready"})
ON_THE_CHAIR: frozenset[Phase] = RUNNING | AFTER_STOP
ENDED: frozenset[Phase] = frozenset({"released", "closed", "abandoned"})


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who said it, when it happened, and in which event."""

    event: str
    at: datetime
    by: str
    authorised_by: str | None = None

    @classmethod
    def of(cls, event: Event) -> "Stamp":
        """The stamp of an event, on the clinic's clock."""
        return cls(event.id, event.happened_at, event.actor, event.authorised_by)


@dataclass(frozen=True, slots=True)
class Said:
    """A payload with its stamp."""

    stamp: Stamp
    kind: str
    body: Any


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """The session entered this phase."""

    phase: Phase
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that did not fit, in words; settled once a person said how to read it."""

    event: str
    text: str
    settled: Said | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """One numbered preparation: begun, checked blind by a second person, programmed on the pump."""

    begun: Said
    checks: tuple[Said, ...] = ()
    programmed: Said | None = None

    @property
    def body(self) -> p.PreparationBegun:
        """What the first person prepared."""
        body: p.PreparationBegun = self.begun.body
        return body

    @property
    def checked(self) -> Said | None:
        """The last blind check, if it agreed."""
        last = self.checks[-1] if self.checks else None
        return last if last and last.body.agrees else None

    @property
    def programmed_as_ordered(self) -> bool:
        """Whether the pump's display was read and agreed."""
        return self.programmed is not None and bool(self.programmed.body.agrees)

    @property
    def usable(self) -> bool:
        """Whether drug of this preparation may be started: checked blind and programmed, both agreeing."""
        return self.checked is not None and self.programmed_as_ordered


@dataclass(frozen=True, slots=True)
class PumpChange:
    """From this moment the pump ran at this rate (0: it did not run), with drug of this concentration."""

    stamp: Stamp
    kind: str
    rate_ul_per_h: int
    concentration_ug_per_ml: int
    preparation: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One tick or typed set, as gated."""

    stamp: Stamp
    source: str
    device: str
    body: p.ObservationRecorded

    def accepted(self) -> dict[str, float]:
        """The values that passed the gate, by signal."""
        return {
            each.signal: each.value
            for each in self.body.values
            if each.verdict == "accepted" and each.value is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The folded session. Tuples are in folding order; what nobody said is absent, never a default."""

    session: str = ""
    planned: Said | None = None
    library_version: str = ""
    phase: Phase = "unplanned"
    history: tuple[PhaseChange, ...] = ()
    checkin: Mapping[str, Said] = field(default_factory=_nothing)
    monitor: Said | None = None
    observations: tuple[Observation, ...] = ()
    baseline: Said | None = None
    baseline_values: Mapping[str, float] = field(default_factory=_nothing)
    overrides: tuple[Said, ...] = ()
    order: Said | None = None
    preparations: tuple[Preparation, ...] = ()
    timeout: Said | None = None
    pump: tuple[PumpChange, ...] = ()
    pump_readings: tuple[Said, ...] = ()
    acts: tuple[Said, ...] = ()
    drugs: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()
    acknowledgements: tuple[Said, ...] = ()
    verdicts: tuple[Said, ...] = ()
    readiness: Mapping[str, Said] = field(default_factory=_nothing)
    excused: Mapping[str, Said] = field(default_factory=_nothing)
    release: Said | None = None
    abandoned: Said | None = None
    signatures: tuple[Said, ...] = ()
    closed: Said | None = None
    addenda: tuple[Said, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    watch: Watch | None = None

    @property
    def started_at(self) -> datetime | None:
        """When the pump first ran; T0 of every graph and schedule."""
        return next((change.stamp.at for change in self.pump if change.rate_ul_per_h > 0), None)

    @property
    def stopped_at(self) -> datetime | None:
        """When the infusion ended for good, once it did."""
        last = self.pump[-1] if self.pump else None
        return last.stamp.at if last and last.kind == "pump.stopped" else None

    @property
    def preparation(self) -> Preparation | None:
        """The latest preparation."""
        return self.preparations[-1] if self.preparations else None

    @property
    def rate_ul_per_h(self) -> int:
        """The rate the pump was last said to run at."""
        return self.pump[-1].rate_ul_per_h if self.pump else 0

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Conflicts nobody settled yet."""
        return tuple(conflict for conflict in self.conflicts if conflict.settled is None)

    def entered(self, phase: Phase) -> datetime | None:
        """When the session last entered a phase."""
        return next((each.stamp.at for each in reversed(self.history) if each.phase == phase), None)
