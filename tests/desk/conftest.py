"""The six people of every access test."""

from tests.people import six

__all__ = ["six"]
