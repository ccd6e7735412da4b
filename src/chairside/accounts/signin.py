"""Checking a password, with the lock that ten wrong ones close.

Only the mechanism: `actions.people` calls it and writes the audit line. An attempt is written down
and committed before the password is looked at, so that a burst of guesses at once is counted in full.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from chairside.accounts.models import Person, SignInFailure

WRONG_AT_MOST = 10
WITHIN = timedelta(minutes=5)

WRONG = "The username or the password is not right."
LOCKED = (
    f"After {WRONG_AT_MOST} wrong passwords this name is locked; "
    f"it opens {int(WITHIN.total_seconds()) // 60} minutes after the first of them."
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of one attempt: the person if the password was theirs, else a sentence for whoever typed it.

    `known` is the person the name belongs to, whether or not the password was right, for the audit line;
    `just_locked` is true for the attempt that closed the lock.
    """

    person: Person | None
    sentence: str = ""
    known: Person | None = None
    just_locked: bool = False


def check(*, username: str, password: str, at: datetime) -> SignIn:
    """Checks a username and password at that instant; unknown, inactive and wrong look alike.

    Never inside a transaction: a roll-back would forget the attempt (`RuntimeError` if it is tried).
    """
    name = username.strip().lower()[:60]
    people = Person.objects.filter(username=name).select_related("clinic")
    with transaction.atomic(durable=True):
        # One attempt on a name at a time: SQLite by its single writer, PostgreSQL by the person's row.
        known = people.select_for_update(of=("self",)).first()
        SignInFailure.objects.filter(username=name, at__lt=at - WITHIN).delete()
        tried = SignInFailure.objects.filter(username=name).count() + 1
        if tried <= WRONG_AT_MOST:
            SignInFailure.objects.create(username=name, at=at)
    if tried > WRONG_AT_MOST:
        return SignIn(None, LOCKED, known)  # not written down: knocking does not keep a closed lock closed
    if known is None or not known.is_active:
        make_password(password)  # as slow as a real check, so that names can't be told apart by time
        return SignIn(None, _sentence(tried), known, just_locked=tried == WRONG_AT_MOST)
    if not known.check_password(password):
        return SignIn(None, _sentence(tried), known, just_locked=tried == WRONG_AT_MOST)
    SignInFailure.objects.filter(username=name).delete()
    return SignIn(known, "", known)


def _sentence(tried: int) -> str:
    return LOCKED if tried == WRONG_AT_MOST else WRONG
