"""The watch: alarms that time alone raises are found although nothing arrives."""

import asyncio
from collections.abc import Callable

from django.conf import settings

from chairside.actions.sessions import SYSTEM, watch
from chairside.charts.pulse import pulse
from chairside.charts.underway import Underway
from chairside.gateway.apart import Apart

QUICKEST_S = 0.1
"""Real seconds between two looks at the least: a clock faster than tenfold is looked at less often."""


async def watch_chairs() -> None:
    """Looks at every session on a chair once a clinic second, until it is cancelled.

    An alarm that is over-due is written as a verdict, which wakes the streams. Whatever fails for one session
    is logged and the others are looked at; `pulse.watched_at` then grows old, and the page shows it.
    """
    clock, underway = settings.CHAIRSIDE_CLOCK, Underway()
    pause_s = max(1.0 / clock.rate, QUICKEST_S)
    watched: frozenset[str] = frozenset()
    with Apart("watch") as thread:
        while True:
            on_chairs = await thread.do(underway.look, "finding the sessions on a chair")
            if on_chairs is not None:
                sessions = frozenset(session for _, session in on_chairs)
                for gone in watched - sessions:
                    pulse.unwatched(gone)
                watched = sessions
                for clinic, session in on_chairs:
                    await thread.do(_look_at(clinic, session), f"watching session {session}")
            await asyncio.sleep(pause_s)


def _look_at(clinic: str, session: str) -> Callable[[], None]:
    def look() -> None:
        at = settings.CHAIRSIDE_CLOCK.now()
        watch(session=session, clinic=clinic, by=SYSTEM, at=at)
        pulse.watched(session, at)

    return look
