"""The book of one vial, and of one syringe with its line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chairside.core.ledger.judging import Outcome, Sum, Tolerance, judge, total
from chairside.core.ledger.postings import Account, Posting

MUST_BE_STATED: tuple[Account, ...] = ("given", "line", "waste", "returned")
"""Where drug of a syringe can be; 0 is a statement, silence is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerBook:
    """One vial, or one syringe with its line. None is unknown.

    `entered_ug` is what a vial held when taken from stock, or what was drawn into a syringe;
    `went_ug` where it went, by account. `unmeasured_ug` is the difference and, with it, whatever is
    known by difference only: what was not measured proves nothing.
    """

    container: str
    entered_ug: int | None
    went_ug: Mapping[Account, int | None]
    difference_ug: int | None
    unmeasured_ug: int | None
    tolerance_ug: int | None
    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def syringe_book(postings: Sequence[Posting], name: str, tolerance: Tolerance | None) -> ContainerBook:
    """The book of a syringe and its line."""
    out = [each for each in postings if each.container == name and each.from_account in ("syringe", "line")]
    drawn = moved_ug(each for each in postings if each.into == name)
    went = {account: _kept_ug(out, account) for account in MUST_BE_STATED}
    missing = [f"what was drawn into {name}"] if drawn is None else []
    missing += [f"{account} of {name}" for account in MUST_BE_STATED if went[account] is None]
    wrong = [f"{name}: more left the line than went into it"] if (went["line"] or 0) < 0 else []
    spent = total(list(went.values()))
    return _judged(
        Sum(
            what=name,
            difference_ug=None if drawn is None or spent is None else drawn - spent,
            by_difference_ug=_by_difference_ug(out),
            lost_ug=_kept_ug(out, "lost"),
            tolerance_ug=allowed_ug(tolerance, drawn),
            missing=tuple(missing),
            wrong=tuple(wrong),
        ),
        entered_ug=drawn,
        went_ug=went,
    )


def vial_book(postings: Sequence[Posting], name: str, tolerance: Tolerance | None) -> ContainerBook:
    """The book of a vial. One that was taken and of which nothing more is known is a case."""
    own = [each for each in postings if each.container == name]
    out = [each for each in own if each.from_account == "vial"]
    held = moved_ug(each for each in own if each.from_account == "stock")
    went: dict[Account, int | None] = {
        "syringe": moved_ug(each for each in out if each.drawn),
        "waste": _kept_ug(out, "waste"),
        "returned": _kept_ug(out, "returned"),
    }
    difference = None if held is None else held - sum(amount or 0 for amount in went.values())
    lost = _kept_ug(out, "lost")
    missing = [f"what {name} held"] if held is None else []
    if difference and out and (went["waste"], went["returned"], lost) == (None, None, None):
        missing.append(f"what became of the rest of {name}")
    return _judged(
        Sum(
            what=name,
            difference_ug=difference if out and not missing else None,
            by_difference_ug=_by_difference_ug(out),
            lost_ug=lost,
            tolerance_ug=allowed_ug(tolerance, held),
            missing=tuple(missing),
            wrong=() if out else (f"{name}: {held} µg taken from stock and not accounted for",),
        ),
        entered_ug=held,
        went_ug=went,
    )


def allowed_ug(tolerance: Tolerance | None, entered_ug: int | None) -> int | None:
    """What may be missing or too much, or None without a signed tolerance or an amount."""
    return None if tolerance is None or entered_ug is None else tolerance.of(entered_ug)


def moved_ug(postings: Iterable[Posting]) -> int | None:
    """The sum of these movements, or None where nobody stated one."""
    return total([each.amount_ug for each in postings] or [None])


def _kept_ug(postings: Sequence[Posting], account: Account) -> int | None:
    """What entered an account less what left it again, or None where nobody stated either."""
    entered = [each.amount_ug for each in postings if each.to_account == account]
    left = [-each.amount_ug for each in postings if each.from_account == account]
    return total([*entered, *left] or [None])


def _by_difference_ug(postings: Iterable[Posting]) -> int:
    return sum(each.amount_ug for each in postings if each.how_known == "by difference")


def _judged(found: Sum, *, entered_ug: int | None, went_ug: Mapping[Account, int | None]) -> ContainerBook:
    outcome, reasons = judge(found)
    return ContainerBook(
        container=found.what,
        entered_ug=entered_ug,
        went_ug=went_ug,
        difference_ug=found.difference_ug,
        unmeasured_ug=found.unmeasured_ug,
        tolerance_ug=found.tolerance_ug,
        outcome=outcome,
        reasons=reasons,
        missing=found.missing,
    )
