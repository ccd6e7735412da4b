"""The command line: `chairside COMMAND …`. One line of the table per command, one module per command.

A module has `add_arguments(parser)` and `run(arguments) -> int`, the exit status. It is imported when its
command is asked for and imports what is heavy inside `run`, so that the base install has its own commands.
"""

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module, metadata
from typing import NoReturn

from chairside.cli.cannot import Cannot

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("chairside.cli.demo", "a running clinic of fictional patients, to look at"),
    "init": ("chairside.cli.init", "make a clinic's data folder"),
    "person add": ("chairside.cli.person_add", "add someone who signs in"),
    "serve": ("chairside.cli.serve", "run a clinic: pages, HL7 listener, outbox and watch in one process"),
    "replay": ("chairside.cli.replay", "send a recorded monitor to the HL7 listener"),
    "verify": ("chairside.cli.verify", "check a session or the clinic against its chains"),
    "export": ("chairside.cli.export", "write a session out"),
    "check-library": ("chairside.cli.check_library", "check the library files and list their signatures"),
}
"""Each command, its module and what it does."""

BAD_INPUT = 2
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with an argument."""

    def error(self, message: str) -> NoReturn:
        """The sentence and where to read more; exit status 2."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name and returns its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.umask(0o077)  # what a clinic writes is its own
    try:
        return _run(words)
    except Cannot as refusal:
        print(f"chairside: {refusal}", file=sys.stderr)
        return BAD_INPUT
    except ModuleNotFoundError as error:
        if (error.name or "chairside").partition(".")[0] == "chairside":
            raise
        print(f"chairside: this command needs {error.name}; install chairside[clinic]", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read us, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 1
    except OSError as error:
        if error.filename is None:
            raise
        print(f"chairside: {error.filename}: {(error.strerror or 'not readable').lower()}", file=sys.stderr)
        return BAD_INPUT


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0 if words else BAD_INPUT
    if words[0] == "--version":
        print(f"chairside {metadata.version('chairside')}")
        return 0
    name, rest = _named(words)
    module = import_module(COMMANDS[name][0])
    parser = Parser(prog=f"chairside {name}", description=module.__doc__, allow_abbrev=False)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(rest)))


def _named(words: list[str]) -> tuple[str, list[str]]:
    """The command and the words after it; some commands are two words."""
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in COMMANDS:
            return name, words[length:]
    known = ", ".join(COMMANDS)
    raise Cannot(f"command: expected one of {known}, not {words[0]!r}; see chairside --help")


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {what}" for name, (_, what) in COMMANDS.items()]
    return "\n".join(
        ["usage: chairside COMMAND …", "", "commands:", *lines, "", "chairside COMMAND --help says more."]
    )
