"""A clinic's data folder: database, keys and, never for care, a clock of its own."""

from pathlib import Path

from chairside.config.clock import create_rate_clock
from chairside.config.keys import KeyRing

DATABASE_FILE = "clinic.sqlite3"
KEYS_FOLDER = "keys"


def create_folder(folder: Path, *, clock_rate: float | None = None) -> None:
    """Makes the keys and, when a rate is given, the clock of a new data folder.

    Refuses a folder that already has keys or a database: a clock is chosen once.
    """
    if (folder / DATABASE_FILE).exists():
        raise FileExistsError(f"{folder}: expected a new data folder, this one has a database")
    folder.mkdir(parents=True, exist_ok=True)
    KeyRing.create(folder / KEYS_FOLDER)
    if clock_rate is not None:
        create_rate_clock(folder, rate=clock_rate)
