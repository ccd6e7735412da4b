"""What every page of the desk begins with: who asks, in which clinic, and when."""

from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest

from chairside.accounts.models import Person

Row = TypeVar("Row", bound=models.Model)


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; a page that is open to all has none and may not ask."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def now() -> datetime:
    """The clinic's present instant."""
    at: datetime = settings.CHAIRSIDE_CLOCK.now()
    return at


def found(rows: "models.QuerySet[Row]", **which: Any) -> Row:
    """The one row, or 404: another clinic's row is as absent as one that never was."""
    row = rows.filter(**which).first()
    if row is None:
        raise Http404
    return row
