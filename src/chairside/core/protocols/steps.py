"""A calculation as it is shown, and the refusal of one."""

from dataclasses import dataclass
from typing import Literal

from chairside.core.quantities import UNITS, decimal_text

RefusalKind = Literal["arithmetic", "absolute"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: what it is, how it is reckoned, what comes out with its unit."""

    label: str
    expression: str
    result: str


class DoseRefused(ValueError):
    """A dose or a preparation that is not reckoned further, and why.

    An `arithmetic` refusal is overridden by nobody; an `absolute` one stands until another version
    of the file is signed. `name` is short and fixed, the text is for people.
    """

    def __init__(self, kind: RefusalKind, name: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.name = name


def shown(amount: int, unit: str) -> str:
    """A whole amount of base units in a larger unit: 35000 in mg is "35 mg". Broken minutes are seconds."""
    if UNITS[unit].base == "s" and amount % UNITS[unit].per_unit:
        return f"{amount} s"
    return f"{decimal_text(amount, UNITS[unit].per_unit)} {unit}"
