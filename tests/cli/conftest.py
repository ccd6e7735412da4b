"""A command run in the test's own process leaves that process as it found it."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def umask_is_put_back() -> Iterator[None]:
    """Every command narrows the umask; a PostgreSQL that a later test copies must stay readable."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
