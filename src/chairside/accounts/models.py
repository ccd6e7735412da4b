"""Clinics, the people who sign in, and failed sign-ins."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from chairside.accounts.scoped import new_id

ROLES = ("nurse", "prescriber", "manager")
CLINIC_ID = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "clinic: expected lower-case letters, digits and hyphens")
USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]*$", "username: expected lower-case letters, digits, dots and hyphens"
)


def real_zone(name: str) -> None:
    """Refuses a zone name that is not in the IANA database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError("zone: expected an IANA zone such as America/Los_Angeles") from error


class Clinic(models.Model):
    """A clinic: every other row belongs to one. `demo` and `not_for_care` are set when it is made."""

    id = models.CharField(primary_key=True, max_length=36, validators=[CLINIC_ID])
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, validators=[real_zone])
    demo = models.BooleanField(default=False)
    not_for_care = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(id=""), name="a_clinic_has_an_id"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_clinic_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def local(self, at: datetime) -> datetime:
        """That instant on the clinic's wall clock."""
        return at.astimezone(ZoneInfo(self.zone))


class People(BaseUserManager["Person"]):
    """People, found by name at sign-in or by clinic everywhere else."""

    def of(self, clinic: "Clinic | str") -> models.QuerySet["Person"]:
        """The people of one clinic."""
        return self.filter(clinic=clinic)

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person with this username, whatever its capitals."""
        return self.get(username=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Someone who signs in. Roles say what they may do; a director signs the library for the site.

    A person without a role signs in to their own sign-in page and sees nothing of the record.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="people")
    username = models.CharField(max_length=60, unique=True, validators=[USERNAME])
    display_name = models.CharField(max_length=80)
    credentials = models.CharField(max_length=40, blank=True)
    nurse = models.BooleanField(default=False)
    prescriber = models.BooleanField(default=False)
    manager = models.BooleanField(default=False)
    director = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[People] = People()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="usernames_are_lower_case"
            ),
            models.CheckConstraint(condition=~models.Q(display_name=""), name="a_person_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.display_name}, {self.credentials}" if self.credentials else self.display_name

    @property
    def roles(self) -> frozenset[str]:
        """The roles this person holds."""
        return frozenset(role for role in ROLES if getattr(self, role))

    @property
    def clinician(self) -> bool:
        """Nurse or prescriber: may stand at a chair and may be the second person."""
        return self.nurse or self.prescriber


class SignInFailure(models.Model):
    """One wrong password for a username, real or not; ten in five minutes lock it."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["username", "at"], name="failures_by_name")]

    def __str__(self) -> str:
        return f"{self.username} {self.at:%Y-%m-%dT%H:%M:%SZ}"
