"""What each journey starts from: the six people, and the tap budget."""

import pytest

from tests.journeys.hands import Taps
from tests.people import six

__all__ = ["six"]


@pytest.fixture
def taps(request: pytest.FixtureRequest) -> Taps:
    """The tap budget; what each act took is said at the end of the run."""
    return Taps(request.node.user_properties)
