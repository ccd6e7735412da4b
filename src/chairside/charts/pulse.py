"""Who waits for a session's next event. One process; streams also look at the log each second."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Pulse:
    """Wakes the streams of a session when something was written to it, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    def beat(self, session: str) -> None:
        """Wakes everyone who waits for this session; never blocks and never fails for a closed loop."""
        with self._lock:
            waiting = list(self._waiting.get(session, ()))
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    @asynccontextmanager
    async def waiting(self, session: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each beat of the session while the block runs."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.setdefault(session, set()).add(entry)
        try:
            yield entry[1]
        finally:
            with self._lock:
                self._waiting[session].discard(entry)
                if not self._waiting[session]:
                    del self._waiting[session]


pulse = Pulse()
