"""What is told from the live page: forms into events, by one verb each. Views decide nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Literal, get_args

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.charts.live import Row, record_rows
from chairside.charts.monitor import cuffs_before
from chairside.core.quantities import BadQuantity, parse_quantity
from chairside.core.safety import RescueDrug, gate
from chairside.core.session import BadEvent, Event
from chairside.core.session import payloads as p
from chairside.core.session.verdicts import session_alarms
from chairside.floor.chairside import Chairside, keep_tablet, observed_at, open_session, press, second_person
from chairside.floor.live.amending import corrected

UNDO_WITHIN = timedelta(seconds=15)
"""Ten seconds on the page, and the way there."""
SLOT = re.compile(r"[a-z0-9_-]{1,60}")
SET_FIELDS = ("sbp_mmhg", "dbp_mmhg", "hr_per_min", "spo2_percent", "rr_per_min")
Severity = Literal["mild", "moderate", "severe"]
Telling = Callable[[Chairside, QueryDict], Entry]


@require("nurse", "prescriber")
@require_POST
def tell(request: HttpRequest, session: str, verb: str) -> HttpResponse:
    """Writes what a person told with one press; refused, the page keeps all that was typed."""
    telling = TELLINGS.get(verb)
    if telling is None:
        raise Http404
    chair = open_session(request, session)
    try:
        entry = telling(chair, request.POST)
        second = second_person(request.POST, chair) if request.POST.get("second_username") else None
        written = chair.write(entry, second)
    except (Refused, BadEvent, BadQuantity) as error:
        return _refused(chair, error)
    if not request.headers.get("HX-Request"):
        return keep_tablet(request, HttpResponseRedirect(reverse("live", args=[session])))
    # A verdict may have been written after it.
    event = next(each for each in reversed(written.events) if each.id == entry.press or _mine(each, entry))
    return keep_tablet(request, _said(chair, event, [*record_rows(written, chair.at)]))


def _mine(event: Event, entry: Entry) -> bool:
    return entry.press is None and event.kind == entry.kind


def _refused(chair: Chairside, error: Exception) -> HttpResponse:
    sentences = [each.reason for each in error.reasons] if isinstance(error, Refused) else [str(error)]
    page = {"sentences": sentences, "session": chair.session}
    name = "refused" if chair.request.headers.get("HX-Request") else "refused_page"
    return keep_tablet(chair.request, render(chair.request, f"floor/live/{name}.html", page, status=422))


def _said(chair: Chairside, event: Event, rows: list[Row]) -> HttpResponse:
    """What was written, with its undo, and a fresh id for the form it came from."""
    slot = chair.request.POST.get("slot", "")
    row = next((each for each in rows if each.event == event.id), None)
    page = {
        "session": chair.session,
        "zone": chair.visit.clinic.zone,
        "row": row,
        "may_undo": row is not None and event.kind not in ("event.struck", "event.corrected"),
        "slot": slot if SLOT.fullmatch(slot) else "",
        "new_press": press,
        "undone": event.kind == "event.struck",
    }
    return render(chair.request, "floor/live/said.html", page)


def _entry(chair: Chairside, form: QueryDict, *, kind: str, payload: object) -> Entry:
    return Entry(
        kind=kind, payload=payload, observed_at=observed_at(form, chair), press=form.get("press") or None
    )


def _words(form: QueryDict, name: str, *, wanted: str = "", at_most: int = 2000) -> str:
    text = form.get(name, "").strip()
    if len(text) > at_most:
        raise BadEvent(f"{name}: expected at most {at_most} characters")
    if wanted and not text:
        raise BadEvent(f"{name}: expected {wanted}")
    return text


# Seen and heard ---------------------------------------------------------------------------------------


def _act(chair: Chairside, form: QueryDict) -> Entry:
    act = chair.folded.rules.acts.act(form.get("act", ""))
    if act is None:
        raise BadEvent("act: expected one of the signed list")
    score = form.get("score", "")
    if score and not score.isdecimal():
        raise BadEvent("score: expected a step of the scale")
    wrong = act.problem(int(score) if score else None)
    if wrong:
        raise BadEvent(wrong)
    body = p.ActRecorded(act.id, int(score) if score else None, _words(form, "note"))
    return _entry(chair, form, kind="act.recorded", payload=body)


def _missed(chair: Chairside, form: QueryDict) -> Entry:
    check = form.get("check", "")
    if check not in {each.what for each in chair.folded.rules.schedule.checks}:
        raise BadEvent("check: expected one of the signed schedule")
    reason = _words(form, "other") or _words(form, "reason", wanted="why it was not taken")
    return _entry(chair, form, kind="check.not_taken", payload=p.NotTaken(check, reason))


def _set(chair: Chairside, form: QueryDict) -> Entry:
    signals = chair.folded.rules.signals
    values: dict[str, float | None] = {}
    for name in SET_FIELDS:
        typed, known = form.get(name, "").strip(), signals.signal(name)
        if not typed or known is None:
            continue
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", typed):
            raise BadEvent(f"{known.label}: expected a number, at most one digit after the point")
        values[name] = float(typed)
    if not values:
        raise BadEvent("values: expected at least one")
    before = cuffs_before(chair.folded.state, signals, at=observed_at(form, chair) or chair.at)
    gated = gate(values, signals, before=before, source="typed")
    wrong = list(dict.fromkeys(each.reason for each in gated if each.verdict != "accepted"))
    if wrong and form.get("as_read") != "yes":
        raise BadEvent(f"{'; '.join(wrong)}. Look again; if the device shows this, tick “as read”")
    body = p.ObservationRecorded(
        tuple(p.GatedValue(each.signal, each.value, each.unit, each.verdict, each.reason) for each in gated)
    )
    return _entry(chair, form, kind="observation.recorded", payload=body)


# At the pump ------------------------------------------------------------------------------------------


def _rate(form: QueryDict, name: str = "rate") -> int:
    return parse_quantity(form.get(name, ""), field="rate", unit="mL/h")


def _started(chair: Chairside, form: QueryDict) -> Entry:
    kind = "pump.started" if chair.folded.state.started_at is None else "pump.resumed"
    return _entry(chair, form, kind=kind, payload=p.PumpRunning(_rate(form)))


def _changed(chair: Chairside, form: QueryDict) -> Entry:
    rate_ul_per_h, before = _rate(form), chair.folded.state.rate_ul_per_h
    if rate_ul_per_h == before:
        raise BadEvent("rate: expected another one; the record already says this rate")
    if rate_ul_per_h == 0:
        raise BadEvent("rate: expected above 0; a pump that stands was paused or stopped")
    kind = "pump.raised" if rate_ul_per_h > before else "pump.lowered"
    return _entry(chair, form, kind=kind, payload=p.PumpRunning(rate_ul_per_h))


def _halted(kind: str) -> Telling:
    def telling(chair: Chairside, form: QueryDict) -> Entry:
        return _entry(chair, form, kind=kind, payload=p.PumpHalted(_words(form, "reason")))

    return telling


def _read(chair: Chairside, form: QueryDict) -> Entry:
    volume = form.get("volume", "").strip()
    volume_ul = parse_quantity(volume, field="volume infused", unit="mL") if volume else None
    return _entry(chair, form, kind="pump.read", payload=p.PumpRead(_rate(form), volume_ul))


def _vein(chair: Chairside, form: QueryDict) -> Entry:
    body = p.VeinLost(new_site=_words(form, "new_site", wanted="where the new vein is", at_most=120))
    return _entry(chair, form, kind="vein.lost", payload=body)


def _vein_lost(chair: Chairside, form: QueryDict) -> Entry:
    return _entry(chair, form, kind="vein.lost", payload=p.VeinLost(note=_words(form, "note", at_most=200)))


# Drugs, notes, alarms ---------------------------------------------------------------------------------


def _rescue(chair: Chairside, form: QueryDict) -> RescueDrug:
    drug = chair.folded.rules.rescue.drug(form.get("drug", ""))
    if drug is None:
        raise BadEvent("drug: expected one of the signed list")
    return drug


def _given(chair: Chairside, form: QueryDict) -> Entry:
    drug, route = _rescue(chair, form), form.get("route", "")
    dose = form.get("dose", "").strip()
    unit = next((each for each in drug.units if dose.endswith(each)), None)
    if unit is None:
        raise BadEvent(f"dose: expected a number with its unit, {' or '.join(drug.units)}")
    if route not in drug.routes:
        raise BadEvent(f"route: expected {' or '.join(drug.routes)}")
    dose_ug = parse_quantity(dose, field="dose", unit=unit)
    if dose_ug <= 0:
        raise BadEvent("dose: expected more than zero")
    syringe = _words(form, "syringe", at_most=60)
    if drug.controlled and not syringe:
        raise BadEvent("syringe: expected the one it was drawn into; draw it first")
    body = p.DrugGiven(drug.id, dose_ug, route, _words(form, "indication", at_most=120), syringe)
    return _entry(chair, form, kind="drug.given", payload=body)


def _drawn(chair: Chairside, form: QueryDict) -> Entry:
    drug = _rescue(chair, form)
    content_ug = parse_quantity(form.get("content", ""), field="drug in the vial", unit="mg")
    drawn_ug = parse_quantity(form.get("drawn", ""), field="drawn", unit="mg")
    if not 0 < drawn_ug <= content_ug:
        raise BadEvent("drawn: expected more than zero and at most what the vial holds")
    strength = parse_quantity(form.get("strength", ""), field="strength", unit="mg/mL")
    if strength <= 0:
        raise BadEvent("strength: expected more than zero")
    body = p.DrugDrawn(
        substance=drug.id,
        vial=_words(form, "vial", wanted="the name or number this vial is counted by", at_most=60),
        content_ug=content_ug,
        drawn_ug=drawn_ug,
        syringe=_words(form, "syringe", wanted="what is written on the syringe", at_most=60),
        strength_ug_per_ml=strength,
        lot=_words(form, "lot", wanted="the lot number on the vial", at_most=60),
        expiry=_expiry(form),
    )
    return _entry(chair, form, kind="drug.drawn", payload=body)


def _expiry(form: QueryDict) -> str:
    text = _words(form, "expiry", wanted="the date on the vial as YYYY-MM-DD", at_most=10)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadEvent("expiry: expected a date as YYYY-MM-DD") from None


def _note(chair: Chairside, form: QueryDict) -> Entry:
    return _entry(chair, form, kind="note.added", payload=p.NoteAdded(_words(form, "text", wanted="a note")))


def _adverse(chair: Chairside, form: QueryDict) -> Entry:
    severity = next((each for each in get_args(Severity) if each == form.get("severity")), None)
    if severity is None:
        raise BadEvent("severity: expected mild, moderate or severe")
    term = _words(form, "term", wanted="what happened, in a few words", at_most=120)
    body = p.AdverseRecorded(term, severity, _words(form, "text"))
    return _entry(chair, form, kind="adverse.recorded", payload=body)


def _acknowledged(chair: Chairside, form: QueryDict) -> Entry:
    key = form.get("alarm", "")
    if key not in {each.alarm.key for each in session_alarms(chair.folded.state, chair.at)}:
        raise BadEvent("alarm: expected one of this session")
    return _entry(chair, form, kind="alarm.acknowledged", payload=p.AlarmAcknowledged(key))


# Correct and strike out -------------------------------------------------------------------------------


def _struck(chair: Chairside, form: QueryDict) -> Entry:
    body = p.Struck(_words(form, "reason", wanted="why it is struck out", at_most=300))
    return Entry(
        kind="event.struck", payload=body, corrects=_target(chair, form).id, press=form.get("press") or None
    )


def _undone(chair: Chairside, form: QueryDict) -> Entry:
    target = _target(chair, form)
    if target.actor != chair.person.pk or chair.at - target.received_at > UNDO_WITHIN:
        raise BadEvent("undo: this stands for more than 10 s; strike it out in the record, with a reason")
    return Entry(
        kind="event.struck",
        payload=p.Struck("mis-tap, undone at once"),
        corrects=target.id,
        press=form.get("press") or None,
    )


def _corrected(chair: Chairside, form: QueryDict) -> Entry:
    target = _target(chair, form)
    return Entry(
        kind="event.corrected",
        payload=corrected(chair, target, form),
        corrects=target.id,
        press=form.get("press") or None,
    )


def _target(chair: Chairside, form: QueryDict) -> Event:
    found = next((each for each in chair.folded.events if each.id == form.get("event")), None)
    if found is None:
        raise BadEvent("entry: expected one of this record")
    return found


TELLINGS: Mapping[str, Telling] = {
    "act": _act,
    "missed": _missed,
    "set": _set,
    "started": _started,
    "changed": _changed,
    "paused": _halted("pump.paused"),
    "stopped": _halted("pump.stopped"),
    "read": _read,
    "vein-lost": _vein_lost,
    "new-vein": _vein,
    "given": _given,
    "drawn": _drawn,
    "note": _note,
    "adverse": _adverse,
    "seen": _acknowledged,
    "strike": _struck,
    "undo": _undone,
    "correct": _corrected,
}
