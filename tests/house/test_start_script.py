"""`./chairside` is the first thing anyone runs, on machines nobody here has seen."""

import importlib.util
import os
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.reading import ROOT


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The start script of a checkout elsewhere; what it would run is noted in `script.ran`."""
    loader = SourceFileLoader("start_script", str(ROOT / "chairside"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("start_script", loader))
    loader.exec_module(module)
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "BIN": venv / "bin", "PYTHON": venv / "bin" / "python"}
    for lock in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / lock).write_text(lock)
    locks = {"clinic": tmp_path / "requirements.lock", "tests": tmp_path / "requirements-dev.lock"}
    for name, value in {**places, "LOCKS": locks}.items():
        monkeypatch.setattr(module, name, value)
    module.ran = []
    monkeypatch.setattr(
        module, "run", lambda command, failure: module.ran.append(" ".join(map(str, command)))
    )
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    return module


def test_it_installs_by_hash_and_itself_without_asking_the_network_for_more(script):
    script.set_up("clinic")
    assert "--require-hashes -r requirements-uv.lock" in script.ran[0]
    assert "--require-hashes -r requirements.lock" in script.ran[1]
    assert "--no-deps --no-build-isolation --editable ." in script.ran[2]


def test_a_second_start_runs_nothing(script):
    script.set_up("clinic")
    script.ran.clear()
    script.set_up("clinic")
    assert script.ran == []


def test_an_environment_for_tests_serves_a_clinic_but_not_the_other_way(script):
    script.set_up("clinic")
    script.set_up("tests")
    assert any("requirements-dev.lock" in command for command in script.ran)
    script.ran.clear()
    script.set_up("clinic")
    assert script.ran == []


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml", ".venv/pyvenv.cfg"])
def test_a_changed_lock_project_or_interpreter_is_set_up_again(script, changed):
    script.set_up("clinic")
    script.ran.clear()
    (script.ROOT / changed).write_text("changed")
    script.set_up("clinic")
    assert script.ran


def test_a_set_up_that_failed_is_not_taken_for_done(script, monkeypatch):
    def fail(command, failure):
        raise SystemExit(failure)

    monkeypatch.setattr(script, "run", fail)
    with pytest.raises(SystemExit):
        script.set_up("clinic")
    assert script.written_stamp("clinic") == ""


def test_without_venv_and_without_rights_it_says_what_to_type(script, monkeypatch):
    script.PYTHON.unlink()
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"sudo apt-get install python3\.\d+-venv"):
        script.set_up("clinic")


def test_without_a_browser_and_without_rights_it_says_what_to_type(script, monkeypatch, capsys):
    monkeypatch.delenv("CHAIRSIDE_CHROMIUM", raising=False)
    monkeypatch.setattr(script.subprocess, "call", lambda *arguments, **options: 1)
    script.prepare_browser()
    assert "sudo apt-get install chromium libatomic1" in capsys.readouterr().err


def test_as_root_on_debian_it_installs_the_browser_itself(script, monkeypatch):
    called = []
    monkeypatch.delenv("CHAIRSIDE_CHROMIUM", raising=False)
    monkeypatch.setattr(script.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(script, "playwright_runs", lambda: True)
    monkeypatch.setattr(script.subprocess, "call", lambda command, **options: called.append(command) or 0)
    script.prepare_browser()
    assert called == [["/usr/bin/apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]]
