"""A pharmacokinetic model as data: any linear compartment system, with its population and its sources.

The dataclasses have the shape of a model file of the library (TOML): convert the parsed file
strictly into `Model`. What does not fit together (a flow from a compartment that does not exist, a
volume in L/h) raises ValueError naming it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chairside.core.ensemble.draw import covariance_root
from chairside.core.pharmacology.refusal import PredictionRefused
from chairside.core.quantities import Sourced

Floats = NDArray[np.float64]
Matrix = Literal["arterial", "venous", "effect site"]
Substance = Literal["ketamine", "norketamine"]
Enantiomer = Literal["racemic", "S", "R"]

USABLE_TAGS = ("A", "B", "D")  # C is from memory: kept for the paper that will settle it, never computed with


@dataclass(frozen=True, slots=True)
class Covariates:
    """What is known of the patient and moves the typical parameters."""

    weight_kg: float


@dataclass(frozen=True, slots=True)
class Compartment:
    """A well-stirred space; `volume` names a parameter in L."""

    name: str
    substance: Substance
    volume: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Drug leaving a compartment at clearance x concentration (`clearance` names a parameter in L/h).

    Without `into` it leaves the body. `fraction` is how much of it arrives, in mass, where one
    substance becomes another; `both_ways` is an exchange at the same clearance in each direction.
    """

    out_of: str
    clearance: str
    into: str | None = None
    both_ways: bool = False
    fraction: Sourced | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """typical x (weight / reference weight) ^ weight_exponent."""

    name: str
    typical: Sourced
    weight_exponent: Sourced


@dataclass(frozen=True, slots=True)
class BetweenPatients:
    """Covariance between patients of the logarithms of two parameters (of one twice: its variance)."""

    of: tuple[str, str]
    covariance: Sourced


@dataclass(frozen=True, slots=True)
class Output:
    """A concentration that can be read off, in ng/mL; `residual_sd` is the proportional error of a sample."""

    substance: Substance
    matrix: Matrix
    compartment: str
    residual_sd: Sourced


@dataclass(frozen=True, slots=True)
class Validity:
    """The range of a covariate, both ends included, in which the model may be used."""

    covariate: Literal["weight_kg"]
    low: Sourced
    high: Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One pharmacokinetic model file."""

    id: str
    version: str
    title: str
    kind: Literal["pharmacokinetic model"]
    evidence_level: Literal["A", "B", "C", "D"]
    off_label: bool
    sources: tuple[str, ...]
    note: str
    substance: Literal["ketamine"]
    enantiomer: Enantiomer
    dosed: str
    population: str
    reference_weight: Sourced
    validity: tuple[Validity, ...]
    compartments: tuple[Compartment, ...]
    flows: tuple[Flow, ...]
    parameters: tuple[Parameter, ...]
    between_patients: tuple[BetweenPatients, ...]
    outputs: tuple[Output, ...]

    def __post_init__(self) -> None:
        """Refuse, by name, a file whose parts do not fit together."""
        check_names(self)
        check_units(self)
        covariance = self.log_covariance()
        varying = np.flatnonzero(covariance.any(axis=1))
        covariance_root(covariance[np.ix_(varying, varying)])

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of `typical` and `log_covariance`."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def compartment_names(self) -> tuple[str, ...]:
        """Names of the compartments, in the order of the engine's matrices."""
        return tuple(compartment.name for compartment in self.compartments)

    def typical(self, covariates: Covariates) -> Floats:
        """Parameters of the typical patient (L, L/h).

        Raises PredictionRefused outside the model's range of validity, and when any number of the
        model is known from memory only.
        """
        check_sources(self)
        check_validity(self, covariates)
        ratio = covariates.weight_kg / self.reference_weight.value
        return np.array([p.typical.value * ratio**p.weight_exponent.value for p in self.parameters])

    def log_covariance(self) -> Floats:
        """Covariance between patients of the parameters' logarithms."""
        names = self.parameter_names
        covariance = np.zeros((len(names), len(names)))
        for entry in self.between_patients:
            i, j = (names.index(name) for name in entry.of)
            covariance[i, j] = covariance[j, i] = entry.covariance.value
        return covariance


def check_names(model: Model) -> None:
    """Every name used is declared, once."""
    compartments, parameters = model.compartment_names, model.parameter_names
    for what, names in (("compartments", compartments), ("parameters", parameters)):
        if len(set(names)) != len(names) or not names:
            raise ValueError(f"{what}: expected at least one, each name once")
    pairs = [tuple(sorted(entry.of)) for entry in model.between_patients]
    if len(set(pairs)) != len(pairs):
        raise ValueError("between_patients: expected each pair of parameters once")
    used = [("dosed", model.dosed)]
    used += [("outputs.compartment", output.compartment) for output in model.outputs]
    used += [("flows.out_of", flow.out_of) for flow in model.flows]
    used += [("flows.into", flow.into) for flow in model.flows if flow.into is not None]
    for field, name in used:
        if name not in compartments:
            raise ValueError(f"{field}: no compartment is named {name!r}")
    used = [("compartments.volume", compartment.volume) for compartment in model.compartments]
    used += [("flows.clearance", flow.clearance) for flow in model.flows]
    used += [("between_patients.of", name) for entry in model.between_patients for name in entry.of]
    for field, name in used:
        if name not in parameters:
            raise ValueError(f"{field}: no parameter is named {name!r}")


def check_units(model: Model) -> None:
    """Volumes are in L, clearances in L/h, all above zero; a change of substance states its fraction."""
    parameters = {parameter.name: parameter.typical for parameter in model.parameters}
    wanted = {c.volume: "L" for c in model.compartments} | {f.clearance: "L/h" for f in model.flows}
    for name, unit in wanted.items():
        if parameters[name].unit != unit or not 0 < parameters[name].value < np.inf:
            raise ValueError(f"parameters: expected {name} above 0 in {unit}, got {parameters[name]}")
    if model.reference_weight.unit != "kg" or not 0 < model.reference_weight.value < np.inf:
        raise ValueError("reference_weight: expected a weight above 0 in kg")
    substance = {compartment.name: compartment.substance for compartment in model.compartments}
    for flow in model.flows:
        converts = flow.into is not None and substance[flow.into] != substance[flow.out_of]
        if converts != (flow.fraction is not None) or (flow.both_ways and (converts or flow.into is None)):
            raise ValueError(
                f"flows: {flow.out_of} to {flow.into}: expected a fraction, one way, "
                "where the substance changes, and none where it does not"
            )
        if flow.fraction is not None and not 0 <= flow.fraction.value <= 1:
            raise ValueError(f"flows: expected a fraction from 0 to 1, got {flow.fraction.value}")


def numbers(model: Model) -> tuple[Sourced, ...]:
    """Every number a prediction depends on."""
    return (
        model.reference_weight,
        *(number for validity in model.validity for number in (validity.low, validity.high)),
        *(flow.fraction for flow in model.flows if flow.fraction is not None),
        *(number for p in model.parameters for number in (p.typical, p.weight_exponent)),
        *(entry.covariance for entry in model.between_patients),
        *(output.residual_sd for output in model.outputs),
    )


def check_sources(model: Model) -> None:
    """A number from memory is never computed with."""
    for number in numbers(model):
        if number.tag not in USABLE_TAGS:
            raise PredictionRefused(
                f"model {model.id}: the number {number.value} {number.unit} has level {number.tag}; "
                "only levels A, B and D may be used"
            )
    if model.evidence_level not in USABLE_TAGS:
        raise PredictionRefused(
            f"model {model.id}: its level is {model.evidence_level}; only A, B and D may be used"
        )


def check_validity(model: Model, covariates: Covariates) -> None:
    """A prediction outside the published range is refused, never silent."""
    for validity in model.validity:
        value, low, high = covariates.weight_kg, validity.low.value, validity.high.value
        if not low <= value <= high:
            raise PredictionRefused(
                f"{validity.covariate}: expected {low} to {high} {validity.low.unit} for model {model.id}, "
                f"got {value}"
            )
    if not 0 < covariates.weight_kg < np.inf:
        raise PredictionRefused(f"weight_kg: expected a weight above 0, got {covariates.weight_kg}")
