"""The clinic's keys: files outside the database, each with an id, so that keys can be changed."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

USES = ("secret", "hmac", "aes")
KEY_BYTES = 32


class KeyMissing(RuntimeError):
    """A key the house needs isn't there; says which and where it was looked for."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its id, which is stored beside whatever it made, and its 32 bytes, which never are."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key of a clinic by use (`secret`, `hmac`, `aes`); the newest of a use is the current one."""

    keys: Mapping[str, tuple[Key, ...]]

    def current(self, use: str) -> Key:
        """The key to make new things with."""
        return self.keys[use][-1]

    def find(self, use: str, key_id: str) -> Key:
        """The key with that id, to check or open older things with; raises `KeyMissing`."""
        for key in self.keys[use]:
            if key.id == key_id:
                return key
        raise KeyMissing(f"{use} key {key_id}: not in this clinic's keys")

    def current_hmac(self) -> tuple[str, bytes]:
        """Key id and bytes to chain new rows with."""
        key = self.current("hmac")
        return key.id, key.secret

    def hmac_key(self, key_id: str) -> bytes:
        """The bytes an older row was chained with; raises `KeyMissing`."""
        return self.find("hmac", key_id).secret

    def current_aes(self) -> tuple[str, bytes]:
        """Key id and bytes to seal new things with."""
        key = self.current("aes")
        return key.id, key.secret

    def aes_key(self, key_id: str) -> bytes:
        """The bytes an older thing was sealed with; raises `KeyMissing`."""
        return self.find("aes", key_id).secret

    @classmethod
    def load(cls, folder: Path) -> "KeyRing":
        """The keys of a folder; raises `KeyMissing` when a use has none. No key, no start."""
        return cls({use: _load(folder, use) for use in USES})

    @classmethod
    def create(cls, folder: Path) -> "KeyRing":
        """Makes the first key of each use in a folder that has none yet, readable by its owner only."""
        if folder.exists() and any(folder.glob("*.key")):
            raise FileExistsError(f"{folder}: expected a folder without keys")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for use in USES:
            add_key(folder, use)
        return cls.load(folder)

    @classmethod
    def ephemeral(cls) -> "KeyRing":
        """Keys that live in memory only: what they sign can't be verified after the process ends."""
        return cls({use: (Key("ephemeral", secrets.token_bytes(KEY_BYTES)),) for use in USES})


def add_key(folder: Path, use: str) -> str:
    """Adds a new current key of that use and returns its id; older keys stay, to check older things."""
    key_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
    path = folder / f"{use}-{key_id}.key"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key_id


def _load(folder: Path, use: str) -> tuple[Key, ...]:
    paths = sorted(folder.glob(f"{use}-*.key"))
    if not paths:
        raise KeyMissing(f"{use} key: expected a file {use}-….key in {folder}")
    return tuple(Key(path.stem.removeprefix(f"{use}-"), _read(path)) for path in paths)


def _read(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise KeyMissing(f"{path}: expected {KEY_BYTES} bytes in hexadecimal") from error
    if len(secret) != KEY_BYTES:
        raise KeyMissing(f"{path}: expected {KEY_BYTES} bytes in hexadecimal")
    return secret
