"""Adds someone who signs in. The password is asked for on the terminal, or read from a file."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from getpass import getpass
from pathlib import Path

from chairside.cli import data_folder, typed_arguments
from chairside.cli.cannot import Cannot

ROLES = ("nurse", "prescriber", "manager")


def roles(text: str) -> frozenset[str]:
    """Roles from `nurse,prescriber`."""
    found = frozenset(filter(None, (each.strip() for each in text.split(","))))
    if not found <= set(ROLES):
        raise ArgumentTypeError(f"expected some of {', '.join(ROLES)}, with commas between, not {text!r}")
    return found


def add_arguments(parser: ArgumentParser) -> None:
    """Who, with which roles."""
    typed_arguments.add_folder(parser)
    parser.add_argument("--username", required=True, metavar="NAME", help="what they sign in with")
    parser.add_argument("--name", required=True, metavar="NAME", help="their name on pages and prints")
    parser.add_argument("--credentials", default="", metavar="LETTERS", help="such as RN or MD")
    parser.add_argument(
        "--roles", type=roles, default=frozenset(), metavar="ROLES", help=f"some of {','.join(ROLES)}"
    )
    parser.add_argument(
        "--director", action="store_true", help="signs the site's library: limits and protocols"
    )
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="its first line is the password; else it is asked for",
    )


def run(arguments: Namespace) -> int:
    """Adds the person; bad fields get one sentence each."""
    if not arguments.roles and not arguments.director:
        raise Cannot(f"--roles: expected some of {', '.join(ROLES)}, or --director")
    data_folder.open_clinic(arguments.data)
    clinic = data_folder.the_clinic(arguments.data)
    password = read_password(arguments.password_file)

    from django.conf import settings

    from chairside.actions.fields import BadFields
    from chairside.actions.people import NewPerson, add_person

    new = NewPerson(
        username=arguments.username,
        display_name=arguments.name,
        password=password,
        credentials=arguments.credentials,
        roles=arguments.roles,
        director=arguments.director,
    )
    try:
        person = add_person(new, clinic=clinic, by=None, at=settings.CHAIRSIDE_CLOCK.now())
    except BadFields as error:
        raise Cannot(str(error)) from error
    held = sorted(person.roles) + (["director"] if person.director else [])
    print(f"{person.username} may sign in to {clinic.name} as {' and '.join(held)}.")
    return 0


def read_password(file: Path | None) -> str:
    """The password, typed twice on the terminal or the first line of a file."""
    if file is not None:
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise Cannot(f"--password-file: {data_folder.said(error)}") from error
        if not lines or not lines[0]:
            raise Cannot(f"--password-file {file}: expected the password on its first line")
        return lines[0]
    if not sys.stdin.isatty():
        raise Cannot("password: expected a terminal to ask on, or --password-file FILE")
    password = getpass("password, 12 characters or more: ")
    if getpass("the same again: ") != password:
        raise Cannot("password: expected the same twice")
    return password
