"""The floor as a Django application."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Pages of a session; no tables."""

    name = "chairside.floor"
    label = "floor"
