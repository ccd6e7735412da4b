"""The house style as a Django application."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, components and static files."""

    name = "chairside.ui"
    label = "ui"
