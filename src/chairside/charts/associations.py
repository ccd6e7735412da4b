"""Whose monitor is it? Read from the logs alone: no name and no bed decides it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from chairside.charts.sessions import Folded, load
from chairside.core.session.state import ENDED
from chairside.vault.models import AuditLine

ASSOCIATED = "monitor.associated"
SUBJECT = "session:"


@dataclass(frozen=True, slots=True)
class Holder:
    """A session whose monitor a device is now, and since when."""

    folded: Folded
    since: datetime


class Associations:
    """The sessions that may hold a monitor. Each look reads only the audit lines added since the last.

    The first look at a clinic reads every association and change of phase there ever was, once. Look
    before anything is written in a transaction: what is rolled back would be remembered. Safe for threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_to: dict[str, int] = {}
        self._associated: dict[str, set[str]] = {}
        self._ended: dict[str, set[str]] = {}

    def holders(self, device: str, clinic: str) -> tuple[Holder, ...]:
        """The sessions of this clinic whose monitor the device is now, the latest association last."""
        with self._lock:
            self._read_on(clinic)
            candidates = sorted(self._associated[clinic] - self._ended[clinic])
        found = (load(session, clinic) for session in candidates)
        holders = [
            Holder(folded, monitor.stamp.at)
            for folded in found
            if (monitor := folded.state.monitor) is not None and monitor.body.monitor == device
        ]
        return tuple(sorted(holders, key=lambda each: (each.since, each.folded.session)))

    def _read_on(self, clinic: str) -> None:
        associated = self._associated.setdefault(clinic, set())
        ended = self._ended.setdefault(clinic, set())
        for session, verb, phase in self._added(clinic):
            if verb == ASSOCIATED:
                associated.add(session)
            if phase in ENDED:
                ended.add(session)
            elif phase is not None:  # a release that was struck out
                ended.discard(session)

    def _added(self, clinic: str) -> Iterator[tuple[str, str, str | None]]:
        added = AuditLine.objects.of(clinic).filter(position__gt=self._read_to.get(clinic, 0))
        last = added.order_by("-position").values_list("position", flat=True).first()
        if last is None:
            return
        told = Q(body__contains='"phase"') | Q(body__contains=f'"{ASSOCIATED}"')
        rows = added.filter(told, position__lte=last).order_by("position")
        for body in rows.values_list("body", flat=True).iterator():
            line = json.loads(body)
            if line["subject"].startswith(SUBJECT):
                yield line["subject"].removeprefix(SUBJECT), line["verb"], line["detail"].get("phase")
        self._read_to[clinic] = last
