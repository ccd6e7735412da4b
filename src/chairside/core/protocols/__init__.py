"""What a protocol is; the dose for this weight today, its ceilings, the syringe, and the blind check."""

from chairside.core.protocols.agreement import (
    Agreement,
    BlindReading,
    PumpSettings,
    Slip,
    compare_blind,
    compare_pump,
)
from chairside.core.protocols.delivery import BadSegment, Segment, delivered_ug, line_residual_ug
from chairside.core.protocols.model import DosingWeightKind, EvidenceLevel, Protocol, Series, Tier
from chairside.core.protocols.ordering import Ceiling, OrderArithmetic, order_arithmetic
from chairside.core.protocols.preparing import DrugTolerance, LineRule, PreparationRules, VialRule
from chairside.core.protocols.steps import DoseRefused, RefusalKind, Step, shown
from chairside.core.protocols.syringe import PreparationArithmetic, preparation_arithmetic

__all__ = [
    "Agreement",
    "BadSegment",
    "BlindReading",
    "Ceiling",
    "DoseRefused",
    "DosingWeightKind",
    "DrugTolerance",
    "EvidenceLevel",
    "LineRule",
    "OrderArithmetic",
    "PreparationArithmetic",
    "PreparationRules",
    "Protocol",
    "PumpSettings",
    "RefusalKind",
    "Segment",
    "Series",
    "Slip",
    "Step",
    "Tier",
    "VialRule",
    "compare_blind",
    "compare_pump",
    "delivered_ug",
    "line_residual_ug",
    "order_arithmetic",
    "preparation_arithmetic",
    "shown",
]
