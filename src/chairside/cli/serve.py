"""Runs a clinic from its data folder, and says what is missing before a session can start."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chairside.cli import data_folder, running, typed_arguments

if TYPE_CHECKING:
    from chairside.accounts.models import Clinic

PORT = 8000
HL7_PORT = 2575
"""The port registered for HL7 over MLLP."""


def add_arguments(parser: ArgumentParser) -> None:
    """Folder and addresses."""
    typed_arguments.add_folder(parser)
    typed_arguments.add_addresses(parser, port_default=PORT, hl7_port_default=HL7_PORT)
    parser.add_argument(
        "--host", default="localhost", metavar="NAME", help="address to listen at, default localhost"
    )


def run(arguments: Namespace) -> int:
    """Serves until it is told to stop."""
    folder: Path = arguments.data
    running.only_this_machine(arguments.host)
    data_folder.open_clinic(folder)
    clinic = data_folder.the_clinic(folder)
    with (
        running.bound(host=arguments.host, port=arguments.port, hl7_port=arguments.hl7_port) as places,
        data_folder.run_by_this_process(folder),
    ):
        for sentence in missing(clinic, folder):
            print(sentence)

        def announce() -> None:
            print(
                f"{clinic.name}: {places.address} · HL7 v2 at port {places.hl7_port} · Ctrl-C stops",
                flush=True,
            )

        return running.run_clinic(places, announce)


def missing(clinic: "Clinic", folder: Path) -> Iterator[str]:
    """What keeps a session from starting, a sentence each."""
    from chairside.accounts.models import Person
    from chairside.charts.releases import NotSigned, release_in_force
    from chairside.library.knowledge import MissingFile, rules_from
    from chairside.library.reading import BadLibraryFile

    people = Person.objects.of(clinic).filter(is_active=True)
    if not people.exists():
        yield f"Nobody can sign in yet: chairside person add --data {folder} --help"
    elif not people.filter(director=True).exists():
        yield "Nobody is the site's director, who signs its limits: chairside person add … --director"
    if clinic.demo or clinic.not_for_care:
        yield "This clinic is not for care."
    try:
        release = release_in_force(clinic.id)
        rules_from(release.files, release.digest)
    except NotSigned as lacking:
        yield "No session can start before the director has signed (page: Site):"
        yield from (f"  {sentence}" for sentence in lacking.sentences)
    except (BadLibraryFile, MissingFile) as error:
        yield f"No session can start: {error}"
