"""The standard library's rules, for sessions told without a database."""

import sys
from pathlib import Path

import pytest

from chairside.core.session import Rules
from chairside.library.knowledge import rules_from
from chairside.library.loader import standard

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def rules() -> Rules:
    """Every standard file, unsigned as it comes."""
    return rules_from(standard().values(), "library-1")
