"""A set of vital signs that a person measured and typed after the infusion."""

from collections.abc import Mapping
from datetime import datetime

from chairside.charts.monitor import cuffs_before
from chairside.core.quantities import BadQuantity
from chairside.core.safety import gate
from chairside.core.session import BadEvent
from chairside.core.session import payloads as p
from chairside.floor.before.baseline import NUMBER, TYPED
from chairside.floor.chairside import Chairside


def typed_lines(typed: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Each line of the set: name, label, unit and what was typed."""
    return [(name, label, unit, typed.get(name, "")) for name, label, unit, _ in TYPED]


def vitals(chair: Chairside, at: datetime) -> p.ObservationRecorded:
    """What was typed, as gated; what can hardly be true is asked about once, then kept with its reason."""
    form, signals = chair.request.POST, chair.folded.rules.signals
    values: dict[str, float | None] = {}
    for name, label, unit, _ in TYPED:
        words = form.get(name, "").strip()
        if words and not NUMBER.match(words):
            raise BadQuantity(label, f"a number in {unit}")
        if words:
            values[name] = float(words)
    if not values:
        raise BadEvent("set: expected at least one value")
    if ("sbp_mmhg" in values) is not ("dbp_mmhg" in values):
        raise BadEvent("blood pressure: expected systolic and diastolic together")
    gated = gate(values, signals, before=cuffs_before(chair.folded.state, signals, at=at), source="typed")
    odd = [f"{each.signal} {each.value}: {each.reason}" for each in gated if each.reason]
    if odd and form.get("anyway") != "yes":
        raise BadEvent(f"{'; '.join(odd)}. Measure again, or tick that it is as measured")
    return p.ObservationRecorded(
        tuple(p.GatedValue(each.signal, each.value, each.unit, each.verdict, each.reason) for each in gated)
    )
