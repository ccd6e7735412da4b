"""The engine against slow, obvious twins, and against what any exact linear solution must do."""

from dataclasses import replace
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from chairside.core.ensemble import draw
from chairside.core.pharmacology import Bolus, Covariates, Profile, Segment, concentrations, engine
from chairside.core.pharmacology.model import BetweenPatients, Compartment, Flow, Parameter
from chairside.core.quantities import Sourced

few = hypothesis_settings(max_examples=30)
TIMES_S = tuple(range(0, 6 * 3600, 300))
HELD = Profile("racemic", (Segment(0, 1200, 52500.0), Segment(1800, 3000, 39000.0)), (Bolus(2400, 7000),))


@st.composite
def schedules(draw_from):
    """Any train of rates with gaps, and any boluses, within four hours."""
    edges = sorted(draw_from(st.lists(st.integers(0, 14400), min_size=2, max_size=8, unique=True)))
    rates = [draw_from(st.integers(0, 200_000)) for _ in edges[1:]]
    segments = tuple(
        Segment(start, end, rate) for (start, end), rate in zip(pairwise(edges), rates, strict=True)
    )
    boluses = draw_from(
        st.lists(st.builds(Bolus, st.integers(0, 14400), st.integers(0, 100_000)), max_size=3)
    )
    return Profile("racemic", segments, tuple(boluses))


def agree(one, other, *, within=1e-12):
    """Equal to `within` of the highest concentration (so exactly, when all are zero)."""
    np.testing.assert_allclose(one, other, rtol=0, atol=within * np.max(other))


def by_ode(profile, times_s, parameters):
    """SciPy's DOP853 on equations written out by hand, from one time or event to the next.

    Never asked for a time inside a step: there it interpolates, which its tolerances do not cover
    (3e-7 of the peak was seen).
    """
    v1, v2, v3, cl, q2, q3, nv, ncl, nvp, nq = parameters

    def slopes(_, y, rate):
        c1, c2, c3, n1, n2 = y / [v1, v2, v3, nv, nvp]
        to_fast, to_slow, made, nk_out = q2 * (c1 - c2), q3 * (c1 - c3), cl * c1, nq * (n1 - n2)
        return [rate - made - to_fast - to_slow, to_fast, to_slow, made - ncl * n1 - nk_out, nk_out]

    cuts = {s.start_s for s in profile.segments} | {s.end_s for s in profile.segments}
    cuts |= {b.at_s for b in profile.boluses}
    edges = sorted(cuts | set(times_s))
    state, at = np.zeros(5), {}
    for start, end in pairwise([*edges, edges[-1] + 1]):
        state[0] += sum(b.amount_ug for b in profile.boluses if b.at_s == start)
        at[start] = (state[0] / v1, state[3] / nv)
        rate = sum(s.rate_ug_per_h for s in profile.segments if s.start_s <= start < s.end_s)
        # 1 ug/h for a second is the least a schedule gives: tolerances far below 1/3600 ug.
        span, tolerances = (start / 3600, end / 3600), {"rtol": 1e-12, "atol": 1e-15}
        state = solve_ivp(slopes, span, state, "DOP853", args=(rate,), **tolerances).y[:, -1]
    return np.array([at[at_s] for at_s in times_s]).T


def by_forty_digits(profile, times_s, parameters):
    """mpmath's matrix exponential to 40 digits, stepping from event to event."""
    with mpmath.workdps(40):
        v1, v2, v3, cl, q2, q3, nv, ncl, nvp, nq = (mpmath.mpf(float(p)) for p in parameters)
        fed = mpmath.matrix(6, 6)
        fed[0, 0], fed[0, 1], fed[0, 2], fed[0, 5] = -(cl + q2 + q3) / v1, q2 / v2, q3 / v3, 1
        fed[1, 0], fed[1, 1] = q2 / v1, -q2 / v2
        fed[2, 0], fed[2, 2] = q3 / v1, -q3 / v3
        fed[3, 0], fed[3, 3], fed[3, 4] = cl / v1, -(ncl + nq) / nv, nq / nvp
        fed[4, 3], fed[4, 4] = nq / nv, -nq / nvp
        solved = []
        for at_s in times_s:
            state = mpmath.matrix(6, 1)
            cuts = {s.start_s for s in profile.segments} | {s.end_s for s in profile.segments}
            cuts |= {b.at_s for b in profile.boluses}
            edges = [*sorted(cut for cut in cuts if cut < at_s), at_s]
            for start, end in pairwise(edges):
                state[0] += sum(b.amount_ug for b in profile.boluses if b.at_s == start)
                state[5] = sum(s.rate_ug_per_h for s in profile.segments if s.start_s <= start < s.end_s)
                state = mpmath.expm(fed * (mpmath.mpf(end - start) / 3600)) * state
            solved.append((float(state[0] / v1), float(state[3] / nv)))
        return np.array(solved).T


@few
@given(schedules(), st.floats(40, 150), st.integers(0, 9999))
def test_it_agrees_with_an_ode_solver_on_any_schedule_weight_and_patient(kamp_otto, profile, weight_kg, seed):
    patient = draw(kamp_otto, Covariates(weight_kg), n=1, generator=np.random.default_rng(seed)).parameters
    times_s = TIMES_S[::6]
    exact = concentrations(kamp_otto, patient, profile=profile, times_s=times_s)[0]
    agree(exact, by_ode(profile, times_s, patient[0]), within=1e-9)


@pytest.mark.parametrize("weight_kg", [40, 70, 150])
def test_it_agrees_with_forty_digits(kamp_otto, weight_kg):
    patient = draw(kamp_otto, Covariates(weight_kg), n=1, generator=np.random.default_rng(4)).parameters
    times_s = (1, 600, 1200, 1500, 2401, 2999, 3001, 7200, 36000)
    exact = concentrations(kamp_otto, patient, profile=HELD, times_s=times_s)[0]
    agree(exact, by_forty_digits(HELD, times_s, patient[0]), within=1e-12)


@few
@given(schedules(), st.integers(-86400, 86400))
def test_a_course_moved_in_time_moves_its_curve(typical_course, profile, shift_s):
    later = Profile(
        "racemic",
        tuple(Segment(s.start_s + shift_s, s.end_s + shift_s, s.rate_ug_per_h) for s in profile.segments),
        tuple(Bolus(b.at_s + shift_s, b.amount_ug) for b in profile.boluses),
    )
    # Times just after an event, never on it: seconds in hours are rounded, and a bolus is a jump.
    times_s = [at_s + 0.5 for at_s in TIMES_S]
    moved = typical_course(later, [at_s + shift_s for at_s in times_s])
    agree(moved, typical_course(profile, times_s), within=1e-11)


@few
@given(schedules(), st.integers(1, 14399))
def test_a_pump_reading_in_the_middle_of_a_rate_changes_nothing(typical_course, profile, cut_s):
    halves = []
    for segment in profile.segments:
        middle = min(max(cut_s, segment.start_s), segment.end_s)
        halves += [replace(segment, end_s=middle), replace(segment, start_s=middle)]
    split = typical_course(replace(profile, segments=tuple(halves)), TIMES_S)
    agree(split, typical_course(profile, TIMES_S))


@few
@given(schedules(), schedules())
def test_two_courses_add_up(typical_course, one, other):
    boluses = Profile("racemic", (), other.boluses)
    together = Profile("racemic", one.segments, one.boluses + other.boluses)
    summed = typical_course(one, TIMES_S) + typical_course(boluses, TIMES_S)
    agree(typical_course(together, TIMES_S), summed)


@few
@given(schedules(), st.floats(0.01, 100))
def test_a_dose_times_k_is_a_concentration_times_k(typical_course, profile, k):
    scaled = Profile(
        "racemic",
        tuple(replace(s, rate_ug_per_h=s.rate_ug_per_h * k) for s in profile.segments),
        tuple(replace(b, amount_ug=b.amount_ug * k) for b in profile.boluses),
    )
    expected = typical_course(profile, TIMES_S) * k
    agree(typical_course(scaled, TIMES_S), expected)


@few
@given(schedules())
def test_nothing_is_below_zero_and_times_may_come_in_any_order(typical_course, profile):
    course = typical_course(profile, TIMES_S)
    assert (course >= 0).all()
    np.testing.assert_array_equal(typical_course(profile, TIMES_S[::-1])[:, ::-1], course)


def test_rounding_shows_no_concentration_below_zero(kamp_otto):
    patients = draw(kamp_otto, Covariates(70.0), n=500, generator=np.random.default_rng(1)).parameters
    weeks_later_s = (2_000_000, 10_000_000)
    raw_ug = engine.amounts(engine.assemble(kamp_otto, patients), HELD, weeks_later_s)
    assert -1e-9 < raw_ug.min() < 0  # else this test guards nothing
    assert concentrations(kamp_otto, patients, profile=HELD, times_s=weeks_later_s).min() == 0.0


def number(value, unit="1"):
    return Sourced(value, unit, "D", "invented for this test")


def with_a_jar(model):
    """The same model, with what leaves the body caught in a jar that nothing leaves."""
    flows = [replace(f, into="jar") if f.into is None else f for f in model.flows]
    return replace(
        model,
        compartments=(*model.compartments, Compartment("jar", "norketamine", "jar_l")),
        parameters=(*model.parameters, Parameter("jar_l", number(1, "L"), number(0))),
        flows=tuple(flows),
    )


@few
@given(schedules(), st.floats(40, 150))
def test_what_went_in_is_in_the_body_or_in_the_jar(kamp_otto, profile, weight_kg):
    model = with_a_jar(kamp_otto)
    patients = draw(model, Covariates(weight_kg), n=5, generator=np.random.default_rng(5)).parameters
    kept = engine.amounts(engine.assemble(model, patients), profile, TIMES_S).sum(axis=1)
    given_ug = [
        sum(b.amount_ug for b in profile.boluses if b.at_s <= at_s)
        + sum(s.rate_ug_per_h * max(0, min(at_s, s.end_s) - s.start_s) / 3600 for s in profile.segments)
        for at_s in TIMES_S
    ]
    agree(kept, np.broadcast_to(given_ug, kept.shape), within=1e-11)


def test_clearance_times_exposure_is_the_dose(kamp_otto, typical_course):
    profile = Profile("racemic", (Segment(0, 2400, 52500.0),))

    def curve(at_s, output):
        return typical_course(profile, [at_s])[output, 0]

    def exposure(output):
        spans = [(0, 2400), (2400, 7200), (7200, 36000), (36000, 180000), (180000, 720000)]
        return sum(quad(curve, *span, (output,), epsabs=0, epsrel=1e-11)[0] for span in spans) / 3600

    ketamine, norketamine = exposure(0), exposure(1)
    assert 84 * ketamine == pytest.approx(35000, rel=1e-9)
    assert norketamine / ketamine == pytest.approx(84 / 57.72, rel=1e-8)
    assert norketamine / ketamine == pytest.approx(1.455, abs=5e-4)


# Systems whose eigenmodes are no help -----------------------------------------------------------


def a_chain(model, steps):
    """Drug passing through equal compartments one after another: the gamma density, in closed form."""
    names = [f"step_{i}" for i in range(steps)]
    return replace(
        model,
        dosed=names[0],
        compartments=tuple(Compartment(name, "ketamine", "v") for name in names),
        parameters=(Parameter("v", number(10, "L"), number(0)), Parameter("q", number(20, "L/h"), number(0))),
        flows=(*(Flow(a, "q", b) for a, b in pairwise(names)), Flow(names[-1], "q")),
        between_patients=(),
        outputs=(replace(model.outputs[0], compartment=names[-1]),),
    )


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_equal_transit_compartments_are_solved_exactly(kamp_otto, typical_course, steps):
    course = typical_course(
        Profile("racemic", (), (Bolus(0, 1000),)), TIMES_S, model=a_chain(kamp_otto, steps)
    )[0]
    passed = 2 * np.array(TIMES_S) / 3600  # at 20 L/h through 10 L, 2 per hour
    closed_form = 100 * passed ** (steps - 1) / mpmath.factorial(steps - 1) * np.exp(-passed)
    agree(course, closed_form.astype(float))


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2])
def test_it_loses_no_digits_where_eigenvalues_nearly_coincide(kamp_otto, gap):
    typical = kamp_otto.typical(Covariates(70.0))
    slowest = np.linalg.eigvals(engine.assemble(kamp_otto, typical[np.newaxis]).rates_per_h[0]).max()
    v, cl, q = (kamp_otto.parameter_names.index(f"norketamine_{p}") for p in ("v", "cl", "q"))
    typical[q] = 1e-30  # norketamine in one compartment, its rate at the parent's slowest
    typical[cl] = -slowest * (1 + gap) * typical[v]
    times_s = (600, 2401, 7200, 36000)
    exact = concentrations(kamp_otto, typical[np.newaxis], profile=HELD, times_s=times_s)[0]
    agree(exact, by_forty_digits(HELD, times_s, typical), within=1e-11)


def test_the_two_ways_of_solving_agree(kamp_otto, monkeypatch):
    patients = draw(kamp_otto, Covariates(70.0), n=20, generator=np.random.default_rng(6)).parameters
    in_modes = concentrations(kamp_otto, patients, profile=HELD, times_s=TIMES_S)
    monkeypatch.setattr(engine, "MODES_LOSE_DIGITS", 0.0)
    agree(concentrations(kamp_otto, patients, profile=HELD, times_s=TIMES_S), in_modes, within=1e-11)


def test_patients_do_not_mix(kamp_otto):
    patients = draw(kamp_otto, Covariates(70.0), n=20, generator=np.random.default_rng(7)).parameters
    together = concentrations(kamp_otto, patients, profile=HELD, times_s=TIMES_S)
    alone = concentrations(kamp_otto, patients[7:8], profile=HELD, times_s=TIMES_S)
    agree(together[7:8], alone, within=1e-14)


def test_a_variance_is_no_part_of_the_typical_patient(kamp_otto):
    entry = BetweenPatients(("ketamine_q2", "ketamine_q2"), number(0.5))
    wider = replace(kamp_otto, between_patients=(*kamp_otto.between_patients, entry))
    np.testing.assert_array_equal(wider.typical(Covariates(80.0)), kamp_otto.typical(Covariates(80.0)))
