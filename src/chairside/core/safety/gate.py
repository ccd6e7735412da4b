"""The value gate: what a monitor or a person sent becomes a value, or a reason why it is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Literal

from chairside.core.safety.signals import Signals

Verdict = Literal["accepted", "not_measured", "implausible", "unverified"]
CUFF = ("sbp_mmhg", "dbp_mmhg", "map_mmhg")


@dataclass(frozen=True, slots=True)
class Reading:
    """One signal at one moment, as gated; only `accepted` values are ever judged."""

    signal: str
    value: float | None
    unit: str
    observed_at: datetime
    source: str
    device: str
    verdict: str
    reason: str
    event: str


@dataclass(frozen=True, slots=True)
class Gated:
    """The gate's verdict on one signal of one tick, with its reason."""

    signal: str
    value: float | None
    unit: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class CuffBefore:
    """The last accepted cuff cycle: systolic pressure and seconds since then."""

    sbp_mmhg: float
    seconds: float


def gate(
    values: Mapping[str, float | None], signals: Signals, *, before: CuffBefore | None = None
) -> tuple[Gated, ...]:
    """Judges the values of one tick or typed set together, in the order given.

    A signal the library does not know is unverified. Nothing is repaired: a value passes as it came or
    not at all.
    """
    cuff = _cuff_fault(values, signals, before)
    return tuple(_judged(signal, value, signals, cuff=cuff) for signal, value in values.items())


def _judged(signal: str, value: float | None, signals: Signals, *, cuff: str) -> Gated:
    known = signals.signal(signal)
    if known is None:
        return Gated(signal, value, "", "unverified", "a signal the library does not know")
    if value is None:
        return Gated(signal, None, known.unit, "not_measured", "not measured")
    if not isfinite(value):
        return Gated(signal, None, known.unit, "not_measured", "not a number")
    if not known.low.value <= value <= known.high.value:
        reason = f"outside {known.low.value:g} to {known.high.value:g} {known.unit}"
        return Gated(signal, value, known.unit, "implausible", reason)
    if signal in CUFF and cuff:
        return Gated(signal, value, known.unit, "implausible", cuff)
    return Gated(signal, value, known.unit, "accepted", "")


def _cuff_fault(values: Mapping[str, float | None], signals: Signals, before: CuffBefore | None) -> str:
    """Why the pressures of one cuff cycle can't be believed together; empty when they can."""
    sbp, dbp, mean = (values.get(name) or None for name in CUFF)
    if sbp is None or dbp is None:
        return "no systolic and diastolic pressure with it" if (sbp or dbp or mean) is not None else ""
    if sbp <= dbp:
        return "systolic not above diastolic"
    if mean is not None and not dbp <= mean <= sbp:
        return "the mean lies outside systolic and diastolic"
    rules = signals.cuff
    near = before is not None and 0 <= before.seconds <= rules.jump_within_s.value
    if near and before is not None and abs(sbp - before.sbp_mmhg) > rules.jump_mmhg.value:
        return (
            f"{sbp:g} beside {before.sbp_mmhg:g} mmHg {before.seconds / 60:.0f} min before; repeat the cuff"
        )
    return ""
