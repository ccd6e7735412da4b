"""Arguments as typed, into values; a bad one gets the sentence that the parser prints with its name."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from zoneinfo import ZoneInfo

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def port(text: str) -> int:
    """A TCP port; 0 asks for any that is free."""
    if not text.isdecimal() or int(text) > 65_535:
        raise ArgumentTypeError(f"expected a port from 0 (any free one) to 65535, not {text!r}")
    return int(text)


def zone(text: str) -> str:
    """An IANA time zone by name."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ArgumentTypeError(f"expected an IANA zone such as America/Los_Angeles, not {text!r}") from error
    return text


def clock_rate(text: str) -> float:
    """Clinic seconds per real second."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 3600:
        raise ArgumentTypeError(f"expected a number above 0 and up to 3600, not {text!r}")
    return rate


def add_folder(parser: ArgumentParser) -> None:
    """`--data DIR`: the clinic's data folder."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="the clinic's data folder (see: chairside init)",
    )


def add_addresses(parser: ArgumentParser, *, port_default: int, hl7_port_default: int) -> None:
    """`--port` and `--hl7-port`."""
    parser.add_argument(
        "--port",
        type=port,
        default=port_default,
        metavar="N",
        help=f"of the pages, default {port_default}; 0: any",
    )
    parser.add_argument(
        "--hl7-port",
        type=port,
        default=hl7_port_default,
        metavar="N",
        help=f"of the HL7 v2 listener, default {hl7_port_default}; 0: any",
    )
