"""Distributions agree with themselves: draws, means, quantiles and what is left once a part is used."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.estimators.distribution import Empirical, LogNormal

amounts = st.floats(0.1, 1000)
DISTRIBUTIONS = [Empirical([1, 2, 5, 50]), Empirical([3]), LogNormal(1.0, 0.5), LogNormal(0.0, 2.0)]


@given(st.sampled_from(DISTRIBUTIONS), st.floats(0, 100), st.integers(0, 99))
def test_no_draw_is_below_what_is_used(distribution, above, seed):
    assert (distribution.sample(np.random.default_rng(seed), 50, above) >= above).all()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS[:3])
def test_draws_have_the_mean_and_the_quantiles(distribution):
    draws = distribution.sample(np.random.default_rng(0), 20_000)
    assert draws.mean() == pytest.approx(distribution.mean, rel=0.03)
    for q in (0.1, 0.4, 0.9):
        assert np.mean(draws <= distribution.quantile(q)) >= q - 0.02
        assert np.mean(draws < distribution.quantile(q)) <= q + 0.02


def test_a_lognormal_tail_is_that_of_all_draws_that_reached_it():
    distribution, rng = LogNormal(1.0, 0.8), np.random.default_rng(1)
    draws = distribution.sample(rng, 200_000)
    tail = distribution.sample(rng, 20_000, above=6.0)
    for q in (0.25, 0.5, 0.9):
        assert np.quantile(tail, q) == pytest.approx(np.quantile(draws[draws > 6], q), rel=0.03)


def test_far_out_all_that_is_left_is_what_is_used():
    assert LogNormal(0.0, 0.1).sample(np.random.default_rng(0), 3, above=1e6).tolist() == [1e6] * 3


def test_draws_run_along_the_larger_values_to_the_limit():
    """Four points 2, 3, 9, 10: a third of the draws between each two neighbours, spread evenly."""
    draws = Empirical([1, 3, 9], limit=10).sample(np.random.default_rng(0), 30_000, above=2)
    shares = np.histogram(draws, [2, 3, 6, 9, 10])[0] / len(draws)
    assert shares == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3], abs=0.01)


@given(st.lists(amounts, min_size=1, max_size=9), amounts)
def test_what_exceeds_everything_seen_is_between_there_and_the_limit(values, limit):
    limit = max(limit, *values, 1)
    draws = Empirical(values, limit).sample(np.random.default_rng(0), 20, above=max(values))
    assert ((draws >= max(values)) & (draws <= limit)).all()


def test_quantiles_of_a_lognormal():
    assert LogNormal(math.log(7), 3.0).quantile(0.5) == pytest.approx(7)
    assert LogNormal(0.0, 1.0).quantile(1) == math.inf
