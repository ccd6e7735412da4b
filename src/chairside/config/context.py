"""What every page is told: the clinic, its clock, and what it is not for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The clinic of the signed-in person, the server's time and rate for `clock.js`, and the banners."""
    clock = settings.CHAIRSIDE_CLOCK
    user = getattr(request, "user", None)
    clinic = user.clinic if user is not None and user.is_authenticated else None
    return {
        "clinic": clinic,
        "server_now": clock.now(),
        "clock_rate": clock.rate,
        "clock_not_for_care": clock.not_for_care,
        "demo": clinic is not None and clinic.demo,
        "not_for_care": clock.not_for_care or (clinic is not None and clinic.not_for_care),
    }
