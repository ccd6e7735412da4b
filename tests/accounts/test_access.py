"""Deny is the default, for pages and verbs alike; another clinic's rows do not exist."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from chairside.accounts.access import VERBS, AccessMiddleware, NotAllowed, held_by, may, must, require
from chairside.accounts.models import Clinic, Person
from tests.people import MONDAY, NAMES


def views(resolver: URLResolver):
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield str(each.pattern), each.callback
        else:
            yield from views(each)


def test_every_page_says_whom_it_is_for():
    assert not [route for route, view in views(get_resolver()) if not hasattr(view, "access")]


def test_only_these_pages_are_open_to_anyone():
    open_ones = {route for route, view in views(get_resolver()) if view.access.anyone}
    assert open_ones <= {"sign-in", "sign-out", "now", "sw.js", "service-worker.js", "manifest.webmanifest"}


def test_no_page_is_for_a_role_that_does_not_exist():
    roles = {role for _, view in views(get_resolver()) for role in view.access.roles}
    assert roles <= {"nurse", "prescriber", "manager", "director"}


def test_a_page_that_says_nothing_is_for_nobody(six):
    def silent(request):
        return HttpResponse("secret")

    request = RequestFactory().get("/")
    request.user = six.prescriber
    refused = AccessMiddleware(silent).process_view(request, silent)
    assert refused.status_code == 403
    assert b"secret" not in refused.content


def test_a_page_lets_its_own_roles_through_and_no_other(six):
    @require("prescriber")
    def page(request):
        return HttpResponse()

    request = RequestFactory().get("/")
    for name, let_through in (
        ("prescriber", True),
        ("nurse", False),
        ("manager", False),
        ("researcher", False),
    ):
        request.user = getattr(six, name)
        assert (AccessMiddleware(page).process_view(request, page) is None) == let_through, name


def test_a_part_of_a_page_takes_a_signed_out_tablet_to_the_sign_in_page(client):
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in?next=/")


# Whom each verb is for, told a second time.
EXPECTED = {
    "nurse": {"patients.add", "patients.change", "patients.measure", "sessions.plan"},
    "prescriber": {
        "patients.add",
        "patients.change",
        "patients.measure",
        "sessions.plan",
        "plans.add",
        "library.sign",
    },
    "manager": {"patients.add", "sessions.plan", "people.add", "people.change", "chairs.set", "devices.set"},
    "researcher": set(),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_of_the_six_may_do_these_verbs_and_no_other(six, name):
    assert {verb for verb in VERBS if may(getattr(six, name), verb)} == EXPECTED[name]


def test_nobody_may_do_a_verb_that_is_not_known(six):
    assert not [name for name in NAMES if (person := getattr(six, name)) and may(person, "records.burn")]


def test_no_role_reaches_into_another_clinic(six):
    for verb in VERBS:
        with pytest.raises(NotAllowed, match="another clinic"):
            must(six.stranger, verb, clinic=six.clinic)


def test_a_closed_account_holds_no_role(six):
    six.prescriber.is_active = False
    assert held_by(six.prescriber) == frozenset()


def test_a_director_without_a_role_is_a_director_only():
    assert held_by(Person(director=True)) == {"director"}


def test_a_refusal_names_who_may(six):
    with pytest.raises(NotAllowed, match="This is done by a manager"):
        must(six.nurse, "people.add", clinic=six.clinic)


def test_a_clinic_has_its_wall_clock():
    assert f"{Clinic(zone='America/Los_Angeles').local(MONDAY):%H:%M}" == "09:00"
