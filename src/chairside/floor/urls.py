"""Addresses of the floor: before the start, while the infusion runs, and after it.

A session's pages, by name: `session`, `check-in`, `order`, `preparation`, `second-check`, `time-out`,
`go-home` (before); `live` (live); `recovery`, `closing`, `flowsheet` (after).
"""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

_GROUPS = ("before", "live", "after")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"chairside.floor.{group}.urls"))
    for group in _GROUPS
    if find_spec(f"chairside.floor.{group}") is not None
    and find_spec(f"chairside.floor.{group}.urls") is not None
]
