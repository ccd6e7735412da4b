"""The live page of a session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chairside.accounts.access import require
from chairside.floor.chairside import keep_tablet, open_session, press
from chairside.floor.live.panels import PANELS, frame, rendered
from chairside.floor.live.twin import rules_document

SEVERITIES = ("mild", "moderate", "severe")
PAUSED = ("the patient asked", "an alarm", "the line or the vein", "the prescriber said so")
STOPPED = ("all of it has run", "the patient asked", "an alarm", "the prescriber said so", "emergency")
MISSED = (
    "resting well, not disturbed",
    "the patient declined",
    "hands needed elsewhere",
    "the device did not measure",
)


@require("nurse", "prescriber", "manager")
@require_GET
def live(request: HttpRequest, session: str) -> HttpResponse:
    """The session as it stands, kept fresh by its stream; a manager only looks on.

    What a tap opens is not swapped by the stream: it holds the acts of every phase, so that a page that was
    opened before the start still has what an infusion needs.
    """
    chair = open_session(request, session)
    rules = chair.folded.rules
    page = {
        **frame(chair),
        "panels": {panel.name: rendered(chair, panel, press) for panel in PANELS},
        "new_press": press,
        "patient": chair.visit.patient,
        "watch_rules": rules_document(rules),
        "scales": [each for each in rules.acts.acts if each.scale],
        "urgent": [each for each in rules.acts.acts if each.urgent],
        "checks": {each.what: each.label for each in rules.schedule.checks}.items(),
        "drugs": sorted(rules.rescue.drugs, key=lambda each: each.name),
        "paused_because": PAUSED,
        "stopped_because": STOPPED,
        "missed_because": MISSED,
        "severities": SEVERITIES,
    }
    answer = render(request, "floor/live/live.html", page)
    answer["Cache-Control"] = "no-store"
    return keep_tablet(request, answer)
