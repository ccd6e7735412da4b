"""What is wrong in a set of library files, and what is inactive until a site's director has signed it."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from chairside.core.instruments import Instrument
from chairside.core.quantities import UNITS, Sourced
from chairside.library.coherence import Misfit, incoherent, missing_instruments
from chairside.library.loader import LibraryFile, by_key
from chairside.library.reading import BadLibraryFile, line_of, parsed

Weight = Literal["wrong", "inactive", "note"]

READABLE_UNITS = frozenset(UNITS) | {
    *("mm[Hg]", "/min", "Cel", "a", "d", "g/kg", "g/lb"),
    *("L", "L/h", "ng/mL", "ng/mL per ng/mL", "ug/ug", "infusions", "infusions per week"),
}
"""Units a number may stand in: those reckoned with, and those of signals, scores and models."""

WANTS_SIGNATURE = frozenset({"M", "D", "C"})
"""Recalled, proposed, from memory: numbers that hold nothing before a director has signed them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `wrong` refuses the set, `inactive` waits for a signature, `note` is for a reader."""

    weight: Weight
    file: str
    line: int | None
    field: str
    reason: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found, with the count of numbers by tag and of files by signature."""

    findings: tuple[Finding, ...]
    files: int
    signed: int
    numbers_by_tag: Mapping[str, int]

    def of(self, weight: Weight) -> tuple[Finding, ...]:
        """The findings of one weight, in order of file and line."""
        return tuple(each for each in self.findings if each.weight == weight)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong. What waits for a signature is not wrong, and holds nothing yet."""
        return not self.of("wrong")


def check(files: Iterable[LibraryFile], *, signed: Collection[str] = ()) -> Findings:
    """Check every file by itself and all of them together; `signed` are the hashes a director has signed."""
    given = sorted(files, key=lambda each: (each.key, each.name))
    found = [finding for file in given for finding in _of_one(file, signed)]
    try:
        together = by_key(given)
    except BadLibraryFile as error:
        found.append(Finding("wrong", error.file, error.line, error.field, error.reason))
    else:
        found += _misfits("wrong", incoherent(together))
        found += _misfits("note", missing_instruments(together))
    tags = Counter(number.tag for file in given for _, number in numbers(file.typed))
    return Findings(
        findings=tuple(sorted(found, key=lambda each: (each.file, each.line or 0, each.field))),
        files=len(given),
        signed=sum(file.sha256 in signed for file in given),
        numbers_by_tag=dict(sorted(tags.items())),
    )


def numbers(typed: object, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every sourced number in a file's content, with its path."""
    if isinstance(typed, Sourced):
        yield path, typed
    elif is_dataclass(typed):
        for each in fields(typed):
            inner = getattr(typed, each.name)
            yield from numbers(inner, f"{path}.{each.name}" if path else each.name)
    elif isinstance(typed, tuple | list):
        for position, entry in enumerate(typed):
            yield from numbers(entry, f"{path}[{position}]")
    elif isinstance(typed, Mapping):
        for name, entry in typed.items():
            yield from numbers(entry, f"{path}.{name}" if path else str(name))


def bare_numbers(table: object, path: str = "", *, sourced: bool = False) -> Iterator[str]:
    """Where a number stands in the file's own text without a table around it that has tag and source.

    What an answer counts, and the ends of a score, are the instrument itself and not a claim.
    """
    if isinstance(table, Mapping):
        here = sourced or bool(table.get("tag") and str(table.get("source", "")).strip())
        own = {"score", "low", "high"} if table.get("type") == "score" else {"score"}
        for name, inner in table.items():
            if name not in own:
                yield from bare_numbers(inner, f"{path}.{name}" if path else str(name), sourced=here)
    elif isinstance(table, list):
        for position, inner in enumerate(table):
            yield from bare_numbers(inner, f"{path}[{position}]", sourced=sourced)
    elif isinstance(table, int | float) and not isinstance(table, bool) and not sourced:
        yield path


def _of_one(file: LibraryFile, signed: Collection[str]) -> Iterator[Finding]:
    for field, reason in _wrong_in(file):
        yield Finding("wrong", file.name, _line(file, field), field, reason)
    if file.sha256 not in signed:
        yield Finding("inactive", file.name, None, "", "inactive until signed: the file has no signature")
        for path, number in numbers(file.typed):
            if number.tag in WANTS_SIGNATURE:
                reason = f"inactive until signed: {number.value:g} {number.unit} has the tag {number.tag}"
                yield Finding("inactive", file.name, _line(file, path), path, reason)
    if isinstance(file.typed, Instrument) and not file.typed.licence.notice:
        yield Finding("note", file.name, _line(file, "licence"), "licence.notice", "no notice to show")


def _wrong_in(file: LibraryFile) -> Iterator[tuple[str, str]]:
    """Fields of one file that are wrong, each with the reason."""
    for path, number in numbers(file.typed):
        if not math.isfinite(number.value):
            yield path, f"expected a finite number, not {number.value}"
        if number.unit not in READABLE_UNITS:
            yield path, f"expected a known unit, not {number.unit!r}"
        if not number.source.strip():
            yield path, "expected a source"
    for path in bare_numbers(parsed(file.raw, file.name)[1]):
        yield path, "a number needs a tag and a source"
    if isinstance(file.typed, Instrument):
        for name in ("terms", "source"):
            if not getattr(file.typed.licence, name).strip():
                yield f"licence.{name}", "expected the licence of an instrument and who says so"


def _misfits(weight: Weight, misfits: Iterable[Misfit]) -> Iterator[Finding]:
    for file, field, reason in misfits:
        yield Finding(weight, file.name, _line(file, field), field, reason)


def _line(file: LibraryFile, path: str) -> int | None:
    return line_of(file.raw.decode("utf-8"), path)
