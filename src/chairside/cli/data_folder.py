"""A clinic's data folder as the commands find it: made, opened, brought up to date, run by one process."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chairside.cli.cannot import Cannot

if TYPE_CHECKING:
    from chairside.accounts.models import Clinic

if sys.platform != "win32":
    import fcntl

SETTINGS = "chairside.config.settings"
KEYS = "keys/*.key"
DATABASE = "clinic.sqlite3"
HELD = "running.lock"


def is_made(folder: Path) -> bool:
    """Whether a clinic's keys are there."""
    return next(folder.glob(KEYS), None) is not None


def make(folder: Path, *, clock_rate: float | None = None) -> None:
    """Makes keys and, when a rate is given, a clock of its own; raises `Cannot` where they can't be made."""
    from chairside.config.folder import create_folder

    try:
        create_folder(folder, clock_rate=clock_rate)
    except (OSError, ValueError) as error:
        raise Cannot(f"--data: {said(error)}") from error


def open_clinic(folder: Path) -> None:
    """Starts Django on a folder that was made; raises `Cannot` in one sentence for any other."""
    if not is_made(folder) and not os.environ.get("CHAIRSIDE_KEYS"):
        raise Cannot(f"--data {folder}: no clinic is there; {how_to_make(folder)}")
    if os.environ.get("CHAIRSIDE_KEYS") == "ephemeral":
        raise Cannot("CHAIRSIDE_KEYS: expected a folder of keys; ephemeral keys are for tests only")
    os.environ["CHAIRSIDE_DATA"] = str(folder.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Cannot(str(error)) from error
    except OSError as error:
        raise Cannot(f"--data: {said(error)}") from error


def how_to_make(folder: Path) -> str:
    """The command that makes a clinic there."""
    return f"make one with: chairside init --data {folder} --clinic-name NAME --zone ZONE"


def the_clinic(folder: Path) -> "Clinic":
    """The clinic of an opened folder; raises `Cannot` when it has none, or tables of another version."""
    from chairside.accounts.models import Clinic

    if migrations_due():
        raise Cannot(
            f"--data {folder}: its tables are of another version; copy the folder, then: "
            f"chairside init --data {folder} --update"
        )
    clinic = Clinic.objects.first()
    if clinic is None:
        raise Cannot(f"--data {folder}: its clinic is missing; {how_to_make(folder)}")
    return clinic


def migrations_due() -> int:
    """How many migrations the database lacks; raises `Cannot` when it can't be read."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        raise Cannot(f"the clinic's database can't be read ({type(error).__name__})") from error


def migrate() -> None:
    """Brings the database up to date, or makes it."""
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise Cannot(f"the clinic's database can't be brought up to date ({type(error).__name__})") from error


@contextmanager
def run_by_this_process(folder: Path) -> Iterator[None]:
    """One process runs a folder at a time: two would not wake each other's pages. A second gets `Cannot`.

    The lock goes with the process, however it ends.
    """
    try:
        file = os.open(folder / HELD, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Cannot(f"--data: {said(error)}") from error
    try:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Cannot(f"--data {folder}: another process is running this clinic") from error
        yield
    finally:
        os.close(file)


def said(error: Exception) -> str:
    """What an error says, without Python's way of saying it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror[:1].lower()}{error.strerror[1:]}"
    return "expected UTF-8 text" if isinstance(error, UnicodeError) else str(error)
