"""The exact solution of a linear compartment system under boluses and piecewise-constant rates.

No step size: each interval is solved in closed form in the eigenmodes of the system, over all
patients and times at once. Amounts are in ug, volumes in L, time in hours, so a concentration is in
ug/L, which is ng/mL.

Where two eigenvalues nearly coincide (a chain of equal transit compartments, an unlucky draw) the
eigenmodes lose digits; those patients are solved by the matrix exponential instead, just as exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log2

import numpy as np
from numpy.typing import NDArray

from chairside.core.pharmacology.model import Model
from chairside.core.pharmacology.profile import SECONDS_PER_HOUR, Profile

Floats = NDArray[np.float64]
Modes = NDArray[np.float64] | NDArray[np.complex128]

MODES_LOSE_DIGITS = 1e4  # condition of the eigenvectors above which 12 digits are no longer certain
TAYLOR_TERMS = 18  # 0.5 ** 18 / 18! < 1e-21


def concentrations(model: Model, parameters: Floats, *, profile: Profile, times_s: Sequence[float]) -> Floats:
    """Concentrations in ng/mL, shape (patients, outputs of the model, times).

    `parameters` is (patients, parameters) in the model's order; `times_s` are seconds from T0, in any
    order. At the moment of a bolus the value is the one just after it; before the first dose it is 0.
    """
    system = assemble(model, parameters)
    names = model.compartment_names
    read = [names.index(output.compartment) for output in model.outputs]
    per_l = amounts(system, profile, times_s)[:, read] / system.volumes_l[:, read, np.newaxis]
    # Sums of exponentials that cancel leave rounding (< 1e-12 of the peak) on either side of zero.
    return np.maximum(per_l, 0.0)


@dataclass(frozen=True, slots=True)
class System:
    """d(amounts)/dt = rates_per_h @ amounts + input into compartment `dosed`, for each patient.

    `rates_per_h` is (patients, compartments, compartments), `volumes_l` (patients, compartments).
    """

    rates_per_h: Floats
    volumes_l: Floats
    dosed: int


def assemble(model: Model, parameters: Floats) -> System:
    """Return the linear system of each patient, compartments in the model's order."""
    column = {name: parameters[:, i] for i, name in enumerate(model.parameter_names)}
    index = {name: i for i, name in enumerate(model.compartment_names)}
    volumes = np.stack([column[compartment.volume] for compartment in model.compartments], axis=1)
    rates = np.zeros((len(parameters), len(index), len(index)))
    for flow in model.flows:
        here = index[flow.out_of]
        leaving = column[flow.clearance] / volumes[:, here]
        rates[:, here, here] -= leaving
        if flow.into is None:
            continue
        there = index[flow.into]
        rates[:, there, here] += leaving * (1.0 if flow.fraction is None else flow.fraction.value)
        if flow.both_ways:
            returning = column[flow.clearance] / volumes[:, there]
            rates[:, there, there] -= returning
            rates[:, here, there] += returning
    return System(rates, volumes, index[model.dosed])


def amounts(system: System, profile: Profile, times_s: Sequence[float]) -> Floats:
    """Amounts in ug, shape (patients, compartments, times)."""
    times_h = np.asarray(times_s, dtype=np.float64) / SECONDS_PER_HOUR
    # Scaled by the root of the volumes, an exchange is symmetric and its eigenvectors orthogonal.
    scale = np.sqrt(system.volumes_l)
    eigenvalues, modes = np.linalg.eig(system.rates_per_h * scale[:, np.newaxis, :] / scale[:, :, np.newaxis])
    safe = np.linalg.cond(modes) < MODES_LOSE_DIGITS
    solved = np.zeros((*system.volumes_l.shape, len(times_h)))
    if safe.any():
        entry = np.zeros((int(safe.sum()), scale.shape[1], 1))
        entry[:, system.dosed, 0] = 1 / scale[safe, system.dosed]
        shares = np.linalg.solve(modes[safe], entry)[:, np.newaxis, :, 0]
        readout = modes[safe] * shares * scale[safe, :, np.newaxis]
        solved[safe] = in_modes(eigenvalues[safe], readout, profile=profile, times_h=times_h)
    if not safe.all():
        solved[~safe] = by_exponential(
            system.rates_per_h[~safe], system.dosed, profile=profile, times_h=times_h
        )
    return solved


def in_modes(eigenvalues: Modes, readout: Modes, *, profile: Profile, times_h: Floats) -> Floats:
    """Each mode is one exponential fed by the input; `readout` turns modes into amounts."""
    solved = np.zeros((*readout.shape[:2], len(times_h)))
    level = np.zeros_like(eigenvalues)
    for interval in profile.intervals():
        level = level + interval.bolus_ug
        during = np.flatnonzero((times_h >= interval.start_h) & (times_h < interval.end_h))
        since_h = times_h[during] - interval.start_h
        course = mode_course(eigenvalues, level, rate_ug_per_h=interval.rate_ug_per_h, since_h=since_h)
        solved[:, :, during] = (readout @ course).real
        if isfinite(interval.end_h):
            span_h = np.array([interval.end_h - interval.start_h])
            end = mode_course(eigenvalues, level, rate_ug_per_h=interval.rate_ug_per_h, since_h=span_h)
            level = end[:, :, 0]
    return solved


def mode_course(eigenvalues: Modes, level: Modes, *, rate_ug_per_h: float, since_h: Floats) -> Modes:
    """Each mode (patients, modes, times) `since_h` after it stood at `level`, under a constant rate."""
    exponent = eigenvalues[:, :, np.newaxis] * since_h
    if rate_ug_per_h == 0.0:
        return level[:, :, np.newaxis] * np.exp(exponent)
    change = np.expm1(exponent)
    moves = eigenvalues != 0.0  # a mode at exactly zero (drug that never leaves) only fills
    slope = np.where(moves, eigenvalues, 1.0)[:, :, np.newaxis]
    filled = np.where(moves[:, :, np.newaxis], change / slope, since_h)
    return level[:, :, np.newaxis] * (1.0 + change) + rate_ug_per_h * filled


def by_exponential(rates_per_h: Floats, dosed: int, *, profile: Profile, times_h: Floats) -> Floats:
    """The same by the matrix exponential of the system with its input as one more, constant state."""
    patients, size, _ = rates_per_h.shape
    fed = np.zeros((patients, size + 1, size + 1))
    fed[:, :size, :size] = rates_per_h
    fed[:, dosed, size] = 1.0
    state = np.zeros((patients, size + 1, 1))
    solved = np.zeros((patients, size, len(times_h)))
    for interval in profile.intervals():
        state[:, dosed] += interval.bolus_ug
        state[:, size] = interval.rate_ug_per_h
        for at in np.flatnonzero((times_h >= interval.start_h) & (times_h < interval.end_h)):
            since_h = float(times_h[at] - interval.start_h)
            solved[:, :, at] = (exponential(fed * since_h) @ state)[:, :size, 0]
        if isfinite(interval.end_h):
            state = exponential(fed * (interval.end_h - interval.start_h)) @ state
    return solved


def exponential(matrices: Floats) -> Floats:
    """Matrix exponential of each matrix (patients, k, k), by Taylor series after halving, then squaring."""
    norm = float(np.abs(matrices).sum(axis=1).max())
    halvings = max(0, ceil(log2(norm / 0.5))) if norm > 0.0 else 0
    scaled = matrices / 2.0**halvings
    term = np.broadcast_to(np.eye(matrices.shape[1]), matrices.shape)
    total = term.copy()
    for order in range(1, TAYLOR_TERMS + 1):
        term = term @ scaled / order
        total += term
    for _ in range(halvings):
        total = total @ total
    return total
