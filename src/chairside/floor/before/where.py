"""Where a session stands: the header every page before the start carries, and the page its phase needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from chairside.accounts.access import held_by, require
from chairside.accounts.models import Person
from chairside.actions.sessions import Refused
from chairside.core.protocols import shown
from chairside.core.session import BadEvent, State
from chairside.core.session.arithmetic import weight_today_g
from chairside.core.session.state import BEFORE_START
from chairside.floor.chairside import Chairside, keep_tablet, open_session, press
from chairside.records.models import Device

DEVICE = "device:"
"""What the log writes before the id of a monitor that spoke for itself."""

PAGES = (
    ("check-in", "Check-in"),
    ("order", "Order"),
    ("preparation", "Preparation"),
    ("time-out", "Time-out"),
    ("live", "Live"),
)
BY_PHASE = {
    "unplanned": "check-in",
    "planned": "check-in",
    "infusing": "live",
    "paused": "live",
    "recovering": "recovery",
    "ready": "recovery",
    "released": "closing",
    "abandoned": "closing",
    "closed": "flowsheet",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the header: done, the one it stands at, or later."""

    title: str
    url: str
    state: str
    here: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was refused: beside which part of the page, in which sentences, and what had been typed."""

    place: str
    sentences: tuple[str, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    by_field: Mapping[str, str] = field(default_factory=dict)


def sentences_of(error: Refused | BadEvent) -> tuple[str, ...]:
    """Every reason of a refusal, each as a sentence for the page."""
    if isinstance(error, Refused):
        return tuple(each.reason for each in error.reasons)
    return (str(error),)


@require("nurse", "prescriber", "manager")
@require_GET
def session(request: HttpRequest, session: str) -> HttpResponse:
    """To the page this session needs now; a manager only looks on."""
    chair = open_session(request, session)
    name = page_needed(chair.folded.state)
    if name in dict(PAGES) and not held_by(chair.person) & {"nurse", "prescriber"}:
        name = "live"
    return HttpResponseRedirect(address(name, session) or address("check-in", session))


def page_needed(state: State) -> str:
    """The name of the page that the phase of a session asks for."""
    if state.phase == "checked-in":
        return "preparation" if state.order is not None else "order"
    if state.phase == "prepared":
        return "live" if timed_out(state) else "time-out"
    return BY_PHASE[state.phase]


def timed_out(state: State) -> bool:
    """Whether the time-out was done for the preparation that would run."""
    last = state.preparation
    if state.timeout is None or last is None:
        return False
    return state.timeout.stamp.at >= last.begun.stamp.at


def address(name: str, session: str) -> str:
    """A session's page by its name; empty while that page is not there."""
    try:
        return reverse(name, args=[session])
    except NoReverseMatch:
        return ""


def steps(state: State, here: str) -> list[Step]:
    """The steps from check-in to the start, and where the session stands among them."""
    usable = state.preparation is not None and state.preparation.usable
    done = {
        "check-in": state.phase not in ("unplanned", "planned"),
        "order": state.order is not None,
        "preparation": usable and state.phase != "checked-in",
        "time-out": timed_out(state),
        "live": state.phase not in BEFORE_START and state.phase != "abandoned",
    }
    first = next((name for name, _ in PAGES if not done[name]), "")
    return [
        Step(
            title=title,
            url=address(name, state.session),
            state="done" if done[name] else "now" if name == first else "later",
            here=name == here,
        )
        for name, title in PAGES
    ]


def frame(chair: Chairside, here: str) -> dict[str, Any]:
    """What the header of each page shows, and what its forms begin with."""
    state, roles = chair.folded.state, held_by(chair.person)
    weight_g = weight_today_g(chair.folded.rules, state)
    return {
        "chair": chair,
        "visit": chair.visit,
        "patient": chair.visit.patient,
        "state": state,
        "steps": steps(state, here),
        "weight": shown(weight_g, "kg") if weight_g else "",
        "before_start": state.phase in BEFORE_START,
        "is_nurse": "nurse" in roles,
        "is_prescriber": "prescriber" in roles,
        "press": press(),
        "live_url": address("live", chair.session),
    }


def drawn(
    chair: Chairside, template: str, page: Mapping[str, Any], *, wrong: Wrong | None = None
) -> HttpResponse:
    """The page; with what was refused on it, status 422."""
    context = {**page, "wrong": wrong}
    answer = render(chair.request, f"floor/before/{template}", context, status=422 if wrong else 200)
    answer["Cache-Control"] = "no-store"
    return keep_tablet(chair.request, answer)


def onward(name: str, chair: Chairside, anchor: str = "") -> HttpResponse:
    """To a page of this session after something was written."""
    url = address(name, chair.session) or address("session", chair.session)
    return keep_tablet(chair.request, HttpResponseRedirect(f"{url}#{anchor}" if anchor else url))


def names(clinic_id: str, ids: Sequence[str | None]) -> dict[str, str]:
    """The names of people, by the opaque ids that a log holds; of monitors, too, by their `device:…`."""
    wanted = [each for each in ids if each]
    rows = Person.objects.of(clinic_id).filter(pk__in=wanted)
    monitors = [each.removeprefix(DEVICE) for each in wanted if each.startswith(DEVICE)]
    known = Device.objects.of(clinic_id).filter(pk__in=monitors) if monitors else ()
    return {each.pk: str(each) for each in rows} | {f"{DEVICE}{each.pk}": each.name for each in known}
