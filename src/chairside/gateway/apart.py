"""Database work beside the event loop: in one thread of its own, where nothing else can keep it waiting."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from django.db import connections

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class Apart:
    """A thread for one kind of work. A failure is logged without what it said, and the work goes on.

    The same failure again is logged once a minute, not each second.
    """

    def __init__(self, name: str, *, repeat_s: float = 60.0) -> None:
        self._name = name
        self._repeat_s = repeat_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._said: dict[str, float] = {}

    async def do(self, work: Callable[[], Answer], what: str) -> Answer | None:
        """What the work answers, or None after it failed; `what` names it in the log, without a person."""
        under_way = asyncio.get_running_loop().run_in_executor(self._thread, _or_disconnected, work)
        await asyncio.wait({under_way})
        failure = under_way.exception()
        if failure is None:
            return under_way.result()
        self._say(what, failure)
        return None

    def close(self) -> None:
        """Lets work under way finish and ends the thread."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(self, what: str, failure: BaseException) -> None:
        # The text of an error may hold what a database row holds; its type and place may be read by anyone.
        frames = traceback.extract_tb(failure.__traceback__)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
        sentence = f"{what} failed: {type(failure).__name__} at {place}"
        now_s = asyncio.get_running_loop().time()
        if now_s - self._said.get(sentence, -self._repeat_s) >= self._repeat_s:
            self._said[sentence] = now_s
            log.error("%s: %s", self._name, sentence)


def _or_disconnected(work: Callable[[], Answer]) -> Answer:
    """The thread keeps its connection for the next time, but not after a failure: it may be the cause."""
    try:
        return work()
    except BaseException:
        connections.close_all()
        raise
