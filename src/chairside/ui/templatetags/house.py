"""Components and words that templates of every room share."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput

from chairside.ui.graphs import Chart, draw

register = template.Library()


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, unit: str = "") -> dict[str, Any]:
    """A form field with its label, its help above, its unit behind and its error sentence beside it."""
    said = [f"{bound.auto_id}_help"] if bound.help_text else []
    said += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(said)} if said else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "widget": bound.as_widget(attrs=attributes),
        "unit": unit,
        "tick": isinstance(bound.field.widget, CheckboxInput),
    }


@register.filter
def hhmm(at: datetime | None, zone: str) -> str:
    """The time of day on the clinic's wall: "10:37"."""
    return f"{_local(at, zone):%H:%M}" if at else ""


@register.filter
def day(at: datetime | None, zone: str) -> str:
    """The day in the clinic: "Mon 23 Nov 2026"."""
    return f"{_local(at, zone):%a} {_date(_local(at, zone))}" if at else ""


@register.filter
def moment(at: datetime | None, zone: str) -> str:
    """Day and time in the clinic: "23 Nov 2026, 10:37"."""
    return f"{_date(_local(at, zone))}, {_local(at, zone):%H:%M}" if at else ""


@register.filter
def iso(at: datetime) -> str:
    """The instant for `clock.js`."""
    return at.isoformat()


class Drawing(str):
    """SVG that this house drew itself, every text in it escaped: a template writes it as it is."""

    def __html__(self) -> str:
        """The markup."""
        return self


@register.simple_tag
def graph(chart: Chart, *, width: int = 720, key: str = "g") -> Drawing:
    """The picture of a chart, `width` units wide; `key` sets its patterns apart from another's."""
    return Drawing(draw(chart, width=width, key=key))


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def _date(local: datetime) -> str:
    return f"{local.day} {local:%b %Y}"
