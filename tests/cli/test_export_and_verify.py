"""`chairside export` and `chairside verify` as a person types them."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from chairside.interop.export import schema
from tests.cli.command import chairside, clinic_at, environment, refused

TELL = """
import os, sys
from pathlib import Path
from chairside.cli import data_folder
data_folder.open_clinic(Path(sys.argv[1]))
from chairside.accounts.models import Clinic
from chairside.gateway.worker import deliver_due
from tests.actions.afternoon import ready_clinic
from tests.charts.endings import told
from tests.people import Six, letting_in
clinic = Clinic.objects.get()
six = Six(clinic, clinic, letting_in(clinic, "nurse", "nurse"),
    letting_in(clinic, "prescriber", "prescriber", director=True), None,
    letting_in(clinic, "manager", "manager"), letting_in(clinic, "researcher"),
    letting_in(clinic, "stranger"))
story = told(ready_clinic(six)).recovered().released().counted().signed().closed()
deliver_due()
print(story.session)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[Path, str]:
    """A clinic's folder with one closed session, and its id."""
    folder = clinic_at(tmp_path_factory.mktemp("clinic") / "data")
    answer = subprocess.run(
        [sys.executable, "-c", TELL, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.getcwd()),
    )
    assert answer.returncode == 0, answer.stderr
    return folder, answer.stdout.strip()


def test_a_session_is_written_out(told, tmp_path):
    folder, session = told
    answer = chairside("export", "--data", folder, "--session", session, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert not list(Draft202012Validator(schema()).iter_errors(document))
    assert document["state"] == "closed"
    file = tmp_path / "session.json"
    again = ("export", "--data", folder, "--session", session, "--output", file)
    assert chairside(*again).returncode == 0
    assert json.loads(file.read_text())["head"] == document["head"]
    assert "--output" in refused(*again)


@pytest.mark.parametrize("command", ["export", "verify"])
def test_an_unknown_session_is_one_sentence(told, command):
    assert "--session: no session none-such" in refused(command, "--data", told[0], "--session", "none-such")


def test_what_was_left_alone_verifies(told):
    answer = chairside("verify", "--data", told[0], "--session", told[1])
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "heads in the audit chain" in answer.stdout
    assert answer.stdout.endswith("all of this holds\n")


def test_a_page_that_is_no_flowsheet_is_one_sentence(told, tmp_path):
    page = tmp_path / "page.html"
    words = ("verify", "--data", told[0], "--session", told[1], "--flowsheet", page)
    assert "--flowsheet" in refused(*words)
    page.write_text("<p>hello</p>")
    assert "expected the HTML page of a Chairside flowsheet" in refused(*words)


def test_a_changed_byte_is_named_with_status_1(told, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(told[0], folder)
    with closing(sqlite3.connect(folder / "clinic.sqlite3")) as database, database:
        database.execute("DROP TRIGGER vault_sessionevent_no_update")
        database.execute(
            "UPDATE vault_sessionevent SET body=replace(body, '35000', '34000') "
            "WHERE kind='preparation.begun'"
        )
    answer = chairside("verify", "--data", folder, "--session", told[1])
    changed = [line for line in answer.stdout.splitlines() if line.startswith("BROKEN: event")]
    assert answer.returncode == 1, answer.stdout
    assert changed, answer.stdout
