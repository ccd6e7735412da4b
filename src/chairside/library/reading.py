"""TOML bytes to the dataclass of their kind, and the line of what is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from chairside.library.kinds import KINDS

HEADER = re.compile(r"^\s*(\[{1,2})\s*([A-Za-z0-9_.\-]+)\s*\]{1,2}\s*(?:#.*)?$")
KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")
AT = re.compile(r"^(?P<reason>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


class BadLibraryFile(ValueError):
    """A library file that can't be used: which file, which line and field, and why, in one sentence."""

    def __init__(self, file: str, *, line: int | None, field: str, reason: str) -> None:
        self.file, self.line, self.field, self.reason = file, line, field, reason
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {field}: {reason}" if field else f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Head:
    """What every file begins with."""

    id: str
    version: str
    title: str
    kind: str


def read_typed(raw: bytes, name: str) -> tuple[Head, object]:
    """Head and content of one file; raises `BadLibraryFile`."""
    text, table = parsed(raw, name)
    head: Head = _converted(table, Head, text=text, name=name)
    if head.kind not in KINDS:
        reason = f"expected one of {', '.join(sorted(KINDS))}, not {head.kind!r}"
        raise BadLibraryFile(name, line=line_of(text, "kind"), field="kind", reason=reason)
    typed = _converted(table, KINDS[head.kind], text=text, name=name)
    for path in _strangers(table, msgspec.to_builtins(typed)):
        reason = f"no such field in a file of the kind {head.kind}"
        raise BadLibraryFile(name, line=line_of(text, path), field=path, reason=reason)
    return head, typed


def line_of(text: str, path: str) -> int | None:
    """The line of the field that a path such as `rules[2].limit.value` names, or the nearest above it."""
    written = dict(_written(text))
    while path:
        if path in written:
            return written[path]
        path = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", path)
    return None


def parsed(raw: bytes, name: str) -> tuple[str, dict[str, Any]]:
    """The text and its tables; what is not UTF-8 or not TOML raises `BadLibraryFile`."""
    try:
        text = raw.decode("utf-8")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadLibraryFile(name, line=line, field="", reason="expected UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        found = TOML_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else raw.count(b"\n") + 1
        reason = TOML_LINE.sub("", str(error)).strip()
        raise BadLibraryFile(name, line=line, field="", reason=f"not TOML: {reason}") from error


def _converted(table: Mapping[str, Any], kind: type, *, text: str, name: str) -> Any:
    try:
        return msgspec.convert(table, kind, strict=True)
    except msgspec.ValidationError as error:
        found = AT.match(str(error))
        path = ((found["path"] if found else "") or "").removeprefix(".")
        reason = _with_choices(found["reason"] if found else str(error), kind, path)
        raise BadLibraryFile(name, line=line_of(text, path), field=path, reason=reason) from error


def _with_choices(reason: str, kind: Any, path: str) -> str:
    """The reason, with the words that were expected where a field takes only some."""
    for name in re.findall(r"[A-Za-z_]\w*", path):
        steps = [kind, *get_args(kind)]
        holders = [each for each in steps if is_dataclass(each)]
        kind = get_type_hints(holders[0]).get(name) if holders else None
    words = [
        str(word)
        for each in (kind, *get_args(kind))
        if get_origin(each) is Literal
        for word in get_args(each)
    ]
    return f"{reason}, expected one of {', '.join(words)}" if words else reason


def _written(text: str) -> Iterator[tuple[str, int]]:
    """Each table and key of a TOML text as a path, with its line; what stands inside a value is not seen."""
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            prefix = _table(header[2].split("."), counts, is_entry=header[1] == "[[")
            yield prefix, number
        elif key := KEY.match(line):
            yield (f"{prefix}.{key[1]}" if prefix else key[1]), number


def _table(names: list[str], counts: dict[str, int], *, is_entry: bool) -> str:
    """The path of a table header; an entry of an array of tables counts up."""
    path = ""
    for position, each in enumerate(names):
        path = f"{path}.{each}" if path else each
        if is_entry and position == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _strangers(given: object, understood: object, path: str = "") -> Iterator[str]:
    """The paths of fields that the dataclass does not know: a misspelt limit must not pass as absent."""
    if isinstance(given, Mapping) and isinstance(understood, Mapping):
        for name, value in given.items():
            here = f"{path}.{name}" if path else str(name)
            if name not in understood:
                yield here
            else:
                yield from _strangers(value, understood[name], here)
    elif isinstance(given, list) and isinstance(understood, list | tuple):
        for position, (each, other) in enumerate(zip(given, understood, strict=True)):
            yield from _strangers(each, other, f"{path}[{position}]")
