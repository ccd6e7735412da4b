"""A signed site with one planned visit, and sessions told to their end."""

import pytest

from tests.actions.afternoon import Afternoon, ready_clinic
from tests.charts.endings import Told, told
from tests.people import Six, six

__all__ = ["six"]


@pytest.fixture
def afternoon(six: Six) -> Afternoon:
    """The visit."""
    return ready_clinic(six)


@pytest.fixture
def closed(afternoon: Afternoon) -> Told:
    """A whole session, released, counted, signed by two and closed."""
    return told(afternoon).recovered().released().counted().signed().closed()
