"""Django settings of the tests and of the type checker: the product's own, on keys that live in memory.

The folder is named here and made by conftest.py, so that the type checker leaves nothing behind.
"""

import os
import tempfile
from pathlib import Path

import chairside

os.environ["CHAIRSIDE_DATA"] = str(Path(tempfile.gettempdir()) / f"chairside-tests-{os.getpid()}")
os.environ["CHAIRSIDE_KEYS"] = "ephemeral"
os.environ.pop("DATABASE_URL", None)

house = Path(chairside.__file__).parent
if (house / "accounts" / "models.py").exists():
    from chairside.config.settings import *
else:  # until accounts has its people, only the rooms that have tables
    from chairside.config.settings import (
        CHAIRSIDE_CLOCK,
        CHAIRSIDE_DATA,
        CHAIRSIDE_IDS,
        CHAIRSIDE_KEYS,
        DATABASES,
    )

    SECRET_KEY = "for tests only"
    USE_TZ = True
    INSTALLED_APPS = [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        *(f"chairside.{path.parent.name}" for path in sorted(house.glob("*/apps.py"))),
    ]
