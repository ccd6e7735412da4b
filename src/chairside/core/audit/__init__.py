"""Canonical bytes, the hash chain over them, and its verification.

A link is HMAC-SHA256 over the link before it and the canonical bytes of its own body, so a changed,
missing, moved or cut-off link shows. The key is handed in; this room keeps none.
"""

from chairside.core.audit.canonical import NotCanonical, canonical_bytes, content_digest
from chairside.core.audit.chain import GENESIS, Link, link_mac
from chairside.core.audit.verify import Anchor, Break, BreakKind, ChainVerdict, verify_chain

__all__ = [
    "GENESIS",
    "Anchor",
    "Break",
    "BreakKind",
    "ChainVerdict",
    "Link",
    "NotCanonical",
    "canonical_bytes",
    "content_digest",
    "link_mac",
    "verify_chain",
]
