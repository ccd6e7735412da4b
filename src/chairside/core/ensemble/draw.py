"""Draw virtual patients from a population whose parameters are log-normal around a typical patient."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Covariates_contra = TypeVar("Covariates_contra", contravariant=True)


class Population(Protocol[Covariates_contra]):
    """What a model must say so that patients can be drawn from it."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of the two below."""

    def typical(self, covariates: Covariates_contra) -> Floats:
        """Parameters of the typical patient with these covariates, shape (parameters,); all > 0."""

    def log_covariance(self) -> Floats:
        """Covariance between patients of the parameters' logarithms, (parameters, parameters)."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """`parameters[i, j]` is parameter `parameter_names[j]` of virtual patient i, in the model's units."""

    parameter_names: tuple[str, ...]
    parameters: Floats


def draw(
    model: Population[Covariates_contra],
    covariates: Covariates_contra,
    *,
    n: int,
    generator: np.random.Generator,
) -> Ensemble:
    """Return `n` virtual patients with these covariates.

    A parameter without variance is the typical one in every patient. Raises ValueError when `n` is
    not positive or the model's covariance is not one (not symmetric, or not positive definite).
    """
    if n < 1:
        raise ValueError(f"n: expected at least 1 virtual patient, got {n}")
    typical = model.typical(covariates)
    deviation = np.zeros((n, len(typical)))
    covariance = model.log_covariance()
    varying = np.flatnonzero(np.any(covariance != 0.0, axis=1))
    if varying.size:
        root = covariance_root(covariance[np.ix_(varying, varying)])
        deviation[:, varying] = generator.standard_normal((n, varying.size)) @ root.T
    return Ensemble(model.parameter_names, typical * np.exp(deviation))


def covariance_root(covariance: Floats) -> Floats:
    """Return the lower Cholesky root; ValueError in one sentence when there is none."""
    if not np.array_equal(covariance, covariance.T):
        raise ValueError("log_covariance: expected a symmetric matrix")
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        raise ValueError("log_covariance: expected a positive definite matrix") from None
    return root.astype(np.float64, copy=False)
