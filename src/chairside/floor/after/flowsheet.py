"""The flowsheet: one A4 form of the whole session, drawn from its log; names come from the visit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from chairside.accounts.access import require
from chairside.charts.forecast import Forecast, forecast
from chairside.charts.grid import COLUMNS, Row
from chairside.charts.picture import picture
from chairside.charts.sheet import Line, Sheet, moment_of, people_of, sheet
from chairside.core.session import instant_text
from chairside.floor.after.frame import drawn, frame
from chairside.floor.before.where import names
from chairside.floor.chairside import Chairside, open_session
from chairside.ui.graphs import Chart

AFTER_S = 1200
"""How long after the end, or a release, the printed axis goes on."""


@require("nurse", "prescriber", "manager")
@require_GET
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The printable page; each text of it is named, so that it can be read back and compared."""
    chair = open_session(request, session)
    folded, zone = chair.folded, chair.visit.clinic.zone
    at = moment_of(folded, chair.at)
    predicted = forecast(folded, at)
    printed = sheet(folded, zone=zone, at=at, predicted=predicted)
    people = names(chair.visit.clinic_id, sorted(people_of(printed.lines, printed.rows)))
    context = {
        **frame(chair, "flowsheet"),
        "sheet": printed,
        "columns": COLUMNS,
        "rows": [_row(each, people) for each in printed.rows],
        "header": _named(printed.header, people),
        "parts": [(title, _named(lines, people)) for title, lines in _parts(printed) if lines],
        "footer": _named(printed.footer, people),
        "length": folded.length,
        "head": folded.head,
        "at": instant_text(at),
        "chart": _chart(chair, at, predicted),
        "no_band": predicted.why,
    }
    return drawn(chair, "flowsheet.html", context)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid under its name."""

    name: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the grid with its people by name."""

    row: Row
    cells: tuple[Cell, ...]
    mark: str
    by: str
    second: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One labelled text with its people as id and name."""

    line: Line
    people: tuple[tuple[str, str], ...]


def _row(row: Row, people: Mapping[str, str]) -> ShownRow:
    cells = tuple(Cell(f"row.{row.key}.{name}", name, row.cells[name]) for name, _ in COLUMNS if name != "by")
    by = row.cells["by"]
    mark = "struck" if row.struck else row.due or "stands"
    return ShownRow(row, cells, mark, _short(people.get(by, by)), _short(people.get(row.second, row.second)))


def _short(name: str) -> str:
    """A name without its credentials: the signatures at the foot give them in full."""
    return name.partition(",")[0]


def _named(lines: Iterable[Line], people: Mapping[str, str]) -> list[ShownLine]:
    return [ShownLine(line, tuple((each, people.get(each, each)) for each in line.who)) for line in lines]


def _parts(printed: Sheet) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    return (
        ("Drug", printed.drug),
        ("Readiness", printed.readiness),
        ("Leaving", printed.ending),
        ("Alarms", printed.alarms),
        ("What did not fit", printed.conflicts),
        ("Check-in", printed.checkin),
        ("Time-out", printed.timeout),
        ("Signatures", printed.signatures),
        ("Addenda", printed.addenda),
    )


def _chart(chair: Chairside, at: datetime, predicted: Forecast) -> Chart | None:
    """The graphs of a session that was started; a finished one ends with the patient's leaving."""
    state = chair.folded.state
    if state.started_at is None:
        return None
    clock = f"{chair.visit.clinic.local(state.started_at):%H:%M}"
    chart = picture(chair.folded, at, predicted, clock=clock)
    left = [each for each in (state.stopped_at, state.release.stamp.at if state.release else None) if each]
    if state.release is None or not left:
        return chart
    end_s = (max(left) - state.started_at).total_seconds() + AFTER_S
    return replace(chart, end_s=min(chart.end_s, end_s), now_s=None)
