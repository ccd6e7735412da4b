"""A recorded monitor: the CSV of one row a minute, for replay."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS: Mapping[str, str] = {
    "HR": "hr_per_min",
    "PULSE": "pulse_per_min",
    "RESP": "rr_per_min",
    "SpO2": "spo2_percent",
    "NBPSys": "sbp_mmhg",
    "NBPDias": "dbp_mmhg",
    "NBPMean": "map_mmhg",
}
CUFF_SIGNALS = frozenset({"sbp_mmhg", "dbp_mmhg", "map_mmhg"})
MAX_ROWS = 200_000

_NUMBER = re.compile(r"[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)


class BadRecording(ValueError):
    """A recording that can't be replayed; one sentence naming line and column."""


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """What the monitor showed `t_s` seconds after the beginning; what the recorder left empty is absent."""

    t_s: float
    values: Mapping[str, float]


def read_monitor_csv(text: str) -> list[MonitorRow]:
    """The rows of a recording with the header `t_s,HR,PULSE,RESP,SpO2,NBPSys,NBPDias,NBPMean`.

    Columns may stand in any order or be absent, except `t_s`, which counts up.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[MonitorRow] = []
    try:
        header = next(reader, [])
        columns = [name.strip() for name in header]
        _check_header(columns)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = _row(cells, columns, line=reader.line_num)
            if rows and row.t_s <= rows[-1].t_s:
                before = rows[-1].t_s
                raise BadRecording(f"line {reader.line_num}, column t_s: expected a time after {before:g} s")
            if len(rows) >= MAX_ROWS:
                raise BadRecording(f"line {reader.line_num}: expected at most {MAX_ROWS} rows")
            rows.append(row)
    except csv.Error as error:
        raise BadRecording(f"line {reader.line_num}: expected comma-separated values ({error})") from None
    if not rows:
        raise BadRecording("line 2: expected at least one row of values")
    return rows


def _check_header(columns: list[str]) -> None:
    known = ["t_s", *COLUMNS]
    for column in columns:
        if column not in known:
            raise BadRecording(f"line 1, column {column[:20]!r}: expected one of {', '.join(known)}")
        if columns.count(column) > 1:
            raise BadRecording(f"line 1, column {column}: expected to stand once")
    if "t_s" not in columns or len(columns) < 2:
        raise BadRecording(f"line 1: expected a column t_s and at least one of {', '.join(COLUMNS)}")


def _row(cells: list[str], columns: list[str], *, line: int) -> MonitorRow:
    if len(cells) != len(columns):
        raise BadRecording(f"line {line}: expected {len(columns)} columns, not {len(cells)}")
    found = dict(zip(columns, cells, strict=True))
    t_s = _number(found.pop("t_s"), line=line, column="t_s")
    if t_s is None or t_s < 0:
        raise BadRecording(f"line {line}, column t_s: expected seconds from the beginning, 0 or more")
    numbers = {COLUMNS[name]: _number(cell, line=line, column=name) for name, cell in found.items()}
    return MonitorRow(t_s, {signal: value for signal, value in numbers.items() if value is not None})


def _number(cell: str, *, line: int, column: str) -> float | None:
    text = cell.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise BadRecording(f"line {line}, column {column}: expected a number or nothing, not {text[:20]!r}")
    return float(text)
