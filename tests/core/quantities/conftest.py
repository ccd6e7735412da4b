"""The signed numbers about weights, as the library holds them."""

from importlib.resources import files

import pytest

from chairside.library.loader import read_file


@pytest.fixture(scope="session")
def weight_rules():
    name = "preparation/ketamine-iv.toml"
    return read_file(files("chairside.library").joinpath(name).read_bytes(), name).typed.weight
