"""Weigh virtual patients by how well each explains what was observed in the real one."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weigh(log_likelihood: Floats) -> Floats:
    """Return weights that sum to 1, proportional to exp(log_likelihood), one per virtual patient.

    Zeros everywhere (nothing observed yet) give equal weights. Raises ValueError when no patient
    explains the observations at all (all minus infinity) or a likelihood is not a number.
    """
    if log_likelihood.ndim != 1 or log_likelihood.size == 0:
        raise ValueError("log_likelihood: expected one number per virtual patient")
    best = float(log_likelihood.max())
    if np.isnan(best) or best == np.inf:
        raise ValueError("log_likelihood: expected numbers below infinity, got one that is not")
    if best == -np.inf:
        raise ValueError("log_likelihood: no virtual patient explains what was observed")
    likelihood = np.exp(log_likelihood - best)
    weights: Floats = likelihood / likelihood.sum()
    return weights
