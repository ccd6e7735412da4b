"""Identifiers of rows, and rows of one clinic at a time."""

from typing import Self, TypeVar

from django.conf import settings
from django.db import models


def new_id() -> str:
    """A new row identifier from the clinic's own source of identifiers."""
    return str(settings.CHAIRSIDE_IDS.new())


Row = TypeVar("Row", bound=models.Model)


class ClinicRows(models.QuerySet[Row]):
    """Rows that belong to a clinic; pages and verbs read them only through `of`."""

    def of(self, clinic: object) -> Self:
        """Only this clinic's rows."""
        return self.filter(clinic=clinic)
