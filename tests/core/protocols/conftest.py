"""The protocol and the preparation rules as the library holds them."""

from importlib.resources import files

import pytest

from chairside.core.protocols import preparation_arithmetic
from chairside.library.loader import read_file


def library(name):
    return read_file(files("chairside.library").joinpath(name).read_bytes(), name).typed


@pytest.fixture(scope="session")
def trd():
    return library("protocols/trd-std-2x3.toml")


@pytest.fixture(scope="session")
def rules():
    return library("preparation/ketamine-iv.toml")


@pytest.fixture(scope="session")
def reckon(rules):
    """The preparation of 35.1 mg in 40 min from vials of 20 mL, with changes."""

    def preparation(strength, *, of=rules, **changes):
        given = {"dose_ug": 35_100, "duration_s": 2400, "vial_volume_ul": 20_000} | changes
        return preparation_arithmetic(of, vial_strength_ug_per_ml=strength, **given)

    return preparation
