"""Accounts as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Clinics and people: who may be here at all."""

    name = "chairside.accounts"
    label = "accounts"
