"""Checks the library: every file by itself and all together, each clinical number with its unit and source.

With --data it checks what is in force at that clinic and says which files its director has not signed.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chairside.cli import data_folder
from chairside.cli.cannot import Cannot

if TYPE_CHECKING:
    from chairside.library.loader import LibraryFile


def add_arguments(parser: ArgumentParser) -> None:
    """Which files: the standard ones, some of one's own, or a clinic's."""
    parser.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="TOML files to check in place of the standard ones",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a clinic's data folder")


def run(arguments: Namespace) -> int:
    """Lists the files and what is wrong; status 1 when anything is."""
    from chairside.library.checker import check
    from chairside.library.reading import BadLibraryFile

    signed: set[str] = set()
    try:
        if arguments.data is not None:
            files, signed = of_clinic(arguments.data)
        else:
            files = given(arguments.files)
    except BadLibraryFile as error:
        raise Cannot(str(error)) from error
    findings = check(files, signed=signed)
    for file in files:
        mark = "signed" if file.sha256 in signed else "not signed" if arguments.data else "read"
        print(f"{mark:<10}  {file.kind:<21}  {file.id} {file.version}  {file.sha256[:12]}  {file.title}")
    for finding in findings.of("wrong"):
        print(f"wrong: {finding}")
    for finding in findings.of("note"):
        print(f"note: {finding}")
    tags = ", ".join(f"{tag} {count}" for tag, count in findings.numbers_by_tag.items())
    print(f"{findings.files} files, {len(findings.of('wrong'))} faults; numbers by tag: {tags}")
    return 0 if findings.sound else 1


def given(paths: list[Path]) -> "tuple[LibraryFile, ...]":
    """The files of these paths over the standard ones, or the standard ones alone."""
    from chairside.library.loader import by_key, in_force, read_file, resolve, standard

    try:
        own = by_key(read_file(path.read_bytes(), str(path)) for path in paths)
    except OSError as error:
        raise Cannot(data_folder.said(error)) from error
    return in_force(resolve(standard(), own))


def of_clinic(folder: Path) -> "tuple[tuple[LibraryFile, ...], set[str]]":
    """What is in force at a clinic, and the hashes its director has signed."""
    data_folder.open_clinic(folder)
    from chairside.charts.releases import library_of_site
    from chairside.library.loader import in_force
    from chairside.records.models import SiteSignature

    clinic = data_folder.the_clinic(folder)
    signed = SiteSignature.objects.of(clinic).values_list("sha256", flat=True)
    return in_force(library_of_site()), set(signed)
