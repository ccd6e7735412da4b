"""Checks a session against its chains, the heads noted outside, its library, and a printed flowsheet.

Names every byte that was changed, deleted, moved or cut off: which event, audit line or file.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chairside.cli import data_folder
from chairside.cli.cannot import Cannot
from chairside.cli.typed_arguments import add_folder

if TYPE_CHECKING:
    from chairside.interop.flowsheet import Printed

BROKEN = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Which session of which clinic, and a printed sheet of it."""
    add_folder(parser)
    parser.add_argument("--session", required=True, metavar="ID", help="the session's id")
    parser.add_argument(
        "--flowsheet", type=Path, metavar="FILE.html", help="a flowsheet of it, saved as a page, to compare"
    )


def run(arguments: Namespace) -> int:
    """Says what was checked and what does not hold; status 0 when all holds, 1 when not, 2 for bad input."""
    data_folder.open_clinic(arguments.data)
    clinic = data_folder.the_clinic(arguments.data)
    printed = read_printed(arguments.flowsheet) if arguments.flowsheet else None
    from chairside.charts.verification import NothingToVerify, verify_session

    try:
        report = verify_session(arguments.session, clinic.pk, printed=printed)
    except NothingToVerify as error:
        raise Cannot(f"--session: no session {arguments.session} at this clinic") from error
    for line in report.checked:
        print(f"checked: {line}")
    for finding in report.findings:
        print(f"BROKEN: {finding}")
    print("all of this holds" if report.ok else f"{len(report.findings)} things do not hold")
    return 0 if report.ok else BROKEN


def read_printed(path: Path) -> "Printed":
    """The sheet in a file; raises `Cannot` where there is none."""
    from chairside.interop.flowsheet import NotAFlowsheet, read_flowsheet

    try:
        return read_flowsheet(path.read_text(encoding="utf-8"))
    except NotAFlowsheet as error:
        raise Cannot(f"--flowsheet {path}: {error}") from error
    except (OSError, UnicodeError) as error:
        raise Cannot(f"--flowsheet {path}: {data_folder.said(error)}") from error
