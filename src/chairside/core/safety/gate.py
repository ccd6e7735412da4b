"""The value gate: what a monitor or a person sent becomes a value, or a reason why it is none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Literal

from chairside.core.safety.conditions import shown
from chairside.core.safety.signals import Signal, Signals

Verdict = Literal["accepted", "not_measured", "implausible", "unverified"]
Fault = Literal["below", "above", "incomplete", "not above diastolic", "mean outside", "jump"]
CUFF = ("sbp_mmhg", "dbp_mmhg", "map_mmhg")
ZERO = "0 here means not measured, or nothing there to measure: look at the patient"


@dataclass(frozen=True, slots=True)
class Reading:
    """One signal at one moment, as gated; only `accepted` values are judged as values."""

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
    """An earlier cuff cycle: its pressures as sent, the seconds since then, and whether it was believed."""

    sbp_mmhg: float
    dbp_mmhg: float
    seconds: float
    believed: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a value, or with a whole cuff cycle (signal empty), in a word and in words."""

    fault: Fault
    signal: str
    reason: str


def gate(
    values: Mapping[str, float | None],
    signals: Signals,
    *,
    before: Sequence[CuffBefore] = (),
    source: str = "monitor",
) -> tuple[Gated, ...]:
    """Judges the values of one tick or typed set together, in the order given.

    A signal the library does not know is unverified. Nothing is repaired: a value passes as it came or
    not at all, and a cuff cycle passes whole or not at all. A zero that a monitor sends for want of a
    measurement is none; a zero that a person typed is judged like any number. `before`: see `recent_cuffs`.
    """
    why = {name: _unmeasured(value, signals.signal(name), source) for name, value in values.items()}
    measured = {name: None if why[name] else value for name, value in values.items()}
    found = findings(measured, signals, before=before)
    return tuple(
        _judged(name, value, known=signals.signal(name), why=why[name], found=found)
        for name, value in values.items()
    )


def findings(
    values: Mapping[str, float | None], signals: Signals, *, before: Sequence[CuffBefore] = ()
) -> tuple[Finding, ...]:
    """Everything that is wrong with these numbers as numbers, zeros included."""
    ranged = [
        found
        for name, value in values.items()
        if value is not None and (known := signals.signal(name)) and (found := _out_of_range(known, value))
    ]
    return (*ranged, *_cuff_findings(values, signals, before))


def recent_cuffs(
    cycles: Iterable[tuple[datetime, Mapping[str, float | None]]], at: datetime, signals: Signals
) -> tuple[CuffBefore, ...]:
    """The cuff cycles shortly before `at` that a new one is compared with, from all before it in order.

    Only those that are complete and in themselves possible; a cycle sent again and again counts once.
    """
    kept: list[tuple[datetime, CuffBefore]] = []
    for then, values in cycles:
        sbp, dbp = values.get("sbp_mmhg"), values.get("dbp_mmhg")
        if then >= at or not sbp or not dbp:
            continue
        if kept and (kept[-1][1].sbp_mmhg, kept[-1][1].dbp_mmhg) == (sbp, dbp):
            kept[-1] = (then, kept[-1][1])
        elif not findings({name: values.get(name) for name in CUFF}, signals):
            before = _aged(kept, then, signals)
            kept.append((then, CuffBefore(sbp, dbp, 0, _jump(sbp, before, signals) is None)))
    return _aged(kept, at, signals)


def _aged(
    kept: Iterable[tuple[datetime, CuffBefore]], at: datetime, signals: Signals
) -> tuple[CuffBefore, ...]:
    """Those of them that lie within reach of `at`, with their age then."""
    reach = float(signals.cuff.jump_within_s.value)
    aged = (replace(each, seconds=(at - then).total_seconds()) for then, each in kept)
    return tuple(each for each in aged if each.seconds <= reach)


def _unmeasured(value: float | None, known: Signal | None, source: str) -> str:
    """Why nothing was measured; empty where a number came."""
    if value is None:
        return "not measured"
    if not isfinite(value) or value < 0:
        return "no number that could be measured"
    if value == 0 and source == "monitor" and known is not None and known.zero_is_not_measured:
        return ZERO
    return ""


def _judged(
    name: str, value: float | None, *, known: Signal | None, why: str, found: Sequence[Finding]
) -> Gated:
    if known is None:
        finite = value if value is not None and isfinite(value) else None
        return Gated(name, finite, "", "unverified", "a signal the library does not know")
    if why:
        return Gated(name, None, known.unit, "not_measured", why)
    against = [each for each in found if each.signal == name or (name in CUFF and each.signal in ("", *CUFF))]
    if not against:
        return Gated(name, value, known.unit, "accepted", "")
    return Gated(name, value, known.unit, "implausible", "; ".join(each.reason for each in against))


def _out_of_range(known: Signal, value: float) -> Finding | None:
    low, high = float(known.low.value), float(known.high.value)
    if low <= value <= high:
        return None
    fault: Fault = "above" if value > high else "below"
    return Finding(fault, known.id, f"{known.label} outside {low:g} to {shown(high, known.unit)}")


def _cuff_findings(
    values: Mapping[str, float | None], signals: Signals, before: Sequence[CuffBefore]
) -> tuple[Finding, ...]:
    """Why the pressures of one cuff cycle can't be believed together."""
    sbp, dbp, mean = (values.get(name) for name in CUFF)
    if sbp is None or dbp is None:
        reason = "a cuff reading without both systolic and diastolic pressure"
        return (Finding("incomplete", "", reason),) if sbp or dbp or mean else ()
    found = []
    if sbp <= dbp:
        found.append(Finding("not above diastolic", "", "systolic not above diastolic pressure"))
    if mean is not None and not dbp <= mean <= sbp:
        found.append(Finding("mean outside", "", "the mean lies outside systolic and diastolic pressure"))
    others = [each for each in before if (each.sbp_mmhg, each.dbp_mmhg) != (sbp, dbp)]
    if not found and others and (jump := _jump(sbp, others, signals)):
        found.append(jump)
    return tuple(found)


def _jump(sbp: float, others: Sequence[CuffBefore], signals: Signals) -> Finding | None:
    """A cycle far from a believed one shortly before it, while no other of that time agrees with it."""
    rules = signals.cuff
    near = [each for each in others if 0 <= each.seconds <= float(rules.jump_within_s.value)]
    agrees = any(abs(sbp - each.sbp_mmhg) <= float(rules.jump_mmhg.value) for each in near)
    near = [each for each in near if each.believed]
    if not near or agrees:
        return None
    last = min(near, key=lambda each: each.seconds)
    reason = f"{sbp:g} beside {last.sbp_mmhg:g} mmHg {last.seconds:g} s before"
    return Finding("jump", "", reason)
