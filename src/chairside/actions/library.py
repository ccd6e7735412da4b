"""Signing the library for a site: a director's act over the hash of one file's exact bytes."""

from datetime import datetime

from django.db import transaction

from chairside.accounts.access import NotAllowed, must
from chairside.accounts.models import Clinic, Person
from chairside.actions.audit import audit
from chairside.actions.fields import BadFields, checked
from chairside.actions.people import sign_in
from chairside.library.loader import LibraryFile
from chairside.records.models import SiteSignature

MEANING = "I have read this file, its numbers and their sources, and put it in force at this site."


def sign_library_file(
    file: LibraryFile, *, clinic: Clinic, password: str, by: Person, at: datetime
) -> SiteSignature:
    """Signs exactly these bytes for the site, once the director has given their password again.

    Raises `NotAllowed` for anyone but a director of this clinic and `BadFields` for a wrong password.
    Signing the same bytes again changes nothing and returns the signature that stands. Call it
    outside any transaction, as every check of a password.
    """
    must(by, "library.sign", clinic=clinic)
    attempt = sign_in(username=by.username, password=password, at=at)
    if attempt.person is None:
        raise BadFields({"password": attempt.sentence})
    if attempt.person.pk != by.pk:
        raise NotAllowed("A signature is given by the person who is signed in.")
    signature = SiteSignature(
        clinic=clinic,
        kind=file.kind,
        file_id=file.id,
        version=file.version,
        sha256=file.sha256,
        meaning=MEANING,
        signed_by=by,
        at=at,
    )
    with transaction.atomic():
        standing = SiteSignature.objects.of(clinic).filter(file_id=file.id, sha256=file.sha256).first()
        if standing is not None:
            return standing
        checked(signature)
        signature.save(force_insert=True)
        audit(
            clinic=clinic.id,
            verb="library.signed",
            by=by.id,
            at=at,
            subject=f"signature:{signature.id}",
            detail={
                "kind": file.kind,
                "file": file.id,
                "version": file.version,
                "sha256": file.sha256,
                "meaning": MEANING,
            },
        )
    return signature
