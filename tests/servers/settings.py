"""Django settings of the tests and of the type checker: the product's own, on keys that live in memory.

The folder is named here and made by conftest.py, so that the type checker leaves nothing behind.
"""

import os
import tempfile
from pathlib import Path

os.environ["CHAIRSIDE_DATA"] = str(Path(tempfile.gettempdir()) / f"chairside-tests-{os.getpid()}")
os.environ["CHAIRSIDE_KEYS"] = "ephemeral"
os.environ.pop("DATABASE_URL", None)

from chairside.config.settings import *  # the environment is read on import

# The same algorithm with the least work: a whole session checks dozens of passwords.
PASSWORD_HASHERS = ["tests.servers.hashers.QuickArgon2"]
