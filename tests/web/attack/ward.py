"""A clinic with a session in each phase, and everything that can be asked of it: found, not listed."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections
from django.test import Client
from django.urls import Resolver404, ResolverMatch, resolve

from chairside.accounts.models import Person
from chairside.actions.patients import set_device
from chairside.charts.sessions import load
from chairside.records.models import Device, Visit
from chairside.vault.models import LibraryBytes, SessionEvent
from tests.actions.afternoon import T0, Afternoon, sign_everything, visit_of
from tests.charts.endings import Told
from tests.core.session.stories import ANSWERS, CHAPTERS, PRESCRIBER, SECOND
from tests.people import Six
from tests.web.attack.pages import Form, Page, read
from tests.web.before.conftest import StillClock

PHASES = (
    "planned",
    "stopped",
    "checked-in",
    "drawn up",
    "agreed",
    "prepared",
    "infusing",
    "paused",
    "recovering",
    "released",
    "closed",
)
HALFWAY = {"drawn up": 2, "agreed": 3}
"""Phases of this ward between check-in and preparation, by how much of that chapter was told."""


@dataclass
class Ward:
    """The clinic; `back` puts its database back to what the test found."""

    six: Six
    clock: StillClock
    file: Path
    kept: Path
    sessions: dict[str, str] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    foreign: str = ""
    walked: dict[tuple[str, str], "Crawled"] = field(default_factory=dict)

    def back(self) -> None:
        """Forgets everything written since the ward was told."""
        connections["default"].close()
        for each in self.file.parent.glob(f"{self.file.name}-*"):
            each.unlink()
        shutil.copyfile(self.kept, self.file)

    def keep(self) -> None:
        """Takes the untouched copy."""
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections["default"].close()
        shutil.copyfile(self.file, self.kept)

    def browser(self, who: str) -> Client:
        """That person's browser, which keeps a tablet of its own and gets a page for every error."""
        browser = self.six.browser(who)
        browser.raise_request_exception = False
        browser.get("/now")
        return browser

    def at(self, phase: str) -> str:
        """Puts the clock to just after what was told of that session; gives its id."""
        self.clock.at = self.times[phase]
        return self.sessions[phase]


def told(six: Six, clock: StillClock, file: Path) -> Ward:
    """A visit here in each phase, and one elsewhere."""
    ward = Ward(six, clock, file, file.with_suffix(".kept"))
    sign_everything(six, T0 - timedelta(hours=3))
    for phase in PHASES:
        afternoon = Afternoon(six, visit_of(six, T0 - timedelta(hours=2), name=f"Rivera-{phase}"))
        tell(afternoon, phase)
        visit = afternoon.visit
        monitor = Device(clinic=six.clinic, chair=visit.chair, name=f"Monitor {phase}", zone="UTC")
        set_device(monitor, keys=[f"KEY-{phase}"], by=None, at=T0)
        ward.sessions[phase] = visit.session
        ward.times[phase] = max(
            load(visit.session, six.clinic.pk).events[-1].received_at + timedelta(seconds=30),
            T0 - timedelta(minutes=60),
        )
    ward.foreign = elsewhere(six)
    clock.at = max(ward.times.values())
    ward.keep()
    return ward


def tell(afternoon: Afternoon, phase: str) -> None:
    """The ordinary story, up to a phase."""
    if phase in ("released", "closed"):
        afternoon.until("recovering")
        story = Told(afternoon).recovered().released()
        if phase == "closed":
            story.counted().signed().closed()
    elif phase == "stopped":
        said = {**ANSWERS["mood"], "item9": 2}
        afternoon.do(-30, "checkin.answered", {"item": "mood", "answers": said})
    elif phase in HALFWAY:
        afternoon.until("checked-in")
        for minute, kind, payload, said in CHAPTERS["prepared"][: HALFWAY[phase]]:
            who = "prescriber" if said.get("actor") in (PRESCRIBER, SECOND) else "nurse"
            afternoon.do(minute, kind, afternoon.told(payload), who=who)
    elif phase != "planned":
        afternoon.until(phase)


def elsewhere(six: Six) -> str:
    """A visit of the other clinic, by its own people."""
    there = replace(
        six, clinic=six.elsewhere, nurse=six.stranger, prescriber=six.stranger, manager=six.stranger
    )
    sign_everything(there, T0 - timedelta(hours=3))
    visit = visit_of(there, T0 - timedelta(hours=2), name="Far")
    monitor = Device(clinic=six.elsewhere, chair=visit.chair, name="Monitor", zone="UTC")
    set_device(monitor, keys=["KEY-far"], by=None, at=T0)
    return visit.session


@dataclass
class Crawled:
    """Every address and form that a person came to, by following what the pages offer."""

    pages: dict[str, Page] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def addresses(self) -> set[str]:
        """Every address of this house, those that only take a form among them."""
        return {each for page in self.pages.values() for each in page.addresses if route_of(each)}

    def forms(self) -> list[Form]:
        """Each form that posts, once."""
        return [form for page in self.pages.values() for form in page.forms if form.method == "post"]


def crawl(browser: Client, *starts: str, within: str = "") -> Crawled:
    """Follows every address from these, as GET, in order: of one session, or of the desk; opens no stream."""
    found, waiting = Crawled(), list(starts)
    while waiting:
        url = waiting.pop(0)
        route = route_of(url)
        if url in found.statuses or route is None or route.url_name == "stream":
            continue
        if "session" in route.kwargs and not within:
            continue
        answer = browser.get(url)
        found.statuses[url] = answer.status_code
        if answer.status_code == 302:
            waiting.append(answer["Location"].partition("#")[0])
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = found.pages[url] = read(answer.content.decode(), url)
            waiting += sorted(each for each in page.addresses if each.startswith(within))
    return found


def route_of(url: str) -> ResolverMatch | None:
    """The route of an address; None for one that is no page of this house."""
    try:
        return resolve(url.partition("?")[0])
    except Resolver404:
        return None


def rounds(ward: Ward, who: str, phase: str) -> Crawled:
    """What this person comes to from the pages of the session in that phase."""
    session = ward.at(phase)
    if (who, phase) in ward.walked:
        return ward.walked[who, phase]
    base = f"/sessions/{session}/"
    pages = ("", "check-in", "order", "preparation", "time-out", "live", "recovery", "closing", "flowsheet")
    found = crawl(ward.browser(who), *(base + page for page in pages), within=base)
    return ward.walked.setdefault((who, phase), found)


def desk(ward: Ward, who: str) -> Crawled:
    """What this person comes to from today's page; sessions are another matter."""
    ward.at("planned")
    if (who, "") not in ward.walked:
        ward.walked[who, ""] = crawl(ward.browser(who), "/")
    return ward.walked[who, ""]


@dataclass(frozen=True)
class Target:
    """A form as one person meets it in one phase."""

    who: str
    phase: str
    form: Form


def targets(ward: Ward) -> list[list[Target]]:
    """Every form of every page, those that ask the same in several phases or of several people together."""
    found: dict[tuple[Any, ...], list[Target]] = {}
    for who in ("nurse", "prescriber", "manager"):
        places = [(phase, rounds(ward, who, phase)) for phase in PHASES if who != "manager"]
        for phase, crawled in [*places, ("planned", desk(ward, who))]:
            for form in crawled.forms():
                route = route_of(form.action)
                if route and route.url_name not in ("sign-out", "sign-in"):
                    words = {name: each for name, each in route.kwargs.items() if len(each) < 30}
                    key = (route.url_name, *sorted(words.values()), *sorted(form.inputs))
                    found.setdefault(key, []).append(Target(who, phase, form))
    return list(found.values())


def written() -> tuple[Any, ...]:
    """Everything that a refusal must leave as it was."""
    models = [
        SessionEvent,
        LibraryBytes,
        *(each for each in apps.get_models() if each._meta.app_label == "records"),
    ]
    people = tuple(Person.objects.order_by("pk").values_list("pk", "is_active"))
    visits = tuple(Visit.objects.order_by("pk").values_list())
    return tuple(model._default_manager.count() for model in models), people, visits
