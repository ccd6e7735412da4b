"""Chairs, and the devices that speak from them."""

from typing import ClassVar

from django.db import models

from chairside.accounts.models import Clinic, real_zone
from chairside.accounts.scoped import ClinicRows, new_id


class Chair(models.Model):
    """A place where an infusion is given."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="chairs")
    name = models.CharField(max_length=40)

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "name"], name="one_chair_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_chair_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A monitor: where it usually stands, and the zone of its clock when its messages don't say."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=60)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="devices", null=True, blank=True)
    zone = models.CharField(max_length=60, validators=[real_zone])

    objects = ClinicRows.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "name"], name="one_device_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_device_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceKey(models.Model):
    """An identity a device signs its HL7 messages with. One key leads to one device of one clinic."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=200, unique=True)

    objects = ClinicRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(key=""), name="a_key_is_not_empty")
        ]

    def __str__(self) -> str:
        return self.key
