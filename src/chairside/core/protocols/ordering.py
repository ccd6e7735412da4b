"""The dose for this weight today: mg/kg × kg -> mg, with its ceilings."""

from dataclasses import dataclass, replace
from fractions import Fraction

from chairside.core.protocols.model import DosingWeightKind, Protocol
from chairside.core.protocols.steps import DoseRefused, Step, shown
from chairside.core.quantities import Sourced, to_step, whole


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling on the dose: its value, where it comes from, and whether it lowered this dose."""

    label: str
    dose_ug: int
    source: str
    bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderArithmetic:
    """The order as reckoned: what the prescriber signs, with every step."""

    dose_ug: int
    dose_ug_per_kg: int
    weight_g: int
    dosing_weight_kind: DosingWeightKind
    duration_s: int
    tier: str
    steps: tuple[Step, ...]
    ceilings: tuple[Ceiling, ...]


def order_arithmetic(
    protocol: Protocol,
    *,
    weight_g: int,
    dosing_weight_kind: DosingWeightKind,
    dose_ug_per_kg: int,
    duration_s: int,
) -> OrderArithmetic:
    """The dose for this dosing weight, lowered to the lowest ceiling where one binds.

    Refuses with `DoseRefused`: a ten-fold slip of the dose per kg, a dose, duration or rate outside the
    protocol's bounds, a kind of weight it does not allow, or a protocol without an absolute ceiling.
    """
    _refuse_slips(protocol, weight_g=weight_g, dose_ug_per_kg=dose_ug_per_kg)
    _refuse_out_of_bounds(protocol, dose_ug_per_kg=dose_ug_per_kg, duration_s=duration_s)
    if dosing_weight_kind not in protocol.dosing_weight_kinds:
        allowed = " or ".join(protocol.dosing_weight_kinds)
        raise DoseRefused(
            "absolute", "dosing weight", f"dosing weight: expected {allowed}, not {dosing_weight_kind}"
        )
    reckoned = Fraction(dose_ug_per_kg * weight_g, 1000)
    rounded_ug = to_step(reckoned, step=whole(protocol.dose_step, "ug"), rule=protocol.dose_rounding)
    ceilings = _ceilings(protocol, weight_g=weight_g, rounded_ug=rounded_ug)
    dose_ug = min(rounded_ug, *(each.dose_ug for each in ceilings))
    order = OrderArithmetic(
        dose_ug=dose_ug,
        dose_ug_per_kg=dose_ug_per_kg,
        weight_g=weight_g,
        dosing_weight_kind=dosing_weight_kind,
        duration_s=duration_s,
        tier=_tier(protocol, dose_ug_per_kg),
        steps=(),
        ceilings=ceilings,
    )
    return replace(order, steps=_steps(protocol, order, rounded_ug))


def _refuse_slips(protocol: Protocol, *, weight_g: int, dose_ug_per_kg: int) -> None:
    if weight_g <= 0 or dose_ug_per_kg <= 0:
        raise DoseRefused("arithmetic", "zero", "dose and weight: expected more than zero")
    usual = whole(protocol.dose, "ug/kg")
    ratio_ppm = max(Fraction(dose_ug_per_kg, usual), Fraction(usual, dose_ug_per_kg)) * 1_000_000
    if ratio_ppm >= whole(protocol.ten_fold_from, "ppm"):
        raise DoseRefused(
            "arithmetic",
            "ten-fold",
            f"dose: {shown(dose_ug_per_kg, 'mg/kg')} beside the protocol's {shown(usual, 'mg/kg')} "
            "looks like a ten-fold slip",
        )


def _refuse_out_of_bounds(protocol: Protocol, *, dose_ug_per_kg: int, duration_s: int) -> None:
    lowest, highest = whole(protocol.dose_min, "ug/kg"), whole(protocol.ceiling_per_kg, "ug/kg")
    if not lowest <= dose_ug_per_kg <= highest:
        text = f"dose: expected {shown(lowest, 'mg/kg')} to {shown(highest, 'mg/kg')}"
        raise DoseRefused("absolute", "dose per kg", f"{text}, not {shown(dose_ug_per_kg, 'mg/kg')}")
    shortest, longest = whole(protocol.duration_min, "s"), whole(protocol.duration_max, "s")
    if not shortest <= duration_s <= longest:
        text = f"duration: expected {shown(shortest, 'min')} to {shown(longest, 'min')}"
        raise DoseRefused("absolute", "duration", f"{text}, not {shown(duration_s, 'min')}")
    fastest = whole(protocol.rate_max, "ug/kg/h")
    if Fraction(dose_ug_per_kg * 3600, duration_s) > fastest:
        text = f"rate: expected at most {shown(fastest, 'mg/kg/h')}"
        raise DoseRefused(
            "absolute", "rate per kg", f"{text} for {shown(dose_ug_per_kg, 'mg/kg')} in that time"
        )


def _signed_ceiling(protocol: Protocol) -> Sourced:
    if protocol.ceiling_absolute is None:
        text = f"{protocol.id}: expected a signed absolute ceiling; without one nothing is ordered"
        raise DoseRefused("absolute", "no absolute ceiling", text)
    return protocol.ceiling_absolute


def _ceilings(protocol: Protocol, *, weight_g: int, rounded_ug: int) -> tuple[Ceiling, ...]:
    """Both ceilings for this weight; the lowest, where it lowers the dose, is the one that bound."""
    per_kg_ug = whole(protocol.ceiling_per_kg, "ug/kg") * weight_g // 1000
    absolute = _signed_ceiling(protocol)
    named = (
        ("Ceiling per kg", per_kg_ug, protocol.ceiling_per_kg),
        ("Absolute ceiling", whole(absolute, "ug"), absolute),
    )
    lowest = min(dose_ug for _, dose_ug, _ in named)
    return tuple(
        Ceiling(label, dose_ug, number.source, bound=dose_ug == lowest < rounded_ug)
        for label, dose_ug, number in named
    )


def _tier(protocol: Protocol, dose_ug_per_kg: int) -> str:
    """The first tier that reaches up to this dose; the last reaches the ceiling."""
    return next(each.id for each in protocol.tiers if dose_ug_per_kg <= whole(each.up_to, "ug/kg"))


def _steps(protocol: Protocol, order: OrderArithmetic, rounded_ug: int) -> tuple[Step, ...]:
    weight, per_kg = shown(order.weight_g, "kg"), shown(order.dose_ug_per_kg, "mg/kg")
    rounding = f"rounded {protocol.dose_rounding} to {shown(whole(protocol.dose_step, 'ug'), 'mg')}"
    steps = [Step("Dose by weight", f"{per_kg} × {weight}, {rounding}", shown(rounded_ug, "mg"))]
    for each in order.ceilings:
        says = "lowers the dose" if each.bound else "not reached"
        steps.append(Step(each.label, f"{shown(each.dose_ug, 'mg')}: {says}", shown(order.dose_ug, "mg")))
    rate_ug_per_h = Fraction(order.dose_ug * 3600, order.duration_s)
    over = f"{shown(order.dose_ug, 'mg')} in {shown(order.duration_s, 'min')}"
    return (*steps, Step("Dose rate", over, f"{float(rate_ug_per_h / 1000):.4g} mg/h"))
