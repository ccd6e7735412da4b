"""Reduce virtual patients to a band: weighted quantiles at each time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-12  # weights that should sum to exactly 0.5 may miss it by this much


def band(values: Floats, weights: Floats, quantiles: Sequence[float]) -> Floats:
    """Return the weighted quantiles of `values` (patients, times), shape (quantiles, times).

    A quantile q is the smallest value at which patients of at least share q of the weight have been
    counted, so it is always the value of some patient, and a weight of 2 counts as two patients.
    Quantiles are taken at each time by itself: a line of the band is no single patient's course.
    Raises ValueError on values or weights that are not finite, weights that are negative or all
    zero, shapes that don't fit, and quantiles outside 0 to 1.
    """
    check(values, weights, quantiles)
    counted = weights > 0
    values, weights = values[counted], weights[counted]
    rank = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, rank, axis=0)
    share = np.cumsum(weights[rank], axis=0)
    share /= share[-1]
    lines = np.empty((len(quantiles), values.shape[1]))
    for line, quantile in zip(lines, quantiles, strict=True):
        before = np.count_nonzero(share < quantile - ROUNDING, axis=0)
        line[:] = np.take_along_axis(ordered, before[np.newaxis], axis=0)[0]
    return lines


def check(values: Floats, weights: Floats, quantiles: Sequence[float]) -> None:
    """Refuse in one sentence what has no quantiles."""
    if values.ndim != 2 or weights.shape != values.shape[:1]:
        raise ValueError(
            f"weights: expected one per patient of values (patients, times), "
            f"got {weights.shape} for {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("values: expected finite numbers, got one that is not")
    if not np.isfinite(weights).all() or (weights < 0).any() or not (weights > 0).any():
        raise ValueError("weights: expected finite numbers >= 0 of which one at least is above 0")
    for quantile in quantiles:
        if not 0.0 <= quantile <= 1.0:
            raise ValueError(f"quantiles: expected numbers from 0 to 1, got {quantile}")
