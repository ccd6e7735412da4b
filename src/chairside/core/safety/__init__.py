"""Before, during and after: what stops, what is due, what lets the patient leave; absence is a finding."""

from chairside.core.safety.acts import Act, Acts, Rescue, RescueDrug
from chairside.core.safety.alarms import (
    alarms,
    begin,
    cannot_raise,
    monitoring,
    observe,
    set_baseline,
    unjudged,
)
from chairside.core.safety.checklist import Checklist, facts_of, problems, unanswered
from chairside.core.safety.gate import CuffBefore, Finding, Gated, Reading, findings, gate, recent_cuffs
from chairside.core.safety.limits import Limit, Limits, Priority
from chairside.core.safety.readiness import Readiness, Seen, assess, unmet
from chairside.core.safety.schedule import Course, Due, Schedule, due, is_late, taken
from chairside.core.safety.signals import CuffRules, Signal, Signals
from chairside.core.safety.stops import Override, Rule, Stop, outstanding, refusal, stops
from chairside.core.safety.watch import Alarm, AlarmKind, Watch

__all__ = [
    "Act",
    "Acts",
    "Alarm",
    "AlarmKind",
    "Checklist",
    "Course",
    "CuffBefore",
    "CuffRules",
    "Due",
    "Finding",
    "Gated",
    "Limit",
    "Limits",
    "Override",
    "Priority",
    "Readiness",
    "Reading",
    "Rescue",
    "RescueDrug",
    "Rule",
    "Schedule",
    "Seen",
    "Signal",
    "Signals",
    "Stop",
    "Watch",
    "alarms",
    "assess",
    "begin",
    "cannot_raise",
    "due",
    "facts_of",
    "findings",
    "gate",
    "is_late",
    "monitoring",
    "observe",
    "outstanding",
    "problems",
    "recent_cuffs",
    "refusal",
    "set_baseline",
    "stops",
    "taken",
    "unanswered",
    "unjudged",
    "unmet",
]
