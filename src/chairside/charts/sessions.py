"""A session folded from the vault, kept in memory while it runs, and always checked against the log's end."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chairside.charts.releases import rules_of
from chairside.core.audit import GENESIS
from chairside.core.session import State, apply, begin_state, can_apply_on_top, fold, fold_on, order_of_last
from chairside.core.session.amend import AMENDMENTS
from chairside.core.session.envelope import Event
from chairside.core.session.rules import Rules
from chairside.vault.chains import event_of
from chairside.vault.models import SessionEvent

Order = tuple[Any, ...] | None
Checkpoint = tuple[tuple[Any, ...], State]
"""The folding order a state was folded up to, and the state: a late event refolds from there."""
CHECKPOINT_EVERY = 256


class NoSuchSession(LookupError):
    """No session of this clinic has this id."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A session as its log tells it up to `length` events; `head` is the link of the last one."""

    session: str
    clinic: str
    events: tuple[Event, ...]
    state: State
    rules: Rules
    head: str
    last_order: tuple[Any, ...] | None
    device_seqs: Mapping[str, int]
    checkpoints: tuple[Checkpoint, ...] = field(default=(), compare=False, repr=False)

    @property
    def length(self) -> int:
        """How many events the log holds."""
        return len(self.events)

    def next_seq(self, device: str) -> int:
        """The next sequence number of a device in this session."""
        return self.device_seqs.get(device, 0) + 1

    def plus(self, event: Event, head: str) -> "Folded":
        """With one more event: on top where its order allows, from a checkpoint or from zero where not."""
        events = (*self.events, event)
        seqs = {**self.device_seqs, event.device: max(self.next_seq(event.device) - 1, event.device_seq)}
        if can_apply_on_top(self.last_order, event):
            last: Order = event.order
            state, kept = apply(self.state, event, self.rules), self.checkpoints
            if len(events) % CHECKPOINT_EVERY == 0:
                kept = (*kept, (event.order, state))
        else:
            last = order_of_last(events)
            kept = tuple(each for each in self.checkpoints if _stands(each, event))
            state = self._refolded(events, kept)
        return replace(
            self, events=events, state=state, head=head, last_order=last, device_seqs=seqs, checkpoints=kept
        )

    def _refolded(self, events: tuple[Event, ...], kept: tuple[Checkpoint, ...]) -> State:
        if not kept:
            return fold(events, self.rules)
        after, state = kept[-1]
        return fold_on(state, events, self.rules, after=after)


def _stands(checkpoint: Checkpoint, event: Event) -> bool:
    # An amendment may reach behind any checkpoint; a late event only behind those it comes before.
    return event.kind not in AMENDMENTS and checkpoint[0] < event.order


def empty(session: str, clinic: str, rules: Rules) -> Folded:
    """A session without an event yet."""
    return Folded(session, clinic, (), begin_state(rules), rules, GENESIS, None, {})


_kept: dict[str, Folded] = {}
_lock = threading.Lock()
KEPT_SESSIONS = 64


def load(session: str, clinic: str) -> Folded:
    """The session as its log stands now; raises `NoSuchSession` for an unknown one or another clinic's."""
    rows = SessionEvent.objects.of(clinic).filter(session=session).order_by("position")
    last = rows.last()
    if last is None:
        raise NoSuchSession(session)
    folded = _kept.get(session)
    if folded is None or not _continues(folded, rows):
        first = event_of(rows[0])
        folded = empty(session, clinic, rules_of(first.library_version))
    for row in rows[folded.length :]:
        folded = folded.plus(event_of(row), row.mac)
    _keep(folded)
    return folded


def _continues(folded: Folded, rows: Any) -> bool:
    # A rolled back write may have left a state in memory whose end is not in the log.
    row = rows.filter(position=folded.length).first()
    return row is not None and row.mac == folded.head


def _keep(folded: Folded) -> None:
    with _lock:
        _kept.pop(folded.session, None)
        _kept[folded.session] = folded
        while len(_kept) > KEPT_SESSIONS:
            _kept.pop(next(iter(_kept)))


def refold(session: str, clinic: str) -> Folded:
    """The twin: the same session folded from zero, with nothing kept."""
    rows = SessionEvent.objects.of(clinic).filter(session=session).order_by("position")
    events = tuple(event_of(row) for row in rows)
    last = rows.last()
    if last is None:
        raise NoSuchSession(session)
    rules = rules_of(events[0].library_version)
    seqs: dict[str, int] = {}
    for event in events:
        seqs[event.device] = max(seqs.get(event.device, 0), event.device_seq)
    state, last_order = fold(events, rules), order_of_last(events)
    return Folded(session, clinic, events, state, rules, last.mac, last_order, seqs)


def sessions_of(clinic: str) -> tuple[str, ...]:
    """The ids of every session of a clinic, latest planned first."""
    rows = SessionEvent.objects.of(clinic).filter(position=1).order_by("-id")
    return tuple(rows.values_list("session", flat=True))
