"""Runs a demo: a whole fictional clinic with its people, patients and signed library, never for care.

Without --data it lives in a temporary folder and is thrown away when it stops.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from chairside.cli import data_folder, running, typed_arguments
from chairside.cli.cannot import Cannot
from chairside.cli.serve import HL7_PORT, PORT

UNFINISHED = "demo-unfinished"
OURS = (UNFINISHED, data_folder.HELD)


def add_arguments(parser: ArgumentParser) -> None:
    """Where it lives and where it answers."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep the demo in this folder, where it is again after a restart",
    )
    typed_arguments.add_addresses(parser, port_default=PORT, hl7_port_default=HL7_PORT)
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--clock-rate",
        type=typed_arguments.clock_rate,
        metavar="N",
        help="a new demo whose clock runs N times as fast, for ever",
    )


def run(arguments: Namespace) -> int:
    """Makes the demo where it isn't there yet, and runs it until it is told to stop."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _end)
    # A demo never touches a clinic that the environment names.
    for name in ("DATABASE_URL", "CHAIRSIDE_KEYS", "CHAIRSIDE_HOSTS", "CHAIRSIDE_TLS"):
        os.environ.pop(name, None)
    with (
        running.bound(host="localhost", port=arguments.port, hl7_port=arguments.hl7_port) as places,
        folder_of(arguments.data) as folder,
        data_folder.run_by_this_process(folder),
    ):
        prepare(folder, clock_rate=arguments.clock_rate)

        def announce() -> None:
            say(f"ready in {time.monotonic() - began:.1f} s")
            for line in welcome(places, folder if arguments.data else None):
                print(line)
            sys.stdout.flush()
            if not arguments.no_browser:
                open_browser(places.address)

        return running.run_clinic(places, announce)


@contextmanager
def folder_of(chosen: Path | None) -> Iterator[Path]:
    """The chosen folder, made if it isn't there; or a temporary one that goes with the demo."""
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="chairside-demo-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Cannot(f"--data: {data_folder.said(error)}") from error
    yield chosen


def prepare(folder: Path, *, clock_rate: float | None) -> None:
    """Makes the demo in an empty folder, or opens the one that is there and gives it visits for today."""
    clear_unfinished(folder)
    if not data_folder.is_made(folder):
        make(folder, clock_rate=clock_rate)
        return
    if clock_rate is not None:
        raise Cannot(f"--clock-rate: expected a new folder; the demo in {folder} has its clock")
    data_folder.open_clinic(folder)
    if data_folder.migrations_due():
        data_folder.migrate()
    clinic = data_folder.the_clinic(folder)
    if not clinic.demo:
        raise Cannot(
            f"--data {folder}: a clinic lives there, which is no demo; it is run by: chairside serve"
        )
    from chairside.cli.demo_clinic import open_again

    say(f"the demo in {folder}")
    open_again(clinic, say=say)


def make(folder: Path, *, clock_rate: float | None) -> None:
    """Makes the demo. A mark stands while it is made: broken off, it is cleared and made again next time."""
    if {each.name for each in folder.iterdir()} - set(OURS):
        raise Cannot(f"--data {folder}: expected an empty folder, or one that holds a demo")
    say("setting up a fictional clinic; this is needed once per folder")
    (folder / UNFINISHED).touch()
    data_folder.make(folder, clock_rate=clock_rate)
    data_folder.open_clinic(folder)
    say("database")
    data_folder.migrate()
    from chairside.cli.demo_clinic import make_clinic

    make_clinic(zone=zone_here(), not_for_care=clock_rate is not None, say=say)
    (folder / UNFINISHED).unlink()


def clear_unfinished(folder: Path) -> None:
    """Removes what an interrupted making left behind."""
    if not (folder / UNFINISHED).exists():
        return
    say("the last making of this demo was broken off; beginning again")
    for left in folder.iterdir():
        if left.name in OURS:
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def welcome(places: running.Places, kept_in: Path | None) -> Iterator[str]:
    """Address, a sign-in for each role, and where to begin."""
    from chairside.cli.demo_clinic import LOOK_FIRST, PEOPLE, SPOKEN_ROLES

    yield ""
    yield f"  {places.address}    a demo, not for care; nobody in it exists"
    yield f"  HL7 v2 listener at port {places.hl7_port}"
    yield ""
    for person in PEOPLE:
        yield f"  {SPOKEN_ROLES[person.username]:<24}{person.username:<8}{person.password}"
    yield ""
    yield f"  {LOOK_FIRST}"
    where = f"kept in {kept_in}" if kept_in else "thrown away when it stops; --data DIR keeps it"
    yield f"  Ctrl-C stops it. It is {where}."


def zone_here() -> str:
    """This machine's IANA zone, so that times are those on the wall; UTC where it can't be told."""
    from zoneinfo import ZoneInfo

    link = os.path.realpath("/etc/localtime")
    for name in (os.environ.get("TZ", ""), link.partition("zoneinfo/")[2]):
        try:
            return str(ZoneInfo(name))
        except (KeyError, ValueError, OSError):
            continue
    return "UTC"


def open_browser(address: str) -> None:
    """Opens a browser where there is a screen; one that runs in the terminal would take it over."""
    if (
        os.name == "nt"
        or sys.platform == "darwin"
        or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    ):
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _end(number: int, _: object) -> NoReturn:
    """Ended while it is made: what is temporary is still removed."""
    raise SystemExit(128 + number)


def say(sentence: str) -> None:
    """One line of progress."""
    print(f"chairside: {sentence}", flush=True)
