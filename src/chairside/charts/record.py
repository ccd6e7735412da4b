"""The record of a session as one document of values: all that was said and all that is derived from it.

`session.closed` holds the digest of this document as it stood before the close. Payloads stand as they were
written, so that a later version of a payload does not change an old record; a change of shape here is a new
`FORMAT`, and the old one stays.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chairside.charts.sessions import Folded
from chairside.core.audit import canonical_bytes, content_digest
from chairside.core.ledger import Book, ContainerBook
from chairside.core.safety.readiness import Assessed, Seen
from chairside.core.session import Amended, Event, Said, State, amend, fold, instant_text, order_of_last
from chairside.core.session.pump import delivered_ug, delivered_ul
from chairside.core.session.rules import Rules
from chairside.interop import export

FORMAT = "chairside-record-1"
CLOSING = frozenset({"record.signed", "verdict.recorded", "session.closed"})
"""What may follow a signature without making it stale."""


def cut(folded: Folded, length: int, head: str) -> Folded:
    """The session as its log stood after so many events; `head` is the link of the last of them."""
    events = folded.events[:length]
    return replace(
        folded,
        events=events,
        state=fold(events, folded.rules),
        head=head,
        last_order=order_of_last(events),
    )


def length_at_close(folded: Folded) -> int:
    """How many events the closed record is made of: those that arrived before its close, else all."""
    closed = folded.state.closed
    if closed is None:
        return folded.length
    return next(index for index, each in enumerate(folded.events) if each.id == closed.stamp.event)


def as_of(folded: Folded) -> datetime:
    """The moment the record speaks of: when its last event arrived."""
    return folded.events[-1].received_at


def record_sha256(folded: Folded) -> str:
    """The digest a close writes down, the same before the close and ever after."""
    length = length_at_close(folded)
    kept = folded if length == folded.length else cut(folded, length, "")
    return content_digest(canonical_bytes(record_document(kept)))


def record_document(folded: Folded) -> dict[str, Any]:
    """Everything the log says and everything derived from it, as JSON values; no name of a person."""
    state, rules, at = folded.state, folded.rules, as_of(folded)
    entries = amend(folded.events)
    return {
        "format": FORMAT,
        "clinic": folded.clinic,
        "session": folded.session,
        "library": rules.digest,
        "length": folded.length,
        "as_of": instant_text(at),
        "state": state.phase,
        "states": export.states(state),
        "entries": [_entry(each) for each in entries],
        "amendments": [_amendment(each) for entry in entries for each in entry.amendments],
        "readings": export.readings(entries),
        "alarms": export.alarms(state, at),
        "baseline": {"event": _event_of(state.baseline), "values": dict(state.baseline_values)},
        "order": _event_of(state.order),
        "preparations": [
            {
                "number": each.body.number,
                "begun": each.begun.stamp.event,
                "checked": _event_of(each.checked),
                "programmed": _event_of(each.programmed),
                "usable": each.usable,
            }
            for each in state.preparations
        ],
        "pump": [
            {
                "event": each.stamp.event,
                "at": instant_text(each.stamp.at),
                "kind": each.kind,
                "rate_ul_per_h": each.rate_ul_per_h,
                "concentration_ug_per_ml": each.concentration_ug_per_ml,
                "preparation": each.preparation,
            }
            for each in state.pump
        ],
        "delivered_ug": delivered_ug(state, at),
        "delivered_ul": delivered_ul(state, at),
        "books": [_book(each) for each in rules.books(state)],
        "readiness": [_criterion(each, state) for each in assessed_at_the_end(state, rules, at)],
        "conflicts": [
            {"event": each.event, "text": each.text, "settled": _event_of(each.settled)}
            for each in state.conflicts
        ],
        "release": _event_of(state.release),
        "abandoned": _event_of(state.abandoned),
        "signatures": [each.stamp.event for each in state.signatures],
        "addenda": [each.stamp.event for each in state.addenda],
    }


def assessed_at_the_end(state: State, rules: Rules, at: datetime) -> tuple[Assessed, ...]:
    """The readiness criteria as they stood at the release, or now while nobody has left."""
    if state.started_at is None:
        return ()
    return rules.assessed(state, state.release.stamp.at if state.release else at)


def signed_before_a_change(folded: Folded) -> tuple[str, ...]:
    """The roles that signed, and after whose last signature something else arrived in the log.

    A late entry or a correction may tell of an earlier moment; what was signed is what the log held then.
    """
    latest: dict[str, int] = {}
    changed = -1
    for index, event in enumerate(folded.events):
        if event.kind == "record.signed":
            latest[event.payload["role"]] = index
        elif event.kind not in CLOSING:
            changed = index
    return tuple(role for role, index in sorted(latest.items()) if index < changed)


def _event_of(said: Said | None) -> str | None:
    return said.stamp.event if said else None


def _entry(entry: Amended) -> dict[str, Any]:
    event = entry.event
    return {
        "event": event.id,
        "kind": event.kind,
        "at": instant_text(event.happened_at),
        "by": event.actor,
        "authorised_by": event.authorised_by,
        "source": event.source,
        "late_s": event.late_by.total_seconds(),
        "struck": entry.struck,
        "corrected": entry.corrected,
        "payload": dict(event.payload),
    }


def _amendment(event: Event) -> dict[str, Any]:
    return {
        "event": event.id,
        "kind": event.kind,
        "corrects": event.corrects,
        "at": instant_text(event.entered_at),
        "by": event.actor,
        "reason": event.payload.get("reason", ""),
    }


def _book(book: Book) -> dict[str, Any]:
    return {
        **export.drug([book])[0],
        "tolerance_ug": book.tolerance_ug,
        "outcome": book.outcome,
        "reasons": list(book.reasons),
        "missing": list(book.missing),
        "how_known": {name: list(ways) for name, ways in book.how_known.items()},
        "syringes": _containers(book.syringes),
        "vials": _containers(book.vials),
    }


def _containers(containers: Iterable[ContainerBook]) -> list[dict[str, Any]]:
    return [
        {
            "container": each.container,
            "entered_ug": each.entered_ug,
            "went_ug": dict(each.went_ug),
            "difference_ug": each.difference_ug,
            "tolerance_ug": each.tolerance_ug,
            "outcome": each.outcome,
        }
        for each in containers
    ]


def _criterion(each: Assessed, state: State) -> dict[str, Any]:
    return {
        "criterion": each.criterion_id,
        "state": each.state,
        "reason": each.reason,
        "evidence": {fact: _seen(seen) for fact, seen in each.evidence},
        "excused": _event_of(state.excused.get(each.criterion_id)),
    }


def _seen(seen: Seen | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    value = instant_text(seen.value) if isinstance(seen.value, datetime) else seen.value
    return {"value": value, "at": instant_text(seen.at), "by": seen.by}
