"""Writes a session out as one JSON document: its events, and readings, alarms, drug and states from them."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from chairside.cli import data_folder
from chairside.cli.cannot import Cannot
from chairside.cli.typed_arguments import add_folder


def add_arguments(parser: ArgumentParser) -> None:
    """Which session of which clinic, and where to."""
    add_folder(parser)
    parser.add_argument("--session", required=True, metavar="ID", help="the session's id")
    parser.add_argument(
        "--format", choices=["json"], default="json", help="json, as docs/export.schema.json says"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="a new file; without it, to the screen")


def run(arguments: Namespace) -> int:
    """Writes the document; status 2 for a session that is not there."""
    data_folder.open_clinic(arguments.data)
    document = exported(arguments.session, arguments.data)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if arguments.output is None:
        sys.stdout.write(text)
        return 0
    try:
        # A record is never written over another file.
        with arguments.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Cannot(f"--output: {data_folder.said(error)}") from error
    return 0


def exported(session: str, folder: Path) -> dict[str, Any]:
    """The document of a session; raises `Cannot` for one that this clinic does not have."""
    from django.conf import settings

    from chairside.charts.exporting import session_export
    from chairside.charts.sessions import NoSuchSession

    clinic = data_folder.the_clinic(folder)
    clock = settings.CHAIRSIDE_CLOCK
    try:
        return session_export(session, clinic, at=clock.now(), not_for_care=clock.not_for_care)
    except NoSuchSession as error:
        raise Cannot(f"--session: no session {session} at this clinic") from error
