"""Signing and closing a record: what is signed is what the page showed, what is closed is what was signed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import transaction

from chairside.actions.sessions import Author, Entry, Refused, record
from chairside.charts.record import record_sha256, signed_before_a_change
from chairside.charts.sessions import Folded, load
from chairside.core.session import Refusal
from chairside.core.session.payloads import Closed, RecordSigned
from chairside.vault.chains import hold

Role = Literal["nurse", "prescriber"]

MEANINGS: Mapping[Role, str] = {
    "nurse": "I have read this record; what is entered as mine is what I saw, did and counted.",
    "prescriber": "I have read this record and I answer for the order, the decisions and the ending.",
}


def signature_of(role: Role, head: str) -> RecordSigned:
    """A signature in a role over the record whose chain ends at `head`, with what it means."""
    return RecordSigned(role, MEANINGS[role], head)


def sign_record(
    *,
    session: str,
    clinic: str,
    body: RecordSigned,
    press: str | None,
    by: Author,
    at: datetime,
) -> Folded:
    """Signs the record whose chain ends at `body.head`, as the page showed it; refused once it has grown.

    Call it after the person has given their password again.
    """
    with transaction.atomic():
        hold(f"session {session}")
        folded = load(session, clinic)
        if body.head != folded.head and not any(each.id == press for each in folded.events):
            raise Refused(
                Refusal(
                    "signature",
                    "order of work",
                    "something was entered after this page was drawn; read the record again, then sign",
                )
            )
        entry = Entry(kind="record.signed", payload=body, press=press)
        return record(session=session, clinic=clinic, entry=entry, by=by, at=at)


def close_record(*, session: str, clinic: str, press: str | None, by: Author, at: datetime) -> Folded:
    """Closes the record with the digest of all it says; afterwards only addenda are added."""
    with transaction.atomic():
        hold(f"session {session}")
        folded = load(session, clinic)
        stale = signed_before_a_change(folded)
        if stale:
            raise Refused(
                *(
                    Refusal(
                        "signature",
                        "order of work",
                        f"something was entered after the {role} signed; the {role} signs again",
                    )
                    for role in stale
                )
            )
        entry = Entry(kind="session.closed", payload=Closed(record_sha256(folded)), press=press)
        return record(session=session, clinic=clinic, entry=entry, by=by, at=at)
