"""What every page of a session starts from: the session folded, whose it is, who asks, on which tablet."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from chairside.accounts.access import held_by
from chairside.accounts.models import Person
from chairside.actions.people import reauthenticate
from chairside.actions.sessions import Author, Entry, Refused, correct, record
from chairside.charts.sessions import Folded, NoSuchSession, load
from chairside.core.session import BadEvent, Refusal
from chairside.records.models import Visit

TABLET_COOKIE = "chairside_tablet"
TABLET = re.compile(r"[A-Za-z0-9-]{1,40}")
CLOCK_TIME = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")


@dataclass(frozen=True, slots=True)
class Chairside:
    """One session as a page needs it: who asks, the log folded, the visit with its patient, the time."""

    request: HttpRequest
    person: Person
    visit: Visit
    folded: Folded
    at: datetime

    @property
    def session(self) -> str:
        """The session's id."""
        return self.folded.session

    def author(self, second: Person | None = None) -> Author:
        """Who writes, and who authorised it by signing in place."""
        return Author(
            person=self.person.pk,
            roles=held_by(self.person),
            device=f"tablet:{tablet_of(self.request) or 'unknown'}",
            authorised_by=second.pk if second else None,
            authoriser_roles=held_by(second) if second else frozenset(),
        )

    def acting_as(self, person: Person) -> "Chairside":
        """The same session in the hands of somebody who signed in place: what is written is theirs."""
        return replace(self, person=person)

    def write(self, entry: Entry, second: Person | None = None) -> Folded:
        """Writes one entry as this person now; raises `Refused` or `BadEvent` with sentences for the page."""
        verb = correct if entry.corrects else record
        return verb(
            session=self.session,
            clinic=self.visit.clinic_id,
            entry=entry,
            by=self.author(second),
            at=self.at,
        )


def open_session(request: HttpRequest, session: str) -> Chairside:
    """The session for a page; one that does not exist, or is another clinic's, is not found."""
    person = request.user
    if not isinstance(person, Person):
        raise Http404
    visit = (
        Visit.objects.of(person.clinic_id)
        .select_related("patient", "chair", "clinic")
        .filter(session=session)
    ).first()
    if visit is None:
        raise Http404
    try:
        folded = load(session, person.clinic_id)
    except NoSuchSession as error:
        raise Http404 from error
    return Chairside(request, person, visit, folded, settings.CHAIRSIDE_CLOCK.now())


def press() -> str:
    """The id of the event a form will write, drawn with it, so that the same press twice is one event."""
    return str(settings.CHAIRSIDE_IDS.new())


def second_person(form: QueryDict, chair: Chairside) -> Person:
    """The other clinician who signs in place; raises `Refused` in one sentence when it is not one."""
    found = signed_in_place(form, chair, prefix="second", who="second person")
    if not found.clinician:
        raise Refused(Refusal("second-person", "identity", "second person: expected a nurse or a prescriber"))
    if found.pk == chair.person.pk:
        raise Refused(
            Refusal("second-person", "identity", "one person can't be both; a second person signs here")
        )
    return found


def signed_in_place(form: QueryDict, chair: Chairside, *, prefix: str, who: str) -> Person:
    """The colleague of this clinic whose name and password were given in place; `Refused` when nobody's."""
    found = reauthenticate(
        username=form.get(f"{prefix}_username", ""),
        password=form.get(f"{prefix}_password", ""),
        at=chair.at,
    )
    if found is None or found.clinic_id != chair.visit.clinic_id:
        raise Refused(Refusal("second-person", "identity", f"{who}: that name and password do not match"))
    return found


def signed_again(form: QueryDict, chair: Chairside, *, prefix: str = "sign") -> Person:
    """The signed-in person, who gave their own password again; `Refused` when it is not theirs."""
    found = reauthenticate(
        username=chair.person.username, password=form.get(f"{prefix}_password", ""), at=chair.at
    )
    if found is None or found.pk != chair.person.pk:
        raise Refused(Refusal("signature", "identity", "password: it is not the one of who is signed in"))
    return found


def observed_at(form: QueryDict, chair: Chairside) -> datetime | None:
    """When it happened: None for now, `minutes_ago`, or `clock` as HH:MM on the wall. Never prefilled."""
    minutes, clock = form.get("minutes_ago", "").strip(), form.get("clock", "").strip()
    if minutes:
        if not minutes.isdecimal() or int(minutes) > 24 * 60:
            raise BadEvent("minutes ago: expected a whole number of minutes, at most a day")
        return chair.at - timedelta(minutes=int(minutes))
    if not clock:
        return None
    found = CLOCK_TIME.match(clock)
    if not found:
        raise BadEvent("clock: expected a time as HH:MM, 00:00 to 23:59")
    local = chair.at.astimezone(ZoneInfo(chair.visit.clinic.zone))
    moment = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    # A time later than now is yesterday's: an infusion may cross midnight, the future never happened.
    return (moment - timedelta(days=1) if moment > local else moment).astimezone(chair.at.tzinfo)


def tablet_of(request: HttpRequest) -> str:
    """The browser's own device id; empty where it brings none, or one that was not drawn here."""
    brought = request.COOKIES.get(TABLET_COOKIE, "")
    return brought if TABLET.fullmatch(brought) else ""


def keep_tablet(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Gives a browser its own device id once, so that its events carry it and keep their sequence."""
    if not tablet_of(request):
        response.set_cookie(TABLET_COOKIE, press(), max_age=400 * 86400, httponly=True, samesite="Lax")
    return response
