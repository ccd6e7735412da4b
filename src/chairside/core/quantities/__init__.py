"""Quantities with their units: where a number comes from, how a typed one is read, how one is rounded."""

from chairside.core.quantities.rates import (
    RATE_UNITS,
    InfusionRecord,
    InfusionRefusal,
    RateUnit,
    amount_over,
    infusion_refusals,
)
from chairside.core.quantities.rounding import Rounding, to_step
from chairside.core.quantities.sourced import Sourced, Tag
from chairside.core.quantities.typed import BadQuantity, parse_quantity
from chairside.core.quantities.units import UNITS, Unit, WrongUnit, decimal_text, require_above_zero, whole
from chairside.core.quantities.weight import (
    Weight,
    WeightQuestion,
    WeightRules,
    WeightUnit,
    parse_weight,
    weight_questions,
)

__all__ = [
    "RATE_UNITS",
    "UNITS",
    "BadQuantity",
    "InfusionRecord",
    "InfusionRefusal",
    "RateUnit",
    "Rounding",
    "Sourced",
    "Tag",
    "Unit",
    "Weight",
    "WeightQuestion",
    "WeightRules",
    "WeightUnit",
    "WrongUnit",
    "amount_over",
    "decimal_text",
    "infusion_refusals",
    "parse_quantity",
    "parse_weight",
    "require_above_zero",
    "to_step",
    "weight_questions",
    "whole",
]
