"""The panels of the live page: what each shows now, rendered whole, for the page and for its stream."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from chairside.accounts.access import CLINICIANS, held_by
from chairside.accounts.models import Person
from chairside.charts.forecast import forecast
from chairside.charts.live import (
    acts_now,
    alarms_open,
    blind_spots,
    dues,
    given,
    misfits,
    record_rows,
    vitals,
)
from chairside.charts.picture import picture
from chairside.core.protocols import shown
from chairside.core.session.arithmetic import planned_stop, weight_today_g
from chairside.core.session.state import ENDED
from chairside.core.session.verdicts import rate_question, session_alarms
from chairside.floor.chairside import Chairside
from chairside.floor.live.twin import watch_document
from chairside.records.models import Device, SiteSignature

RECORD_ROWS = 60
Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the page: its name in the stream, and whether it is slow and so drawn less often."""

    name: str
    build: Callable[[Chairside], Page]
    slow: bool = False


def frame(chair: Chairside) -> Page:
    """What every panel may look at."""
    state = chair.folded.state
    return {
        "chair": chair,
        "session": chair.session,
        "state": state,
        "zone": chair.visit.clinic.zone,
        "at": chair.at,
        "may_act": bool(held_by(chair.person) & CLINICIANS) and state.phase not in ENDED,
        "started_at": state.started_at,
        "before": state.started_at is None,
    }


def _head(chair: Chairside) -> Page:
    state, rules = chair.folded.state, chair.folded.rules
    weight_g = weight_today_g(rules, state)
    order = state.order.body if state.order else None
    monitored = [each for each in state.observations if each.source == "monitor"]
    responsible = state.timeout.stamp.by if state.timeout else None
    ends = planned_stop(state)
    people = names(chair, [responsible, state.order.stamp.by if state.order else None])
    return {
        "visit": chair.visit,
        "patient": chair.visit.patient,
        "allergies": chair.visit.patient.allergy_sentence(),
        "weight": shown(weight_g, "kg") if weight_g else "",
        "rate": shown(state.rate_ul_per_h, "mL/h") if state.pump else "",
        "order": f"{shown(order.dose_ug, 'mg')} over {shown(order.duration_s, 'min')}" if order else "",
        "per_kg": shown(order.dose_ug_per_kg, "mg/kg") if order else "",
        "planned_stop": ends,
        "overrun": ends is not None and ends < chair.at,
        "responsible": people.get(responsible or "", ""),
        "prescriber": people.get(state.order.stamp.by, "") if state.order else "",
        "monitor": state.monitor is not None,
        "heard_at": monitored[-1].stamp.at if monitored else None,
    }


def _bar(chair: Chairside) -> Page:
    state = chair.folded.state
    question = rate_question(state, chair.at)
    open_now = alarms_open(chair.folded, chair.at)
    return {
        "alarms": open_now,
        "people": names(chair, [each.acknowledged.stamp.by for each in open_now if each.acknowledged]),
        "signed": _signature(chair),
        "question": question,
        "rate": shown(state.rate_ul_per_h, "mL/h"),
        "running": state.rate_ul_per_h > 0,
    }


def _signature(chair: Chairside) -> str:
    """Who signed the limits a session runs by, and when."""
    limits = chair.folded.rules.limits
    signed = (
        SiteSignature.objects.of(chair.visit.clinic_id)
        .filter(file_id=limits.id, version=limits.version)
        .select_related("signed_by")
        .order_by("-at")
        .first()
    )
    if signed is None:
        return ""
    local = chair.visit.clinic.local(signed.at)
    return f"signed {signed.signed_by}, {local.day} {local:%b %Y}"


def _vitals(chair: Chairside) -> Page:
    found = vitals(chair.folded, chair.at)
    return {"vitals": found, "devices": devices(chair, [each.device for each in found])}


def _given(chair: Chairside) -> Page:
    found = given(chair.folded, chair.at)
    over = found is not None and found.given_ug > found.ordered_ug
    return {"given": found, "over": over, "running": chair.folded.state.rate_ul_per_h > 0}


def _graphs(chair: Chairside) -> Page:
    predicted = forecast(chair.folded, chair.at)
    zero = chair.folded.state.started_at
    clock = f"{chair.visit.clinic.local(zero):%H:%M}" if zero else ""
    return {
        "chart": picture(chair.folded, chair.at, predicted, clock=clock),
        "band": predicted.band,
        "why": predicted.why,
    }


def _record(chair: Chairside) -> Page:
    rows = record_rows(chair.folded, chair.at, at_most=RECORD_ROWS)
    people = [each for row in rows for each in (row.by, row.authorised_by, row.acknowledged_by)]
    return {"rows": rows, "people": {**names(chair, people), **devices(chair, people)}}


def _due(chair: Chairside) -> Page:
    return {"dues": dues(chair.folded, chair.at)}


def _pump(chair: Chairside) -> Page:
    state = chair.folded.state
    return {
        "phase": state.phase,
        "rate": shown(state.rate_ul_per_h, "mL/h") if state.pump else "",
        "since": state.pump[-1].stamp.at if state.pump else None,
        "timed_out": state.timeout is not None,
    }


def _seen(chair: Chairside) -> Page:
    found = acts_now(chair.folded)
    return {
        "looks": [each for each in found if each.act.group == "look"],
        "scales": [each for each in found if each.act.scale],
        "others": [
            each
            for each in found
            if not each.act.scale and each.act.group not in ("look", "patient") and not each.act.urgent
        ],
        "patient": [each for each in found if each.act.group == "patient"],
    }


def _alarms(chair: Chairside) -> Page:
    found = tuple(reversed(session_alarms(chair.folded.state, chair.at)))
    return {
        "alarms": found,
        "people": names(chair, [each.acknowledged.stamp.by for each in found if each.acknowledged]),
        "blind": blind_spots(chair.folded),
        "conflicts": misfits(chair.folded),
    }


def _watch(chair: Chairside) -> Page:
    watch = chair.folded.state.watch
    return {"watch": json.dumps(watch_document(watch)) if watch else ""}


PANELS = (
    Panel("head", _head),
    Panel("bar", _bar),
    Panel("vitals", _vitals),
    Panel("given", _given),
    Panel("due", _due),
    Panel("pump", _pump),
    Panel("seen", _seen),
    Panel("graphs", _graphs, slow=True),
    Panel("record", _record),
    Panel("alarms", _alarms),
    Panel("watch", _watch),
)


def rendered(chair: Chairside, panel: Panel, new_press: Callable[[], str]) -> str:
    """A panel as it stands now; each form in it takes an id from `new_press`."""
    page = {**frame(chair), **panel.build(chair), "new_press": new_press}
    return render_to_string(f"floor/live/{panel.name}.html", page)


def names(chair: Chairside, ids: list[str | None]) -> dict[str, str]:
    """The names of people, by the opaque ids that a log holds."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    rows = Person.objects.of(chair.visit.clinic_id).filter(pk__in=wanted)
    return {each.pk: str(each) for each in rows}


def devices(chair: Chairside, ids: list[str | None]) -> dict[str, str]:
    """The names of monitors, by the ids that a log writes as `device:…`."""
    wanted = {each: each.removeprefix("device:") for each in ids if each and each.startswith("device:")}
    if not wanted:
        return {}
    rows = {each.pk: each.name for each in Device.objects.of(chair.visit.clinic_id)}
    return {whole: rows[key] for whole, key in wanted.items() if key in rows}
