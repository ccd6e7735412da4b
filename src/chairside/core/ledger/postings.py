"""One movement of drug from one account to another; what leaves one enters the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Account = Literal["stock", "vial", "syringe", "given", "line", "waste", "returned", "lost"]
HowKnown = Literal["counted", "pump volume", "read on the syringe", "estimated", "by difference"]

MOVEMENTS: Mapping[Account, frozenset[Account]] = {
    "stock": frozenset({"vial"}),
    "vial": frozenset({"syringe", "waste", "returned", "lost"}),
    "syringe": frozenset({"given", "line", "waste", "returned", "lost"}),
    "line": frozenset({"given", "waste"}),
}
"""Where drug can go from where; what was given, wasted, returned or lost stays so."""


class BadPosting(ValueError):
    """A movement that can't be; says which field and what was expected."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A stated movement of whole micrograms of one substance; 0 states that there was none.

    `container` is the vial or syringe it left, or the vial taken from stock. Drug drawn from a vial
    names the syringe it went into as `into`; nothing else does. A line belongs to its syringe.
    `event` is the event that stated it.
    """

    substance: str
    container: str
    from_account: Account
    to_account: Account
    amount_ug: int
    how_known: HowKnown
    event: str
    into: str = ""

    def __post_init__(self) -> None:
        """Refuses what can't have happened with `BadPosting`."""
        if self.amount_ug < 0:
            raise BadPosting("amount_ug", f"whole micrograms, 0 or more, not {self.amount_ug}")
        if self.to_account not in MOVEMENTS.get(self.from_account, ()):
            raise BadPosting("to_account", f"where drug goes from {self.from_account}, not {self.to_account}")
        if not self.substance or not self.container:
            raise BadPosting("container", "the names of the substance and of the vial or syringe")
        if bool(self.into) != (self.drawn):
            raise BadPosting("into", "the syringe drug was drawn into, and nothing at any other movement")

    @property
    def drawn(self) -> bool:
        """Whether this is drug drawn from a vial into a syringe."""
        return self.from_account == "vial" and self.to_account == "syringe"


def balances(postings: Iterable[Posting]) -> dict[tuple[str, str, Account], int]:
    """What each account of each substance and container holds; all of a substance sum to zero.

    Stock is below zero by what was taken from it.
    """
    held: dict[tuple[str, str, Account], int] = {}
    for each in postings:
        left = (each.substance, each.container, each.from_account)
        entered = (each.substance, each.into or each.container, each.to_account)
        held[left] = held.get(left, 0) - each.amount_ug
        held[entered] = held.get(entered, 0) + each.amount_ug
    return held
