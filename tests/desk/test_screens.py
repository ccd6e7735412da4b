"""The desk in a real browser: it fits a phone, a tablet and a desk, and works from keys alone."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from chairside.actions.library import sign_library_file
from chairside.actions.patients import NewPatient, NewPlan, add_patient, set_chair, sign_plan
from chairside.charts.releases import library_of_site
from chairside.records.models import SiteSignature, Visit
from tests.people import MONDAY, PASSWORD

SCREENS = {"phone": 390, "tablet": 820, "desk": 1440}
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => each.offsetParent && !each.closest("label.tick, .skip, .visually-hidden"))
  .filter((each) => Math.min(each.offsetHeight, each.offsetWidth) < 44)
  .map((each) => each.outerHTML.slice(0, 90))"""
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((each) => each.offsetParent && !each.labels.length && !each.getAttribute("aria-label"))
  .map((each) => each.outerHTML.slice(0, 90))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def signed_in(page: Page, name: str) -> Page:
    page.goto("/sign-in")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    return page


@pytest.fixture
def ana(six):
    long = "Wolfeschlegelsteinhausenbergerdorff"  # a name as long as a real one
    new = NewPatient(long, "Ana María", date(1979, 3, 14), "female", "R-1001", (("ondansetron", "rash"),))
    patient = add_patient(new, clinic=six.clinic, by=six.nurse, at=MONDAY)
    sign_plan(NewPlan("depression", "trd-std-2x3", "1.0.0", 6), patient=patient, by=six.prescriber, at=MONDAY)
    set_chair("2", clinic=six.clinic, by=six.manager, at=MONDAY)
    return patient


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_fits_the_screen_and_can_be_pressed(six, ana, new_tablet, screen):
    pages = ["/", "/patients/", "/patients/add", f"/patients/{ana.pk}", f"/patients/{ana.pk}/visit", "/site/"]
    person = {"prescriber": [*pages, "/site/limits/limits-tier-a"], "manager": ["/people/", "/people/add"]}
    for name, addresses in person.items():
        page = signed_in(new_tablet(width_px=SCREENS[screen], colour_scheme="dark"), name)
        for address in addresses:
            page.goto(address)
            assert page.evaluate(TOO_WIDE) <= 0, f"{address} is wider than the {screen}"
            assert page.evaluate(TOO_SMALL) == [], address
            assert page.evaluate(NAMELESS) == [], address


def test_a_director_reads_and_signs_a_file_from_the_keyboard(six, new_tablet):
    page = signed_in(new_tablet(), "prescriber")
    page.get_by_role("link", name="Read and sign").first.click()
    page.get_by_role("listitem").filter(has_text="PHQ-9").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("McInnes 2022: response is a fall of at least half")).to_be_visible()
    page.get_by_label("Password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The username or the password is not right.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed", exact=True)).to_be_visible()
    assert SiteSignature.objects.get().signed_by == six.prescriber


def test_a_nurse_plans_a_visit_for_today_and_finds_it_by_its_chair(six, ana, new_tablet):
    for each in library_of_site().values():
        sign_library_file(each.in_force, clinic=six.clinic, password=PASSWORD, by=six.prescriber, at=MONDAY)
    page = signed_in(new_tablet(), "nurse")
    today = page.evaluate(
        "new Intl.DateTimeFormat('sv', {timeZone: document.body.dataset.zone}).format(new Date())"
    )
    page.goto(f"/patients/{ana.pk}")
    page.get_by_role("link", name="Plan a visit").click()
    page.get_by_label("Infusion number").fill("1")
    page.get_by_label("Day").fill(today)
    page.get_by_label("Time").fill("12:00")
    page.get_by_role("button", name="Plan the visit").click()
    row = page.locator(".chair").filter(has_text=str(ana))
    expect(row).to_contain_text("planned")
    expect(row).to_contain_text(re.compile(r"12:00 · infusion 1 of 6"))
    assert Visit.objects.get().patient == ana


def test_the_first_key_on_a_page_leads_past_the_bar(six, new_tablet):
    page = signed_in(new_tablet(), "nurse")
    page.goto("/patients/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the page")).to_be_focused()
