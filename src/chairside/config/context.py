"""What every page is told: the clinic, its clock, what it is not for, and where this person may go."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from chairside.accounts.access import STAFF, held_by
from chairside.accounts.models import Clinic, Person


class Place(NamedTuple):
    """An entry of the bar at the top."""

    name: str
    url: str
    here: bool


# Name on the bar, address name, and who sees it.
_PLACES = (
    ("Today", "today", STAFF),
    ("Floor", "board", frozenset({"nurse", "prescriber"})),
    ("Patients", "patients", STAFF),
    ("Site", "site", STAFF | {"director"}),
    ("People", "people", frozenset({"manager"})),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """The clinic of the signed-in person, the server's time and rate for `clock.js`, banners and places."""
    clock = settings.CHAIRSIDE_CLOCK
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) else None
    clinic = person.clinic if person else None
    # Before anyone has signed in, a page is a demo's where every clinic is one.
    shown = [clinic] if clinic else list(Clinic.objects.all())
    return {
        "clinic": clinic,
        "server_now": clock.now(),
        "clock_rate": clock.rate,
        "clock_not_for_care": clock.not_for_care,
        "demo": bool(shown) and all(each.demo for each in shown),
        "not_for_care": clock.not_for_care or (bool(shown) and all(each.not_for_care for each in shown)),
        "places": _places(person, request.path) if person else [],
    }


def _places(person: Person, here: str) -> list[Place]:
    held = held_by(person)
    found = []
    for name, address, roles in _PLACES:
        try:
            url = reverse(address)
        except NoReverseMatch:
            continue
        if held & roles:
            found.append(Place(name, url, here == url or (url != "/" and here.startswith(url))))
    return found
