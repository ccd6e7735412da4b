"""The default model file, and what a model file may not say."""

import tomllib
from dataclasses import fields, is_dataclass, replace
from importlib.resources import files

import msgspec
import pytest

from chairside.core.pharmacology import Covariates, PredictionRefused
from chairside.core.pharmacology.model import BetweenPatients, Flow, Model, numbers
from chairside.core.quantities import Sourced

PATH = files("chairside.library").joinpath("models/kamp2020-otto2021.toml")


def number(value, unit="1", tag="D"):
    return Sourced(value, unit, tag, "invented for this test")


def test_every_number_says_its_source_and_none_is_from_memory(kamp_otto):
    assert len(numbers(kamp_otto)) == 32
    for each in numbers(kamp_otto):
        assert each.tag in {"A", "B", "D"}
        assert len(each.source) > 10
        assert each.unit


def test_every_line_of_the_file_is_read(kamp_otto):
    def unread(raw, value, path):
        if is_dataclass(value):
            names = {field.name for field in fields(value)}
            yield from (f"{path}.{key}" for key in raw if key not in names)
            for key in names & set(raw):
                yield from unread(raw[key], getattr(value, key), f"{path}.{key}")
        elif isinstance(value, tuple):
            for i, (one, other) in enumerate(zip(raw, value, strict=True)):
                yield from unread(one, other, f"{path}[{i}]")

    assert list(unread(tomllib.loads(PATH.read_text("utf-8")), kamp_otto, "")) == []


def test_what_our_own_calibration_is_is_labelled_so(kamp_otto):
    ours = {entry.of for entry in kamp_otto.between_patients if entry.covariance.tag == "D"}
    assert {name for pair in ours for name in pair} == {"ketamine_cl", "ketamine_v1"}


@pytest.mark.parametrize(
    ("weight_kg", "cl_l_per_h", "v1_l", "norketamine_vp_l"),
    [(40, 84 * (4 / 7) ** 0.75, 25 * 4 / 7, 160.04), (70, 84, 25, 160.04), (140, 84 * 2**0.75, 50, 160.04)],
)
def test_clearance_volume_and_what_is_not_scaled(kamp_otto, weight_kg, cl_l_per_h, v1_l, norketamine_vp_l):
    typical = dict(zip(kamp_otto.parameter_names, kamp_otto.typical(Covariates(weight_kg)), strict=True))
    assert typical["ketamine_cl"] == pytest.approx(cl_l_per_h)
    assert typical["ketamine_v1"] == pytest.approx(v1_l)
    assert typical["norketamine_vp"] == norketamine_vp_l


@pytest.mark.parametrize("tag", ["C", "M", "V", "P"])
def test_a_number_of_another_level_is_never_computed_with(kamp_otto, tag):
    parameters = list(kamp_otto.parameters)
    parameters[3] = replace(parameters[3], typical=number(84, "L/h", tag))
    with pytest.raises(PredictionRefused, match=f"84 L/h has level {tag}"):
        replace(kamp_otto, parameters=tuple(parameters)).typical(Covariates(70.0))


def test_a_model_of_level_c_is_never_computed_with(kamp_otto):
    with pytest.raises(PredictionRefused, match="its level is C"):
        replace(kamp_otto, evidence_level="C").typical(Covariates(70.0))


@pytest.mark.parametrize("weight_kg", [0.0, -1.0, float("nan"), float("inf")])
def test_a_model_without_a_range_still_wants_a_weight(kamp_otto, weight_kg):
    with pytest.raises(PredictionRefused, match="weight_kg: expected a weight above 0"):
        replace(kamp_otto, validity=()).typical(Covariates(weight_kg))


def broken(model):
    """(sentence, what is replaced)"""
    first, *others = model.parameters
    into_nowhere = Flow("ketamine_central", "ketamine_cl", "spleen")
    conversion = next(flow for flow in model.flows if flow.fraction is not None)
    rest = tuple(flow for flow in model.flows if flow is not conversion)
    exchange = model.flows[0]
    variance = model.between_patients[0]
    in_ml, empty = replace(first, typical=number(25, "mL")), replace(first, typical=number(0, "L"))
    below_zero = replace(variance, covariance=number(-1))
    alone = BetweenPatients(("ketamine_cl", "ketamine_v1"), number(1))
    return [
        ("dosed: no compartment is named 'arm'", {"dosed": "arm"}),
        ("flows.into: no compartment is named 'spleen'", {"flows": (*model.flows, into_nowhere)}),
        ("flows.out_of: no compartment", {"flows": (Flow("spleen", "ketamine_cl"),)}),
        ("outputs.compartment: no", {"outputs": (replace(model.outputs[0], compartment="arm"),)}),
        ("parameters: expected at least one, each name once", {"parameters": (first, first, *others)}),
        ("compartments: expected at least one", {"compartments": ()}),
        ("compartments.volume: no parameter is named 'ketamine_v1'", {"parameters": tuple(others)}),
        ("flows.clearance: no", {"flows": (Flow("ketamine_central", "cl"),)}),
        ("between_patients.of: no", {"between_patients": (BetweenPatients(("x", "x"), number(1)),)}),
        ("between_patients: expected each pair", {"between_patients": (variance, variance)}),
        ("expected ketamine_v1 above 0 in L", {"parameters": (in_ml, *others)}),
        ("expected ketamine_v1 above 0 in L", {"parameters": (empty, *others)}),
        ("reference_weight: expected a weight above 0 in kg", {"reference_weight": number(154, "lb")}),
        ("expected a fraction, one way", {"flows": (*rest, replace(conversion, fraction=None))}),
        ("expected a fraction, one way", {"flows": (*rest, replace(conversion, both_ways=True))}),
        ("expected a fraction, one way", {"flows": (replace(exchange, fraction=number(1)),)}),
        ("expected a fraction, one way", {"flows": (replace(exchange, into=None),)}),
        ("expected a fraction from 0 to 1", {"flows": (*rest, replace(conversion, fraction=number(1.1)))}),
        ("expected a positive definite matrix", {"between_patients": (below_zero,)}),
        ("expected a positive definite matrix", {"between_patients": (alone,)}),
    ]


def test_a_file_whose_parts_do_not_fit_is_refused_by_name(kamp_otto):
    for sentence, change in broken(kamp_otto):
        with pytest.raises(ValueError, match=sentence):
            replace(kamp_otto, **change)


def test_a_misspelt_or_missing_entry_is_named_when_the_file_is_read():
    raw = tomllib.loads(PATH.read_text("utf-8"))
    raw["parameters"][0]["typical"]["tag"] = "Z"
    with pytest.raises(msgspec.ValidationError, match=r"parameters\[0\]\.typical\.tag"):
        msgspec.convert(raw, Model)
    raw["parameters"][0]["typical"] = 25
    with pytest.raises(msgspec.ValidationError, match=r"parameters\[...\]\.typical|parameters\[0\]\.typical"):
        msgspec.convert(raw, Model)
