"""Alarm limits as data: each with its number, delay, priority, what it asks for, and its source."""

from dataclasses import dataclass
from typing import Literal

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed

Priority = Literal["high", "medium", "low"]
Asks = Literal["stop", "hold", "notify", "look"]
Comparison = Literal["above", "at_least", "below", "at_most"]
Basis = Literal["absolute", "over_baseline", "under_baseline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit on one signal.

    `basis` says what the threshold is held against: the value itself, or its rise over or fall under
    the fixed baseline, as an amount in the signal's unit or in `%`.
    """

    id: str
    signal: str
    label: str
    comparison: Comparison
    basis: Basis = "absolute"
    threshold: Sourced
    delay_s: Sourced
    priority: Priority
    action: Asks

    def __post_init__(self) -> None:
        if self.delay_s.unit != "s" or self.delay_s.value < 0:
            raise ValueError(f"delay_s: expected zero or more seconds in the limit {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePriority:
    """How loud silence is: one signal alone, and how long after a limit alarm it is as loud as that."""

    one: Priority
    together: Priority
    after_alarm: Priority
    after_alarm_s: Sourced
    episodic: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Headed):
    """The signed limits of a tier of care, and the priorities of silence."""

    tier: str
    limits: tuple[Limit, ...]
    silence: SilencePriority
    recheck_within_s: Sourced

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [each.id for each in self.limits]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("limits: expected at least one, each with its own id")
