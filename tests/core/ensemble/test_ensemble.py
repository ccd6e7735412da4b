"""Virtual patients: drawn, weighed and reduced to a band. The model here is invented, with no drug in it."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chairside.core.ensemble import band, draw, weigh

few = hypothesis_settings(max_examples=60)


@dataclass
class Invented:
    covariance: list = field(default_factory=lambda: [[0.09, 0.03, 0], [0.03, 0.16, 0], [0, 0, 0]])
    parameter_names: tuple = ("a", "b", "fixed")

    def typical(self, covariates):
        return np.array([10.0, 20.0, 30.0]) * covariates

    def log_covariance(self):
        return np.array(self.covariance, dtype=float)


def drawn(n=20_000, seed=1, model=None, covariates=1.0):
    return draw(model or Invented(), covariates, n=n, generator=np.random.default_rng(seed)).parameters


def test_the_draw_has_the_population_s_medians_variances_and_covariance():
    logs = np.log(drawn())
    assert np.median(logs, axis=0) == pytest.approx(np.log([10, 20, 30]), abs=0.02)
    assert np.cov(logs.T) == pytest.approx(np.array(Invented().covariance), abs=0.005)


def test_what_does_not_vary_is_the_same_in_everyone():
    assert set(drawn()[:, 2]) == {30.0}
    assert (drawn(n=3, model=Invented(covariance=np.zeros((3, 3)))) == [10, 20, 30]).all()


def test_the_same_seed_draws_the_same_patients_and_covariates_move_them():
    np.testing.assert_array_equal(drawn(seed=5), drawn(seed=5))
    assert (drawn(seed=5) != drawn(seed=6)).any()
    np.testing.assert_allclose(drawn(seed=5, covariates=2.0), 2 * drawn(seed=5), rtol=1e-14)


@pytest.mark.parametrize("n", [0, -1])
def test_it_refuses_to_draw_nobody(n):
    with pytest.raises(ValueError, match="n: expected at least 1"):
        drawn(n=n)


@pytest.mark.parametrize(
    ("covariance", "sentence"),
    [
        ([[1, 2, 0], [2, 1, 0], [0, 0, 0]], "positive definite"),
        ([[1, 0.5, 0], [0, 1, 0], [0, 0, 0]], "symmetric"),
    ],
)
def test_it_refuses_what_is_no_covariance(covariance, sentence):
    with pytest.raises(ValueError, match=sentence):
        drawn(model=Invented(covariance=covariance))


def test_nothing_observed_weighs_everyone_alike():
    assert weigh(np.zeros(4)).tolist() == [0.25] * 4


def test_who_explains_it_twice_as_well_weighs_twice_as_much_however_unlikely():
    assert weigh(np.log([1.0, 2.0]) - 5000) == pytest.approx([1 / 3, 2 / 3])
    assert weigh(np.array([-np.inf, 0.0])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("log_likelihood", "sentence"),
    [
        ([-np.inf, -np.inf], "no virtual patient explains"),
        ([0.0, np.nan], "numbers below infinity"),
        ([0.0, np.inf], "numbers below infinity"),
        ([], "one number per virtual patient"),
        ([[0.0]], "one number per virtual patient"),
    ],
)
def test_it_says_when_nothing_can_be_weighed(log_likelihood, sentence):
    with pytest.raises(ValueError, match=sentence):
        weigh(np.array(log_likelihood))


def plain_quantile(values, weights, quantile):
    """The definition, read aloud: walk up the values until a share of the weight has been counted."""
    counted = 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        counted += weight
        if weight > 0 and counted >= quantile * sum(weights) - 1e-9:
            return value
    raise AssertionError


weighted = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n),
        st.lists(st.integers(0, 5), min_size=n, max_size=n).filter(any),
    )
)


@few
@given(weighted, st.sampled_from([0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0]))
def test_a_quantile_is_what_the_definition_says(patients, quantile):
    values, weights = patients
    line = band(np.array(values)[:, np.newaxis], np.array(weights, dtype=float), [quantile])
    assert line[0, 0] == plain_quantile(values, weights, quantile)


@few
@given(weighted, st.floats(0.001, 1000))
def test_a_weight_of_two_is_two_patients_and_only_ratios_matter(patients, scale):
    values, weights = np.array(patients[0])[:, np.newaxis], np.array(patients[1])
    quantiles = (0.05, 0.5, 0.95)
    repeated = np.repeat(values, weights, axis=0)
    once = band(repeated, np.ones(len(repeated)), quantiles)
    np.testing.assert_array_equal(band(values, weights * scale, quantiles), once)


def test_who_weighs_nothing_is_not_counted_even_at_the_ends():
    lines = band(np.array([[1.0], [2.0], [3.0]]), np.array([0.0, 1.0, 0.0]), [0.0, 0.5, 1.0])
    assert lines.tolist() == [[2.0], [2.0], [2.0]]


def test_each_time_has_its_own_order():
    values = np.array([[1.0, 30.0], [2.0, 20.0], [3.0, 10.0]])
    lines = band(values, np.ones(3), [0.0, 0.5, 1.0])
    assert lines.tolist() == [[1, 10], [2, 20], [3, 30]]


@pytest.mark.parametrize(
    ("values", "weights", "quantile", "sentence"),
    [
        ([[1.0], [np.nan]], [1, 1], 0.5, "values: expected finite"),
        ([[1.0], [2.0]], [1, -1], 0.5, "weights: expected finite numbers >= 0"),
        ([[1.0], [2.0]], [0, 0], 0.5, "one at least is above 0"),
        ([[1.0], [2.0]], [1, np.inf], 0.5, "weights: expected finite numbers"),
        ([[1.0], [2.0]], [1], 0.5, "weights: expected one per patient"),
        ([1.0, 2.0], [1, 1], 0.5, "weights: expected one per patient"),
        ([[1.0], [2.0]], [1, 1], 1.01, "quantiles: expected numbers from 0 to 1"),
        ([[1.0], [2.0]], [1, 1], -0.01, "quantiles: expected numbers from 0 to 1"),
        ([[1.0], [2.0]], [1, 1], np.nan, "quantiles: expected numbers from 0 to 1"),
    ],
)
def test_it_refuses_what_has_no_quantiles(values, weights, quantile, sentence):
    with pytest.raises(ValueError, match=sentence):
        band(np.array(values, dtype=float), np.array(weights, dtype=float), [quantile])
