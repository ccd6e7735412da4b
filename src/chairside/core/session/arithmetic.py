"""The arithmetic stops of a session: what was entered is reckoned again by the signed rules and compared."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from typing import Protocol as Shape

from chairside.core.ledger import Tolerance
from chairside.core.protocols import (
    DoseRefused,
    OrderArithmetic,
    PreparationArithmetic,
    PreparationRules,
    Protocol,
    order_arithmetic,
    preparation_arithmetic,
)
from chairside.core.quantities import whole
from chairside.core.safety.conditions import Value
from chairside.core.session import payloads as p
from chairside.core.session.pump import delivered_ug
from chairside.core.session.state import State

FaultKind = Literal["identity", "arithmetic", "absolute", "relative", "order of work"]
Fault = tuple[str, FaultKind, str, str]
"""Rule, kind, sentence, source."""


class Signed(Shape):
    """What of the signed rules the arithmetic stands on."""

    @property
    def protocols(self) -> Mapping[str, Protocol]:
        """Every signed protocol by id."""

    @property
    def preparation(self) -> PreparationRules:
        """How a syringe is made and a pump is set."""

    def protocol(self, state: State) -> Protocol | None:
        """The protocol the session was planned by."""

    def checkin_fact(self, state: State, name: str) -> Value | None:
        """One fact of the check-in as it stands."""


def weight_today_g(rules: Signed, state: State) -> int | None:
    """The weight measured today, in grams; None while nobody measured it."""
    value = rules.checkin_fact(state, "weight.weight_g")
    return value if isinstance(value, int) else None


def reckoned_order(rules: Signed, state: State, body: p.OrderSigned) -> OrderArithmetic:
    """The order's dose reckoned from its own weight and dose per kg; may raise `DoseRefused`."""
    protocol = rules.protocols.get(body.protocol)
    if protocol is None:
        raise DoseRefused("absolute", "protocol", f"protocol: {body.protocol} is not among the signed ones")
    kind = next((each for each in protocol.dosing_weight_kinds if each == body.dosing_weight_kind), None)
    if kind is None:
        allowed = " or ".join(protocol.dosing_weight_kinds)
        raise DoseRefused("absolute", "dosing weight", f"dosing weight: expected {allowed}")
    return order_arithmetic(
        protocol,
        weight_g=body.dosing_weight_g,
        dosing_weight_kind=kind,
        dose_ug_per_kg=body.dose_ug_per_kg,
        duration_s=body.duration_s,
    )


def order_faults(rules: Signed, state: State, body: p.OrderSigned) -> Iterator[Fault]:
    """Why this order can't be signed."""
    today = weight_today_g(rules, state)
    if today is None:
        yield ("weight", "arithmetic", "weight: expected one measured today", "")
    elif body.dosing_weight_kind == "actual" and body.dosing_weight_g != today:
        yield ("weight", "arithmetic", "dosing weight: expected today's measured weight", "")
    try:
        reckoned = reckoned_order(rules, state, body)
    except DoseRefused as refused:
        yield (refused.name, refused.kind, str(refused), "")
        return
    if reckoned.dose_ug != body.dose_ug:
        yield ("dose", "arithmetic", "dose: it does not come out of weight and dose per kg", "")


def reckoned_preparation(
    rules: Signed,
    state: State,
    *,
    strength_ug_per_ml: int,
    content_ul: int,
    planned_draw_ug: int | None = None,
) -> PreparationArithmetic:
    """The syringe for the signed order from vials of this strength and content; may raise `DoseRefused`.

    After a start only what the order still wants is prepared, over its share of the ordered time.
    """
    dose_ug, duration_s = still_ordered(state)
    return preparation_arithmetic(
        rules.preparation,
        dose_ug=dose_ug,
        duration_s=duration_s,
        vial_strength_ug_per_ml=strength_ug_per_ml,
        vial_volume_ul=content_ul,
        planned_draw_ug=planned_draw_ug,
    )


def still_ordered(state: State) -> tuple[int, int]:
    """Micrograms and seconds of the order that have not run yet; the pump stands while this is reckoned."""
    if state.order is None:
        raise DoseRefused("absolute", "order", "order: expected a signed one")
    order = state.order.body
    if not state.pump:
        return order.dose_ug, order.duration_s
    left_ug = order.dose_ug - delivered_ug(state, state.pump[-1].stamp.at)
    if left_ug <= 0:
        raise DoseRefused("absolute", "order", "order: all of it has run; more needs a new order")
    return left_ug, max(1, order.duration_s * left_ug // order.dose_ug)


def preparation_faults(
    rules: Signed, state: State, body: p.PreparationBegun, *, at: datetime
) -> Iterator[Fault]:
    """Why this preparation can't be begun."""
    if body.continues is not None:
        yield from _continued_faults(state, body)
        return
    if not body.vials:
        yield ("vial", "arithmetic", "vial: expected at least one", "")
        return
    for vial in body.vials:
        yield from _vial_faults(vial, at)
    if len({each.strength_ug_per_ml for each in body.vials}) > 1:
        yield ("strength", "arithmetic", "vials: expected one strength in one syringe", "")
        return
    try:
        reckoned = reckoned_preparation(
            rules,
            state,
            strength_ug_per_ml=body.vials[0].strength_ug_per_ml,
            content_ul=max(each.content_ul for each in body.vials),
        )
    except DoseRefused as refused:
        yield (refused.name, refused.kind, str(refused), "")
        return
    yield from _differences(body, reckoned)


def _differences(body: p.PreparationBegun, reckoned: PreparationArithmetic) -> Iterator[Fault]:
    pairs = {
        "drawn volume": (sum(each.drawn_ul for each in body.vials), reckoned.drawn_ul),
        "drawn drug": (body.drawn_ug, reckoned.drawn_ug),
        "diluent": (body.diluent_ul, reckoned.diluent_ul),
        "final volume": (body.final_ul, reckoned.final_ul),
        "concentration": (body.concentration_ug_per_ml, reckoned.concentration_ug_per_ml),
        "rate": (body.rate_ul_per_h, reckoned.rate_ul_per_h),
        "volume to be infused": (body.volume_ul, reckoned.volume_to_be_infused_ul),
    }
    for name, (entered, expected) in pairs.items():
        if entered != expected:
            yield ("preparation", "arithmetic", f"{name}: it does not come out of the order and the vial", "")


def _vial_faults(vial: p.VialDrawn, at: datetime) -> Iterator[Fault]:
    try:
        expiry = date.fromisoformat(vial.expiry)
    except ValueError:
        yield ("expiry", "identity", "expiry: expected a date as YYYY-MM-DD", "")
    else:
        # A vial may be used through its day of expiry wherever on earth the clinic is.
        if expiry < (at - timedelta(hours=12)).date():
            yield ("expiry", "identity", "expiry: the vial has expired; take another one", "")
    if not vial.lot.strip():
        yield ("lot", "identity", "lot: expected the lot number on the vial", "")
    if not vial.vial.strip():
        yield ("vial", "identity", "vial: expected the number or name this vial is counted by", "")
    if not 0 < vial.drawn_ul <= vial.content_ul:
        yield (
            "drawn",
            "arithmetic",
            "drawn volume: expected more than zero and at most what the vial holds",
            "",
        )


def _continued_faults(state: State, body: p.PreparationBegun) -> Iterator[Fault]:
    earlier = next((each for each in state.preparations if each.body.number == body.continues), None)
    if earlier is None or not earlier.usable:
        yield ("continues", "arithmetic", "syringe: expected an earlier one that two people agreed on", "")
        return
    same = (body.concentration_ug_per_ml, body.rate_ul_per_h) == (
        earlier.body.concentration_ug_per_ml,
        earlier.body.rate_ul_per_h,
    )
    if not same or body.vials:
        yield ("continues", "arithmetic", "syringe: a new vein changes neither concentration nor rate", "")


def rate_faults(rules: Signed, rate_ul_per_h: int, state: State) -> Iterator[Fault]:
    """Why this rate can't be, whoever orders it."""
    signed = rules.preparation
    lowest, highest = whole(signed.pump_rate_min, "uL/h"), whole(signed.pump_rate_max, "uL/h")
    if not lowest <= rate_ul_per_h <= highest:
        text = f"rate: expected {lowest / 1000:g} to {highest / 1000:g} mL/h"
        yield ("pump-rate", "arithmetic", text, signed.pump_rate_max.source)
    protocol = rules.protocol(state)
    last, order = state.preparation, state.order
    if protocol is None or last is None or order is None:
        return
    highest_ug_per_h = whole(protocol.rate_max, "ug/kg/h") * order.body.dosing_weight_g // 1000
    if rate_ul_per_h * last.body.concentration_ug_per_ml // 1000 > highest_ug_per_h:
        text = f"rate: above the protocol's {highest_ug_per_h / 1000:g} mg/h for this weight"
        yield ("protocol-rate", "absolute", text, protocol.rate_max.source)


def tolerances(rules: Signed) -> Mapping[str, Tolerance]:
    """The signed measurement difference per substance."""
    return rules.preparation.tolerance_by_substance()


def planned_stop(state: State) -> datetime | None:
    """When the ordered dose will have run at the present rate; None while it does not run."""
    last, change = state.preparation, state.pump[-1] if state.pump else None
    if last is None or change is None or change.rate_ul_per_h <= 0:
        return None
    done_ul = _delivered_of(state, change.preparation, change.stamp.at)
    left_ul = max(0, last.body.volume_ul - done_ul)
    return change.stamp.at + timedelta(hours=left_ul / change.rate_ul_per_h)


def ran_of(state: State, preparation: int) -> int:
    """Microlitres of one preparation that ran until the last change at the pump, by the recorded rates."""
    return _delivered_of(state, preparation, state.pump[-1].stamp.at) if state.pump else 0


def _delivered_of(state: State, preparation: int, until: datetime) -> int:
    total = 0.0
    for made, later in zip(state.pump, state.pump[1:], strict=False):
        if made.preparation == preparation and made.stamp.at < until:
            seconds = (min(later.stamp.at, until) - made.stamp.at).total_seconds()
            total += made.rate_ul_per_h * seconds / 3600
    return round(total)
