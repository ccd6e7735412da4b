"""Who waits for a session's next event, and when each session was last watched.

One process; streams also look at the log each second.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime


class Pulse:
    """Wakes the streams of a session when something was written to it, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}
        self._watched: dict[str, datetime] = {}
        self._ending = False

    @property
    def ending(self) -> bool:
        """Whether this process is about to stop; a stream that sees it says goodbye and ends."""
        return self._ending

    def end(self) -> None:
        """Wakes every stream to end: a server waits for its streams before it stops."""
        self._ending = True
        with self._lock:
            sessions = tuple(self._waiting)
        for session in sessions:
            self.beat(session)

    def watched(self, session: str, at: datetime) -> None:
        """The watcher has looked at this session for alarms that time alone raises."""
        self._watched[session] = at

    def unwatched(self, session: str) -> None:
        """The session is no longer on a chair; nobody watches it."""
        self._watched.pop(session, None)

    def watched_at(self, session: str) -> datetime | None:
        """When the watcher last looked at this session; None: it never did, here. The page shows its age."""
        return self._watched.get(session)

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
