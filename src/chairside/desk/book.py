"""A library file as a readable book: every number with its unit, how it is known and its source."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HEAD = ("id", "version", "title", "kind", "evidence_level", "off_label", "sources")
TAGS = {
    "V": "seen at its source",
    "P": "partly seen",
    "M": "recalled, not seen",
    "D": "proposed by this project",
    "A": "from the publication",
    "B": "from independent implementations",
    "C": "recalled, not seen",
}

# A plain count has no unit to read: "5 1" would be taken for 51.
SHOWN_UNITS = {"1": "", "mm[Hg]": "mmHg"}


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of a file: where it stands, what it says and, for a number, how it is known."""

    name: str
    value: str
    unit: str = ""
    tag: str = ""
    tag_words: str = ""
    source: str = ""
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Lines under one heading of the file."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A whole file, and how many of its numbers are only proposed."""

    evidence: str
    off_label: bool | None
    sources: tuple[str, ...]
    chapters: tuple[Chapter, ...]

    @property
    def numbers(self) -> int:
        """Numbers that carry their source."""
        return sum(1 for chapter in self.chapters for line in chapter.lines if line.tag)

    @property
    def proposed(self) -> int:
        """Numbers that are this project's proposal, without a source behind the exact value."""
        return sum(1 for chapter in self.chapters for line in chapter.lines if line.tag == "D")


def book_of(raw: bytes) -> Book:
    """The book of a file's exact bytes; nothing in the file is left out."""
    table = tomllib.loads(raw.decode())
    chapters = []
    loose = []
    for key, value in table.items():
        if key in HEAD:
            continue
        if _is_table(value) and not _is_number(value):
            chapters.append(Chapter(_words(key), tuple(_lines("", value))))
        elif isinstance(value, list) and value and all(_is_table(v) and not _is_number(v) for v in value):
            chapters += [
                Chapter(_title(key, number, v), tuple(_lines("", v))) for number, v in enumerate(value, 1)
            ]
        else:
            loose += list(_lines(_words(key), value))
    first = [Chapter("In general", tuple(loose))] if loose else []
    return Book(
        evidence=str(table.get("evidence_level", "")),
        off_label=table.get("off_label"),
        sources=tuple(map(str, table.get("sources", ()))),
        chapters=tuple(first + chapters),
    )


def _lines(name: str, value: Any) -> Iterator[Line]:
    if _is_number(value):
        tag = str(value.get("tag", ""))
        rest = {k: v for k, v in value.items() if k not in ("value", "unit", "tag", "source")}
        unit = str(value.get("unit", ""))
        yield Line(
            name.removesuffix(f" {unit}"),
            _said(value["value"]),
            unit=SHOWN_UNITS.get(unit, unit),
            tag=tag,
            tag_words=TAGS.get(tag, ""),
            source=str(value["source"]),
            plain=_plain(value["value"], unit),
        )
        yield from _lines(name, rest) if rest else ()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(f"{name} · {_words(key)}" if name else _words(key), inner)
    elif isinstance(value, list) and any(isinstance(inner, Mapping | list) for inner in value):
        for number, inner in enumerate(value, 1):
            yield from _lines(f"{name} · {number}" if name else str(number), inner)
    else:
        yield Line(name, _said(value))


def _plain(value: object, unit: str) -> str:
    """A long time in minutes or hours as well, for the reader."""
    if unit != "s" or not isinstance(value, int | float) or value < 120:
        return ""
    return f"{value / 3600:g} h" if value % 3600 == 0 else f"{value / 60:g} min"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_number(value: object) -> bool:
    return isinstance(value, Mapping) and "value" in value and "source" in value


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _title(key: str, number: int, table: Mapping[str, Any]) -> str:
    for name in ("label", "title", "name", "text", "id"):
        if isinstance(table.get(name), str):
            return f"{_words(key)} {number}: {table[name]}"
    return f"{_words(key)} {number}"
