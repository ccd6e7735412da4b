"""A session as one JSON document: its events, and what is derived from them. Values in, document out.

`docs/export.schema.json` is its schema, made by `schema()`. No name of a person stands in it: people are
opaque ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chairside.core.ledger import Book
from chairside.core.session import Amended, Event, State, amend, as_document, instant_text, typed
from chairside.core.session.payloads import ObservationRecorded
from chairside.core.session.verdicts import session_alarms

FORMAT = "chairside-session-1"
BOOK_AMOUNTS = ("drawn_ug", "given_ug", "line_ug", "waste_ug", "returned_ug", "difference_ug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What an export says of itself besides the log: whose it is, how far the chain goes, what it is not for.

    `library_files` are kind, id, version and SHA-256 of each file the session was run by.
    """

    clinic: str
    session: str
    head: str
    exported_at: datetime
    library: str
    library_files: Sequence[Sequence[str]]
    demo: bool
    not_for_care: bool


def session_document(
    marks: Marks, *, events: Sequence[Event], state: State, books: Iterable[Book], at: datetime
) -> dict[str, Any]:
    """The whole export; alarms that time alone raises are those until `at`."""
    return {
        "format": FORMAT,
        "clinic": marks.clinic,
        "session": marks.session,
        "state": state.phase,
        "demo": marks.demo,
        "not_for_care": marks.not_for_care,
        "exported_at": instant_text(marks.exported_at),
        "head": marks.head,
        "length": len(events),
        "library": {
            "digest": marks.library,
            "files": [
                dict(zip(("kind", "id", "version", "sha256"), row, strict=True))
                for row in marks.library_files
            ],
        },
        "events": [as_document(each) for each in events],
        "readings": readings(amend(events)),
        "alarms": alarms(state, at),
        "drug": drug(books),
        "states": states(state),
    }


def readings(entries: Iterable[Amended]) -> list[dict[str, Any]]:
    """Each value of each tick and typed set as it stands, struck ones left out, in folding order.

    `quality` is what the value gate said of it in words; `verdict` its verdict.
    """
    return [
        {
            "signal": each.signal,
            "value": each.value,
            "unit": each.unit,
            "observed_at": instant_text(entry.event.happened_at),
            "entered_at": _on_the_clinics_clock(entry.event, entry.event.entered_at),
            "received_at": instant_text(entry.event.received_at),
            "source": entry.event.source,
            "quality": each.reason or "no fault found",
            "verdict": each.verdict,
        }
        for entry in entries
        if not entry.struck and isinstance(body := typed(entry.event), ObservationRecorded)
        for each in body.values
    ]


def _on_the_clinics_clock(event: Event, at: datetime) -> str:
    return instant_text(at - timedelta(milliseconds=event.clock_offset_ms))


def alarms(state: State, at: datetime) -> list[dict[str, Any]]:
    """Each alarm until then with who acknowledged it and when; nothing where nobody has."""
    return [
        {
            "signal": each.alarm.signal,
            "kind": each.alarm.kind,
            "priority": each.alarm.priority,
            "started_at": instant_text(each.alarm.started_at),
            "ended_at": instant_text(each.alarm.ended_at) if each.alarm.ended_at else None,
            "acknowledged_at": instant_text(each.acknowledged.stamp.at) if each.acknowledged else None,
            "acknowledged_by": each.acknowledged.stamp.by if each.acknowledged else None,
        }
        for each in session_alarms(state, at)
    ]


def drug(books: Iterable[Book]) -> list[dict[str, Any]]:
    """The book of each controlled substance in whole micrograms; nothing where nobody stated it."""
    return [
        {"substance": book.substance, **{name: getattr(book, name) for name in BOOK_AMOUNTS}}
        for book in books
    ]


def states(state: State) -> list[dict[str, Any]]:
    """Each state the session entered, when and by whom."""
    return [
        {"state": each.phase, "at": instant_text(each.stamp.at), "by": each.stamp.by}
        for each in state.history
    ]


# The schema --------------------------------------------------------------------------------------

_TEXT: Mapping[str, Any] = {"type": "string"}
_INSTANT: Mapping[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$",
    "description": "UTC, microseconds kept",
}
_DIGEST: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_WHOLE: Mapping[str, Any] = {"type": "integer"}
_YES_NO: Mapping[str, Any] = {"type": "boolean"}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the export."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Chairside session",
        "description": "Everything but `events` is derived from `events` and the library files named here.",
        **_object(
            {
                "format": {"const": FORMAT},
                "clinic": _TEXT,
                "session": _TEXT,
                "state": _TEXT,
                "demo": {**_YES_NO, "description": "true: made up, not for care"},
                "not_for_care": _YES_NO,
                "exported_at": _INSTANT,
                "head": {**_DIGEST, "description": "link of the last event in the session's chain"},
                "length": {"type": "integer", "minimum": 1},
                "library": _object({"digest": _DIGEST, "files": _list_of(_library_file())}),
                "events": {**_list_of(_event()), "description": "in order of arrival, as chained"},
                "readings": _list_of(_reading()),
                "alarms": _list_of(_alarm()),
                "drug": _list_of(_book()),
                "states": _list_of(_object({"state": _TEXT, "at": _INSTANT, "by": _TEXT})),
            }
        ),
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _or_nothing(what: Mapping[str, Any]) -> dict[str, Any]:
    return {**what, "type": [what["type"], "null"]}


def _library_file() -> dict[str, Any]:
    return _object({"kind": _TEXT, "id": _TEXT, "version": _TEXT, "sha256": _DIGEST})


def _event() -> dict[str, Any]:
    return _object(
        {
            "id": _TEXT,
            "clinic": _TEXT,
            "session": _TEXT,
            "kind": _TEXT,
            "schema_version": {"type": "integer", "minimum": 1},
            "actor": _TEXT,
            "authorised_by": _or_nothing(_TEXT),
            "device": _TEXT,
            "device_seq": _WHOLE,
            "observed_at": _INSTANT,
            "entered_at": _INSTANT,
            "entered_utc_offset_min": _WHOLE,
            "received_at": _INSTANT,
            "clock_offset_ms": _WHOLE,
            "source": {"enum": ["monitor", "typed", "read back", "pump", "system"]},
            "corrects": _or_nothing(_TEXT),
            "library_version": _TEXT,
            "payload": {"type": "object"},
        }
    )


def _reading() -> dict[str, Any]:
    return _object(
        {
            "signal": _TEXT,
            "value": {"type": ["number", "null"]},
            "unit": {**_TEXT, "description": "UCUM"},
            "observed_at": _INSTANT,
            "entered_at": _INSTANT,
            "received_at": _INSTANT,
            "source": _TEXT,
            "quality": {**_TEXT, "description": "what the value gate said of it, in words"},
            "verdict": {"enum": ["accepted", "not_measured", "implausible", "unverified"]},
        }
    )


def _alarm() -> dict[str, Any]:
    return _object(
        {
            "signal": {**_TEXT, "description": "empty: all signals together"},
            "kind": {"enum": ["limit", "change", "stale", "missing", "technical", "no signal"]},
            "priority": {"enum": ["high", "medium", "low"]},
            "started_at": _INSTANT,
            "ended_at": _or_nothing(_INSTANT),
            "acknowledged_at": _or_nothing(_INSTANT),
            "acknowledged_by": _or_nothing(_TEXT),
        }
    )


def _book() -> dict[str, Any]:
    amounts = {name: {"type": ["integer", "null"]} for name in BOOK_AMOUNTS}
    return _object({"substance": _TEXT, **amounts})
