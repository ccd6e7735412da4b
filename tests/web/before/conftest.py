"""A signed site with one planned visit, a clock that stands until it is moved, and a walk through pages."""

from datetime import datetime, timedelta

import pytest

from tests.actions.afternoon import T0, ready_clinic
from tests.people import six
from tests.web.before.walk import Walk

__all__ = ["six"]


class StillClock:
    """Stands still until it is moved; with `each_look_s`, it moves each time that somebody looks."""

    rate = 1.0
    not_for_care = False

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.each_look_s = 0

    def now(self) -> datetime:
        self.at += timedelta(seconds=self.each_look_s)
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Passwords are checked often here; a quick hash keeps that from being most of the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(settings) -> StillClock:
    settings.CHAIRSIDE_CLOCK = StillClock(T0 - timedelta(minutes=60))
    return settings.CHAIRSIDE_CLOCK


@pytest.fixture
def walk(six, clock) -> Walk:
    return Walk(six, ready_clinic(six).visit, clock)
