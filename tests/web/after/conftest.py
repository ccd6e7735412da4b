"""A session told up to the end of its infusion, a clock that stands still, and quick passwords."""

from datetime import timedelta

import pytest

from tests.actions.afternoon import T0, Afternoon, ready_clinic
from tests.charts.endings import Told, told
from tests.people import six
from tests.web.before.conftest import StillClock, quick_passwords

__all__ = ["quick_passwords", "six"]


@pytest.fixture
def clock(settings) -> StillClock:
    """Stands five minutes after the end of the infusion."""
    settings.CHAIRSIDE_CLOCK = StillClock(T0 + timedelta(minutes=45))
    return settings.CHAIRSIDE_CLOCK


@pytest.fixture
def afternoon(six, clock) -> Afternoon:
    """The visit."""
    return ready_clinic(six)


@pytest.fixture
def story(afternoon) -> Told:
    """The session, its infusion over."""
    return told(afternoon)
