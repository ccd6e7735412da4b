"""The default model as the library holds it, and its typical patient."""

import tomllib
from importlib.resources import files

import msgspec
import numpy as np
import pytest

from chairside.core.pharmacology import Covariates, Model, concentrations


@pytest.fixture(scope="session")
def kamp_otto():
    text = files("chairside.library").joinpath("models/kamp2020-otto2021.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Model)


@pytest.fixture(scope="session")
def typical_course(kamp_otto):
    """(ketamine, norketamine) in ng/mL of the typical patient at `times_s`."""

    def course(profile, times_s, *, weight_kg=70.0, model=kamp_otto):
        typical = model.typical(Covariates(weight_kg=weight_kg))[np.newaxis]
        return concentrations(model, typical, profile=profile, times_s=times_s)[0]

    return course
