"""Whether a second person, then the pump, came to the syringe that was prepared; never by which number."""

from collections.abc import Mapping
from dataclasses import dataclass

from chairside.core.protocols import (
    BlindReading,
    DoseRefused,
    PreparationArithmetic,
    PreparationRules,
    PumpSettings,
    Slip,
    compare_blind,
    compare_pump,
)
from chairside.core.quantities import whole
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import ran_of
from chairside.core.session.state import Preparation, State

SPOKEN: Mapping[str, str] = {
    "strength_ug_per_ml": "vial strength",
    "drawn_ul": "volume drawn",
    "concentration_ug_per_ml": "final concentration",
    "rate_ul_per_h": "rate",
    "volume_ul": "volume to be infused",
}
"""The fields that can differ, as people say them."""

SLIPS: Mapping[Slip, str] = {
    "ten-fold": "one of the numbers is about ten times too high or too low: look for a moved point",
    "concentration": "it looks like another vial strength or another concentration: read the labels again",
}
"""What a suspected slip looks like; an arithmetic stop, which nobody overrides."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What is recorded of a comparison, and the slip it looks like."""

    body: p.PreparationChecked | p.PumpProgrammed
    slip: Slip | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Which fields differ, and what it looks like; nothing when all agree."""
        if self.body.agrees:
            return ()
        spoken = ", ".join(SPOKEN[each] for each in self.body.differs_in)
        return (f"does not agree in: {spoken}", *([SLIPS[self.slip]] if self.slip else []))


def checked(rules: PreparationRules, state: State, *, number: int, reading: BlindReading) -> Compared:
    """The blind check of a preparation, by equality after the signed rounding rule."""
    found = compare_blind(prepared(state, number), reading, rules)
    body = p.PreparationChecked(
        number=number,
        strength_ug_per_ml=reading.strength_ug_per_ml,
        drawn_ul=reading.drawn_ul,
        concentration_ug_per_ml=reading.concentration_ug_per_ml,
        rate_ul_per_h=reading.rate_ul_per_h,
        agrees=found.agrees,
        differs_in=found.differences,
    )
    return Compared(body, found.suspected_slip)


def programmed(rules: PreparationRules, state: State, *, number: int, settings: PumpSettings) -> Compared:
    """The pump's own display beside the preparation it was set for."""
    found = compare_pump(prepared(state, number), settings, rules)
    body = p.PumpProgrammed(
        number=number,
        concentration_ug_per_ml=settings.concentration_ug_per_ml,
        rate_ul_per_h=settings.rate_ul_per_h,
        volume_ul=settings.volume_ul,
        agrees=found.agrees,
        differs_in=found.differences,
    )
    return Compared(body, found.suspected_slip)


def prepared(state: State, number: int) -> PreparationArithmetic:
    """The syringe of a preparation as its first person made it; a continued one keeps vial and drug."""
    body = _numbered(state, number).body
    first = body
    while first.continues is not None:
        first = _numbered(state, first.continues).body
    draws = tuple(each.drawn_ul for each in first.vials)
    return PreparationArithmetic(
        vial_strength_ug_per_ml=first.vials[0].strength_ug_per_ml,
        draws_ul=draws,
        drawn_ul=sum(draws),
        drawn_ug=first.drawn_ug,
        diluent_ul=first.diluent_ul,
        final_ul=first.final_ul,
        concentration_ug_per_ml=body.concentration_ug_per_ml,
        rate_ul_per_h=body.rate_ul_per_h,
        volume_to_be_infused_ul=body.volume_ul,
        steps=(),
    )


def continued(rules: PreparationRules, state: State, number: int) -> p.PreparationBegun:
    """A new numbered preparation for a new vein that runs on from the syringe of an earlier one.

    It runs what that one had left by the recorded rates, on the signed step of volume, at the same rate.
    """
    earlier = _numbered(state, number).body
    step_ul = whole(rules.volume_step, "uL")
    left_ul = max(0, earlier.volume_ul - ran_of(state, number)) // step_ul * step_ul
    if left_ul == 0:
        raise DoseRefused("arithmetic", "empty", "syringe: nothing of the order is left in it")
    return p.PreparationBegun(
        number=len(state.preparations) + 1,
        reason="new vein",
        substance=earlier.substance,
        vials=(),
        drawn_ug=0,
        diluent_ul=0,
        final_ul=left_ul,
        concentration_ug_per_ml=earlier.concentration_ug_per_ml,
        rate_ul_per_h=earlier.rate_ul_per_h,
        volume_ul=left_ul,
        continues=number,
    )


def _numbered(state: State, number: int) -> Preparation:
    found = next((each for each in state.preparations if each.body.number == number), None)
    if found is None:
        raise DoseRefused("arithmetic", "preparation", f"preparation: expected one made here, not {number}")
    return found
