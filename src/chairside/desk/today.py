"""Today: every chair with its session, and what the person may do next."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from chairside.accounts.access import may, require
from chairside.accounts.models import Clinic
from chairside.charts.releases import NotSigned
from chairside.charts.sessions import NoSuchSession, load
from chairside.desk.clinic import now, person_of
from chairside.desk.site import missing_before_a_session
from chairside.records.models import Chair, Visit

LIVE = frozenset({"infusing", "paused", "recovering", "ready"})
OVER = frozenset({"closed", "abandoned"})


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit with the phase its session is in; the phase is unknown where the log can't be read."""

    visit: Visit
    phase: str

    @property
    def live(self) -> bool:
        """Whether drug runs or the patient still recovers."""
        return self.phase in LIVE

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.phase in OVER

    @property
    def url(self) -> str:
        """The session's page, once there is one."""
        try:
            return reverse("session", args=[self.visit.session])
        except NoReverseMatch:
            return ""


@require("nurse", "prescriber", "manager", "director")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The day's visits in order of time, then the chairs that are free."""
    person = person_of(request)
    at = now()
    rows = [row_of(visit) for visit in visits_of_day(person.clinic, at)]
    taken = {row.visit.chair_id for row in rows if not row.over}
    page = {
        "at": at,
        "rows": [row for row in rows if not row.over],
        "over": [row for row in rows if row.over],
        "free": [chair for chair in Chair.objects.of(person.clinic) if chair.pk not in taken],
        "missing": missing_before_a_session(person.clinic),
        "may_add": may(person, "patients.add"),
        "may_sign": may(person, "library.sign"),
    }
    return render(request, "desk/today.html", page)


def visits_of_day(clinic: Clinic, at: datetime) -> list[Visit]:
    """Visits scheduled on the clinic's calendar day of that instant, in order of time."""
    zone = ZoneInfo(clinic.zone)
    midnight = datetime.combine(clinic.local(at).date(), time(), zone)
    next_midnight = datetime.combine(midnight.date() + timedelta(days=1), time(), zone)
    rows = Visit.objects.of(clinic).filter(scheduled_at__gte=midnight, scheduled_at__lt=next_midnight)
    return list(rows.select_related("patient", "chair", "plan"))


def row_of(visit: Visit) -> VisitRow:
    """The visit with its session's phase as the log tells it."""
    try:
        return VisitRow(visit, load(visit.session, visit.clinic_id).state.phase)
    except NoSuchSession:
        return VisitRow(visit, "planned")
    except (LookupError, NotSigned):
        return VisitRow(visit, "unknown: its library release is not kept here")
