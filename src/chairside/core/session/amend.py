"""Corrections and strikes, resolved before folding; the arrival order of amendments never matters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chairside.core.session.envelope import Event
from chairside.core.session.kinds import typed
from chairside.core.session.payloads import Corrected, Struck

AMENDMENTS = frozenset({"event.corrected", "event.struck"})


@dataclass(frozen=True, slots=True)
class Amended:
    """An event as it stands, with its amendments, oldest first; `struck` keeps it out of the fold."""

    event: Event
    original: Event
    amendments: tuple[Event, ...] = ()
    struck: bool = False

    @property
    def corrected(self) -> bool:
        """Whether a correction changed what it says or when it happened."""
        return self.event is not self.original


def amend(events: Iterable[Event]) -> tuple[Amended, ...]:
    """Every event that is not itself an amendment, as amended, in folding order.

    An amendment to an unknown event, or to another amendment, changes nothing here.
    """
    originals: dict[str, Event] = {}
    amendments: dict[str, list[Event]] = {}
    for event in events:
        if event.kind in AMENDMENTS:
            amendments.setdefault(event.corrects or "", []).append(event)
        else:
            originals[event.id] = event
    amended = [
        _apply(original, sorted(amendments.get(original.id, ()), key=_entry_order))
        for original in originals.values()
    ]
    return tuple(sorted(amended, key=lambda each: each.event.order))


def _entry_order(event: Event) -> tuple[datetime, str, int, str]:
    return (event.entered_at, event.device, event.device_seq, event.id)


def _apply(original: Event, amendments: list[Event]) -> Amended:
    event, struck = original, False
    for amendment in amendments:
        body = typed(amendment)
        if isinstance(body, Struck):
            struck = True
        elif isinstance(body, Corrected):
            at = datetime.fromisoformat(body.observed_at) if body.observed_at else event.observed_at
            event = replace(event, payload=body.payload, observed_at=at)
    return Amended(event, original, tuple(amendments), struck)
