"""What the cases of tests/spec/safety are judged by, as objects and as the JSON a page gets."""

import json
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from playwright._impl._driver import compute_driver_executable

from chairside.core.quantities import Sourced
from chairside.core.safety import (
    Alarm,
    Limits,
    Reading,
    Signals,
    Watch,
    alarms,
    begin,
    gate,
    monitoring,
    observe,
    recent_cuffs,
    set_baseline,
)

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "src" / "chairside" / "floor" / "static" / "floor"
SPEC = HERE.parents[1] / "spec" / "safety"
LIBRARY = tomllib.loads((SPEC / "library.toml").read_text("utf-8"))
CASES = tomllib.loads((SPEC / "alarms.toml").read_text("utf-8"))["case"]
START = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
LIMITS = msgspec.convert(LIBRARY["limits"], Limits, strict=True)
SIGNALS = msgspec.convert(LIBRARY["signals"], Signals, strict=True)

Tick = tuple[float, Mapping[str, float], str]


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def iso(moment: datetime | None) -> str | None:
    return moment and f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def library(case: Mapping[str, Any]) -> tuple[Limits, Signals]:
    """The limits and signals of a case: those of the spec, with what the case changes."""
    groups = tuple(tuple(group) for group in case.get("continuous", ()))
    floor = Sourced(case.get("floor_s", SIGNALS.stale_floor_s.value), "s", "D", "the case")
    return replace(LIMITS, continuous=groups), replace(SIGNALS, stale_floor_s=floor)


def ticks_of(case: Mapping[str, Any]) -> list[Tick]:
    """Each tick with its source, a monitor unless it says otherwise."""
    return [(second, values, *(source or ["monitor"])) for second, values, *source in case["ticks"]]


def gated(ticks: Sequence[Tick], signals: Signals) -> list[list[Reading]]:
    """The ticks as readings, through the value gate."""
    found, cycles = [], []
    for number, (second, values, source) in enumerate(ticks):
        moment = at(second)
        verdicts = gate(values, signals, before=recent_cuffs(cycles, moment, signals), source=source)
        cycles.append((moment, values))
        found.append(
            [
                Reading(
                    each.signal,
                    each.value,
                    each.unit,
                    moment,
                    source,
                    "d",
                    each.verdict,
                    each.reason,
                    f"e{number}",
                )
                for each in verdicts
            ]
        )
    return found


def told(case: Mapping[str, Any]) -> Watch:
    """The watch after a whole case."""
    limits, signals = library(case)
    watch = set_baseline(begin(limits, signals), case.get("baseline", {}))
    if case.get("monitored", True):
        watch = monitoring(watch, on=True, at=START, monitor=case.get("monitor", True))
    for readings in gated(ticks_of(case), signals):
        watch = observe(watch, readings)
    if "released" in case:
        watch = monitoring(watch, on=False, at=at(case["released"]))
    return watch


def in_python(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The alarms of a case as the page would say them."""
    return [document(each) for each in alarms(told(case), at(case["now"]))]


def document(alarm: Alarm) -> dict[str, Any]:
    fields = {name: getattr(alarm, name) for name in Alarm.__slots__}
    times = {name: iso(fields[name]) for name in ("started_at", "ended_at", "value_at")}
    return fields | times | {"events": list(alarm.events)}


def in_the_page(cases: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """The alarms of every case, gated and judged by the page's own modules in Playwright's Node."""
    sent = []
    for case in cases:
        limits, signals = library(case)
        sent.append(
            {
                "limits": msgspec.to_builtins(limits),
                "signals": msgspec.to_builtins(signals),
                "ticks": [[iso(at(second)), values, source] for second, values, source in ticks_of(case)],
                "baseline": case.get("baseline", {}),
                "monitored": iso(START) if case.get("monitored", True) else None,
                "monitor": case.get("monitor", True),
                "released": iso(at(case["released"])) if "released" in case else None,
                "now": iso(at(case["now"])),
            }
        )
    return in_node("judge_cases.mjs", sent)


def in_node(script: str, sent: object) -> Any:
    """What a script of this folder answers to this JSON."""
    node, _ = compute_driver_executable()
    ran = subprocess.run(
        [node, HERE / script, PAGE.as_uri()],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return json.loads(ran.stdout)
