"""The library a session is run by: what is in force and signed at this site, and a pinned release's rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from chairside.core.pharmacology import Model
from chairside.core.session.rules import Rules
from chairside.library.knowledge import MissingFile, rules_from
from chairside.library.loader import (
    Key,
    LibraryFile,
    Resolved,
    by_key,
    in_force,
    read_file,
    release_digest,
    resolve,
    standard,
    unsigned,
)
from chairside.records.models import SiteSignature
from chairside.vault.models import LibraryBytes, LibraryRelease


class NotSigned(Exception):
    """Files a session needs are not signed, or not there; a sentence for each."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("; ".join(self.sentences))


@dataclass(frozen=True, slots=True)
class Release:
    """A set of library files and the digest that names it."""

    digest: str
    files: tuple[LibraryFile, ...]


def site_files() -> Mapping[Key, LibraryFile]:
    """The site's own versions, from the folder `library` of its data; none without that folder."""
    folder = Path(settings.CHAIRSIDE_DATA) / "library"
    if not folder.is_dir():
        return MappingProxyType({})
    return by_key(read_file(path.read_bytes(), path.name) for path in sorted(folder.glob("*.toml")))


def library_of_site() -> Mapping[Key, Resolved]:
    """Every file in force at this site, beside the standard one and the site's own."""
    return resolve(standard(), site_files())


def release_in_force(clinic: str) -> Release:
    """The release a new session would be run by; raises `NotSigned` naming what a director has not signed."""
    files = in_force(library_of_site())
    signed = set(SiteSignature.objects.of(clinic).values_list("sha256", flat=True))
    missing = [
        f"not signed for this site: {each.title} ({each.id} {each.version})"
        for each in unsigned(files, signed)
    ]
    if missing:
        raise NotSigned(missing)
    digest = release_digest(files)
    try:
        rules_from(files, digest)
    except MissingFile as error:
        raise NotSigned([str(error)]) from error
    return Release(digest, files)


def files_of(digest: str) -> tuple[LibraryFile, ...]:
    """The files of a pinned release, from the bytes kept in the vault; a missing one raises `LookupError`."""
    rows = kept_rows(digest)
    return tuple(read_file(bytes(row.raw), row.name) for row in rows)


def kept_rows(digest: str) -> tuple[LibraryBytes, ...]:
    """The kept bytes a release names, in its order."""
    release = LibraryRelease.objects.filter(digest=digest).first()
    if release is None:
        raise LookupError(f"library release {digest[:12]}: not kept here")
    hashes = [line[3] for line in release.rows]
    found = LibraryBytes.objects.in_bulk(hashes)
    absent = [each for each in hashes if each not in found]
    if absent:
        raise LookupError(f"library file {absent[0][:12]}: its bytes are not kept here")
    return tuple(found[each] for each in hashes)


@lru_cache(maxsize=16)
def rules_of(digest: str) -> Rules:
    """The typed rules of a pinned release."""
    return rules_from(files_of(digest), digest)


@lru_cache(maxsize=16)
def model_of(digest: str) -> Model | None:
    """The pharmacokinetic model of a pinned release; None where it has none."""
    return next((each.typed for each in files_of(digest) if isinstance(each.typed, Model)), None)
