"""An instrument as data, and its score: the sum of its items, under its own rule for what is missing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from chairside.core.quantities import Sourced
from chairside.core.quantities.headed import Headed


class BadAnswers(ValueError):
    """Answers that are not this instrument's; says which item and what was expected."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Whether the text of the items may be shipped, by whose word, and the notice that goes with it."""

    text_may_ship: bool
    terms: str
    source: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer option."""

    score: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentItem:
    """One item. `alone` says that any positive answer is looked at by itself, whatever the total."""

    id: str
    text: str = ""
    scored: bool = True
    alone: bool = False
    options: tuple[Option, ...] = ()
    loinc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A band of totals, both ends inside."""

    id: str
    label: str
    low: Sourced
    high: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRule:
    """From how many answered items a total is given (missing ones as the mean), and what is never imputed."""

    answered_at_least: Sourced
    never_imputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(Headed):
    """One instrument whose score is the sum of its items."""

    licence: Licence
    recall: str
    question: str = ""
    options: tuple[Option, ...]
    items: tuple[InstrumentItem, ...]
    bands: tuple[Band, ...]
    missing: MissingRule
    response_fall: Sourced | None = None
    remission_below: Sourced | None = None
    minimal_change: Sourced | None = None
    loinc_panel: str = ""
    loinc_total: str = ""

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [item.id for item in self.items]
        if len(set(ids)) != len(ids) or not self.scored:
            raise ValueError("items: expected at least one scored item, each with its own id")
        if not self.licence.text_may_ship and (self.question or any(item.text for item in self.items)):
            raise ValueError("licence: expected text_may_ship where the text of items is given")
        ends = [(band.low.value, band.high.value) for band in self.bands]
        if any(low > high for low, high in ends) or any(
            after[0] != before[1] + 1 for before, after in pairwise(ends)
        ):
            raise ValueError("bands: expected bands that meet, lowest first")
        if unknown := set(self.missing.never_imputed) - set(ids):
            raise ValueError(f"missing.never_imputed: there is no item {sorted(unknown)[0]!r}")

    @property
    def scored(self) -> tuple[InstrumentItem, ...]:
        """The items that count."""
        return tuple(item for item in self.items if item.scored)

    def options_of(self, item: InstrumentItem) -> tuple[Option, ...]:
        """An item's own options, or the instrument's."""
        return item.options or self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score: `total` and `band` are `None` where too much is missing, and `reason` says so.

    `alone` holds the positive answers that are looked at whatever the total; `alone_unknown` the items
    of that sort without an answer.
    """

    total: int | None
    band: Band | None
    answered: int
    missing: tuple[str, ...]
    imputed: bool
    alone: tuple[tuple[str, int], ...]
    alone_unknown: tuple[str, ...]
    reason: str


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> Score:
    """Score the answers (item id to score, `None` for no answer); a strange answer raises `BadAnswers`."""
    _refuse_strange(instrument, answers)
    given = {item.id: answers.get(item.id) for item in instrument.scored}
    missing = tuple(name for name, value in given.items() if value is None)
    values = [value for value in given.values() if value is not None]
    alone = [item.id for item in instrument.scored if item.alone]
    reason = _why_no_total(instrument, missing, len(values))
    total = None if reason else _total(values, len(given))
    return Score(
        total=total,
        band=None if total is None else _band(instrument, total),
        answered=len(values),
        missing=missing,
        imputed=total is not None and bool(missing),
        alone=tuple((name, given[name] or 0) for name in alone if given[name]),
        alone_unknown=tuple(name for name in alone if given[name] is None),
        reason=reason or _says(values, missing),
    )


def _refuse_strange(instrument: Instrument, answers: Mapping[str, int | None]) -> None:
    items = {item.id: item for item in instrument.items}
    for name, value in answers.items():
        if name not in items:
            raise BadAnswers(f"{instrument.id}.{name}: there is no such item")
        allowed = [option.score for option in instrument.options_of(items[name])]
        if value is not None and (isinstance(value, bool) or value not in allowed):
            wanted = ", ".join(str(each) for each in allowed)
            raise BadAnswers(f"{instrument.id}.{name}: expected one of {wanted}, not {value!r}")


def _why_no_total(instrument: Instrument, missing: tuple[str, ...], answered: int) -> str:
    kept = [name for name in missing if name in instrument.missing.never_imputed]
    if kept:
        return f"No total: {', '.join(kept)} has no answer and is never filled in."
    needed = instrument.missing.answered_at_least.value
    if missing and answered < needed:
        of = len(instrument.scored)
        return f"No total: {answered} of {of} items answered, at least {needed} needed."
    return ""


def _total(values: list[int], items: int) -> int:
    """The sum, or the mean times the number of items; half a point goes up, towards being seen."""
    return math.floor(Fraction(sum(values) * items, len(values)) + Fraction(1, 2))


def _band(instrument: Instrument, total: int) -> Band | None:
    return next((band for band in instrument.bands if band.low.value <= total <= band.high.value), None)


def _says(values: list[int], missing: tuple[str, ...]) -> str:
    if not missing:
        return f"Sum of {len(values)} answers."
    return f"Sum of {len(values)} answers; {', '.join(missing)} taken as their mean."
