"""At the chair, in a real browser: how many taps an act costs, and how loud silence is."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.people import PASSWORD
from tests.web.live.running import running


class Tablet:
    """A page in a nurse's hands; counts her taps."""

    def __init__(self, page, session: str) -> None:
        self.page, self.taps = page, 0
        page.goto("/sign-in")
        page.fill("input[name=username]", "nurse")
        page.fill("input[name=password]", PASSWORD)
        page.click("form button")
        page.wait_for_url("**/")
        page.goto(f"/sessions/{session}/live")

    def tap(self, selector: str, **which: str) -> None:
        """One tap on what is seen."""
        self.page.locator(selector, **which).locator("visible=true").first.tap()
        self.taps += 1

    def cost(self) -> int:
        """The taps since last asked."""
        taps, self.taps = self.taps, 0
        return taps

    def told(self, words: str) -> None:
        """Waits until the page says that it was written, and until it stands in the record."""
        self.page.locator("#said", has_text=words).wait_for()
        self.page.locator(".record .text", has_text=words).first.wait_for()


@pytest.fixture
def tablet(infusing, new_tablet):
    """A nurse's tablet beside a monitored patient."""
    infusing.monitored(11, every_s=60)
    infusing.tick(11.5, sbp_mmhg=168.0, dbp_mmhg=94.0, hr_per_min=84.0, spo2_percent=97.0, rr_per_min=14.0)
    tablet = Tablet(new_tablet(), infusing.session)
    tablet.page.locator("#watched", has_text="reading only").wait_for()  # the stream is heard
    return tablet


def test_no_act_costs_more_taps_than_agreed(tablet):
    tablet.tap("button.tell", has_text="Resting")
    tablet.told("Resting: eyes closed, breathing seen")
    assert tablet.cost() == 1

    tablet.tap("button.tell", has_text="Nausea")
    tablet.tap("#pop-act-nausea button", has_text="A little")
    tablet.told("Nausea 1: A little")
    assert tablet.cost() == 2

    tablet.tap("[data-undo]")
    tablet.page.locator("#said", has_text="Struck out").wait_for()
    tablet.page.locator(".record s", has_text="Nausea 1").wait_for()
    assert tablet.cost() == 1

    tablet.tap(".alarm button", has_text="Seen, staying")
    tablet.page.locator(".alarm.seen", has_text="seen by The nurse").first.wait_for()
    assert tablet.cost() == 1

    tablet.tap("button", has_text="Paused it")
    tablet.tap("#pop-paused button", has_text="The patient asked")
    tablet.told("Paused the pump")
    assert tablet.cost() == 2


def test_a_due_check_beside_a_live_monitor_costs_one_tap(infusing, new_tablet):
    infusing.tick(11, hr_per_min=80.0, spo2_percent=97.0)
    tablet = Tablet(new_tablet(width_px=390, height_px=844), infusing.session)
    tablet.tap(".dues .overdue button", has_text="Looked")
    tablet.told("Comfortable, looked")
    assert tablet.cost() <= 3


def test_a_refusal_stands_in_its_form_and_keeps_what_was_typed(tablet):
    tablet.tap("button", has_text="Changed the rate")
    tablet.page.fill("#rate-changed", "60")
    tablet.tap("#pop-changed button.primary")
    tablet.page.locator("#pop-changed .wrong", has_text="above the ordered 52.5 mL/h").wait_for()
    assert tablet.page.input_value("#rate-changed") == "60"


def test_a_page_that_hears_nothing_says_so_and_its_values_grow_old(six, new_tablet):
    told = running(six, datetime.now(UTC) - timedelta(minutes=3))
    last = datetime.now(UTC) - timedelta(seconds=70)
    told.tick((last - told.zero).total_seconds() / 60, hr_per_min=80.0, spo2_percent=97.0)
    page = new_tablet()  # its stream is never answered
    page.route("**/stream", lambda route: None)
    tablet = Tablet(page, told.session)
    banner = tablet.page.locator("#contact", has_text="No contact with the clinic's computer since")
    banner.wait_for(timeout=15_000)
    assert "look at the patient and the monitor" in banner.inner_text()
    tablet.page.locator(".v-spo2.stale").wait_for(timeout=20_000)
    tablet.page.locator("#own-alarms .alarm", has_text="look at the patient").first.wait_for(timeout=20_000)
