"""Plans and visits: what was intended, and which session belongs to whom."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from chairside.accounts.models import Clinic, Person
from chairside.accounts.scoped import ClinicRows, new_id
from chairside.records.models.chairs import Chair
from chairside.records.models.patients import Patient

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 ().-]{4,38}$", "expected a telephone number, digits with spaces or hyphens"
)


class Plan(models.Model):
    """The signed intention: this protocol version, this many infusions, for this indication."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="plans")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    indication = models.CharField(max_length=80)
    protocol = models.CharField(max_length=80)
    protocol_version = models.CharField(max_length=20)
    infusions = models.PositiveSmallIntegerField()
    prescriber = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["-signed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(infusions__gte=1), name="a_plan_has_an_infusion"),
            models.CheckConstraint(
                condition=~models.Q(protocol="") & ~models.Q(protocol_version=""),
                name="a_plan_names_its_protocol",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indication} · {self.protocol} {self.protocol_version} · {self.infusions} infusions"


class Visit(models.Model):
    """A patient's day: ties the session, which knows no names, to patient, chair, time and escort home."""

    session = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="visits")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="visits")
    infusion_number = models.PositiveSmallIntegerField()
    scheduled_at = models.DateTimeField()
    escort_name = models.CharField(max_length=80, blank=True, default="")
    escort_phone = models.CharField(max_length=40, blank=True, default="", validators=[PHONE])

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["scheduled_at", "session"]
        indexes: ClassVar = [models.Index(fields=["clinic", "scheduled_at"], name="visits_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(infusion_number__gte=1), name="infusions_are_counted_from_1"
            ),
        ]

    def __str__(self) -> str:
        return self.session
