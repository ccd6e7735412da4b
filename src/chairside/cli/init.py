"""Makes a clinic's data folder: its keys, its database and the clinic. It makes no account."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from chairside.cli import data_folder, typed_arguments
from chairside.cli.cannot import Cannot


def add_arguments(parser: ArgumentParser) -> None:
    """Folder, name and zone; or `--update` for a folder that is there."""
    typed_arguments.add_folder(parser)
    parser.add_argument("--clinic-name", metavar="NAME", help="as it stands on pages and prints")
    parser.add_argument(
        "--zone", type=typed_arguments.zone, metavar="ZONE", help="IANA zone, such as America/Los_Angeles"
    )
    parser.add_argument(
        "--update", action="store_true", help="bring the database of a folder that is there up to date"
    )


def run(arguments: Namespace) -> int:
    """Makes or updates the folder and says what comes next."""
    folder: Path = arguments.data
    if arguments.update:
        update(folder)
        return 0
    if not arguments.clinic_name or not arguments.zone:
        raise Cannot("init: expected --clinic-name and --zone for a new clinic")
    if not data_folder.is_made(folder):
        data_folder.make(folder)
    data_folder.open_clinic(folder)
    data_folder.migrate()
    add_clinic(folder, name=arguments.clinic_name, zone=arguments.zone)
    print(f"{folder}: {arguments.clinic_name} is made. Keep its keys folder safe, and apart from its copies.")
    add = f"  chairside person add --data {folder} --username NAME --name 'FULL NAME' --roles"
    print("Nobody can sign in yet. Next, for a nurse and for a prescriber who is the site's director:")
    print(f"{add} nurse\n{add} prescriber --director\n  chairside serve --data {folder}")
    return 0


def update(folder: Path) -> None:
    """Brings an existing folder's database up to date."""
    data_folder.open_clinic(folder)
    due = data_folder.migrations_due()
    with data_folder.run_by_this_process(folder):
        data_folder.migrate()
    print(f"{folder}: up to date" + (f"; migrations run: {due}" if due else ""))


def add_clinic(folder: Path, *, name: str, zone: str) -> None:
    """Adds the folder's clinic; a folder has one."""
    from django.conf import settings
    from django.utils.text import slugify

    from chairside.accounts.models import Clinic
    from chairside.actions.fields import BadFields
    from chairside.actions.people import add_clinic

    if Clinic.objects.exists():
        raise Cannot(f"--data {folder}: a clinic is there already; expected a new folder")
    clinic = Clinic(id=slugify(name)[:36].strip("-_") or "clinic", name=name.strip(), zone=zone)
    try:
        add_clinic(clinic, at=settings.CHAIRSIDE_CLOCK.now())
    except BadFields as error:
        raise Cannot(f"init: {error}") from error
