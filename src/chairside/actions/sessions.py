"""Writing to a session's log. One transaction: event, verdict, audit line, outbox row."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from chairside.actions.audit import audit
from chairside.actions.outbox import leave
from chairside.actions.releases import keep_release
from chairside.charts.pulse import pulse
from chairside.charts.releases import NotSigned, release_in_force, rules_of
from chairside.charts.sessions import Folded, NoSuchSession, empty, load
from chairside.core.session import (
    Asker,
    BadEvent,
    Event,
    Refusal,
    as_document,
    kind_of,
    payload_document,
    problems,
    refusals,
    typed_payload,
)
from chairside.core.session.envelope import Source
from chairside.core.session.payloads import Planned, VerdictRecorded
from chairside.core.session.verdicts import verdict_since
from chairside.vault.chains import append_event, hold
from chairside.vault.models import SessionEvent

# A monitor's reading and a stored verdict are their own audit records.
OWN_AUDIT_RECORD = frozenset({("observation.recorded", "monitor"), ("verdict.recorded", "system")})

MOST_WORDS = 2000
"""Characters in any one text of an event: a page of a note, never a file."""
PRESS = re.compile(r"[A-Za-z0-9-]{1,36}")
"""An event's id as a form may bring it: no longer than its column, and without a place for anyone's name."""


class Refused(Exception):
    """The act was not done; every reason against it, each a sentence."""

    def __init__(self, *reasons: Refusal) -> None:
        super().__init__("; ".join(each.reason for each in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: an opaque id, the roles held, the device written on, and who authorised it in place."""

    person: str
    roles: frozenset[str]
    device: str
    authorised_by: str | None = None
    authoriser_roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def asker(self) -> Asker:
        """The same as the core sees it."""
        return Asker(self.person, self.roles, self.authorised_by, self.authoriser_roles)


SYSTEM = Author("system", frozenset({"system"}), "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written: its kind and payload, when it happened (None: now), and how it is known.

    `press` is the id drawn with the page, so that the same press twice is one event.
    """

    kind: str
    payload: object
    observed_at: datetime | None = None
    entered_at: datetime | None = None
    clock_offset_ms: int = 0
    source: Source = "typed"
    corrects: str | None = None
    press: str | None = None


def plan_session(*, session: str, clinic: str, plan: Planned, by: Author, at: datetime) -> Folded:
    """Opens a session's log under the library release that this clinic's director has signed.

    Refused, naming what is missing, while any file a session needs is unsigned.
    """
    try:
        release = release_in_force(clinic)
    except NotSigned as missing:
        raise Refused(*(Refusal("unsigned", "absolute", each) for each in missing.sentences)) from missing
    keep_release(clinic=clinic, release=release, by=by.person, at=at)
    start = empty(session, clinic, rules_of(release.digest))
    entry = Entry(kind="session.planned", payload=plan)
    return _write(_Writing(session, start_of(session, clinic, start), entry, by, at))


def start_of(session: str, clinic: str, start: Folded) -> Callable[[], Folded]:
    """How to find the log to write on: the session itself, or the empty one it begins with."""

    def find() -> Folded:
        try:
            return load(session, clinic)
        except NoSuchSession:
            return start

    return find


def record(*, session: str, clinic: str, entry: Entry, by: Author, at: datetime) -> Folded:
    """Writes one event. A well-formed fact is always written; an ask may raise `Refused`."""
    return _write(_Writing(session, lambda: load(session, clinic), entry, by, at))


def observe(*, session: str, clinic: str, entry: Entry, by: Author, at: datetime) -> Folded:
    """Writes one tick of a monitor or one typed set of values; never refused for what it says."""
    return record(session=session, clinic=clinic, entry=entry, by=by, at=at)


def watch(*, session: str, clinic: str, by: Author, at: datetime) -> Folded:
    """Looks at a session that sent nothing: an alarm that time alone raised is written down as a verdict."""
    with transaction.atomic():
        hold(f"session {session}")
        return _with_verdict(load(session, clinic), at)


def correct(*, session: str, clinic: str, entry: Entry, by: Author, at: datetime) -> Folded:
    """Corrects or strikes out an earlier event (`entry.corrects`); the earlier one stays readable."""
    folded = load(session, clinic)
    target = next((each for each in folded.events if each.id == entry.corrects), None)
    if target is None or target.kind in ("event.corrected", "event.struck", "session.planned"):
        raise Refused(Refusal("correction", "order of work", "correction: expected an entry of this record"))
    _may_amend(target, entry, by)
    if entry.kind == "event.corrected":
        document = payload_document(entry.payload)
        corrected = typed_payload(target.kind, document["payload"])
        wrong = problems(target.kind, corrected, state=folded.state, rules=folded.rules)
        if wrong:
            raise BadEvent("; ".join(wrong))
        if document.get("observed_at"):
            _not_in_the_future(datetime.fromisoformat(document["observed_at"]), at)
    return record(session=session, clinic=clinic, entry=entry, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One write on its way: where, what, by whom and when."""

    session: str
    find: Callable[[], Folded]
    entry: Entry
    by: Author
    at: datetime


def _may_amend(target: Event, entry: Entry, by: Author) -> None:
    """An act that was asked and allowed keeps its content: only its time is corrected, or it is struck."""
    kind = kind_of(target.kind)
    if not by.roles & (kind.roles - {"device", "system"}):
        raise Refused(Refusal("role", "identity", f"{target.kind}: expected one who may write it"))
    if entry.kind == "event.struck":
        return
    content = payload_document(entry.payload)["payload"]
    if kind.asks and content != dict(target.payload):
        raise Refused(
            Refusal(
                "correction", "order of work", "it was allowed as it stands: strike it out, and do it again"
            )
        )
    if target.authorised_by and content != dict(target.payload) and not by.asker.second_person:
        raise Refused(Refusal("witness", "identity", "two people signed it; two people correct it"))


def _write(writing: _Writing) -> Folded:
    document = payload_document(writing.entry.payload)
    for name, words in _texts(document):
        if len(words) > MOST_WORDS:
            raise BadEvent(f"{name.replace('_', ' ')}: expected at most {MOST_WORDS} characters")
    body = typed_payload(writing.entry.kind, document)
    with transaction.atomic():
        hold(f"session {writing.session}")
        folded = writing.find()
        if _same_press(folded, writing, document):
            return folded
        _may(folded, writing, body)
        event = _event(folded, writing, document)
        before = folded.state.phase
        folded = folded.plus(event, append_event(event).mac)
        _account(folded, event, before=before, at=writing.at)
        folded = _with_verdict(folded, writing.at)
        transaction.on_commit(lambda: pulse.beat(folded.session))
    return folded


def _texts(said: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a payload with the name it stands under."""
    if isinstance(said, str):
        yield name, said
    elif isinstance(said, Mapping):
        for inner, each in said.items():
            yield from _texts(each, str(inner))
    elif isinstance(said, list | tuple):
        for each in said:
            yield from _texts(each, name)


def _same_press(folded: Folded, writing: _Writing, document: Mapping[str, Any]) -> bool:
    entry = writing.entry
    if entry.press and not PRESS.fullmatch(entry.press):
        raise BadEvent("press: expected the id that was drawn with this form; open it again")
    if entry.press is None or not SessionEvent.objects.filter(id=entry.press).exists():
        return False
    same = next((each for each in folded.events if each.id == entry.press), None)
    wanted = (entry.kind, dict(document), writing.by.person)
    if same and (same.kind, dict(same.payload), same.actor) == wanted:
        return True
    raise Refused(
        Refusal("press", "order of work", "this form was already sent with other content; open it again")
    )


def _may(folded: Folded, writing: _Writing, body: object) -> None:
    entry, by, at = writing.entry, writing.by, writing.at
    kind = kind_of(entry.kind)
    if not by.roles & kind.roles:
        wanted = " or ".join(sorted(kind.roles))
        raise Refused(Refusal("role", "identity", f"{entry.kind}: expected a {wanted}"))
    # A device's clock may run ahead of the clinic's; its offset says by how much.
    _not_in_the_future((entry.observed_at or at) - timedelta(milliseconds=entry.clock_offset_ms), at)
    wrong = problems(entry.kind, body, state=folded.state, rules=folded.rules)
    if wrong:
        raise BadEvent("; ".join(wrong))
    if kind.asks:
        against = refusals(
            folded.state, kind=entry.kind, body=body, asker=by.asker, rules=folded.rules, at=at
        )
        if against:
            raise Refused(*against)


def _not_in_the_future(observed_at: datetime, at: datetime) -> None:
    if observed_at > at:
        raise BadEvent("time: expected a moment that has passed")


def _event(folded: Folded, writing: _Writing, document: Mapping[str, Any]) -> Event:
    entry, by, at = writing.entry, writing.by, writing.at
    entered_at = entry.entered_at or at
    return Event(
        id=entry.press or settings.CHAIRSIDE_IDS.new(),
        clinic=folded.clinic,
        session=folded.session,
        kind=entry.kind,
        schema_version=kind_of(entry.kind).version,
        actor=by.person,
        authorised_by=by.authorised_by,
        device=by.device,
        device_seq=folded.next_seq(by.device),
        observed_at=entry.observed_at or at,
        entered_at=entered_at,
        entered_utc_offset_min=_offset_minutes(entered_at),
        received_at=at,
        clock_offset_ms=entry.clock_offset_ms,
        source=entry.source,
        corrects=entry.corrects,
        library_version=folded.rules.digest,
        payload=dict(document),
    )


def _offset_minutes(entered_at: datetime) -> int:
    offset = entered_at.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _account(folded: Folded, event: Event, *, before: str, at: datetime) -> None:
    changed = folded.state.phase != before
    if (event.kind, event.source) in OWN_AUDIT_RECORD and not changed:
        return
    detail: dict[str, Any] = {"event": event.id, "authorised_by": event.authorised_by}
    if changed:
        detail |= {"phase": folded.state.phase, "head": folded.head, "length": folded.length}
        leave(
            clinic=folded.clinic,
            topic="anchor",
            key=f"{folded.session} {folded.length}",
            body={"session": folded.session, "length": folded.length, "head": folded.head},
            at=at,
        )
    audit(
        clinic=folded.clinic,
        verb=event.kind,
        by=event.actor,
        at=at,
        subject=f"session:{folded.session}",
        detail=detail,
    )


def _with_verdict(folded: Folded, at: datetime) -> Folded:
    verdict: VerdictRecorded | None = verdict_since(folded.state, at)
    if verdict is None:
        return folded
    entry = Entry(kind="verdict.recorded", payload=verdict, source="system")
    document = payload_document(verdict)
    writing = _Writing(folded.session, lambda: folded, entry, SYSTEM, at)
    event = _event(folded, writing, document)
    folded = folded.plus(event, append_event(event).mac)
    transaction.on_commit(lambda: pulse.beat(folded.session))
    return folded


def document_of(event: Event) -> dict[str, Any]:
    """The event as it is exported."""
    return as_document(event)
