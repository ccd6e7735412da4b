"""The rows that are never rewritten. Identifiers are text, and no foreign key leaves.

Whoever reads goes through `of(clinic)`; every row carries its clinic.
"""

import json
from typing import ClassVar

from django.db import models

from chairside.accounts.scoped import ClinicRows


class SessionEvent(models.Model):
    """One event of a session's log, in order of arrival, chained to the one before."""

    id = models.CharField(primary_key=True, max_length=36)
    clinic = models.CharField(max_length=36)
    session = models.CharField(max_length=36)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    body = models.TextField()
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)

    objects = ClinicRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "position"], name="one_event_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.position} {self.kind}"


class AuditLine(models.Model):
    """One line of a clinic's audit chain: who did what, when, to what; session heads at state changes."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.CharField(max_length=36)
    position = models.PositiveIntegerField()
    body = models.TextField()
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)

    objects = ClinicRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "position"], name="one_audit_line_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.clinic} {self.position}"


class LibraryBytes(models.Model):
    """The exact bytes of a library file, under their SHA-256, for as long as a session was run by them."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    clinic = models.CharField(max_length=36)
    name = models.CharField(max_length=200)
    raw = models.BinaryField()

    objects = ClinicRows.as_manager()

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"


class LibraryRelease(models.Model):
    """A set of library files by digest: what a session's `library_version` names."""

    digest = models.CharField(primary_key=True, max_length=64)
    clinic = models.CharField(max_length=36)
    manifest = models.TextField()

    objects = ClinicRows.as_manager()

    @property
    def rows(self) -> list[list[str]]:
        """Kind, id, version and SHA-256 of each file, in order."""
        rows: list[list[str]] = json.loads(self.manifest)
        return rows

    def __str__(self) -> str:
        return self.digest[:12]


class DeviceMessage(models.Model):
    """One message of a device, by the digest of its bytes; the same again is answered, not stored again."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.CharField(max_length=36)
    device_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    event = models.CharField(max_length=36, blank=True)
    acknowledged = models.CharField(max_length=2)

    objects = ClinicRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "device_key", "sha256"], name="one_row_per_message"),
        ]

    def __str__(self) -> str:
        return self.device_key


class KeptForInspection(models.Model):
    """A message that could not be understood: refused with a reason, kept encrypted, never a value."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.CharField(max_length=36)
    received_at = models.DateTimeField()
    peer = models.CharField(max_length=100)
    reason = models.TextField()
    key_id = models.CharField(max_length=40)
    nonce = models.BinaryField()
    sealed = models.BinaryField()

    objects = ClinicRows.as_manager()

    def __str__(self) -> str:
        return self.reason[:80]


class OutboxItem(models.Model):
    """Something the outside must be told, left in the transaction of the change it tells of."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.CharField(max_length=36)
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    left_at = models.DateTimeField()
    body = models.TextField()

    objects = ClinicRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "topic", "key"], name="one_outbox_item_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class OutboxDone(models.Model):
    """An outbox item was delivered. An item without such a row is delivered again: at least once."""

    item = models.BigIntegerField(primary_key=True)
    clinic = models.CharField(max_length=36)
    done_at = models.DateTimeField()

    objects = ClinicRows.as_manager()

    def __str__(self) -> str:
        return str(self.item)
