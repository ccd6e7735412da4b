"""What is typed wrong gets one sentence that names it, exit status 2 and no traceback."""

import re
import subprocess
import sys

import pytest

from chairside.cli import COMMANDS, main
from tests.cli.command import environment


def sentence(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a bad command line answers."""
    try:
        status = main(words)
    except SystemExit as ended:
        status = ended.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.strip()


def test_help_names_every_command(capsys):
    assert main(["--help"]) == 0
    listed = re.findall(r"^  ([a-z -]+?)  +\S", capsys.readouterr().out, re.MULTILINE)
    assert listed == list(COMMANDS)


def test_no_command_gets_the_overview_and_counts_as_an_error(capsys):
    assert main([]) == 2
    assert "usage: chairside COMMAND" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"chairside \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does_and_with_what(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    assert ended.value.code == 0
    assert f"usage: chairside {name}" in capsys.readouterr().out


def test_help_needs_neither_the_web_nor_the_numbers():
    looked = (
        "import sys; from chairside.cli import main; main(['--help']); "
        "print(*sorted({'django', 'numpy', 'uvicorn', 'msgspec'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == ""


def test_a_command_without_its_packages_says_which_and_how_to_get_them(tmp_path):
    without_django = (
        "import sys; sys.modules['django'] = None; from chairside.cli import main; "
        f"sys.exit(main(['serve', '--data', {str(tmp_path)!r}]))"
    )
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "hmac-1.key").touch()
    answer = subprocess.run(
        [sys.executable, "-c", without_django],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert answer.returncode == 2
    assert answer.stderr == "chairside: this command needs django; install chairside[clinic]\n"


def test_an_unknown_command_gets_the_known_ones(capsys):
    assert sentence(capsys, "sevre").startswith("chairside: command: expected one of ")


def test_half_a_command_is_no_command(capsys):
    assert "not 'person'" in sentence(capsys, "person")


@pytest.mark.parametrize("text", ["65536", "-1", "8000.0", "http", ""])
def test_a_port_that_is_none_is_refused(text, capsys):
    answer = sentence(capsys, "serve", "--data", "x", f"--port={text}")
    assert answer.startswith(
        "chairside serve: argument --port: expected a port from 0 (any free one) to 65535"
    )


@pytest.mark.parametrize("text", ["0", "-1", "3601", "fast", "nan", "inf"])
def test_a_clock_rate_that_is_none_is_refused(text, capsys):
    answer = sentence(capsys, "demo", f"--clock-rate={text}")
    assert "argument --clock-rate: expected a number above 0 and up to 3600" in answer


@pytest.mark.parametrize("text", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime"])
def test_a_zone_that_is_none_is_refused(text, capsys):
    assert "expected an IANA zone" in sentence(capsys, "init", "--data", "x", f"--zone={text}")


@pytest.mark.parametrize("text", ["surgeon", "nurse;prescriber", "nurse prescriber"])
def test_a_role_that_is_none_is_refused(text, capsys):
    answer = sentence(
        capsys, "person", "add", "--data", "x", "--username", "a", "--name", "A", f"--roles={text}"
    )
    assert "expected some of nurse, prescriber, manager" in answer


def test_a_missing_argument_is_named(capsys):
    assert "required: --data" in sentence(capsys, "serve")


def test_an_unknown_argument_is_named(capsys):
    assert "--prot" in sentence(capsys, "serve", "--data", "x", "--prot", "8000")


def test_every_command_stands_in_a_module_of_the_command_line():
    assert all(module.startswith("chairside.cli.") and what for module, what in COMMANDS.values())
