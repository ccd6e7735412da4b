"""The tables of the record, by noun."""

from chairside.records.models.chairs import Chair, Device, DeviceKey
from chairside.records.models.patients import Allergy, Measure, Patient
from chairside.records.models.plans import Plan, Visit
from chairside.records.models.signatures import SiteSignature

__all__ = [
    "Allergy",
    "Chair",
    "Device",
    "DeviceKey",
    "Measure",
    "Patient",
    "Plan",
    "SiteSignature",
    "Visit",
]
