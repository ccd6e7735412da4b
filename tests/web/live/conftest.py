"""A session that runs now, on the real clock, told by its verbs."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.people import Six, six
from tests.web.live.running import Running, running

__all__ = ["six"]


@pytest.fixture
def infusing(six: Six) -> Running:
    """An infusion that was started twelve minutes ago."""
    return running(six, datetime.now(UTC) - timedelta(minutes=12))
