"""The stream of a live page: each panel that changed, and a heartbeat with the clinic's time.

Each connection begins with every panel as it stands, so whichever event a page heard last, nothing is
missing. It ends when the clinic stops, when the person may no longer look, and when the session is gone.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.crypto import constant_time_compare

from chairside.accounts.access import held_by, require
from chairside.accounts.models import Person
from chairside.charts.pulse import pulse
from chairside.core.session.verdicts import session_alarms
from chairside.floor.chairside import Chairside, open_session, press
from chairside.floor.live.panels import PANELS, rendered

LOOK_S = 1.0
HEARTBEAT_S = 2.0
AFRESH_S = 5.0
SLOW_S = 15.0
BUSY_S = 4.0
"""A slow panel is drawn at most this often while the log grows, and each SLOW_S when it does not."""
MAY_LOOK = frozenset({"nurse", "prescriber", "manager"})


@dataclass
class _Sent:
    """What one page has been sent: each panel as last drawn, and what it was drawn from."""

    marker: str = field(default_factory=lambda: secrets.token_hex(16))
    panels: dict[str, str] = field(default_factory=dict)
    drawn_from: tuple[object, ...] = ()
    drawn_at: float = 0.0
    slow_from: int = 0
    slow_at: float = 0.0
    heartbeat_at: float = 0.0
    count: int = 0


@require(*sorted(MAY_LOOK))
async def stream(request: HttpRequest, session: str) -> HttpResponseBase:
    """Server-sent events of one session for one page."""
    if request.method != "GET":
        return HttpResponse(status=405)
    chair = await sync_to_async(open_session)(request, session)
    answer = StreamingHttpResponse(_events(chair), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _events(chair: Chairside) -> AsyncIterator[str]:
    sent = _Sent()
    yield "retry: 1000\n\n"
    async with pulse.waiting(chair.session) as woken:
        while not pulse.ending:
            woken.clear()
            found = await sync_to_async(_changes)(chair.request, chair.session, sent)
            if found is None:
                yield _event("ended", "you may no longer look at this session", "ended")
                return
            for text in found:
                yield text
            await _rest(woken)
    yield _event("ending", "the clinic's computer is stopping", "ending")


async def _rest(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), LOOK_S)
    except TimeoutError:
        return


def _changes(request: HttpRequest, session: str, sent: _Sent) -> list[str] | None:
    """The events to send now; None when this person may no longer look."""
    if not _may_still_look(request):
        return None
    try:
        chair = open_session(request, session)
    except Http404:
        return None
    found = _panels(chair, sent)
    now = time.monotonic()
    if now - sent.heartbeat_at >= HEARTBEAT_S:
        sent.heartbeat_at = now
        found.append(_event("beat", json.dumps(_heartbeat(chair)), _next(chair, sent)))
    return found


def _heartbeat(chair: Chairside) -> dict[str, object]:
    watched = pulse.watched_at(chair.session)
    return {
        "now": chair.at.isoformat(),
        "rate": settings.CHAIRSIDE_CLOCK.rate,
        "watched": watched.isoformat() if watched else None,
    }


def _panels(chair: Chairside, sent: _Sent) -> list[str]:
    now = time.monotonic()
    standing = tuple((each.alarm.key, each.open) for each in session_alarms(chair.folded.state, chair.at))
    drawn_from = (chair.folded.length, chair.folded.head, standing)
    if drawn_from == sent.drawn_from and now - sent.drawn_at < AFRESH_S:
        return []
    grown = chair.folded.length != sent.slow_from
    slow_too = now - sent.slow_at >= (BUSY_S if grown else SLOW_S)
    found = []
    for panel in PANELS:
        if panel.slow and not slow_too:
            continue
        text = rendered(chair, panel, lambda: sent.marker)
        if sent.panels.get(panel.name) != text:
            sent.panels[panel.name] = text
            filled = re.sub(sent.marker, lambda _: press(), text)
            found.append(_event(panel.name, filled, _next(chair, sent)))
    sent.drawn_from, sent.drawn_at = drawn_from, now
    if slow_too:
        sent.slow_from, sent.slow_at = chair.folded.length, now
    return found


def _next(chair: Chairside, sent: _Sent) -> str:
    sent.count += 1
    return f"{chair.folded.length}.{sent.count}"


def _event(name: str, text: str, number: str) -> str:
    """One server-sent event; each line of its text on a line of its own."""
    lines = "\n".join(f"data: {line}" for line in text.splitlines() or [""])
    return f"id: {number}\nevent: {name}\n{lines}\n\n"


def _may_still_look(request: HttpRequest) -> bool:
    """Whether the sign-in this page was opened with still stands, with a role that may look."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(request.session.session_key)
    pk, backend = store.get(SESSION_KEY), store.get(BACKEND_SESSION_KEY)
    if not pk or backend not in settings.AUTHENTICATION_BACKENDS:
        return False
    person = Person.objects.filter(pk=pk).first()
    if person is None or not constant_time_compare(
        store.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()
    ):
        return False
    request.user = person
    return bool(held_by(person) & MAY_LOOK)
