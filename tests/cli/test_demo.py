"""`demo` as a newcomer starts it: a whole clinic in one command, there again later, and quick to stop."""

import json
import signal
import socket
import sqlite3
import time
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from tests.cli.command import chairside, clinic_at, refused, running

ANY = ("--port", "0", "--hl7-port", "0")
DEMO = ("demo", *ANY, "--no-browser")
STOPS_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo that was made, stopped, and is there again: its folder and what it said at first."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    with running(*DEMO, "--data", folder) as demo:
        demo.until("Ctrl-C stops it")
        status, seconds, errors = demo.stopped_by(signal.SIGTERM)
    assert (status, errors) == (0, "")
    assert seconds < STOPS_WITHIN_S
    return folder, "".join(demo.printed)


def rows(folder, question):
    """What the demo's database answers."""
    with sqlite3.connect(folder / "clinic.sqlite3") as database:
        return database.execute(question).fetchall()


def signed_in(address, username, password):
    """A browser that is signed in, and the page it came to."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}sign-in", timeout=10).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = urlencode({"username": username, "password": password, "csrfmiddlewaretoken": token, "next": "/"})
    came_to = browser.open(
        urllib.request.Request(f"{address}sign-in", form.encode(), {"Referer": address}), timeout=20
    )
    return browser, came_to.read().decode()


def test_it_prints_an_address_a_sign_in_for_each_role_and_what_to_look_at(made):
    _, printed = made
    for words in (
        "http://localhost:",
        "nurse  ",
        "second nurse",
        "prescriber and director",
        "manager",
        "Look first:",
    ):
        assert words in printed
    assert printed.count("not for care") == 1


def test_everything_in_it_was_done_by_somebody_and_written_down(made):
    folder, _ = made
    verbs = dict(
        rows(folder, "SELECT json_extract(body, '$.verb') AS verb, count(*) FROM vault_auditline GROUP BY 1")
    )
    assert verbs["library.signed"] == rows(folder, "SELECT count(*) FROM records_sitesignature")[0][0] > 10
    assert verbs["people.added"] == 4
    assert verbs["patients.added"] == verbs["plans.signed"] >= 3
    assert verbs["visits.planned"] >= 3
    assert rows(folder, "SELECT demo, not_for_care FROM accounts_clinic") == [(1, 0)]


def test_the_infusion_of_yesterday_is_closed_and_holds(made):
    folder, _ = made
    ((session,),) = rows(folder, "SELECT session FROM vault_sessionevent WHERE kind = 'session.closed'")
    verified = chairside("verify", "--data", folder, "--session", session)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    written = json.loads(chairside("export", "--data", folder, "--session", session).stdout)
    assert [each["state"] for each in written["states"]][-1] == "closed"
    assert {each["signal"] for each in written["alarms"]} == {"sbp_mmhg"}
    assert all(each["acknowledged_by"] for each in written["alarms"])
    (ketamine,) = written["drug"]
    assert ketamine["difference_ug"] == 0


def test_an_open_stream_is_told_of_the_end_and_does_not_hold_it_up(made):
    folder, _ = made
    ((session,),) = rows(folder, "SELECT session FROM vault_sessionevent WHERE kind = 'session.closed'")
    with running(*DEMO, "--data", folder) as demo:
        address = demo.address()
        browser, _ = signed_in(address, "nora", "calm-orange-tide")
        stream = browser.open(f"{address}sessions/{session}/stream", timeout=10)
        assert stream.readline() == b"retry: 1000\n"
        status, seconds, errors = demo.stopped_by(signal.SIGTERM)
        assert b"event: ending" in stream.read()
    assert (status, errors) == (0, "")
    assert seconds < STOPS_WITHIN_S


def test_it_is_there_again_and_nothing_is_made_twice(made):
    folder, _ = made
    counts = "SELECT (SELECT count(*) FROM accounts_person), (SELECT count(*) FROM vault_sessionevent)"
    before = rows(folder, counts)
    began = time.monotonic()
    with running(*DEMO, "--data", folder) as demo:
        address = demo.address()
        again_s = time.monotonic() - began
        _, page = signed_in(address, "nora", "calm-orange-tide")
        status, seconds, errors = demo.stopped_by(signal.SIGINT)
    assert "Vargas" in page
    assert "demo" in page.lower()
    assert (status, errors) == (0, "")
    assert seconds < STOPS_WITHIN_S
    assert again_s < 30
    assert rows(folder, counts) == before


def test_a_day_later_there_are_visits_again(made):
    folder, _ = made
    with sqlite3.connect(folder / "clinic.sqlite3") as database:
        database.execute("UPDATE records_visit SET scheduled_at = datetime(scheduled_at, '-1 day')")
    with running(*DEMO, "--data", folder) as demo:
        demo.until("3 visits planned for today")
        demo.address()
        demo.stopped_by(signal.SIGTERM)


def test_a_kept_connection_does_not_hold_up_the_end(made):
    folder, _ = made
    with running(*DEMO, "--data", folder) as demo:
        port = int(demo.address().rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as open_connection:
            open_connection.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert open_connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
            status, seconds, _ = demo.stopped_by(signal.SIGTERM)
    assert status == 0
    assert seconds < STOPS_WITHIN_S


def test_one_folder_is_run_by_one_process(made):
    folder, _ = made
    with running(*DEMO, "--data", folder) as demo:
        demo.address()
        assert refused(*DEMO, "--data", folder).endswith("another process is running this clinic")


def test_a_port_that_is_taken_gets_one_sentence_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        pages = refused("demo", "--data", tmp_path / "new", "--port", port, "--hl7-port", "0")
        monitors = refused("demo", "--data", tmp_path / "new", "--port", "0", "--hl7-port", port)
    assert pages == f"chairside: --port {port}: taken by another program; choose another, or 0 for any"
    assert monitors == f"chairside: --hl7-port {port}: taken by another program; choose another, or 0 for any"
    assert not (tmp_path / "new").exists()


def test_a_clock_is_chosen_once(made):
    folder, _ = made
    answer = refused(*DEMO, "--data", folder, "--clock-rate", "60")
    assert answer == f"chairside: --clock-rate: expected a new folder; the demo in {folder} has its clock"


def test_a_clinic_that_is_no_demo_is_left_alone(tmp_path):
    folder = clinic_at(tmp_path / "clinic")
    before = (folder / "clinic.sqlite3").read_bytes()
    assert "a clinic lives there, which is no demo" in refused(*DEMO, "--data", folder)
    assert (folder / "clinic.sqlite3").read_bytes() == before


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    assert "expected an empty folder, or one that holds a demo" in refused(*DEMO, "--data", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} - {"running.lock"} == {"letter.txt"}


def test_a_making_that_was_interrupted_is_quiet_and_begun_again(tmp_path):
    folder = tmp_path / "demo"
    with running(*DEMO, "--data", folder) as demo:
        demo.until("signatures")
        status, _, errors = demo.stopped_by(signal.SIGINT)
    assert (status, errors) == (130, "")
    with running(*DEMO, "--data", folder) as demo:
        demo.until("beginning again")
        address = demo.address()
        assert "Vargas" in signed_in(address, "nora", "calm-orange-tide")[1]
        demo.stopped_by(signal.SIGTERM)


def test_one_that_is_ended_while_it_is_made_leaves_nothing_behind(tmp_path):
    with running(*DEMO, TMPDIR=str(tmp_path)) as demo:
        demo.until("people")
        status, _, errors = demo.stopped_by(signal.SIGTERM)
    assert (status, errors) == (128 + signal.SIGTERM, "")
    assert not list(tmp_path.glob("chairside-demo-*"))


def test_without_a_folder_it_leaves_nothing_behind_and_a_faster_clock_is_never_for_care(tmp_path):
    with running(*DEMO, "--clock-rate", "60", TMPDIR=str(tmp_path)) as demo:
        address = demo.address()
        (folder,) = tmp_path.glob("chairside-demo-*")
        assert json.loads((folder / "clock.json").read_text())["rate"] == 60
        assert rows(folder, "SELECT demo, not_for_care FROM accounts_clinic") == [(1, 1)]
        assert "NOT FOR CARE" in signed_in(address, "nora", "calm-orange-tide")[1]
        demo.stopped_by(signal.SIGTERM)
    assert not list(tmp_path.glob("chairside-demo-*"))
