"""Who is here: signing in, being the second person, and adding or changing people."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from chairside.accounts.access import must
from chairside.accounts.models import ROLES, Clinic, Person
from chairside.accounts.signin import SignIn, check
from chairside.actions.audit import audit
from chairside.actions.fields import BadFields, checked

SETUP = "setup"
"""Who acts when a clinic's first people are made from the command line."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added, as typed."""

    username: str
    display_name: str
    password: str = field(repr=False)
    credentials: str = ""
    roles: frozenset[str] = frozenset()
    director: bool = False


def sign_in(*, username: str, password: str, at: datetime) -> SignIn:
    """Checks a password, with an audit line for a success and for the attempt that closes the lock.

    Call it outside any transaction: an attempt must not be forgotten by a roll-back.
    """
    attempt = check(username=username, password=password, at=at)
    if attempt.person is not None:
        _line(attempt.person, "people.signed_in", at)
    elif attempt.just_locked and attempt.known is not None:
        _line(attempt.known, "people.locked_out", at)
    return attempt


def reauthenticate(*, username: str, password: str, at: datetime) -> Person | None:
    """The person in place whose password this is, or `None`; the same lock and audit lines as sign-in.

    Call it outside any transaction. Whether they are of this clinic, a clinician and someone else
    than the first person is the calling verb's to check.
    """
    return sign_in(username=username, password=password, at=at).person


def sign_out(*, by: Person, at: datetime) -> None:
    """Leaves the audit line of a sign-out."""
    _line(by, "people.signed_out", at)


def add_clinic(clinic: Clinic, *, at: datetime) -> Clinic:
    """Makes a clinic, at set-up only."""
    checked(clinic)
    with transaction.atomic():
        clinic.save(force_insert=True)
        audit(clinic=clinic.id, verb="clinics.added", by=SETUP, at=at, subject=f"clinic:{clinic.id}")
    return clinic


def add_person(new: NewPerson, *, clinic: Clinic, by: Person | None, at: datetime) -> Person:
    """Adds a person to the clinic; `by` is `None` only when a clinic is set up from the command line."""
    if by is not None:
        must(by, "people.add", clinic=clinic)
    unknown = new.roles - set(ROLES)
    if unknown:
        raise BadFields({"roles": f"expected some of {', '.join(ROLES)}, not {', '.join(sorted(unknown))}"})
    person = Person(
        clinic=clinic,
        username=new.username.strip().lower(),
        display_name=new.display_name.strip(),
        credentials=new.credentials.strip(),
        director=new.director,
        **{role: role in new.roles for role in ROLES},
    )
    try:
        validate_password(new.password, person)
    except ValidationError as error:
        raise BadFields({"password": " ".join(error.messages)}) from error
    person.set_password(new.password)
    checked(person)
    with transaction.atomic():
        person.save(force_insert=True)
        audit(
            clinic=clinic.id,
            verb="people.added",
            by=by.id if by else SETUP,
            at=at,
            subject=f"person:{person.id}",
            detail={"roles": sorted(new.roles), "director": new.director},
        )
    return person


def set_active(person: Person, *, active: bool, by: Person, at: datetime) -> None:
    """Lets a person in, or no longer; nobody locks themselves out. Their past acts keep their name."""
    must(by, "people.change", clinic=person.clinic)
    if person.pk == by.pk:
        raise BadFields({"person": "expected someone else: nobody closes their own account"})
    with transaction.atomic():
        person.is_active = active
        person.save(update_fields=["is_active"])
        verb = "people.opened" if active else "people.closed"
        audit(clinic=person.clinic_id, verb=verb, by=by.id, at=at, subject=f"person:{person.id}")


def _line(person: Person, verb: str, at: datetime) -> None:
    with transaction.atomic():
        audit(clinic=person.clinic_id, verb=verb, by=person.id, at=at, subject=f"person:{person.id}")
