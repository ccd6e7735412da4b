"""mg -> mL of this vial -> dilution -> mL/h, in whole micrograms and microlitres."""

from dataclasses import dataclass, replace
from fractions import Fraction

from chairside.core.protocols.preparing import PreparationRules, VialRule
from chairside.core.protocols.steps import DoseRefused, Step, shown
from chairside.core.quantities import to_step, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationArithmetic:
    """A syringe and its pump setting as reckoned, with every step; `draws_ul` is what each vial gives."""

    vial_strength_ug_per_ml: int
    draws_ul: tuple[int, ...]
    drawn_ul: int
    drawn_ug: int
    diluent_ul: int
    final_ul: int
    concentration_ug_per_ml: int
    rate_ul_per_h: int
    volume_to_be_infused_ul: int
    steps: tuple[Step, ...]


def preparation_arithmetic(
    rules: PreparationRules,
    *,
    dose_ug: int,
    duration_s: int,
    vial_strength_ug_per_ml: int,
    vial_volume_ul: int,
    planned_draw_ug: int | None = None,
) -> PreparationArithmetic:
    """How a dose becomes a syringe: what is drawn from vials of this strength and size, diluted, and run.

    `planned_draw_ug` draws more than the dose; what is over stays in the syringe. Refuses with
    `DoseRefused` a strength without a signed rule, more vials or volume than the rules allow, and a
    rate outside the pump's hard limits.
    """
    vial = rules.signed_vial(vial_strength_ug_per_ml)
    if min(dose_ug, duration_s, vial_volume_ul) <= 0:
        raise DoseRefused("arithmetic", "zero", "dose, duration and vial volume: expected more than zero")
    target_ug = _target_ug(rules, vial, dose_ug=dose_ug, planned_draw_ug=planned_draw_ug)
    syringe = _syringe(rules, vial, dose_ug=dose_ug, target_ug=target_ug, duration_s=duration_s)
    syringe = replace(syringe, draws_ul=_draws(syringe.drawn_ul, vial_volume_ul))
    _refuse(rules, syringe)
    return replace(syringe, steps=_steps(rules, vial, syringe, target_ug=target_ug, duration_s=duration_s))


def _syringe(
    rules: PreparationRules, vial: VialRule, *, dose_ug: int, target_ug: int, duration_s: int
) -> PreparationArithmetic:
    """The volumes and the rate, not yet checked against any limit."""
    exact_ul = Fraction(target_ug * 1000, vial.strength_ug_per_ml)
    drawn_ul = to_step(exact_ul, step=vial.draw_step_ul, rule=rules.draw_rounding)
    drawn_ug = drawn_ul * vial.strength_ug_per_ml // 1000
    final_ul = drawn_ug * 1000 // vial.final_ug_per_ml
    infused_ul = min(final_ul, _on_step(rules, Fraction(dose_ug * 1000, vial.final_ug_per_ml)))
    rate_step = whole(rules.rate_step, "uL/h")
    return PreparationArithmetic(
        vial_strength_ug_per_ml=vial.strength_ug_per_ml,
        draws_ul=(),
        drawn_ul=drawn_ul,
        drawn_ug=drawn_ug,
        diluent_ul=final_ul - drawn_ul,
        final_ul=final_ul,
        concentration_ug_per_ml=vial.final_ug_per_ml,
        rate_ul_per_h=to_step(
            Fraction(infused_ul * 3600, duration_s), step=rate_step, rule=rules.rate_rounding
        ),
        volume_to_be_infused_ul=infused_ul,
        steps=(),
    )


def _target_ug(rules: PreparationRules, vial: VialRule, *, dose_ug: int, planned_draw_ug: int | None) -> int:
    """The drug to draw: the dose, with the line's filling where the line is filled with the solution."""
    filling_ul = whole(rules.line.dead_space, "uL") if rules.line.filled_with == "solution" else 0
    needed_ug = dose_ug + filling_ul * vial.final_ug_per_ml // 1000
    if planned_draw_ug is not None and planned_draw_ug < needed_ug:
        text = f"drug to draw: expected at least {shown(needed_ug, 'mg')}, not {shown(planned_draw_ug, 'mg')}"
        raise DoseRefused("arithmetic", "draw below dose", text)
    return needed_ug if planned_draw_ug is None else planned_draw_ug


def _on_step(rules: PreparationRules, volume_ul: Fraction) -> int:
    return to_step(volume_ul, step=whole(rules.volume_step, "uL"), rule=rules.volume_rounding)


def _draws(drawn_ul: int, vial_volume_ul: int) -> tuple[int, ...]:
    """Whole vials first, the rest from the last one."""
    full, rest = divmod(drawn_ul, vial_volume_ul)
    return (vial_volume_ul,) * full + ((rest,) if rest else ())


def _refuse(rules: PreparationRules, syringe: PreparationArithmetic) -> None:
    most_vials, most_ul = whole(rules.vials_max, "vials"), whole(rules.volume_max, "uL")
    if not syringe.draws_ul:
        raise DoseRefused(
            "arithmetic", "too little", "drug to draw: expected at least one step of the syringe"
        )
    if len(syringe.draws_ul) > most_vials:
        text = f"vials: expected at most {most_vials}, not {len(syringe.draws_ul)}"
        raise DoseRefused("arithmetic", "too many vials", f"{text}; check the strength and the dose")
    if syringe.final_ul > most_ul:
        text = f"final volume: expected at most {shown(most_ul, 'mL')}, not {shown(syringe.final_ul, 'mL')}"
        raise DoseRefused("arithmetic", "final volume", text)
    slowest, fastest = whole(rules.pump_rate_min, "uL/h"), whole(rules.pump_rate_max, "uL/h")
    if not slowest <= syringe.rate_ul_per_h <= fastest:
        text = f"pump rate: expected {shown(slowest, 'mL/h')} to {shown(fastest, 'mL/h')}"
        raise DoseRefused("arithmetic", "pump rate", f"{text}, not {shown(syringe.rate_ul_per_h, 'mL/h')}")


def _steps(
    rules: PreparationRules,
    vial: VialRule,
    syringe: PreparationArithmetic,
    *,
    target_ug: int,
    duration_s: int,
) -> tuple[Step, ...]:
    strength = shown(syringe.vial_strength_ug_per_ml, "mg/mL")
    drawn, drawn_mg = shown(syringe.drawn_ul, "mL"), shown(syringe.drawn_ug, "mg")
    final, infused = shown(syringe.final_ul, "mL"), shown(syringe.volume_to_be_infused_ul, "mL")
    step = f"rounded {rules.draw_rounding} to {shown(vial.draw_step_ul, 'mL')}"
    rate_step = f"rounded {rules.rate_rounding} to {shown(whole(rules.rate_step, 'uL/h'), 'mL/h')}"
    steps = [
        Step("Draw", f"{shown(target_ug, 'mg')} ÷ {strength}, {step}", drawn),
        Step("Drug drawn", f"{drawn} × {strength}", drawn_mg),
        Step("Final volume", f"{drawn_mg} ÷ {shown(syringe.concentration_ug_per_ml, 'mg/mL')}", final),
        Step("Diluent", f"{final} − {drawn}", f"{shown(syringe.diluent_ul, 'mL')} {rules.diluent}"),
        Step(
            "Rate",
            f"{infused} ÷ {shown(duration_s, 'min')}, {rate_step}",
            shown(syringe.rate_ul_per_h, "mL/h"),
        ),
    ]
    if len(syringe.draws_ul) > 1:
        parts = " + ".join(shown(each, "mL") for each in syringe.draws_ul)
        steps.insert(1, Step("Vials", parts, f"{len(syringe.draws_ul)} vials"))
    return tuple(steps)
