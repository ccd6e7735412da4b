"""Double-entry drug books in whole micrograms, per substance, vial and syringe.

drawn = given + line + waste + returned + measurement difference. Nothing is filled in: what nobody
stated is unknown, and a book with an unknown stays open.
"""

from chairside.core.ledger.books import Book, books
from chairside.core.ledger.containers import MUST_BE_STATED, ContainerBook
from chairside.core.ledger.judging import Outcome, Tolerance
from chairside.core.ledger.postings import Account, BadPosting, HowKnown, Posting, balances

__all__ = [
    "MUST_BE_STATED",
    "Account",
    "BadPosting",
    "Book",
    "ContainerBook",
    "HowKnown",
    "Outcome",
    "Posting",
    "Tolerance",
    "balances",
    "books",
]
