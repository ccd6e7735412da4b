"""A clinic's data folder: made once, opened only where it is; nobody has an account until one is added."""

import sqlite3

import pytest

from tests.cli.command import chairside, clinic_at, password_file, refused


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """One clinic that the tests of this file look at."""
    return clinic_at(tmp_path_factory.mktemp("clinic") / "desert")


def rows(folder, question):
    """What the clinic's database answers."""
    with sqlite3.connect(folder / "clinic.sqlite3") as database:
        return database.execute(question).fetchall()


def add(folder, *words, password="a quiet orange tide"):
    """The words that add someone to a clinic."""
    return ("person", "add", "--data", folder, "--password-file", password_file(folder, password), *words)


def test_a_new_clinic_has_keys_and_tables_and_nobody(clinic):
    assert {path.name.split("-")[0] for path in (clinic / "keys").iterdir()} == {"secret", "hmac", "aes"}
    assert rows(clinic, "SELECT id, name, zone, demo, not_for_care FROM accounts_clinic") == [
        ("desert-calm", "Desert Calm", "America/Denver", 0, 0)
    ]
    assert rows(
        clinic, "SELECT verb FROM (SELECT json_extract(body, '$.verb') AS verb FROM vault_auditline)"
    ) == [("clinics.added",)]


def test_nobody_else_on_the_machine_reads_what_a_clinic_writes(clinic):
    readable = [path for path in [clinic, *clinic.rglob("*")] if path.stat().st_mode & 0o077]
    assert not readable


def test_a_second_clinic_in_one_folder_is_refused(clinic):
    answer = refused("init", "--data", clinic, "--clinic-name", "Other", "--zone", "UTC")
    assert answer == f"chairside: --data {clinic}: a clinic is there already; expected a new folder"


def test_a_new_clinic_needs_its_name_and_zone(tmp_path):
    assert "expected --clinic-name and --zone" in refused("init", "--data", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_making_that_broke_off_is_gone_on_with(tmp_path):
    folder = clinic_at(tmp_path / "desert")
    (folder / "clinic.sqlite3").unlink()
    assert rows(clinic_at(folder), "SELECT count(*) FROM accounts_clinic") == [(1,)]


def test_a_clinic_that_is_up_to_date_stays_as_it_is(clinic):
    answer = chairside("init", "--data", clinic, "--update")
    assert (answer.returncode, answer.stdout) == (0, f"{clinic}: up to date\n")


def test_tables_of_another_version_are_not_served(tmp_path):
    folder = clinic_at(tmp_path / "desert")
    with sqlite3.connect(folder / "clinic.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")
    assert f"chairside init --data {folder} --update" in refused("serve", "--data", folder)
    assert "up to date; migrations run: 1\n" in chairside("init", "--data", folder, "--update").stdout
    assert chairside("check-library", "--data", folder).returncode == 0


@pytest.mark.parametrize("command", ["serve", "person add", "check-library"])
def test_a_folder_without_a_clinic_gets_the_command_that_makes_one(command, tmp_path):
    words = ["--username", "ann", "--name", "Ann Lee", "--roles", "nurse"] if "person" in command else []
    answer = refused(*command.split(), "--data", tmp_path / "none", *words)
    assert answer == (
        f"chairside: --data {tmp_path}/none: no clinic is there; make one with: "
        f"chairside init --data {tmp_path}/none --clinic-name NAME --zone ZONE"
    )
    assert not (tmp_path / "none").exists()


def test_keys_for_tests_are_not_for_a_clinic(clinic):
    assert "ephemeral keys are for tests only" in refused(
        "serve", "--data", clinic, CHAIRSIDE_KEYS="ephemeral"
    )


def test_a_spoilt_key_is_named(tmp_path):
    folder = clinic_at(tmp_path / "desert")
    key = next((folder / "keys").glob("hmac-*.key"))
    key.write_text("not a key\n")
    assert f"{key}: expected 32 bytes in hexadecimal" in refused("serve", "--data", folder)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    folder = clinic_at(tmp_path / "desert")
    (folder / "clinic.sqlite3").write_bytes(b"no database " * 100)
    assert (
        refused("serve", "--data", folder) == "chairside: the clinic's database can't be read (DatabaseError)"
    )


def test_a_person_is_added_with_their_roles(clinic):
    answer = chairside(*add(clinic, "--username", "Ann", "--name", "Ann Lee", "--roles", "nurse,manager"))
    assert answer.stdout == "ann may sign in to Desert Calm as manager and nurse.\n"
    assert rows(clinic, "SELECT nurse, prescriber, manager, director FROM accounts_person") == [(1, 0, 1, 0)]
    assert "already exists" in refused(*add(clinic, "--username", "ann", "--name", "Ann", "--roles", "nurse"))


def test_a_person_needs_a_role(clinic):
    assert "--roles: expected some of" in refused(*add(clinic, "--username", "bo", "--name", "Bo Ek"))


def test_a_short_password_is_refused(clinic):
    words = add(clinic, "--username", "bo", "--name", "Bo Ek", "--roles", "nurse", password="eleven char")
    assert refused(*words).startswith("chairside: password: ")


def test_a_username_with_a_space_is_refused(clinic):
    words = add(clinic, "--username", "bo ek", "--name", "Bo Ek", "--roles", "nurse")
    assert (
        refused(*words)
        == "chairside: username: username: expected lower-case letters, digits, dots and hyphens"
    )


def test_without_a_terminal_or_a_file_there_is_no_password(clinic):
    words = ("person", "add", "--data", clinic, "--username", "bo", "--name", "Bo Ek", "--roles", "nurse")
    assert "expected a terminal to ask on, or --password-file" in refused(*words)
    assert "expected the password on its first line" in refused(*words, "--password-file", "/dev/null")
    assert "no such file" in refused(*words, "--password-file", clinic / "none")
