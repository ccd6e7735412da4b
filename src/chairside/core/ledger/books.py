"""The books of a session: what was drawn and where it went, and whether the sum holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chairside.core.ledger.containers import ContainerBook, allowed_ug, syringe_book, vial_book
from chairside.core.ledger.judging import Outcome, Sum, Tolerance, judge, total, worst
from chairside.core.ledger.postings import Account, HowKnown, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One substance of a session; the worst of its syringes, its vials and its sum is its outcome.

    drawn = given + line + waste + returned + difference, over the syringes. What was left in vials
    stands in `vials`. `missing` says what nobody stated; while it does, the book is open. `how_known`
    gives the ways in which each quantity is known.
    """

    substance: str
    drawn_ug: int | None
    given_ug: int | None
    line_ug: int | None
    waste_ug: int | None
    returned_ug: int | None
    difference_ug: int | None
    tolerance_ug: int | None
    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    how_known: Mapping[str, tuple[HowKnown, ...]]
    syringes: tuple[ContainerBook, ...]
    vials: tuple[ContainerBook, ...]


def books(postings: Iterable[Posting], tolerances: Mapping[str, Tolerance]) -> tuple[Book, ...]:
    """The book of every substance in these postings, whatever their order, by name.

    A substance without a signed tolerance balances exactly or is a case.
    """
    by_substance: dict[str, list[Posting]] = {}
    for each in postings:
        by_substance.setdefault(each.substance, []).append(each)
    return tuple(_book(group, tolerances.get(name)) for name, group in sorted(by_substance.items()))


def _book(postings: Sequence[Posting], tolerance: Tolerance | None) -> Book:
    syringes = tuple(syringe_book(postings, name, tolerance) for name in _syringes(postings))
    vials = tuple(vial_book(postings, name, tolerance) for name in _vials(postings))
    drawn = total([each.entered_ug for each in syringes])
    found = Sum(
        what="all syringes together",
        difference_ug=total([each.difference_ug for each in syringes]),
        tolerance_ug=allowed_ug(tolerance, drawn),
    )
    outcome, reasons = judge(found)
    parts = (*syringes, *vials)
    return Book(
        substance=postings[0].substance,
        drawn_ug=drawn,
        given_ug=_went(syringes, "given"),
        line_ug=_went(syringes, "line"),
        waste_ug=_went(syringes, "waste"),
        returned_ug=_went(syringes, "returned"),
        difference_ug=found.difference_ug,
        tolerance_ug=found.tolerance_ug,
        outcome=worst([outcome, *(each.outcome for each in parts)]),
        reasons=(*(text for each in parts for text in each.reasons), *(reasons if len(syringes) > 1 else ())),
        missing=tuple(text for each in parts for text in each.missing),
        how_known=_how_known(postings),
        syringes=syringes,
        vials=vials,
    )


def _syringes(postings: Sequence[Posting]) -> list[str]:
    drawn_into = {each.into for each in postings if each.drawn}
    return sorted(
        drawn_into | {each.container for each in postings if each.from_account in ("syringe", "line")}
    )


def _vials(postings: Sequence[Posting]) -> list[str]:
    return sorted({each.container for each in postings if each.from_account in ("stock", "vial")})


def _went(syringes: Sequence[ContainerBook], account: Account) -> int | None:
    return total([each.went_ug[account] for each in syringes])


def _how_known(postings: Sequence[Posting]) -> dict[str, tuple[HowKnown, ...]]:
    ways: dict[str, set[HowKnown]] = {}
    for each in postings:
        ways.setdefault(_quantity(each), set()).add(each.how_known)
    return {name: tuple(sorted(found)) for name, found in sorted(ways.items())}


def _quantity(posting: Posting) -> str:
    """What a posting states; the rest of a vial is told apart from that of a syringe."""
    if posting.from_account == "stock":
        return "held"
    if posting.drawn:
        return "drawn"
    return f"{posting.to_account} of vial" if posting.from_account == "vial" else posting.to_account
