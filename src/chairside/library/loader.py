"""Library files: read, named by the hash of their bytes, put beside a site's own, and released as one digest.

A signature is over a file's SHA-256 and is kept elsewhere; here stands only which files want one.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType

from chairside.library.reading import BadLibraryFile, read_typed

Key = tuple[str, str]
"""Kind and id: what a site's own version of a file replaces."""


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """One file: its head, the hash of its exact bytes, and its content as the dataclass of its kind."""

    name: str
    id: str
    version: str
    kind: str
    title: str
    sha256: str
    typed: object
    raw: bytes

    @property
    def key(self) -> Key:
        """Kind and id."""
        return (self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A file in force, with the standard one and the site's own beside each other."""

    in_force: LibraryFile
    standard: LibraryFile | None
    site: LibraryFile | None


def read_file(raw: bytes, name: str) -> LibraryFile:
    """One file from its bytes; a bad one raises `BadLibraryFile` with line, field and reason."""
    head, typed = read_typed(raw, name)
    return LibraryFile(
        name=name,
        id=head.id,
        version=head.version,
        kind=head.kind,
        title=head.title,
        sha256=sha256(raw).hexdigest(),
        typed=typed,
        raw=raw,
    )


def by_key(files: Iterable[LibraryFile]) -> Mapping[Key, LibraryFile]:
    """Files by kind and id, in order of both; the same twice raises `BadLibraryFile`."""
    found: dict[Key, LibraryFile] = {}
    for file in sorted(files, key=lambda each: (each.key, each.name)):
        if file.key in found:
            reason = f"{file.id!r} stands in {found[file.key].name} as well"
            raise BadLibraryFile(file.name, line=None, field="id", reason=reason)
        found[file.key] = file
    return MappingProxyType(found)


@cache
def standard() -> Mapping[Key, LibraryFile]:
    """The files that come with this version, by kind and id."""
    rooms = sorted(resources.files("chairside.library").iterdir(), key=lambda each: each.name)
    return by_key(
        read_file(entry.read_bytes(), f"{room.name}/{entry.name}")
        for room in rooms
        if room.is_dir()
        for entry in sorted(room.iterdir(), key=lambda each: each.name)
        if entry.name.endswith(".toml")
    )


def resolve(standard: Mapping[Key, LibraryFile], site: Mapping[Key, LibraryFile]) -> Mapping[Key, Resolved]:
    """What is in force: a site's own version of a file before the standard one, both shown."""
    both = {**standard, **site}
    return MappingProxyType(
        {key: Resolved(both[key], standard.get(key), site.get(key)) for key in sorted(both)}
    )


def in_force(resolved: Mapping[Key, Resolved]) -> tuple[LibraryFile, ...]:
    """The files in force, in order of kind and id."""
    return tuple(each.in_force for each in resolved.values())


def manifest(files: Iterable[LibraryFile]) -> str:
    """The set of files as canonical JSON: kind, id, version and hash of each, in order."""
    rows = sorted([file.kind, file.id, file.version, file.sha256] for file in files)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def release_digest(files: Iterable[LibraryFile]) -> str:
    """What a session pins: the SHA-256 of the manifest, the same in whatever order the files are given."""
    return sha256(manifest(files).encode()).hexdigest()


def unsigned(files: Iterable[LibraryFile], signed_sha256s: Collection[str]) -> tuple[LibraryFile, ...]:
    """The files without a signature over exactly these bytes, in order of kind and id."""
    return tuple(
        sorted((each for each in files if each.sha256 not in signed_sha256s), key=lambda each: each.key)
    )
