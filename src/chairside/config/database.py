"""DATABASE_URL into Django's database settings."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_OPTIONS = {
    # One writer at a time, asked for at BEGIN, so two acts never both read and then both write.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: what was acknowledged survives a power cut.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
}


class BadDatabaseUrl(ValueError):
    """A DATABASE_URL that can't be used; says what was expected."""


def sqlite(path: Path | str) -> dict[str, Any]:
    """Settings of the embedded database in this file."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": dict(SQLITE_OPTIONS),
        "TEST": {"NAME": f"{path}.test"},
    }


def from_url(url: str) -> dict[str, Any]:
    """Settings of `postgres://user:password@host:port/name?option=value` or `sqlite:///path`.

    A Unix socket is given as `?host=/folder`. No error repeats the address: it holds a password.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # sqlite:///relative and sqlite:////absolute
        return sqlite(unquote(parts.path.removeprefix("/")))
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadDatabaseUrl(
            "DATABASE_URL: expected postgres://user:password@host:port/name or sqlite:///path"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "OPTIONS": options,
    }
