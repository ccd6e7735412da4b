"""Which sessions are on a chair, read from the audit lines of their changes of phase."""

import json
from collections.abc import Iterator

from chairside.accounts.models import Clinic
from chairside.core.session.state import ON_THE_CHAIR
from chairside.vault.models import AuditLine

SUBJECT = "session:"


class Underway:
    """The sessions of every clinic that are on a chair. Each look reads only what was added since the last.

    The first look reads every change of phase there ever was, once. Not for several threads at once.
    """

    def __init__(self) -> None:
        self._read_to: dict[str, int] = {}
        self._phases: dict[tuple[str, str], str] = {}

    def look(self) -> tuple[tuple[str, str], ...]:
        """Clinic and session of each session on a chair now."""
        for clinic in Clinic.objects.values_list("id", flat=True):
            for session, phase in self._changes(clinic):
                if phase in ON_THE_CHAIR:
                    self._phases[clinic, session] = phase
                else:
                    self._phases.pop((clinic, session), None)
        return tuple(self._phases)

    def _changes(self, clinic: str) -> Iterator[tuple[str, str]]:
        """Session and new phase of each change since the last look, in order."""
        added = AuditLine.objects.of(clinic).filter(position__gt=self._read_to.get(clinic, 0))
        last = added.order_by("-position").values_list("position", flat=True).first()
        if last is None:
            return
        rows = added.filter(position__lte=last, body__contains='"phase"').order_by("position")
        for body in rows.values_list("body", flat=True).iterator():
            line = json.loads(body)
            phase = line.get("detail", {}).get("phase")
            if phase is not None and line["subject"].startswith(SUBJECT):
                yield line["subject"].removeprefix(SUBJECT), phase
        self._read_to[clinic] = last
