"""The sourced table of codes, units and not-measured marks, as functions of what a monitor sends."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeVar

import msgspec

from chairside.core.quantities import Tag
from chairside.core.quantities.headed import Headed

K = TypeVar("K")
V = TypeVar("V")

Meaning = Literal["kept", "unverified", "not_measured", "refused"]


class BadCodeTable(ValueError):
    """A code table that can't be used; says where and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One of our signals: its unit, and what a bare number and a zero mean."""

    name: str
    unit: str
    unit_when_missing: str
    zero_is_not_measured: bool
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of a terminology that means one of our signals."""

    signal: str
    system: str
    code: str
    name: str
    tag: Tag
    source: str
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit (UCUM) with its MDC code and the spellings it arrives under."""

    unit: str
    mdc: str
    mdc_name: str
    spelled: tuple[str, ...]
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A number that stands for "nothing measured"."""

    value: float
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """What an OBX-8 flag does to a value."""

    flag: str
    means: Meaning
    says: str
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an OBX-11 status does to a value."""

    status: str
    means: Meaning
    says: str
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTable(Headed):
    """A code table as its file has it."""

    signals: tuple[Signal, ...]
    codes: tuple[Code, ...]
    units: tuple[Unit, ...]
    not_measured: tuple[NotMeasured, ...]
    flags: tuple[Flag, ...]
    statuses: tuple[Status, ...]


class Codes:
    """A code table made ready to look things up in."""

    def __init__(self, table: CodeTable) -> None:
        self.version = f"{table.id}@{table.version}"
        self.signals: Mapping[str, Signal] = _unique("signal", ((s.name, s) for s in table.signals))
        self._by_code = _unique("code", (((c.system, c.code), c) for c in table.codes))
        self._by_name = {c.name: c for c in table.codes if c.system == "MDC"}
        self._written = {c.signal: c for c in table.codes if c.written}
        self.units: Mapping[str, Unit] = _unique("unit", ((u.unit, u) for u in table.units))
        self._spelled = _unique("unit", ((s.casefold(), u.unit) for u in table.units for s in set(u.spelled)))
        self.not_measured = frozenset(entry.value for entry in table.not_measured)
        self.flags: Mapping[str, Flag] = _unique("flag", ((f.flag, f) for f in table.flags))
        self.statuses: Mapping[str, Status] = _unique("status", ((s.status, s) for s in table.statuses))
        self._refuse_loose_ends(table)

    def _refuse_loose_ends(self, table: CodeTable) -> None:
        for code in table.codes:
            if code.signal not in self.signals:
                raise BadCodeTable(f"code {code.code}: expected a signal of this table, not {code.signal!r}")
        for signal in table.signals:
            if signal.unit not in self.units:
                raise BadCodeTable(
                    f"signal {signal.name}: expected a unit of this table, not {signal.unit!r}"
                )
        named: list[tuple[str, str]] = [(f"signal {s.name}", s.source) for s in table.signals]
        named += [(f"code {c.code}", c.source) for c in table.codes]
        named += [(f"unit {u.unit}", u.source) for u in table.units]
        named += [(f"not_measured {n.value}", n.source) for n in table.not_measured]
        named += [(f"flag {f.flag}", f.source) for f in table.flags]
        named += [(f"status {s.status}", s.source) for s in table.statuses]
        for name, source in named:
            if not source.strip():
                raise BadCodeTable(f"{name}: expected a source; no code stands without one")

    def signal_of(self, *, system: str, code: str, name: str) -> Signal | None:
        """The signal a code means, or `None`. Without a system a code counts only beside its MDC name."""
        if system:
            found = self._by_code.get((system, code))
        else:
            found = self._by_name.get(name)
            found = found if found is not None and found.code == code else None
        return self.signals[found.signal] if found else None

    def units_named(self, spellings: Iterable[str]) -> frozenset[str]:
        """The units (UCUM) that these codes and spellings mean; unknown ones mean nothing."""
        known = (self._spelled.get(spelling.strip().casefold()) for spelling in spellings)
        return frozenset(unit for unit in known if unit)

    def written_code(self, signal: str) -> Code:
        """The code our own messages carry for a signal; an unknown signal raises `BadCodeTable`."""
        try:
            return self._written[signal]
        except KeyError:
            raise BadCodeTable(f"signal {signal!r}: expected one that the code table writes") from None


def read_codes(raw: bytes) -> Codes:
    """A code table from the bytes of its TOML file; a bad one raises `BadCodeTable` with the path."""
    try:
        return Codes(msgspec.convert(tomllib.loads(raw.decode("utf-8")), CodeTable, strict=True))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadCodeTable(f"code table: {error}") from error


@cache
def vital_codes() -> Codes:
    """The code table that comes with this version."""
    return read_codes(resources.files("chairside.library").joinpath("codes", "vitals.toml").read_bytes())


def _unique(what: str, entries: Iterable[tuple[K, V]]) -> dict[K, V]:
    table: dict[K, V] = {}
    for key, entry in entries:
        if key in table:
            raise BadCodeTable(f"{what} {key}: expected to stand once")
        table[key] = entry
    return table
