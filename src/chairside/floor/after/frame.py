"""What the pages after the infusion share: their header, and what was refused beside what it concerns."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from chairside.accounts.access import held_by
from chairside.accounts.models import Person
from chairside.actions.fields import BadFields
from chairside.actions.sessions import Refused
from chairside.core.protocols import shown
from chairside.core.quantities import BadQuantity
from chairside.core.session import BadEvent
from chairside.core.session.arithmetic import weight_today_g
from chairside.core.session.state import ON_THE_CHAIR
from chairside.floor.before.where import Wrong, address, sentences_of
from chairside.floor.chairside import Chairside, keep_tablet, open_session, press, signed_in_place

PAGES = (("live", "Live"), ("recovery", "Recovery"), ("closing", "Closing"), ("flowsheet", "Flowsheet"))
PLACE = re.compile(r"[\w-]{0,120}", re.ASCII)

Tell = Callable[[Chairside], None]
Draw = Callable[[Chairside, Wrong | None], HttpResponse]


def frame(chair: Chairside, here: str) -> dict[str, Any]:
    """What the header of each page shows, and what its forms begin with."""
    state, roles = chair.folded.state, held_by(chair.person)
    weight_g = weight_today_g(chair.folded.rules, state)
    return {
        "chair": chair,
        "visit": chair.visit,
        "patient": chair.visit.patient,
        "state": state,
        "pages": [(title, address(name, chair.session), name == here) for name, title in PAGES],
        "weight": shown(weight_g, "kg") if weight_g else "",
        "on_the_chair": state.phase in ON_THE_CHAIR,
        "is_nurse": "nurse" in roles,
        "is_prescriber": "prescriber" in roles,
        "is_clinician": bool(roles & {"nurse", "prescriber"}),
        "press": press,
    }


def drawn(
    chair: Chairside, template: str, page: Mapping[str, Any], *, wrong: Wrong | None = None
) -> HttpResponse:
    """The page; with what was refused on it, status 422."""
    context = {**page, "wrong": wrong, "typed": wrong.typed if wrong else {}}
    answer = render(chair.request, f"floor/after/{template}", context, status=422 if wrong else 200)
    answer["Cache-Control"] = "no-store"
    return keep_tablet(chair.request, answer)


def told(request: HttpRequest, session: str, *, tell: Tell | None, draw: Draw, back: str) -> HttpResponse:
    """Does what a form asked and goes back to its page; refused, the page is drawn with every sentence."""
    if tell is None:
        raise Http404
    chair = open_session(request, session)
    place = request.POST.get("place", "")
    if not PLACE.fullmatch(place):
        place = ""
    try:
        tell(chair)
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong(place, sentences_of(error), request.POST))
    except (BadQuantity, BadFields) as error:
        return draw(chair, Wrong(place, (str(error),), request.POST))
    url = address(back, session)
    return keep_tablet(request, HttpResponseRedirect(f"{url}#{place}" if place else url))


def prescriber_here(chair: Chairside) -> Person:
    """The prescriber who asks: the one signed in, or one who signs in place on a colleague's tablet."""
    if "prescriber" in held_by(chair.person):
        return chair.person
    found = signed_in_place(chair.request.POST, chair, prefix="prescriber", who="prescriber")
    if "prescriber" not in held_by(found):
        raise BadEvent("prescriber: expected somebody who prescribes")
    return found


def words(chair: Chairside, name: str, *, wanted: str) -> str:
    """Words typed in a field; raises `BadEvent` where it is empty."""
    text = chair.request.POST.get(name, "").strip()
    if not text:
        raise BadEvent(f"{name.replace('_', ' ')}: expected {wanted}")
    return text


def ago(at: datetime, now: datetime) -> str:
    """How long ago in words: "3 min ago"."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    return "just now" if minutes < 1 else f"{minutes} min ago" if minutes < 90 else f"{minutes // 60} h ago"
