"""A migrated database for one test alone.

Django's own live tests empty every table afterwards, which the append-only tables refuse, rightly. So a test
that commits works on a copy of the migrated database, and the copy is thrown away.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from psycopg.sql import SQL, Identifier

from chairside.config.database import from_url, sqlite

TEMPLATE = "chairside_template"

both_databases = pytest.mark.parametrize("own_database", ["sqlite", "postgresql"], indirect=True)


@contextmanager
def connected_to(settings: dict[str, Any]) -> Iterator[None]:
    """Every thread's default connection goes to this database until the end."""
    own = connections.settings["default"]
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = {**own, **settings, "CONN_MAX_AGE": 0, "TEST": own["TEST"]}
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = own


def migrate_sqlite(path: Path) -> None:
    """Makes the migrated file that tests copy."""
    with connected_to(sqlite(path)):
        call_command("migrate", verbosity=0)


@contextmanager
def copy_of_sqlite(migrated: Path, path: Path) -> Iterator[None]:
    """A copy of the migrated file, which is closed and so whole, at the test's own path."""
    shutil.copyfile(migrated, path)
    with connected_to(sqlite(path)):
        yield


def migrate_postgres(server_url: str) -> None:
    """Makes the migrated database that tests copy."""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(TEMPLATE)))
    with connected_to({**from_url(server_url), "NAME": TEMPLATE}):
        call_command("migrate", verbosity=0)


@contextmanager
def copy_of_postgres(server_url: str) -> Iterator[None]:
    """A copy of the migrated database on the server, dropped after the test."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(TEMPLATE)))
    try:
        with connected_to({**from_url(server_url), "NAME": name}):
            yield
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
