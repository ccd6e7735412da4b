"""Appending to the chains. The link is the HMAC of the row's canonical bytes over the link before it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from chairside.core.audit import GENESIS, canonical_bytes, link_mac
from chairside.core.session.envelope import Event, as_document, from_document
from chairside.vault.models import AuditLine, SessionEvent


def hold(name: str) -> None:
    """Make other writers of this chain wait until the transaction ends.

    SQLite writes one transaction at a time anyway (IMMEDIATE); PostgreSQL takes an advisory lock.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a chain is only held inside a transaction")
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _link(previous: str, body: Mapping[str, Any]) -> dict[str, str]:
    key_id, key = settings.CHAIRSIDE_KEYS.current_hmac()
    raw = canonical_bytes(body).decode()
    return {
        "body": raw,
        "previous": previous,
        "mac": link_mac(key, previous=previous, body=raw.encode()),
        "key_id": key_id,
    }


def append_event(event: Event) -> SessionEvent:
    """Add an event at the end of its session's chain; the caller holds the session's chain."""
    last = SessionEvent.objects.filter(session=event.session).order_by("-position").first()
    position = last.position + 1 if last else 1
    body = {"position": position, **as_document(event)}
    return SessionEvent.objects.create(
        id=event.id,
        clinic=event.clinic,
        session=event.session,
        position=position,
        kind=event.kind,
        **_link(last.mac if last else GENESIS, body),
    )


def append_audit(clinic: str, line: Mapping[str, Any]) -> AuditLine:
    """Add a line at the end of the clinic's audit chain, inside the caller's transaction."""
    hold(f"audit {clinic}")
    last = AuditLine.objects.of(clinic).order_by("-position").first()
    position = last.position + 1 if last else 1
    body = {"position": position, "clinic": clinic, **line}
    return AuditLine.objects.create(
        clinic=clinic, position=position, **_link(last.mac if last else GENESIS, body)
    )


def event_of(row: SessionEvent) -> Event:
    """The event a row holds."""
    document = json.loads(row.body)
    document.pop("position", None)
    return from_document(document)
