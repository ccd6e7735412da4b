"""The frame fails closed: no data folder, key or sound clock, no start. Ids and clocks keep their word."""

import json
import os
import stat
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chairside.config import database
from chairside.config.clock import BadClock, RateClock, RealClock, create_rate_clock, load_clock
from chairside.config.folder import create_folder
from chairside.config.ids import UuidV7
from chairside.config.keys import Key, KeyMissing, KeyRing, add_key


def starting(**environment: str) -> subprocess.CompletedProcess[str]:
    """Loads the product's own settings in a fresh process with only this environment."""
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY[:8])"],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "chairside.config.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_refuses_to_start_without_a_data_folder():
    ended = starting()
    assert ended.returncode
    assert "CHAIRSIDE_DATA: expected the path of the clinic's data folder" in ended.stderr


def test_it_refuses_to_start_without_a_key(tmp_path):
    ended = starting(CHAIRSIDE_DATA=str(tmp_path))
    assert ended.returncode
    assert "ImproperlyConfigured: secret key: expected a file secret-….key" in ended.stderr


def test_it_refuses_to_start_with_a_clock_it_cannot_read(tmp_path):
    create_folder(tmp_path / "clinic")
    (tmp_path / "clinic" / "clock.json").write_text('{"rate": "fast"}')
    ended = starting(CHAIRSIDE_DATA=str(tmp_path / "clinic"))
    assert "clock anchor_real: expected an ISO 8601 instant" in ended.stderr


def test_it_refuses_a_database_address_it_does_not_know_without_repeating_it(tmp_path):
    create_folder(tmp_path / "clinic")
    ended = starting(CHAIRSIDE_DATA=str(tmp_path / "clinic"), DATABASE_URL="mysql://x:hushhush@host/name")
    assert "DATABASE_URL: expected" in ended.stderr
    assert "hushhush" not in ended.stderr.splitlines()[-1]


def test_it_starts_on_a_folder_made_for_it(tmp_path):
    create_folder(tmp_path / "clinic")
    ended = starting(CHAIRSIDE_DATA=str(tmp_path / "clinic"))
    assert (ended.returncode, len(ended.stdout.strip())) == (0, 8)


def test_keys_are_readable_by_their_owner_only(tmp_path):
    KeyRing.create(tmp_path / "keys")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


def test_a_new_key_becomes_the_current_one_and_the_older_still_checks_older_things(tmp_path):
    older_id, older = KeyRing.create(tmp_path).current_hmac()
    newer_id = add_key(tmp_path, "hmac")
    ring = KeyRing.load(tmp_path)
    assert ring.current_hmac()[0] == newer_id != older_id
    assert ring.hmac_key(older_id) == older


def test_a_key_that_is_not_there_is_named():
    with pytest.raises(KeyMissing, match="hmac key k9: not in this clinic's keys"):
        KeyRing.ephemeral().hmac_key("k9")


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 33])
def test_it_refuses_a_key_file_that_does_not_hold_a_key(tmp_path, text):
    KeyRing.create(tmp_path)
    path = next(tmp_path.glob("aes-*.key"))
    path.chmod(0o600)
    path.write_text(text)
    with pytest.raises(KeyMissing, match="expected 32 bytes in hexadecimal"):
        KeyRing.load(tmp_path)


def test_keys_are_made_once(tmp_path):
    KeyRing.create(tmp_path)
    with pytest.raises(FileExistsError):
        KeyRing.create(tmp_path)


def test_a_key_does_not_show_itself():
    assert "secret" not in repr(Key("id", b"secret"))


def test_a_folder_that_has_a_database_is_not_made_again(tmp_path):
    (tmp_path / "clinic.sqlite3").touch()
    with pytest.raises(FileExistsError, match="this one has a database"):
        create_folder(tmp_path, clock_rate=60)


def test_a_folder_without_a_clock_of_its_own_has_the_real_one(tmp_path):
    clock = load_clock(tmp_path)
    assert clock == RealClock()
    assert not clock.not_for_care
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_clock_of_its_own_is_never_for_care_even_at_rate_1(tmp_path):
    create_rate_clock(tmp_path, rate=1)
    assert load_clock(tmp_path).not_for_care


def test_a_rate_clock_runs_at_its_rate_from_its_anchor():
    anchor = datetime.now(UTC) - timedelta(seconds=10)
    clock = RateClock(anchor_real=anchor, anchor_clinic=datetime(2026, 1, 1, tzinfo=UTC), rate=60)
    passed = clock.now() - datetime(2026, 1, 1, tzinfo=UTC)
    assert timedelta(seconds=600) <= passed < timedelta(seconds=660)


def test_a_rate_clock_goes_on_from_where_it_was_after_a_restart(tmp_path):
    create_rate_clock(tmp_path, rate=60)
    first, second = load_clock(tmp_path), load_clock(tmp_path)
    assert first == second


def test_a_folder_is_given_one_clock_for_ever(tmp_path):
    create_rate_clock(tmp_path, rate=60)
    with pytest.raises(BadClock, match="expected a new data folder"):
        create_rate_clock(tmp_path, rate=2)


@pytest.mark.parametrize("rate", [0, -1, 3601, True, "60", None, float("nan")])
def test_it_refuses_a_rate_that_is_not_a_rate(tmp_path, rate):
    with pytest.raises(BadClock, match="expected a number above 0 and up to 3600"):
        create_rate_clock(tmp_path, rate=rate)


@pytest.mark.parametrize("anchor", ["yesterday", "2026-01-01T00:00:00", None])
def test_it_refuses_an_anchor_without_a_zone(tmp_path, anchor):
    document = {"anchor_real": anchor, "anchor_clinic": anchor, "rate": 2}
    (tmp_path / "clock.json").write_text(json.dumps(document))
    with pytest.raises(BadClock, match="expected an ISO 8601 instant with a zone"):
        load_clock(tmp_path)


@pytest.mark.parametrize("text", ["[]", "{", "3"])
def test_it_refuses_a_clock_file_that_is_not_an_object(tmp_path, text):
    (tmp_path / "clock.json").write_text(text)
    with pytest.raises(BadClock, match="expected a JSON object"):
        load_clock(tmp_path)


class Backwards:
    """A clock that goes back by an hour at each question."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, tzinfo=UTC)

    def now(self) -> datetime:
        self.at -= timedelta(hours=1)
        return self.at


def test_an_id_is_a_uuid_of_version_7_and_says_when_it_was_made():
    made = uuid.UUID(UuidV7(RealClock()).new())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 1


def test_ids_are_never_the_same_and_their_time_never_goes_back():
    ids = UuidV7(Backwards())
    made = [ids.new() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert [each[:13] for each in made] == sorted(each[:13] for each in made)


def test_an_address_of_postgresql_becomes_settings():
    found = database.from_url("postgres://ada:p%40ss@db.example:6543/chair?sslmode=require")
    wanted = {"NAME": "chair", "USER": "ada", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "6543"}
    assert wanted.items() <= found.items()
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_unix_socket_is_given_as_a_host():
    assert database.from_url("postgresql:///chair?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize(("url", "name"), [("sqlite:///a/b.db", "a/b.db"), ("sqlite:////a/b.db", "/a/b.db")])
def test_an_address_of_sqlite_becomes_a_file(url, name):
    assert database.from_url(url)["NAME"] == name


@pytest.mark.parametrize("url", ["postgres://host", "mysql://host/name", "chair", ""])
def test_it_refuses_any_other_address(url):
    with pytest.raises(database.BadDatabaseUrl, match="DATABASE_URL: expected"):
        database.from_url(url)


def test_sqlite_loses_nothing_at_a_power_cut_and_writes_one_at_a_time():
    options = database.sqlite("x")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"] and "synchronous=FULL" in options["init_command"]
