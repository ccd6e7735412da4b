"""Patients, what they are allergic to, and the measures a later visit is compared with."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models

from chairside.accounts.models import Clinic, Person
from chairside.accounts.scoped import ClinicRows, new_id


class Patient(models.Model):
    """A patient of one clinic. Logs, addresses and errors carry only the id, never a name."""

    class Sex(models.TextChoices):
        """Administrative sex; unknown is an answer."""

        FEMALE = "female"
        MALE = "male"
        OTHER = "other"
        UNKNOWN = "unknown"

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    birth_date = models.DateField()
    sex = models.CharField(max_length=8, choices=Sex.choices)
    record_number = models.CharField(max_length=40)
    no_known_allergies_at = models.DateTimeField(null=True, blank=True)

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["family_name", "given_name", "birth_date"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "record_number"], name="one_patient_per_record_number"),
            models.CheckConstraint(condition=~models.Q(family_name=""), name="a_patient_has_a_family_name"),
            models.CheckConstraint(condition=~models.Q(given_name=""), name="a_patient_has_a_given_name"),
            models.CheckConstraint(condition=~models.Q(record_number=""), name="a_patient_has_a_number"),
            models.CheckConstraint(
                condition=models.Q(sex__in=["female", "male", "other", "unknown"]), name="sex_is_one_of_four"
            ),
            models.CheckConstraint(
                condition=models.Q(birth_date__gte=date(1900, 1, 1)), name="a_birth_date_is_after_1900"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    def age_on(self, day: date) -> int:
        """Whole years on that day."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    def allergy_sentence(self) -> str:
        """Allergies in words: listed ones, "none known", or "not asked", which is not the same."""
        listed = [str(allergy) for allergy in self.allergies.all()]
        if listed:
            return ", ".join(listed)
        return "none known" if self.no_known_allergies_at else "not asked"

    def last(self, kind: str) -> "Measure | None":
        """The latest measure of that kind, or `None` when there is none."""
        return self.measures.filter(kind=kind).order_by("-at", "-id").first()


class Allergy(models.Model):
    """A substance this patient reacts to, and how; an empty reaction is one that isn't known."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["substance"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "substance"], name="an_allergy_is_listed_once"),
            models.CheckConstraint(condition=~models.Q(substance=""), name="an_allergy_names_a_substance"),
        ]

    def __str__(self) -> str:
        return f"{self.substance} ({self.reaction})" if self.reaction else self.substance


class Measure(models.Model):
    """One value a later visit is compared with: a weight, or item 9 of a PHQ-9. Values are whole numbers."""

    class Kind(models.TextChoices):
        """What was measured, with its unit."""

        WEIGHT_G = "weight_g"
        PHQ9_ITEM9 = "phq9_item9"

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = ClinicRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "kind", "-at"], name="latest_measures")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="weight_g", value__gt=0)
                | models.Q(kind="phq9_item9", value__gte=0, value__lte=3),
                name="a_measure_has_a_possible_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    @property
    def kilograms(self) -> str:
        """A weight in kilograms, as it is shown: "70.2"."""
        return f"{self.value / 1000:.1f}"

    def age_at(self, now: datetime) -> float:
        """Days since it was measured."""
        return (now - self.at).total_seconds() / 86_400
