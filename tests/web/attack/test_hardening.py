"""What every answer carries, what no GET changes, and what stands in no address and no log line."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from tests.people import PASSWORD
from tests.web.attack.ward import PHASES, Crawled, Ward, crawl, desk, rounds, route_of, written

NAMES_AND_NUMBERS = ("Rivera", "Ana", "R-Rivera")


@pytest.fixture
def walked(ward: Ward) -> list[Crawled]:
    """Every page of the nurse and the prescriber, in each phase."""
    logging.disable(logging.CRITICAL)
    found = [desk(ward, who) for who in ("nurse", "prescriber", "manager")]
    found += [rounds(ward, "prescriber", phase) for phase in PHASES]
    logging.disable(logging.NOTSET)
    return found


def test_no_get_writes_anything(ward: Ward) -> None:
    before = written()
    ward.walked.clear()
    for phase in PHASES:
        rounds(ward, "prescriber", phase)
    desk(ward, "manager")
    assert written() == before


def test_every_page_carries_its_policy_and_stays_in_no_browser(ward: Ward, walked) -> None:
    wrong = []
    browser = ward.browser("prescriber")
    for url in sorted({each for one in walked for each in one.pages}):
        answer = browser.get(url)
        policy = answer["Content-Security-Policy"]
        if "unsafe" in policy or "default-src 'self'" not in policy or "frame-ancestors 'none'" not in policy:
            wrong.append((url, policy))
        if (answer["X-Frame-Options"], answer["Referrer-Policy"]) != ("DENY", "same-origin"):
            wrong.append((url, "frame or referrer"))
        if answer["X-Content-Type-Options"] != "nosniff":
            wrong.append((url, "sniffed"))
        if "no-store" not in answer.get("Cache-Control", ""):
            wrong.append((url, "stays in the browser"))
    assert not wrong


def test_nothing_on_any_page_is_inline(walked) -> None:
    assert not [(url, page.inline) for one in walked for url, page in one.pages.items() if page.inline]


def test_no_name_stands_in_an_address(walked) -> None:
    every = [each for one in walked for each in one.addresses]
    assert every
    assert not [url for url in every for name in NAMES_AND_NUMBERS if name in url]


def test_no_form_is_taken_without_its_token(ward: Ward, walked) -> None:
    before, wrong = written(), []
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ward.six.prescriber)
    logging.disable(logging.CRITICAL)
    for form in [each for one in walked for each in one.forms()]:
        if "csrfmiddlewaretoken" not in form.inputs and not form.by_script:  # a script sends it as a header
            wrong.append((form.action, "no token"))
        said = form.filled()
        said.pop("csrfmiddlewaretoken", None)
        if browser.post(form.action, said).status_code != 403:
            wrong.append((form.action, "taken without its token"))
    logging.disable(logging.NOTSET)
    assert not wrong
    assert written() == before


def test_nothing_that_was_typed_reaches_the_log(ward: Ward, caplog) -> None:
    browser, session = ward.browser("nurse"), ward.at("infusing")
    said = {"text": "Rivera wept", "press": "Ana R-Rivera", "second_username": "Rivera", "rate": "Rivera"}
    with caplog.at_level(logging.DEBUG):
        for path in ("live/note", "live/changed", "live/nothing", "check-in/set", "closing/sign", "order"):
            browser.post(f"/sessions/{session}/{path}", said)
        browser.post("/patients/", {"words": "Rivera"})
        browser.post("/sign-in", {"username": "Rivera", "password": PASSWORD})
    told = [each.getMessage() for each in caplog.records if not each.name.startswith("django.db")]
    assert not [line for line in told for name in NAMES_AND_NUMBERS if name in line]


def test_anybody_who_brings_a_tablets_id_of_their_own_gets_another(ward: Ward) -> None:
    browser, session = ward.browser("nurse"), ward.at("infusing")
    browser.cookies["chairside_tablet"] = "Rivera Ana"
    answer = browser.get(f"/sessions/{session}/live")
    assert len(answer.cookies["chairside_tablet"].value) == 36


def test_deny_is_the_default_of_the_settings(ward: Ward) -> None:
    assert "chairside.accounts.access.AccessMiddleware" in settings.MIDDLEWARE
    assert route_of("/").func.access.roles
    assert crawl(Client(), "/").statuses["/"] == 302
