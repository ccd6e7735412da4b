"""The grid of the flowsheet: one row per act, from the log only; corrections struck through, not erased."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chairside.charts.words import words_of
from chairside.core.safety.schedule import Due, is_late
from chairside.core.session import Amended, Event, State, amend, payloads, typed
from chairside.core.session.pump import delivered_ug
from chairside.core.session.rules import Rules

COLUMNS: tuple[tuple[str, str], ...] = (
    ("t", "T±"),
    ("clock", "Clock"),
    ("entered", "Entered (Δ min)"),
    ("source", "Source"),
    ("bp", "BP mmHg"),
    ("hr", "HR /min"),
    ("spo2", "SpO₂ %"),
    ("rr", "RR /min"),
    ("sedation", "Wake"),
    ("dissociation", "Diss"),
    ("distress", "Dist"),
    ("nausea", "Naus"),
    ("pain", "Pain"),
    ("orientation", "Orient / gait"),
    ("rate", "Rate mL/h"),
    ("mg", "mg so far"),
    ("band", "Predicted ng/mL"),
    ("what", "Act / drug / AE / note"),
    ("by", "By"),
)
SCALES = ("sedation", "dissociation", "distress", "nausea", "pain", "orientation")
NOT_A_ROW = frozenset({"verdict.recorded", "session.planned", "checkin.answered", "record.signed"})
SIGNALS = {"hr": ("hr_per_min", "pulse_per_min"), "spo2": ("spo2_percent",), "rr": ("rr_per_min",)}

Band = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the grid: its cells by column; struck, or only due."""

    key: str
    kind: str
    cells: Mapping[str, str]
    struck: bool = False
    due: str = ""
    late: bool = False
    second: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What every row needs to be drawn."""

    state: State
    rules: Rules
    zone: str
    band: Band
    alarms: Mapping[str, str] = field(default_factory=dict)

    def clock(self, at: datetime) -> str:
        """The time on the clinic's wall, with the day where it is not that of the start."""
        zone = ZoneInfo(self.zone)
        local, zero = at.astimezone(zone), self.zero.astimezone(zone)
        return f"{local:%H:%M}" if local.date() == zero.date() else f"{local.day} {local:%b %H:%M}"

    @property
    def zero(self) -> datetime:
        """T0, or the planning of the session where the pump never ran."""
        history = self.state.history
        return self.state.started_at or history[0].stamp.at

    def minutes(self, at: datetime) -> str:
        """Minutes from T0, signed; nothing where the pump never ran."""
        if self.state.started_at is None:
            return ""
        whole = round((at - self.state.started_at).total_seconds() / 60)
        return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"


def rows(events: tuple[Event, ...], drawing: Drawing, *, now: datetime) -> tuple[Row, ...]:
    """Every row in order of time, the checks nobody answered between them."""
    found: list[tuple[datetime, int, Row]] = []
    for index, entry in enumerate(amend(events)):
        found += [(entry.event.happened_at, index, row) for row in _rows(entry, drawing)]
    for due in drawing.rules.due(drawing.state, now):
        if due.state in ("due", "overdue", "later") and due.done_at is None:
            found.append((due.due_at, -1, _due_row(due, drawing)))
    return tuple(row for _, _, row in sorted(found, key=lambda each: (each[0], each[1])))


def _rows(entry: Amended, drawing: Drawing) -> list[Row]:
    """The row of an event; with the row as first entered, struck through, where it was corrected."""
    event = entry.event
    if event.kind in NOT_A_ROW or not _worth_a_row(event):
        return []
    reason = "; ".join(str(each.payload.get("reason", "")) for each in entry.amendments)
    if entry.struck:
        row = _row(entry.original, drawing)
        return [replace(row, struck=True, cells={**row.cells, "what": _joined(row, f"STRUCK: {reason}")})]
    row = _row(event, drawing)
    if not entry.corrected:
        return [row]
    row = replace(row, cells={**row.cells, "what": _joined(row, f"corrected: {reason}")})
    first = _row(entry.original, drawing)
    return [replace(first, key=f"{first.key}.first", struck=True), row]


def _joined(row: Row, more: str) -> str:
    return "; ".join(each for each in (row.cells["what"], more) if each)


def _worth_a_row(event: Event) -> bool:
    """A monitor's tick has a row when its cuff measured; all the others stand in graph and export."""
    if event.kind != "observation.recorded" or event.source != "monitor":
        return True
    return any(each.signal == "sbp_mmhg" for each in typed(event).values)


def _row(event: Event, drawing: Drawing) -> Row:
    body, at, state = typed(event), event.happened_at, drawing.state
    late = is_late(drawing.rules.schedule, observed_at=at, entered_at=at + event.late_by)
    running = state.started_at is not None and at >= state.started_at
    cells = {
        "t": drawing.minutes(at),
        "clock": drawing.clock(at),
        "entered": _entered(event, drawing, late=late),
        "source": event.source,
        "rate": _rate(state, at) if running else "",
        "mg": f"{delivered_ug(state, at) / 1000:.1f}" if running else "",
        "band": drawing.band(at) if running else "",
        "what": _what(event, drawing),
        "by": event.actor,
        **_values(body),
    }
    every = {name: cells.get(name, "") for name, _ in COLUMNS}
    return Row(event.id, event.kind, every, late=late, second=event.authorised_by or "")


def _what(event: Event, drawing: Drawing) -> str:
    """What an event says; an alarm that was seen is said in the alarm's own words."""
    body = typed(event)
    said = words_of(event, drawing.rules)
    if not isinstance(body, payloads.AlarmAcknowledged):
        return said
    return f"{said}: {drawing.alarms.get(body.alarm, body.alarm)}"


def _entered(event: Event, drawing: Drawing, *, late: bool) -> str:
    """When it was entered and how much later, where that is a minute or more."""
    minutes = int(event.late_by.total_seconds() // 60)
    if minutes < 1:
        return ""
    entered = event.entered_at - timedelta(milliseconds=event.clock_offset_ms)
    return f"{drawing.clock(entered)} +{minutes}{' late' if late else ''}"


def _rate(state: State, at: datetime) -> str:
    ran = [each for each in state.pump if each.stamp.at <= at]
    return f"{ran[-1].rate_ul_per_h / 1000:g}" if ran else ""


def _values(body: Any) -> dict[str, str]:
    if isinstance(body, payloads.ActRecorded):
        return {body.act: str(body.score)} if body.act in SCALES and body.score is not None else {}
    if isinstance(body, payloads.ReadinessAssessed) and body.criterion == "gait":
        steady = body.answers.get("steady")
        return {"orientation": "steady" if steady else "not known" if steady is None else "unsteady"}
    if not isinstance(body, payloads.ObservationRecorded):
        return {}
    seen = {each.signal: each for each in body.values}
    cells = {
        column: next((_value(seen[name]) for name in names if name in seen), "")
        for column, names in SIGNALS.items()
    }
    if "sbp_mmhg" in seen or "dbp_mmhg" in seen:
        pair = [_value(seen[name]) if name in seen else "?" for name in ("sbp_mmhg", "dbp_mmhg")]
        cells["bp"] = "/".join(pair)
    return cells


def _value(value: payloads.GatedValue) -> str:
    """A value as printed; one that the gate did not let pass is no value."""
    return f"{value.value:g}" if value.verdict == "accepted" and value.value is not None else "–"


def _due_row(due: Due, drawing: Drawing) -> Row:
    cells = {name: "" for name, _ in COLUMNS} | {
        "t": drawing.minutes(due.due_at),
        "clock": drawing.clock(due.due_at),
        "what": f"{due.label}: {'NOT DONE' if due.state == 'overdue' else due.state}",
    }
    return Row(f"due.{due.check_id}.{int(due.due_at.timestamp())}", "due", cells, due=due.state)
