"""The forms that a tap brings: a rescue drug, and one entry of the record to correct or strike out."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chairside.accounts.access import require
from chairside.charts.live import record_rows
from chairside.core.session import amend
from chairside.core.session import payloads as p
from chairside.floor.chairside import open_session, press
from chairside.floor.live.amending import amend_fields
from chairside.floor.live.panels import names


@require("nurse", "prescriber")
@require_GET
def drug(request: HttpRequest, session: str, drug: str) -> HttpResponse:
    """A rescue drug as given; a controlled one is drawn first, and names its syringe."""
    chair = open_session(request, session)
    found = chair.folded.rules.rescue.drug(drug)
    if found is None:
        raise Http404
    drawn = [
        each.body
        for each in chair.folded.state.drugs
        if isinstance(each.body, p.DrugDrawn) and each.body.substance == found.id
    ]
    page = {"session": session, "drug": found, "drawn": drawn, "new_press": press}
    answer = render(request, "floor/live/drug.html", page)
    answer["Cache-Control"] = "no-store"
    return answer


@require("nurse", "prescriber")
@require_GET
def row(request: HttpRequest, session: str, event: str) -> HttpResponse:
    """One entry with its story, to correct or to strike out."""
    chair = open_session(request, session)
    found = next((each for each in amend(chair.folded.events) if each.event.id == event), None)
    line = next((each for each in record_rows(chair.folded, chair.at) if each.event == event), None)
    if found is None or line is None:
        raise Http404
    page = {
        "session": session,
        "zone": chair.visit.clinic.zone,
        "row": line,
        "people": names(chair, [line.by, line.authorised_by]),
        "fields": amend_fields(found.event, chair.folded.rules),
        "new_press": press,
    }
    answer = render(request, "floor/live/row.html", page)
    answer["Cache-Control"] = "no-store"
    return answer
