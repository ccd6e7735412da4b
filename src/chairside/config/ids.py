"""UUIDv7: identifiers that say roughly when they were made and are never used for order."""

import secrets
import threading
import uuid

from chairside.config.clock import Clock


class UuidV7:
    """Makes UUIDv7 text (RFC 9562): 48 bits of clinic milliseconds, then 74 bits of chance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last_ms = 0

    def new(self) -> str:
        """A new identifier; its time part never goes back within one process."""
        with self._lock:
            self._last_ms = max(self._last_ms, int(self._clock.now().timestamp() * 1000))
            milliseconds = self._last_ms & ((1 << 48) - 1)
        bits = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
        return str(uuid.UUID(int=bits))
