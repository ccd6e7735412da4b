"""A signed site with one planned visit, for the tests of verbs."""

import pytest

from tests.actions.afternoon import Afternoon, ready_clinic
from tests.people import Six, six

__all__ = ["afternoon", "six"]


@pytest.fixture
def afternoon(six: Six) -> Afternoon:
    """The visit."""
    return ready_clinic(six)
