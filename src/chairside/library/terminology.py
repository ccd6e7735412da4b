"""Code tables as they stand in their file; the reader of machines' messages gives them meaning."""

from dataclasses import dataclass
from typing import Any

from chairside.core.quantities.headed import Headed


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminology(Headed):
    """Which code means which signal, in which units; each row with its tag and source."""

    signals: tuple[dict[str, Any], ...]
    codes: tuple[dict[str, Any], ...]
    units: tuple[dict[str, Any], ...]
    not_measured: tuple[dict[str, Any], ...] = ()
    flags: tuple[dict[str, Any], ...] = ()
    statuses: tuple[dict[str, Any], ...] = ()
