"""A session: event + state -> state, what may happen next, and the invariants of an infusion."""

from chairside.core.session.amend import Amended, amend
from chairside.core.session.asks import Asker, Refusal, refusals
from chairside.core.session.envelope import BadEvent, Event, as_document, from_document, instant_text
from chairside.core.session.fold import apply, begin_state, can_apply_on_top, fold, fold_on, order_of_last
from chairside.core.session.kinds import KINDS, Kind, kind_of, payload_document, typed, typed_payload
from chairside.core.session.rules import Rules
from chairside.core.session.state import Said, Stamp, State
from chairside.core.session.wellformed import problems

__all__ = [
    "KINDS",
    "Amended",
    "Asker",
    "BadEvent",
    "Event",
    "Kind",
    "Refusal",
    "Rules",
    "Said",
    "Stamp",
    "State",
    "amend",
    "apply",
    "as_document",
    "begin_state",
    "can_apply_on_top",
    "fold",
    "fold_on",
    "from_document",
    "instant_text",
    "kind_of",
    "order_of_last",
    "payload_document",
    "problems",
    "refusals",
    "typed",
    "typed_payload",
]
