"""The monitor of this chair, sets of vital signs before the start, and the one that is *the* baseline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.charts.monitor import cuffs_before, last_said, set_missing, set_of
from chairside.core.safety import Gated, gate
from chairside.core.session import BadEvent
from chairside.core.session import payloads as p
from chairside.core.session.envelope import Source
from chairside.core.session.state import Observation
from chairside.floor.before.where import Wrong, names, onward, sentences_of
from chairside.floor.chairside import Chairside, observed_at, open_session, press
from chairside.records.models import Device

PLACE = "baseline"
SHOWN_AT_MOST = 6
TYPED = (
    ("sbp_mmhg", "Systolic", "mmHg", True),
    ("dbp_mmhg", "Diastolic", "mmHg", True),
    ("hr_per_min", "Heart rate", "per min", True),
    ("spo2_percent", "SpO₂ in room air", "%", True),
    ("rr_per_min", "Breaths counted", "per min", False),
)
NUMBER = re.compile(r"^[0-9]{1,4}(\.[0-9])?$")


@dataclass(frozen=True, slots=True)
class ShownSet:
    """A complete set on the page."""

    observation: Observation
    number: int
    values: Mapping[str, float]
    by: str
    fixed: bool
    press: str

    @property
    def heart_rate(self) -> float | None:
        """The heart rate, or the pulse that stands in for it."""
        return self.values.get("hr_per_min", self.values.get("pulse_per_min"))


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of the typed set, with what was typed and what is wrong with it."""

    name: str
    label: str
    unit: str
    required: bool
    typed: str
    error: str


def section(chair: Chairside, wrong: Wrong | None) -> dict[str, Any]:
    """What the page shows of monitor and baseline."""
    state, rules, visit = chair.folded.state, chair.folded.rules, chair.visit
    here = wrong if wrong and wrong.place == PLACE else None
    sets = rules.baseline_sets(state)
    devices = {each.pk: each.name for each in Device.objects.of(visit.clinic_id)}
    people = names(visit.clinic_id, [each.stamp.by for each in sets]) | devices
    fixed = state.baseline.body.observation if state.baseline else ""
    said = last_said(state, rules.signals, at=chair.at)
    return {
        "devices": Device.objects.of(visit.clinic_id).filter(chair=visit.chair),
        "monitor": state.monitor,
        "monitor_name": devices.get(state.monitor.body.monitor, "a monitor") if state.monitor else "",
        "monitor_says": said,
        "monitor_lacks": set_missing(said, sets[-1] if sets else None),
        "sets": [
            ShownSet(
                each,
                number,
                each.accepted(),
                people.get(each.stamp.by, ""),
                each.stamp.event == fixed,
                press(),
            )
            for number, each in enumerate(sets, 1)
        ][-SHOWN_AT_MOST:],
        "set_press": press(),
        "read_press": press(),
        "monitor_press": press(),
        "sets_wanted": rules.baseline_sets_wanted,
        "sets_taken": len(sets),
        "baseline_fixed": state.baseline is not None,
        "typed_lines": [_line(line, here) for line in TYPED],
        "set_clock": here.typed.get("clock", "") if here else "",
        "set_wrong": here,
        "set_anyway": bool(here and here.by_field),
    }


def _line(line: tuple[str, str, str, bool], wrong: Wrong | None) -> TypedLine:
    name, label, unit, required = line
    typed, errors = (wrong.typed, wrong.by_field) if wrong else ({}, {})
    return TypedLine(name, label, unit, required, typed.get(name, ""), errors.get(name, ""))


@require("nurse", "prescriber")
@require_POST
def monitor(request: HttpRequest, session: str) -> HttpResponse:
    """Says that this monitor is this patient's, or no longer is."""
    chair = open_session(request, session)
    device = Device.objects.of(chair.visit.clinic_id).filter(pk=request.POST.get("monitor", "")).first()
    if device is None:
        return _draw(chair, Wrong(PLACE, ("monitor: expected one of this clinic's monitors",)))
    release = request.POST.get("act") == "release"
    payload = p.MonitorReleased(device.pk, "said at check-in") if release else p.MonitorAssociated(device.pk)
    kind = "monitor.released" if release else "monitor.associated"
    return _written(chair, Entry(kind=kind, payload=payload, press=request.POST.get("press")))


@require("nurse", "prescriber")
@require_POST
def typed_set(request: HttpRequest, session: str) -> HttpResponse:
    """A set of vital signs that a person measured and typed; what can hardly be true is asked about first."""
    chair = open_session(request, session)
    values, errors = _read(request.POST)
    if errors:
        return _draw(chair, Wrong(PLACE, tuple(errors.values()), request.POST))
    try:
        at = observed_at(request.POST, chair)
    except BadEvent as error:
        return _draw(chair, Wrong(PLACE, (str(error),), request.POST))
    gated = _gated(chair, values, at or chair.at)
    odd = {
        each.signal: f"{_label(each.signal)} {each.value:g}: {each.reason}" for each in gated if each.reason
    }
    if odd and request.POST.get("anyway") != "yes":
        return _draw(chair, Wrong(PLACE, (), request.POST, odd))
    return _written(chair, _observation(gated, at=at, source="typed", press=request.POST.get("press")))


@require("nurse", "prescriber")
@require_POST
def read_back(request: HttpRequest, session: str) -> HttpResponse:
    """A set made of what the monitor says now; an old value or a cuff reading taken before makes none."""
    chair = open_session(request, session)
    state, rules = chair.folded.state, chair.folded.rules
    said, sets = last_said(state, rules.signals, at=chair.at), rules.baseline_sets(state)
    lacks = set_missing(said, sets[-1] if sets else None)
    if lacks:
        return _draw(chair, Wrong(PLACE, lacks))
    values, at = set_of(said)
    gated = gate(values, rules.signals, source="read back")
    return _written(chair, _observation(gated, at=at, source="read back", press=request.POST.get("press")))


@require("nurse", "prescriber")
@require_POST
def fix(request: HttpRequest, session: str) -> HttpResponse:
    """Fixes one set as *the* baseline; before the start another one may be fixed in its place."""
    chair = open_session(request, session)
    payload = p.BaselineFixed(request.POST.get("observation", ""))
    return _written(chair, Entry(kind="baseline.fixed", payload=payload, press=request.POST.get("press")))


def _read(form: Mapping[str, str]) -> tuple[dict[str, float | None], dict[str, str]]:
    values: dict[str, float | None] = {}
    errors: dict[str, str] = {}
    for name, label, unit, required in TYPED:
        words = form.get(name, "").strip()
        if NUMBER.match(words):
            values[name] = float(words)
        elif words or required:
            errors[name] = f"{label}: expected a number in {unit}"
    return values, errors


def _gated(chair: Chairside, values: Mapping[str, float | None], at: datetime) -> tuple[Gated, ...]:
    signals = chair.folded.rules.signals
    return gate(values, signals, before=cuffs_before(chair.folded.state, signals, at=at), source="typed")


def _label(signal: str) -> str:
    return next((label for name, label, _, _ in TYPED if name == signal), signal)


def _observation(
    gated: tuple[Gated, ...], *, at: datetime | None, source: Source, press: str | None
) -> Entry:
    values = tuple(
        p.GatedValue(each.signal, each.value, each.unit, each.verdict, each.reason) for each in gated
    )
    return Entry(
        kind="observation.recorded",
        payload=p.ObservationRecorded(values),
        observed_at=at,
        source=source,
        press=press,
    )


def _written(chair: Chairside, entry: Entry) -> HttpResponse:
    try:
        chair.write(entry)
    except (Refused, BadEvent) as error:
        return _draw(chair, Wrong(PLACE, sentences_of(error), chair.request.POST))
    return onward("check-in", chair, PLACE)


def _draw(chair: Chairside, wrong: Wrong) -> HttpResponse:
    from chairside.floor.before.checkin import draw

    return draw(chair, wrong=wrong)
