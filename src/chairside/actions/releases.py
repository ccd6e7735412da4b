"""Keeping the bytes of the library that sessions are run by."""

from datetime import datetime

from django.db import transaction

from chairside.actions.audit import audit
from chairside.charts.releases import Release
from chairside.library.loader import manifest
from chairside.vault.models import LibraryBytes, LibraryRelease


def keep_release(*, clinic: str, release: Release, by: str, at: datetime) -> None:
    """Keeps a release and the bytes of its files under their hashes; one kept already is left as it is."""
    if LibraryRelease.objects.filter(digest=release.digest).exists():
        return
    with transaction.atomic():
        for file in release.files:
            LibraryBytes.objects.get_or_create(
                sha256=file.sha256, defaults={"clinic": clinic, "name": file.name, "raw": file.raw}
            )
        LibraryRelease.objects.create(digest=release.digest, clinic=clinic, manifest=manifest(release.files))
        audit(clinic=clinic, verb="library.kept", by=by, at=at, subject=f"release:{release.digest}")
