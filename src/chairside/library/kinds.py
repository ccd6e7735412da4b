"""The kinds of library file, and the dataclass that each becomes. A new kind is one line here."""

from collections.abc import Mapping

from chairside.core.instruments import Instrument
from chairside.core.pharmacology import Model
from chairside.core.protocols import PreparationRules, Protocol
from chairside.core.safety.acts import Acts, Rescue
from chairside.core.safety.checklist import Checklist
from chairside.core.safety.limits import Limits
from chairside.core.safety.readiness import Readiness
from chairside.core.safety.schedule import Schedule
from chairside.core.safety.signals import Signals
from chairside.library.terminology import Terminology

KINDS: Mapping[str, type] = {
    "acts": Acts,
    "checkin": Checklist,
    "codes": Terminology,
    "instrument": Instrument,
    "limits": Limits,
    "monitoring": Schedule,
    "pharmacokinetic model": Model,
    "preparation": PreparationRules,
    "protocol": Protocol,
    "readiness": Readiness,
    "rescue": Rescue,
    "signals": Signals,
    "timeout": Checklist,
}
