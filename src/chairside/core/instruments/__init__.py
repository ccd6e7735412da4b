"""Answers to a score, a band and what must be looked at by itself; every number from the library."""

from chairside.core.instruments.scoring import (
    Band,
    Instrument,
    InstrumentItem,
    Licence,
    MissingRule,
    Option,
    Score,
    score,
)

__all__ = ["Band", "Instrument", "InstrumentItem", "Licence", "MissingRule", "Option", "Score", "score"]
