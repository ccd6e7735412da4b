"""Adding people: each bad field gets its sentence, and a change and its audit line fail together."""

import json

import pytest
from django.db import IntegrityError, transaction

from chairside.accounts.access import NotAllowed
from chairside.accounts.models import Clinic, Person
from chairside.actions import people
from chairside.actions.fields import BadFields
from chairside.actions.people import NewPerson, add_clinic, add_person, set_active
from chairside.vault.models import AuditLine
from tests.people import MONDAY, PASSWORD


def adding(six, **fields):
    new = NewPerson(**{"username": "reyes", "display_name": "J. Reyes", "password": PASSWORD, **fields})
    return add_person(new, clinic=six.clinic, by=six.manager, at=MONDAY)


def test_a_person_is_added_with_their_roles(six):
    person = adding(six, username=" Reyes ", credentials="RN", roles=frozenset({"nurse"}))
    assert (person.username, str(person), person.roles) == ("reyes", "J. Reyes, RN", {"nurse"})


def test_the_audit_line_holds_the_roles_and_no_name(six):
    adding(six, roles=frozenset({"nurse"}))
    body = AuditLine.objects.of("bay").latest("position").body
    assert json.loads(body)["detail"] == {"roles": ["nurse"], "director": False}
    assert "Reyes" not in body and "reyes" not in body


def test_the_change_and_its_audit_line_fail_together(six, monkeypatch):
    def broken(**_):
        raise RuntimeError("the chain can't be written")

    monkeypatch.setattr(people, "audit", broken)
    with pytest.raises(RuntimeError):
        adding(six)
    assert not Person.objects.filter(username="reyes").exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"username": "nurse"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": ""}, "username"),
        ({"display_name": " "}, "display name"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"roles": frozenset({"surgeon"})}, "roles"),
    ],
)
def test_each_bad_field_is_named(six, fields, named):
    with pytest.raises(BadFields) as refused:
        adding(six, **fields)
    assert set(refused.value.sentences) == {named}


def test_a_password_does_not_show_itself():
    assert PASSWORD not in repr(NewPerson("a", "A", PASSWORD))


def test_only_the_manager_adds_people(six):
    for name in ("nurse", "prescriber", "researcher", "stranger"):
        with pytest.raises(NotAllowed):
            add_person(NewPerson("x", "X", PASSWORD), clinic=six.clinic, by=getattr(six, name), at=MONDAY)


def test_an_account_is_closed_and_opened_again(six):
    set_active(six.nurse, active=False, by=six.manager, at=MONDAY)
    assert not Person.objects.get(pk=six.nurse.pk).is_active
    set_active(six.nurse, active=True, by=six.manager, at=MONDAY)
    assert Person.objects.get(pk=six.nurse.pk).is_active


def test_nobody_closes_their_own_account(six):
    with pytest.raises(BadFields, match="nobody closes their own account"):
        set_active(six.manager, active=False, by=six.manager, at=MONDAY)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"id": "Bay 1"}, "id"),
        ({"name": ""}, "name"),
        ({"zone": "Pacific"}, "zone"),
        ({"zone": "../x"}, "zone"),
    ],
)
def test_a_clinic_needs_an_id_a_name_and_a_real_zone(own_database, fields, named):
    clinic = Clinic(**{"id": "bay", "name": "Bay", "zone": "Europe/Paris", **fields})
    with pytest.raises(BadFields) as refused:
        add_clinic(clinic, at=MONDAY)
    assert set(refused.value.sentences) == {named}


@pytest.mark.parametrize("fields", [{"username": "Nurse2"}, {"display_name": ""}, {"username": "nurse"}])
def test_the_database_itself_refuses_what_the_verb_would(six, fields):
    row = Person(**{"clinic": six.clinic, "username": "x", "display_name": "X", **fields})
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
