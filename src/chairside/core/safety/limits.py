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
    """One limit on one signal; `label` names its alarm where no value is at hand, `advice` what else helps.

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
    advice: str = ""

    def __post_init__(self) -> None:
        if self.delay_s.unit != "s" or self.delay_s.value < 0:
            raise ValueError(f"delay_s: expected zero or more seconds in the limit {self.id}")
        if self.basis != "absolute" and self.threshold.value <= 0:
            raise ValueError(f"threshold: expected a change above zero in the limit {self.id}")
        if self.basis != "absolute" and self.upward != (self.basis == "over_baseline"):
            raise ValueError(f"comparison: expected one that fits {self.basis} in the limit {self.id}")

    @property
    def upward(self) -> bool:
        """Whether a greater value is worse."""
        return self.comparison in ("above", "at_least")


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePriority:
    """How loud silence is: of one signal, of all together, and near a limit alarm.

    `after_alarm_s` is how long after a limit alarm a loss is as loud as during it; `episodic` is for a
    cuff that is overdue or not believed.
    """

    one: Priority
    together: Priority
    after_alarm: Priority
    after_alarm_s: Sourced
    episodic: Priority

    def __post_init__(self) -> None:
        if self.after_alarm_s.unit != "s" or self.after_alarm_s.value < 0:
            raise ValueError("after_alarm_s: expected zero or more seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Headed):
    """The signed limits of a tier of care, and the priorities of silence.

    `continuous` are groups of signals; where a monitor is in use, one signal of each group must arrive.
    """

    tier: str
    limits: tuple[Limit, ...]
    silence: SilencePriority
    recheck_within_s: Sourced
    continuous: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [each.id for each in self.limits]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("limits: expected at least one, each with its own id")
        if not all(self.continuous):
            raise ValueError("continuous: expected at least one signal in each group")
