"""The vault as a Django application."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Rows here are added and never changed; triggers hold it in both databases."""

    name = "chairside.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
