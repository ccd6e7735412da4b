"""The desk as a Django application."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages; no tables."""

    name = "chairside.desk"
    label = "desk"
