"""Signing in: ten wrong passwords in five minutes lock a name, and every way in is the same way."""

import json
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client

from chairside.accounts.models import Person, SignInFailure
from chairside.accounts.signin import LOCKED, WRONG, check
from chairside.actions.people import reauthenticate, sign_in
from chairside.vault.models import AuditLine
from tests.people import MONDAY, PASSWORD
from tests.servers.database import both_databases

pytestmark = pytest.mark.usefixtures("own_database")


def wrong(times, at=MONDAY, username="nurse"):
    return [sign_in(username=username, password=f"guess {n}", at=at) for n in range(times)]


def verbs(clinic):
    rows = AuditLine.objects.of(clinic.pk).order_by("position")
    return [json.loads(row.body)["verb"] for row in rows]


def test_the_right_password_lets_its_person_in_whatever_the_capitals(six):
    assert sign_in(username=" Nurse ", password=PASSWORD, at=MONDAY).person == six.nurse


def test_nine_wrong_passwords_do_not_lock_a_name(six):
    assert {each.sentence for each in wrong(9)} == {WRONG}
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY).person == six.nurse


def test_the_tenth_wrong_password_locks_it_and_says_so(six):
    assert wrong(10)[-1].sentence == LOCKED
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY).sentence == LOCKED


def test_a_lock_leaves_one_audit_line_and_no_guess_in_it(six):
    wrong(12)
    assert verbs(six.clinic).count("people.locked_out") == 1
    assert not any("guess" in row.body for row in AuditLine.objects.all())


def test_the_lock_opens_five_minutes_after_the_first_wrong_password(six):
    wrong(10)
    just_before, just_after = MONDAY + timedelta(seconds=300), MONDAY + timedelta(seconds=301)
    assert sign_in(username="nurse", password=PASSWORD, at=just_before).sentence == LOCKED
    assert sign_in(username="nurse", password=PASSWORD, at=just_after).person == six.nurse


def test_trying_a_closed_lock_does_not_keep_it_closed(six):
    wrong(10)
    wrong(5, at=MONDAY + timedelta(seconds=200))
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY + timedelta(seconds=301)).person


def test_wrong_passwords_far_apart_are_not_added_up(six):
    for minute in range(0, 30, 2):
        wrong(1, at=MONDAY + timedelta(minutes=minute))
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY + timedelta(minutes=30)).person


def test_the_right_password_begins_the_count_again(six):
    wrong(9)
    sign_in(username="nurse", password=PASSWORD, at=MONDAY)
    assert wrong(9)[-1].sentence == WRONG


def test_one_locked_name_does_not_lock_another(six):
    wrong(10)
    assert sign_in(username="manager", password=PASSWORD, at=MONDAY).person == six.manager


def test_a_name_that_is_nobodys_looks_and_locks_like_any_other(six):
    attempts = wrong(11, username="nobody")
    assert [each.sentence for each in attempts] == [WRONG] * 9 + [LOCKED] * 2


def test_someone_who_left_is_not_let_in(six):
    Person.objects.filter(pk=six.nurse.pk).update(is_active=False)
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY).sentence == WRONG


@both_databases
def test_guesses_made_at_once_are_all_counted(six):
    seen = []

    def guess():
        seen.append(check(username="nurse", password="wrong again", at=MONDAY).sentence)
        connection.close()

    threads = [Thread(target=guess) for _ in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen.count(WRONG), seen.count(LOCKED)) == (9, 5)
    assert sign_in(username="nurse", password=PASSWORD, at=MONDAY).sentence == LOCKED


def test_a_roll_back_can_not_forget_an_attempt(six):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        sign_in(username="nurse", password="wrong", at=MONDAY)


def test_the_second_person_in_place_meets_the_same_lock(six):
    assert reauthenticate(username="nurse", password=PASSWORD, at=MONDAY) == six.nurse
    for n in range(10):
        assert reauthenticate(username="nurse", password=f"guess {n}", at=MONDAY) is None
    assert reauthenticate(username="nurse", password=PASSWORD, at=MONDAY) is None
    assert SignInFailure.objects.count() == 10


def test_a_password_is_kept_as_argon2(six):
    assert six.nurse.password.startswith("argon2$argon2id$")


def post(browser, **form):
    return browser.post("/sign-in", {"username": "nurse", "password": PASSWORD, **form})


def test_the_page_lets_in_and_goes_on_to_today(six):
    answer = post(Client())
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_the_page_goes_on_to_where_the_person_was_going(six):
    assert post(Client(), next="/patients/")["Location"] == "/patients/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_page_goes_nowhere_else(six, elsewhere):
    assert post(Client(), next=elsewhere)["Location"] == "/"


def test_the_page_says_one_sentence_beside_the_password(six):
    answer = post(Client(), password="wrong")
    assert answer.status_code == 403
    assert WRONG in answer.content.decode()


def test_a_sign_in_lasts_one_working_day_and_is_out_of_reach_of_scripts(six):
    cookie = post(Client()).cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (12 * 3600, True, "Lax")


def test_signing_out_ends_it_and_leaves_its_line(six):
    browser = six.browser("nurse")
    browser.post("/sign-out")
    assert browser.get("/").status_code == 302
    assert verbs(six.clinic)[-1] == "people.signed_out"


def test_a_tablet_that_slept_is_told_the_clinics_time(six):
    said = Client().get("/now").json()
    assert said.keys() == {"now", "rate"}
    assert said["rate"] == 1
