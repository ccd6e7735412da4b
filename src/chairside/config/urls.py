"""Addresses of every room. No name or record number stands in an address."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

# Rooms with pages, in the order their addresses are tried; a room without addresses yet is left out.
_ROOMS = ("desk", "floor")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"chairside.{room}.urls"))
    for room in _ROOMS
    if find_spec(f"chairside.{room}") is not None and find_spec(f"chairside.{room}.urls") is not None
]
