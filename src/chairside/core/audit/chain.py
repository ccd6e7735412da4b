"""The link of a chain."""

import hashlib
import hmac
import re
from dataclasses import dataclass

GENESIS = "0" * 64
"""What stands before the first link of every chain."""

_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a chain as it was stored: its place, its canonical body, its tie to the row before."""

    position: int
    body: bytes
    previous: str
    mac: str
    key_id: str


def link_mac(key: bytes, *, previous: str, body: bytes) -> str:
    """HMAC-SHA256 over the link before and the body, in lower-case hexadecimal.

    `previous` must be 64 hexadecimal digits, so that no body can pass for a part of it; the key at
    least 32 bytes. Anything else raises `ValueError`.
    """
    if not _HEX64.fullmatch(previous):
        raise ValueError("previous: expected the 64 hexadecimal digits of the link before")
    if len(key) < hashlib.sha256().digest_size:
        raise ValueError("key: expected at least 32 bytes")
    return hmac.new(key, previous.encode() + body, hashlib.sha256).hexdigest()
