"""Every address × the six people, found by following pages: what the view declares is what is answered."""

import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from chairside.accounts.access import held_by
from tests.people import NAMES
from tests.web.attack.ward import PHASES, Ward, crawl, desk, rounds, route_of, written

OF_A_CLINIC = frozenset({"session", "patient", "person"})


def routes(resolver: URLResolver) -> Iterator[str]:
    """The name of every route."""
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield str(each.name)
        else:
            yield from routes(each)


def addresses(ward: Ward) -> dict[str, list[str]]:
    """Real addresses of this clinic by route, all that its people come to."""
    found: dict[str, set[str]] = {}
    for who in ("nurse", "prescriber", "manager"):
        crawled = [desk(ward, who), *(rounds(ward, who, phase) for phase in PHASES)]
        for url in [each for one in crawled for each in {*one.addresses, *one.statuses}]:
            route = route_of(url)
            if route:
                found.setdefault(str(route.url_name), set()).add(url.partition("?")[0])
    found["sign-in"] = {reverse("sign-in")}
    found.setdefault("check-in-read-back", {reverse("check-in-read-back", args=[ward.sessions["planned"]])})
    return {name: sorted(urls) for name, urls in found.items()}


@pytest.fixture
def everywhere(ward: Ward) -> dict[str, list[str]]:
    """Addresses by route."""
    logging.disable(logging.CRITICAL)
    try:
        return addresses(ward)
    finally:
        logging.disable(logging.NOTSET)


def test_every_route_is_come_to_by_following_pages(everywhere) -> None:
    assert set(everywhere) == set(routes(get_resolver()))


def asked(browser: Client, method: str, url: str) -> tuple[int, str]:
    """Status and where it leads; a stream is not read."""
    answer = getattr(browser, method)(url)
    answer.close()
    return answer.status_code, answer.get("Location", "")


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_of_the_six_gets_what_the_view_declares(ward: Ward, everywhere, method: str) -> None:
    logging.disable(logging.CRITICAL)
    wrong = []
    before = written()
    for who in NAMES:
        person, browser = getattr(ward.six, who), ward.browser(who)
        for name, urls in everywhere.items():
            route = route_of(urls[0])
            access = route.func.access
            if access.anyone:
                continue
            for url in urls[:2]:
                status, leads = asked(browser, method, url)
                here = set(route.kwargs) & OF_A_CLINIC
                allowed = person is not None and bool(held_by(person) & access.roles)
                if person is None:
                    right = status == 302 and leads.startswith("/sign-in?next=")
                elif not allowed:
                    right = status == 403
                elif who == "stranger" and here:
                    right = status in (404, 405)
                else:
                    right = status in (200, 302, 405, 422) or (status == 403 and "role" not in access.roles)
                if not right or status >= 500:
                    wrong.append((who, method, name, status))
                wrote = written() != before
                if wrote and (method == "get" or not allowed or who == "stranger"):
                    wrong.append((who, method, name, "wrote"))
                if wrote:
                    ward.back()
    logging.disable(logging.NOTSET)
    assert not wrong


def test_a_value_of_the_other_clinic_is_no_choice_here(ward: Ward) -> None:
    logging.disable(logging.CRITICAL)
    theirs: dict[str, set[str]] = {}
    base = f"/sessions/{ward.foreign}/"
    stranger = ward.browser("stranger")
    found = [crawl(stranger, "/"), crawl(stranger, base, base + "check-in", base + "live", within=base)]
    for form in [each for one in found for each in one.forms()]:
        for each in form.inputs.values():
            theirs.setdefault(each.name, set()).update({each.value, *each.choices})
    before, wrong = written(), []
    nurse = ward.browser("nurse")
    ours = [desk(ward, "nurse"), *(rounds(ward, "nurse", phase) for phase in ("planned", "infusing"))]
    for form in [each for one in ours for each in one.forms()]:
        for each in form.inputs.values():
            for value in theirs.get(each.name, set()) - {each.value, *each.choices}:
                if not each.typed and each.name not in ("csrfmiddlewaretoken", "press") and len(value) > 30:
                    answer = nurse.post(form.action, {**form.filled(), each.name: value})
                    if answer.status_code not in (403, 404, 422) or written() != before:
                        wrong.append((form.action, each.name, answer.status_code))
    logging.disable(logging.NOTSET)
    assert not wrong


def test_an_id_that_never_was_is_not_found(ward: Ward, everywhere) -> None:
    logging.disable(logging.CRITICAL)
    wrong = []
    browsers = [ward.browser(who) for who in ("prescriber", "manager")]
    for name, urls in everywhere.items():
        route = route_of(urls[0])
        for given in set(route.kwargs) & OF_A_CLINIC:
            for other in ("01a20736-0000-73b4-8a83-6be7254c8299", "%00", "..%2f..", "x" * 3000):
                url = urls[0].replace(route.kwargs[given], other)
                for browser in browsers:
                    status, _ = asked(browser, "get", url)
                    if status not in (404, 403, 405):
                        wrong.append((name, other[:10], status))
    logging.disable(logging.NOTSET)
    assert not wrong
