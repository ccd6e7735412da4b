"""A number of the library never travels without its unit and its source."""

from dataclasses import dataclass
from typing import Literal

Tag = Literal["V", "P", "M", "D", "A", "B", "C"]
"""How a number is known: V seen at its source, P partly seen, M recalled, D proposed by this
project; A, B, C are the levels of pharmacokinetic parameters (publisher's text, independent
implementations, memory)."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """One clinical number: value, unit (UCUM or plain), how it is known, and the source in words."""

    value: int | float
    unit: str
    tag: Tag
    source: str
