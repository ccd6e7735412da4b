"""Whether a session is what was written: chains, heads noted elsewhere, refold, verdicts, library, flowsheet.

Reads rows as they are in the tables, so that a changed byte is named instead of failing somewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from chairside.accounts.models import Clinic
from chairside.charts.forecast import forecast
from chairside.charts.record import cut, record_sha256
from chairside.charts.releases import rules_of
from chairside.charts.sessions import Folded, empty, refold
from chairside.charts.sheet import moment_of, sheet
from chairside.core.audit import Anchor, Link, canonical_bytes, verify_chain
from chairside.core.session import Event, as_document, instant_text, payload_document
from chairside.core.session.verdicts import verdict_since
from chairside.interop.flowsheet import Printed
from chairside.records.models import SiteSignature
from chairside.vault.chains import event_of
from chairside.vault.models import AuditLine, LibraryBytes, LibraryRelease, SessionEvent

ANCHORS_FILE = "anchors.jsonl"


class NothingToVerify(LookupError):
    """No trace of such a session: no event, no audit line, no anchor."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: where (event 7, audit line 12, a file) and what was found there."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, a line each, and what does not hold; nothing found is no proof beyond the list."""

    checked: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether all that was checked holds."""
        return not self.findings


def verify_session(session: str, clinic: str, *, printed: Printed | None = None) -> Report:
    """Checks one session and all it rests on; raises `NothingToVerify` for one that left no trace."""
    looking = _Looking(session, clinic)
    looking.chains()
    looking.library()
    folded = looking.refolded()
    if folded is not None:
        looking.record(folded)
        looking.verdicts(folded)
        if printed is not None:
            looking.flowsheet(folded, printed)
    return Report(tuple(looking.checked), tuple(looking.findings))


class _Looking:
    """One verification under way."""

    def __init__(self, session: str, clinic: str) -> None:
        self.session, self.clinic = session, clinic
        self.checked: list[str] = []
        self.findings: list[Finding] = []
        # Not by clinic: a row moved to another clinic must be missed here by its chain, not by a filter.
        self.events = list(SessionEvent.objects.filter(session=session).order_by("position"))
        self.lines = list(AuditLine.objects.of(clinic).order_by("position"))
        self.anchors, self.torn = anchors_of(clinic, session)

    def found(self, where: str, what: str) -> None:
        """Notes one thing that does not hold."""
        self.findings.append(Finding(where, what))

    # Chains ----------------------------------------------------------------------------------

    def chains(self) -> None:
        """The session's chain against every head noted elsewhere; the clinic's audit chain."""
        audit_heads = list(_heads_in(self.lines, self.session))
        ours = any(self.clinic in (row.clinic, _document(row.body).get("clinic")) for row in self.events)
        if not ours and not audit_heads and not self.anchors:
            raise NothingToVerify(self.session)
        for number, what in self.torn:
            self.found(f"{ANCHORS_FILE} line {number}", what)
        foreign = [each for each in self.events if each.clinic != self.clinic]
        for row in foreign:
            self.found(f"event {row.position}", f"its row says clinic {row.clinic!r}")
        self._chain("event", self.events, audit_heads + self.anchors)
        self.checked.append(
            f"{len(self.events)} events in their chain; {len(audit_heads)} heads in the audit chain and "
            f"{len(self.anchors)} in {ANCHORS_FILE}"
        )
        if not self.anchors:
            self.checked.append(
                f"no head of this session stands in {ANCHORS_FILE}: only the database speaks for it"
            )
        self._chain("audit line", self.lines, ())
        self.checked.append(f"{len(self.lines)} audit lines in their chain")
        self._columns()
        self._anchored_but_not_audited(audit_heads)

    def _chain(self, what: str, rows: Sequence[Any], anchors: Iterable[Anchor]) -> None:
        links = [
            Link(row.position, row.body.encode("utf-8", "surrogatepass"), row.previous, row.mac, row.key_id)
            for row in rows
        ]
        verdict = verify_chain(links, _keys(links), anchors=anchors)
        for each in verdict.breaks:
            self.found(f"{what} {each.position}", f"{each.kind}: {each.what}")

    def _columns(self) -> None:
        """What a row says beside its chained body must be what the body says."""
        for row in self.events:
            body = _document(row.body)
            said = {name: body.get(name) for name in ("id", "clinic", "session", "kind", "position")}
            stored = {name: getattr(row, name) for name in said}
            for name, value in said.items():
                if body and value != stored[name]:
                    self.found(f"event {row.position}", f"changed: its column {name} is not what was chained")

    def _anchored_but_not_audited(self, audit_heads: Sequence[Anchor]) -> None:
        """A head outside that no audit line holds: lines were cut off the end of the audit chain."""
        known = {(each.length, each.head) for each in audit_heads}
        for each in self.anchors:
            if (each.length, each.head) not in known:
                self.found(
                    "audit chain",
                    f"truncated or changed: {ANCHORS_FILE} holds a head at event {each.length} that no audit "
                    "line holds",
                )
        by_event = {
            line["detail"]["event"]: line["position"]
            for line in _lines_about(self.lines, self.session)
            if "event" in line["detail"]
        }
        here = {row.id for row in self.events}
        for event, position in by_event.items():
            if event not in here:
                self.found(f"event {event}", f"missing: audit line {position} tells of it")
        for row in self.events:
            if row.id not in by_event and not _own_record(row):
                self.found("audit chain", f"truncated or changed: no line tells of event {row.position}")

    # Library ---------------------------------------------------------------------------------

    def library(self) -> None:
        """The release this session pins: its digest, the bytes of its files, and the signatures over them."""
        digests = sorted({_document(row.body).get("library_version", "") for row in self.events} - {""})
        signed = {
            line["detail"].get("sha256"): line
            for line in _parsed(self.lines)
            if line.get("verb") == "library.signed"
        }
        for digest in digests:
            release = LibraryRelease.objects.filter(digest=digest).first()
            if release is None:
                self.found(f"library release {digest[:12]}", "missing")
                continue
            self._release(release, signed)

    def _release(self, release: LibraryRelease, signed: Mapping[Any, Any]) -> None:
        if hashlib.sha256(release.manifest.encode()).hexdigest() != release.digest:
            self.found(f"library release {release.digest[:12]}", "changed: its list is not what was pinned")
        try:
            rows = release.rows
        except ValueError:
            self.found(f"library release {release.digest[:12]}", "changed: its list can't be read")
            return
        for _, file_id, version, sha256 in rows:
            name = f"library file {file_id} {version}"
            kept = LibraryBytes.objects.filter(sha256=sha256).first()
            if kept is None:
                self.found(name, "missing: its bytes are not kept here")
            elif hashlib.sha256(bytes(kept.raw)).hexdigest() != sha256:
                self.found(name, "changed: its bytes are not those of its hash")
            self._signature(name, sha256, signed)
        self.checked.append(f"{len(rows)} library files against their hashes and their signatures")

    def _signature(self, name: str, sha256: str, signed: Mapping[Any, Any]) -> None:
        """The row of a signature against the audit line that was chained when it was given."""
        row = SiteSignature.objects.of(self.clinic).filter(sha256=sha256).first()
        line = signed.get(sha256)
        where = f"signature over {name.removeprefix('library ')}"
        if line is None:
            self.found(where, "no audit line of it: it was never given, or the line is gone")
        elif row is None:
            self.found(where, "missing")
        else:
            said = {
                "subject": f"signature:{row.pk}",
                "by": row.signed_by_id,
                "at": instant_text(row.at),
                "detail": {
                    "kind": row.kind,
                    "file": row.file_id,
                    "version": row.version,
                    "sha256": row.sha256,
                    "meaning": row.meaning,
                },
            }
            for field, value in said.items():
                if line.get(field) != value:
                    self.found(where, f"changed: its {field} is not what the audit line says")

    # Refold ----------------------------------------------------------------------------------

    def refolded(self) -> Folded | None:
        """The session folded from zero, or nothing where its rows can't be read any more."""
        rules_of.cache_clear()
        for row in self.events:
            try:
                event = event_of(row)
            except (ValueError, TypeError) as error:
                self.found(f"event {row.position}", f"changed: it can't be read as an event ({error})")
                continue
            document = {"position": row.position, **as_document(event)}
            if canonical_bytes(document) != row.body.encode("utf-8", "surrogatepass"):
                self.found(f"event {row.position}", "changed: its bytes are not canonical")
        try:
            folded = refold(self.session, self.clinic)
        except (LookupError, ValueError, TypeError) as error:
            self.found("refold", f"can't be done: {error}")
            return None
        self.checked.append(f"refolded from zero: {folded.length} events, {folded.state.phase}")
        return folded

    def record(self, folded: Folded) -> None:
        """The record as it folds now against the digest that was written at close; signatures over heads."""
        heads = {row.mac: row.position for row in self.events}
        for said in folded.state.signatures:
            if said.body.head not in heads:
                self.found(f"signature as {said.body.role}", "the head it was given over is not in the chain")
        closed = folded.state.closed
        if closed is None:
            self.checked.append("the record is not closed: no digest to compare the refold with")
            return
        found = record_sha256(folded)
        if found != closed.body.record_sha256:
            self.found(
                "record",
                f"changed: it refolds to {found[:16]}…, at close it was {closed.body.record_sha256[:16]}…",
            )
        self.checked.append("the refolded record against the digest written at close")

    def verdicts(self, folded: Folded) -> None:
        """Each stored verdict against what the rules say of the same events at the same moment."""
        told = empty(folded.session, folded.clinic, folded.rules)
        stored = 0
        for position, event in enumerate(folded.events, start=1):
            if event.kind == "verdict.recorded":
                stored += 1
                wanted = verdict_since(told.state, event.happened_at)
                if wanted is None or _essence(payload_document(wanted)) != _essence(event.payload):
                    self.found(
                        f"event {position}", "its verdict is not what the rules say of the events before it"
                    )
            elif self._owed(told.plus(event, ""), folded.events[position:]):
                self.found(
                    f"event {position}", "the rules raise or end an alarm here, and no verdict was stored"
                )
            told = told.plus(event, "")
        self.checked.append(f"{stored} stored verdicts derived again")

    @staticmethod
    def _owed(told: Folded, later: Sequence[Event]) -> bool:
        if later and later[0].kind == "verdict.recorded":
            return False
        return verdict_since(told.state, told.events[-1].received_at) is not None

    # Flowsheet -------------------------------------------------------------------------------

    def flowsheet(self, folded: Folded, printed: Printed) -> None:
        """Each text read back from the page against the same page drawn from the refold."""
        if printed.session != self.session:
            self.found("flowsheet", f"it is of session {printed.session}")
            return
        head = next((row.mac for row in self.events if row.position == printed.length), None)
        if head != printed.head:
            self.found("flowsheet", f"its head is not that of event {printed.length}")
            return
        zone = Clinic.objects.get(pk=self.clinic).zone
        if printed.zone != zone:
            self.found("flowsheet", f"it is in the zone {printed.zone}, the clinic in {zone}")
            return
        whole = folded if printed.length == folded.length else cut(folded, printed.length, printed.head)
        try:
            at = moment_of(whole, datetime.fromisoformat(printed.at))
        except ValueError:
            self.found("flowsheet", "the moment it was drawn for can't be read")
            return
        wanted = sheet(whole, zone=zone, at=at, predicted=forecast(whole, at)).values()
        for name in sorted(wanted.keys() | printed.values.keys()):
            want, got = _spaced(wanted.get(name)), _spaced(printed.values.get(name))
            if want != got:
                self.found(f"flowsheet {name}", f"printed {_quoted(got)}, the log says {_quoted(want)}")
        self.checked.append(
            f"{len(wanted)} texts of the flowsheet; names and the picture of the graphs are not"
        )


def anchors_of(clinic: str, session: str) -> tuple[list[Anchor], list[tuple[int, str]]]:
    """The heads of a session noted outside the database, and the lines there that can't be read."""
    path = Path(settings.CHAIRSIDE_DATA) / ANCHORS_FILE
    anchors: list[Anchor] = []
    torn: list[tuple[int, str]] = []
    if not path.exists():
        return anchors, torn
    for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
        line = _document(raw.decode("utf-8", "replace"))
        length, head = line.get("length"), line.get("head")
        if not isinstance(length, int) or not isinstance(head, str):
            torn.append((number, "changed: it can't be read"))
        elif line.get("clinic") == clinic and line.get("session") == session:
            anchors.append(Anchor(length, head))
    return anchors, torn


def _essence(verdict: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a verdict decides; its words may be said better by a later version."""
    raised = [
        tuple(each.get(name) for name in ("key", "signal", "kind", "priority", "action", "limit"))
        for each in verdict["raised"]
    ]
    return (raised, list(verdict["ended"]))


def _keys(links: Iterable[Link]) -> dict[str, bytes]:
    """The keys of these links that this clinic has."""
    found: dict[str, bytes] = {}
    for key_id in {each.key_id for each in links}:
        try:
            found[key_id] = settings.CHAIRSIDE_KEYS.hmac_key(key_id)
        except RuntimeError:  # KeyMissing: the chain then says that the key is unknown
            continue
    return found


def _own_record(row: SessionEvent) -> bool:
    """Whether an event is its own audit record: a monitor's reading, a stored verdict."""
    source = _document(row.body).get("source")
    return (row.kind, source) in (("observation.recorded", "monitor"), ("verdict.recorded", "system"))


def _document(raw: str) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _parsed(lines: Iterable[AuditLine]) -> Iterator[dict[str, Any]]:
    for line in lines:
        document = _document(line.body)
        if isinstance(document.get("detail"), dict):
            yield document


def _lines_about(lines: Iterable[AuditLine], session: str) -> Iterator[dict[str, Any]]:
    return (line for line in _parsed(lines) if line.get("subject") == f"session:{session}")


def _heads_in(lines: Iterable[AuditLine], session: str) -> Iterator[Anchor]:
    for line in _lines_about(lines, session):
        length, head = line["detail"].get("length"), line["detail"].get("head")
        if isinstance(length, int) and isinstance(head, str):
            yield Anchor(length, head)


def _spaced(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def _quoted(text: str | None) -> str:
    return "nothing" if text is None else f"“{text}”"
