"""The vital signals as data: their units, what can be true of them, and when their silence is an alarm."""

from dataclasses import dataclass

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal: values outside `low` to `high` are implausible, not alarming.

    A `continuous` signal belongs to those that can be lost together; the others (a cuff) come in cycles.
    After `stale_s` without a value it is silent.
    """

    id: str
    label: str
    unit: str
    low: Sourced
    high: Sourced
    continuous: bool
    stale_s: Sourced

    def __post_init__(self) -> None:
        if self.low.value >= self.high.value:
            raise ValueError(f"low, high: expected low below high for {self.id}")
        if self.stale_s.unit != "s" or self.stale_s.value <= 0:
            raise ValueError(f"stale_s: expected more than zero seconds for {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CuffRules:
    """What makes one cuff cycle unbelievable beside the one before it, within `jump_within_s`."""

    jump_mmhg: Sourced
    jump_within_s: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals(Headed):
    """The signed list of signals.

    `lost_s` is how long a signal may be reported as not measured before that is an alarm; when it is the
    ECG that is off while a pulse is felt, `pulse_stands_in` names the signal that still sees the heart.
    """

    signals: tuple[Signal, ...]
    cuff: CuffRules
    lost_s: Sourced
    pulse_stands_in: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [each.id for each in self.signals]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("signals: expected at least one, each with its own id")

    def signal(self, name: str) -> Signal | None:
        """The signal of that id."""
        return next((each for each in self.signals if each.id == name), None)
