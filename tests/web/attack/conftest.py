"""The ward every attack is tried on: told once in a run, a copy for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house

from tests.actions.afternoon import T0
from tests.people import six_people
from tests.servers.database import copy_of_sqlite
from tests.web.attack.ward import Ward, told
from tests.web.before.conftest import StillClock, quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture(scope="session")
def told_ward(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Ward:
    """The clinic with a session in each phase, its file closed and whole."""
    folder = tmp_path_factory.mktemp("ward")
    before = house.CHAIRSIDE_CLOCK
    house.CHAIRSIDE_CLOCK = StillClock(T0)
    try:
        with django_db_blocker.unblock(), copy_of_sqlite(migrated_sqlite, folder / "clinic.sqlite3"):
            ward = told(six_people(), house.CHAIRSIDE_CLOCK, folder / "clinic.sqlite3")
    finally:
        house.CHAIRSIDE_CLOCK = before
    return ward


@pytest.fixture
def ward(told_ward: Ward, settings: Any, tmp_path: Path, django_db_blocker: Any) -> Iterator[Ward]:
    """A copy of it for this test."""
    settings.CHAIRSIDE_CLOCK = told_ward.clock
    # Who is signed in stands in the browser, so that putting the database back signs nobody out.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    told_ward.file = tmp_path / "clinic.sqlite3"
    told_ward.clock.at = max(told_ward.times.values())
    with django_db_blocker.unblock(), copy_of_sqlite(told_ward.kept, told_ward.file):
        yield told_ward
