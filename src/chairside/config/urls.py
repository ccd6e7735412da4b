"""Addresses of every room. No name or record number stands in an address."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chairside.desk.urls")),
    path("", include("chairside.floor.urls")),
]
