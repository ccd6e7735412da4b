"""Reading a chain back: what was changed, left out, moved or cut off, each by its position."""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chairside.core.audit.chain import GENESIS, Link, link_mac

BreakKind = Literal["changed", "missing", "reordered", "truncated", "key unknown"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head noted elsewhere (printed, in another chain): after `length` links the head was `head`."""

    length: int
    head: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, and what was found there; positions count from 1."""

    position: int
    kind: BreakKind
    what: str


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Whether a chain holds. `head` and `length` are those of the links as they were found."""

    ok: bool
    breaks: tuple[Break, ...]
    head: str
    length: int


def verify_chain(
    links: Sequence[Link], keys: Mapping[str, bytes], *, anchors: Iterable[Anchor] = ()
) -> ChainVerdict:
    """Whether these links, in the order of their stored positions, are the chain that was written.

    `keys` maps key ids to keys. A chain can't know that its end is gone: `anchors` are heads noted
    outside it, and every one of them must stand at its place (the chain may have grown since).
    """
    macs = {link.mac for link in links}
    breaks: list[Break] = []
    before: Link | None = None
    mac_is_sound = True
    for link in links:
        tie = _tie(link, before, macs) if mac_is_sound or not _follows(link, before) else None
        own = _own(link, keys)
        breaks.extend(each for each in (tie, own) if each is not None)
        before, mac_is_sound = link, own is None or own.kind != "changed"
    breaks.extend(_short_of(links, anchors))
    head = links[-1].mac if links else GENESIS
    return ChainVerdict(ok=not breaks, breaks=tuple(breaks), head=head, length=len(links))


def _follows(link: Link, before: Link | None) -> bool:
    return link.position == (before.position + 1 if before else 1)


def _tie(link: Link, before: Link | None, macs: set[str]) -> Break | None:
    """What is wrong between a link and the one before it."""
    if link.previous == (before.mac if before else GENESIS):
        if _follows(link, before):
            return None
        return Break(link.position, "changed", f"the position reads {link.position}, out of count")
    if link.previous in macs or link.previous == GENESIS:
        return Break(link.position, "reordered", "it was written after another link than the one before it")
    return Break(link.position, "missing", "the link it was written after is not here")


def _own(link: Link, keys: Mapping[str, bytes]) -> Break | None:
    """What is wrong with a link by itself."""
    key = keys.get(link.key_id)
    if key is None:
        return Break(link.position, "key unknown", f"no key with the id {link.key_id!r}")
    try:
        mac = link_mac(key, previous=link.previous, body=link.body)
    except ValueError as error:
        return Break(link.position, "changed", str(error))
    if not hmac.compare_digest(mac.encode(), link.mac.encode()):
        return Break(link.position, "changed", "its content is not what was written")
    stated = _stated_position(link.body)
    if stated not in (None, link.position):
        return Break(link.position, "reordered", f"it was written as position {stated}")
    return None


def _stated_position(body: bytes) -> object:
    """The position that the body itself states, or None."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document.get("position") if isinstance(document, dict) else None


def _short_of(links: Sequence[Link], anchors: Iterable[Anchor]) -> Iterable[Break]:
    for anchor in sorted(anchors, key=lambda each: each.length):
        if len(links) < anchor.length:
            what = f"{anchor.length} links were noted, {len(links)} are here"
            yield Break(anchor.length, "truncated", what)
        elif (links[anchor.length - 1].mac if anchor.length > 0 else GENESIS) != anchor.head:
            yield Break(anchor.length, "changed", "its head is not the one that was noted")
