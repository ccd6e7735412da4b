"""The predicted band of a running session: computed outside any transaction, kept while the course stands."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from chairside.charts.releases import model_of
from chairside.charts.sessions import Folded
from chairside.core.pharmacology import Band, Model, PredictionRefused, Profile, Segment, predict_band
from chairside.core.session.arithmetic import planned_stop, weight_today_g
from chairside.core.session.pump import runs
from chairside.core.session.state import State

PATIENTS = 500
AFTER_END_S = 1200
STEP_S = 60
KEPT = 64
RUNS_ON_S = 300
"""A pump that outran its planned end is drawn on in steps of this length."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A band, or the sentence why there is none."""

    band: Band | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What a band depends on: the session, its model, the weight, and the profile as seconds from T0."""

    session: str
    library: str
    weight_g: int
    segments: tuple[Segment, ...]
    enantiomer: str


_kept: dict[Course, Forecast] = {}
_lock = threading.Lock()
_computing = threading.Lock()


def forecast(folded: Folded, at: datetime) -> Forecast:
    """The band for the course so far and, while it infuses, to the planned end; the same course is kept.

    It takes a moment of computing: call it in a thread, never on an event loop or in a transaction.
    """
    state = folded.state
    model = model_of(folded.rules.digest)
    if model is None:
        return Forecast(None, "no prediction: the signed library holds no model")
    if state.started_at is None:
        return Forecast(None, "no prediction: it begins with the infusion")
    course = course_of(folded, at)
    if course is None:
        return Forecast(None, "no prediction: no weight was measured today")
    with _computing:  # several pages of one session wait for one computation
        found = _kept.get(course)
        if found is None:
            found = _predicted(model, course)
            _keep(course, found)
    return found


def course_of(folded: Folded, at: datetime) -> Course | None:
    """The course as it stands; None where no weight was measured."""
    state, rules = folded.state, folded.rules
    weight_g = weight_today_g(rules, state)
    protocol = rules.protocol(state)
    if weight_g is None or protocol is None:
        return None
    return Course(folded.session, rules.digest, weight_g, _segments(state, at), protocol.enantiomer)


def _segments(state: State, at: datetime) -> tuple[Segment, ...]:
    zero = state.started_at
    if zero is None:
        return ()
    found = []
    for run in runs(state):
        end = run.ends_at or _end_ahead(state, run.starts_at, at)
        found.append(
            Segment((run.starts_at - zero).total_seconds(), (end - zero).total_seconds(), run.rate_ug_per_h)
        )
    return tuple(found)


def _end_ahead(state: State, starts_at: datetime, at: datetime) -> datetime:
    planned = planned_stop(state)
    if planned is not None and planned >= at:
        return planned
    steps = int((at - starts_at).total_seconds() // RUNS_ON_S) + 1
    return starts_at + timedelta(seconds=steps * RUNS_ON_S)


def _predicted(model: Model, course: Course) -> Forecast:
    end_s = max((each.end_s for each in course.segments), default=0) + AFTER_END_S
    times_s = [float(each) for each in range(0, int(end_s) + STEP_S, STEP_S)]
    seed = int.from_bytes(hashlib.sha256(course.session.encode()).digest()[:8])
    try:
        if course.enantiomer != model.enantiomer:
            raise PredictionRefused(
                f"the model is for {model.enantiomer} ketamine, the protocol gives {course.enantiomer}"
            )
        band = predict_band(
            model,
            Profile(model.enantiomer, course.segments),
            weight_kg=float(Fraction(course.weight_g, 1000)),
            times_s=times_s,
            n=PATIENTS,
            generator=np.random.default_rng(seed),
        )
    except PredictionRefused as refused:
        return Forecast(None, f"no prediction: {refused}")
    return Forecast(band)


def _keep(course: Course, found: Forecast) -> None:
    with _lock:
        _kept[course] = found
        while len(_kept) > KEPT:
            _kept.pop(next(iter(_kept)))
