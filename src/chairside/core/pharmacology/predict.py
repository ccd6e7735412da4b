"""The predicted band of one patient: what the concentration may be, never what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from chairside.core.ensemble import band, draw, weigh
from chairside.core.pharmacology.engine import Floats, concentrations
from chairside.core.pharmacology.model import Covariates, Matrix, Model, Substance
from chairside.core.pharmacology.profile import Profile
from chairside.core.pharmacology.refusal import PredictionRefused

LABEL = "predicted, not measured"
QUANTILES = (0.05, 0.5, 0.95)
MEMBERS = range(500, 20_001)  # fewer make a ragged band; more belong to a computation in blocks
TIMES_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Curve:
    """ng/mL at each time of the band: 5 %, 50 % and 95 % of the virtual patients are at or below."""

    q05: tuple[float, ...]
    q50: tuple[float, ...]
    q95: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Arterial concentrations of the drug in the body, without the error of a laboratory.

    A line of the band is taken at each time by itself: it is no single patient's course.
    """

    times_s: tuple[float, ...]
    ketamine_ng_per_ml: Curve
    norketamine_ng_per_ml: Curve
    model_id: str
    model_version: str
    n: int
    weight_kg: float
    population: str
    label: str = LABEL


def predict_band(
    model: Model,
    profile: Profile,
    *,
    weight_kg: float,
    times_s: Sequence[float],
    n: int,
    generator: np.random.Generator,
) -> Band:
    """Return the band of arterial ketamine and norketamine (ng/mL) at `times_s`, seconds from T0.

    `n` virtual patients, 500 to 20 000, are drawn from the model's population at this weight. Hand in
    a generator with the same seed for the same session, so that a recomputed band moves only because
    the course changed. The spread is that between patients; a sample's residual error is not in it.
    Raises PredictionRefused in one sentence naming the field: outside the model's range of validity,
    for another enantiomer than the model's, for numbers that are none.
    """
    check(model, profile, times_s=times_s, n=n)
    patients = draw(model, Covariates(weight_kg=weight_kg), n=n, generator=generator)
    values = concentrations(model, patients.parameters, profile=profile, times_s=times_s)
    weights = weigh(np.zeros(n))
    return Band(
        times_s=tuple(times_s),
        ketamine_ng_per_ml=curve(values[:, position(model, "ketamine", "arterial")], weights),
        norketamine_ng_per_ml=curve(values[:, position(model, "norketamine", "arterial")], weights),
        model_id=model.id,
        model_version=model.version,
        n=n,
        weight_kg=weight_kg,
        population=model.population,
    )


def curve(values: Floats, weights: Floats) -> Curve:
    """Reduce one output (patients, times) to its three lines."""
    q05, q50, q95 = (tuple(line.tolist()) for line in band(values, weights, QUANTILES))
    return Curve(q05, q50, q95)


def position(model: Model, substance: Substance, matrix: Matrix) -> int:
    """Where the output stands in the model; refused by name when the model has none."""
    for i, output in enumerate(model.outputs):
        if (output.substance, output.matrix) == (substance, matrix):
            return i
    raise PredictionRefused(f"model {model.id}: it has no {matrix} {substance}")


def check(model: Model, profile: Profile, *, times_s: Sequence[float], n: int) -> None:
    """Refuse in one sentence what can't be predicted."""
    if profile.enantiomer != model.enantiomer:
        raise PredictionRefused(
            f"enantiomer: model {model.id} is for {model.enantiomer} ketamine, got {profile.enantiomer}"
        )
    if n not in MEMBERS:
        raise PredictionRefused(
            f"n: expected {MEMBERS.start} to {MEMBERS.stop - 1} virtual patients, got {n}"
        )
    if not 0 < len(times_s) <= TIMES_MOST:
        raise PredictionRefused(f"times_s: expected 1 to {TIMES_MOST} times, got {len(times_s)}")
    if not all(isfinite(time_s) for time_s in times_s):
        raise PredictionRefused("times_s: expected finite seconds from T0, got one that is not")
