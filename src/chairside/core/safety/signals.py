"""The vital signals as data: their units, what can be true of them, and when their silence is an alarm."""

from dataclasses import dataclass

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal: values outside `low` to `high` are implausible, and are not judged as values.

    A `continuous` signal belongs to those that can be lost together; the others (a cuff) come in cycles.
    It is silent once nothing of it was measured for `stale_s`; a continuous one perhaps sooner.
    """

    id: str
    label: str
    unit: str
    low: Sourced
    high: Sourced
    continuous: bool
    zero_is_not_measured: bool
    stale_s: Sourced

    def __post_init__(self) -> None:
        if self.low.value >= self.high.value:
            raise ValueError(f"low, high: expected low below high for {self.id}")
        if self.stale_s.unit != "s" or self.stale_s.value <= 0:
            raise ValueError(f"stale_s: expected more than zero seconds for {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CuffRules:
    """What makes one cuff cycle unbelievable beside those before it, within `jump_within_s`."""

    jump_mmhg: Sourced
    jump_within_s: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals(Headed):
    """The signed list of signals.

    `lost_s` is how long a signal may be reported as not measured before that is an alarm. A continuous
    signal that merely stops arriving is silent after `stale_intervals` of its own intervals, never sooner
    than `stale_floor_s` and never later than its own `stale_s`. `pulse_stands_in` pairs the ECG's rate with
    the signal that still sees the heart when a lead is off.
    """

    signals: tuple[Signal, ...]
    cuff: CuffRules
    lost_s: Sourced
    stale_floor_s: Sourced
    stale_intervals: Sourced
    pulse_stands_in: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [each.id for each in self.signals]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("signals: expected at least one, each with its own id")
        if unknown := sorted({name for pair in self.pulse_stands_in for name in pair} - {*ids}):
            raise ValueError(f"pulse_stands_in: there is no signal {unknown[0]!r}")
        for name in ("lost_s", "stale_floor_s"):
            given = getattr(self, name)
            if given.unit != "s" or given.value < 0:
                raise ValueError(f"{name}: expected zero or more seconds")

    def signal(self, name: str) -> Signal | None:
        """The signal of that id."""
        for each in self.signals:
            if each.id == name:
                return each
        return None
