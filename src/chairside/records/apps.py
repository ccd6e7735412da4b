"""The record as a Django application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Ordinary rows with constraints; the log of a session is in the vault."""

    name = "chairside.records"
    label = "records"
