"""A session of this clinic as the export document."""

from datetime import datetime
from typing import Any

from chairside.accounts.models import Clinic
from chairside.charts.sessions import refold
from chairside.interop.export import Marks, session_document
from chairside.vault.models import LibraryRelease


def session_export(session: str, clinic: Clinic, *, at: datetime, not_for_care: bool) -> dict[str, Any]:
    """The document, folded from zero; raises `NoSuchSession` for an unknown session or another clinic's."""
    folded = refold(session, clinic.pk)
    digest = folded.rules.digest
    marks = Marks(
        clinic=clinic.pk,
        session=session,
        head=folded.head,
        exported_at=at,
        library=digest,
        library_files=LibraryRelease.objects.get(digest=digest).rows,
        demo=clinic.demo,
        not_for_care=clinic.not_for_care or not_for_care,
    )
    return session_document(
        marks, events=folded.events, state=folded.state, books=folded.rules.books(folded.state), at=at
    )
