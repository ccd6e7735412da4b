"""Quantities with their units, and where a number comes from."""

from chairside.core.quantities.sourced import Sourced, Tag

__all__ = ["Sourced", "Tag"]
