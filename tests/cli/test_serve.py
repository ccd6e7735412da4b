"""`serve` runs a clinic that was made: it says what is missing, and answers this machine only."""

import signal
import socket
import urllib.request

import pytest

from tests.cli.command import chairside, clinic_at, password_file, refused, running

ANY = ("--port", "0", "--hl7-port", "0")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A clinic without people or signatures."""
    return clinic_at(tmp_path_factory.mktemp("clinic") / "desert")


def said_by(clinic):
    """What a clinic says when it starts, and how it ends."""
    with running("serve", "--data", clinic, *ANY) as served:
        address = served.address()
        with urllib.request.urlopen(f"{address}sign-in", timeout=10) as page:
            assert page.status == 200
        ended = served.stopped_by(signal.SIGTERM)
    assert (ended[0], ended[2]) == (0, "")
    assert ended[1] < 5
    return "".join(served.printed)


def test_a_new_clinic_says_that_nobody_can_sign_in_and_names_every_unsigned_file(clinic):
    said = said_by(clinic)
    assert "Nobody can sign in yet" in said
    assert "No session can start before the director has signed" in said
    files = [line for line in chairside("check-library").stdout.splitlines() if line.startswith("read")]
    assert said.count("not signed for this site:") == len(files) > 10


def test_a_clinic_without_a_director_says_so(clinic):
    words = ("--username", "ann", "--name", "Ann Lee", "--roles", "nurse")
    added = chairside(
        "person", "add", "--data", clinic, *words, "--password-file", password_file(clinic.parent)
    )
    assert added.returncode == 0
    said = said_by(clinic)
    assert "Nobody can sign in yet" not in said
    assert "Nobody is the site's director" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "clinic.local"])
def test_others_are_not_served_without_https(clinic, host):
    answer = refused("serve", "--data", clinic, *ANY, "--host", host)
    assert answer == (
        f"chairside: --host {host}: expected localhost; without https, passwords and records would cross the "
        "network for anyone to read"
    )


def test_what_is_bound_is_reached_from_this_machine_only(clinic):
    with running("serve", "--data", clinic, *ANY) as served:
        port = int(served.address().rstrip("/").rpartition(":")[2])
        outward = socket.gethostbyname(socket.gethostname())
        if not outward.startswith("127."):
            with pytest.raises(OSError):
                socket.create_connection((outward, port), timeout=2)
        served.stopped_by(signal.SIGTERM)


def test_a_monitor_that_nobody_added_gets_an_answer_and_holds_up_no_end(clinic):
    message = b"MSH|^~\\&|STRANGER|||||20260314170000||ORU^R01^ORU_R01|1|P|2.6\rOBR|1\r"
    with running("serve", "--data", clinic, *ANY) as served:
        port = int(served.until("HL7 v2 at port").split("HL7 v2 at port ")[1].split()[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as monitor:
            monitor.sendall(b"\x0b" + message + b"\x1c\r")
            answer = monitor.recv(1 << 16)
            status, seconds, _ = served.stopped_by(signal.SIGTERM)
    assert b"\rMSA|A" in answer or b"\rMSA|C" in answer
    assert status == 0
    assert seconds < 5


def test_ctrl_c_is_quiet(clinic):
    with running("serve", "--data", clinic, *ANY) as served:
        served.address()
        status, seconds, errors = served.stopped_by(signal.SIGINT)
    assert (status, errors) == (0, "")
    assert seconds < 5


def test_a_site_file_that_can_t_be_read_is_named(clinic):
    (clinic / "library").mkdir()
    (clinic / "library" / "own.toml").write_text("id = ")
    try:
        assert "No session can start: own.toml, line 1" in said_by(clinic)
    finally:
        (clinic / "library" / "own.toml").unlink()
