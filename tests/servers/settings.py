"""Django settings of the tests and of the type checker: the product's own, on folders made for a test.

Until `chairside.config.settings` exists, the rooms that have tables are gathered here, so that their
models can be tested and typed.
"""

import importlib
import os
import tempfile
from pathlib import Path

import chairside

os.environ.setdefault("CHAIRSIDE_DATA", tempfile.mkdtemp(prefix="chairside-tests-"))

house = Path(chairside.__file__).parent
if (house / "config" / "settings.py").exists():
    product = importlib.import_module("chairside.config.settings")
    globals().update({name: value for name, value in vars(product).items() if name.isupper()})
else:
    SECRET_KEY = "for tests only"
    USE_TZ = True
    INSTALLED_APPS = [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        *(f"chairside.{path.parent.name}" for path in sorted(house.glob("*/apps.py"))),
    ]
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
