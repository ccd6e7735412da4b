"""A site's signatures over library files."""

from typing import ClassVar

from django.db import models

from chairside.accounts.models import Clinic, Person
from chairside.accounts.scoped import ClinicRows, new_id


class SiteSignature(models.Model):
    """A director signed exactly these bytes of a library file for this site; other bytes are unsigned."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="signatures")
    kind = models.CharField(max_length=40)
    file_id = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    meaning = models.CharField(max_length=200)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "file_id", "-at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "file_id", "sha256"], name="the_same_bytes_are_signed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_signature_is_over_a_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}@{self.version}"
