"""The rules of a session, out of a set of library files."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import TypeVar

from chairside.core.protocols import PreparationRules, Protocol
from chairside.core.safety import Limits, Signals
from chairside.core.safety.acts import Acts, Rescue
from chairside.core.safety.checklist import Checklist
from chairside.core.safety.readiness import Readiness
from chairside.core.safety.schedule import Schedule
from chairside.core.session.rules import Rules
from chairside.library.loader import LibraryFile

Typed = TypeVar("Typed")


class MissingFile(LookupError):
    """A kind of file that a session needs is not among these."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"missing at this site: a library file of the kind {kind}")
        self.kind = kind


def rules_from(files: Iterable[LibraryFile], digest: str) -> Rules:
    """The typed rules of these files; raises `MissingFile`."""
    files = tuple(files)
    protocols = {each.id: each.typed for each in files if isinstance(each.typed, Protocol)}
    return Rules(
        digest=digest,
        protocols=MappingProxyType(protocols),
        preparation=_one(files, "preparation", PreparationRules),
        limits=_one(files, "limits", Limits),
        signals=_one(files, "signals", Signals),
        checkin=_one(files, "checkin", Checklist),
        timeout=_one(files, "timeout", Checklist),
        readiness=_one(files, "readiness", Readiness),
        schedule=_one(files, "monitoring", Schedule),
        acts=_one(files, "acts", Acts),
        rescue=_one(files, "rescue", Rescue),
    )


def _one(files: tuple[LibraryFile, ...], kind: str, wanted: type[Typed]) -> Typed:
    for each in files:
        if each.kind == kind and isinstance(each.typed, wanted):
            return each.typed
    raise MissingFile(kind)
