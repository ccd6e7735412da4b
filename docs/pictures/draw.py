"""Draws the pictures of this folder from the running product: a demo clinic, one infusion 18 minutes in.

    .venv/bin/python docs/pictures/draw.py [FOLDER]

Needs the environment of the tests and a Chromium (`./chairside test` sets both up).
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SCREENS = (
    ("live-light", "light", 1280, 960),
    ("live-dark", "dark", 1280, 960),
    ("live-tablet", "light", 820, 1180),
    ("live-phone", "dark", 390, 844),
)
STARTED_AGO = timedelta(minutes=18, seconds=32)


def tell_an_infusion() -> str:
    """The first visit of today's demo, told by its verbs up to now; gives the session's id."""
    from django.conf import settings

    from chairside.accounts.models import Person
    from chairside.actions.patients import NewVisit, plan_visit
    from chairside.cli import demo_yesterday as told
    from chairside.cli.demo_clinic import make_clinic
    from chairside.records.models import Chair, Plan

    clinic = make_clinic(zone="America/Los_Angeles", not_for_care=False, say=lambda _: None)
    started = settings.CHAIRSIDE_CLOCK.now() - STARTED_AGO
    people = {each.username: each for each in Person.objects.of(clinic)}
    plan = Plan.objects.of(clinic).get(patient__record_number="D-1004")
    place = Chair.objects.of(clinic).get(name="Chair 2")
    new = NewVisit(plan, place, 2, started - timedelta(hours=1))
    visit = plan_visit(new, clinic=clinic, by=people["mara"], at=started - timedelta(days=1))
    chair = told.Chair(visit, people, place.devices.get(), started)
    told.check_in(chair)
    told.prepare(chair)
    chair.tick(-1)
    chair.write(0, "pump.started", {"rate_ul_per_h": chair.folded.state.preparations[-1].body.rate_ul_per_h})
    seconds = int(STARTED_AGO.total_seconds())
    for second in range(0, seconds - 2, 20):
        # A probe that was off the toe leaves a gap.
        if not 450 <= second < 560:
            chair.tick(second / 60)
        for act, score in told.SEEN.get(second // 60, ()) if second % 60 == 40 else ():
            chair.write(second / 60, "act.recorded", {"act": act, "score": score})
    chair.write(12, "act.recorded", {"act": "dissociation", "score": 1})
    chair.write(16, "act.recorded", {"act": "nausea", "score": 1})
    return str(visit.session)


def draw(folder: Path) -> None:
    """All pictures, into a folder."""
    from chairside.cli import data_folder

    with tempfile.TemporaryDirectory() as name:
        data_folder.make(Path(name))
        data_folder.open_clinic(Path(name))
        data_folder.migrate()
        session = tell_an_infusion()
        from tests.servers.chromium import running_chromium
        from tests.servers.web import running_web

        with running_web() as address, running_chromium() as browser:
            for picture, scheme, width, height in SCREENS:
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                page.goto(f"{address}/sign-in?next=/sessions/{session}/live")
                page.fill("input[name=username]", "nora")
                page.fill("input[name=password]", "calm-orange-tide")
                page.click("button[type=submit]")
                page.goto(f"{address}/sessions/{session}/live")
                page.wait_for_timeout(2500)
                page.screenshot(path=folder / f"{picture}.png", full_page=width < 1000)
                page.close()


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    where.mkdir(parents=True, exist_ok=True)
    draw(where)
