"""Parameter sets: inside their bounds, the same for the same seed, apart from the validation set."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.design import DESIGNS, draw_samples
from sims.heat2d import Heat2D
from sims.solver import Bounds, SimulationError

BOX = {"a": Bounds(-1.0, 2.0), "b": Bounds(100.0, 500.0), "c": Bounds(3.0, 3.0)}


@given(st.sampled_from(sorted(DESIGNS)), st.integers(1, 70), st.integers(0, 2**40))
def test_samples_lie_in_the_box_and_depend_on_the_seed_alone(design, count, seed):
    samples = draw_samples(BOX, count, seed=seed, design=design)
    assert samples.shape == (count, 3)
    for column, bounds in zip(samples.T, BOX.values(), strict=True):
        assert all(value in bounds for value in column)
    np.testing.assert_array_equal(samples, draw_samples(BOX, count, seed=seed, design=design))


@pytest.mark.parametrize("design", DESIGNS)
def test_validation_shares_no_sample_with_training(design):
    bounds = Heat2D.bounds
    training = draw_samples(bounds, 64, seed=5, design=design)
    held_out = draw_samples(bounds, 64, seed=5, design=design, purpose="validation")
    assert not np.isin(training, held_out).any()


def test_latin_hypercube_has_one_sample_in_each_slice():
    samples = draw_samples({"x": Bounds(0, 1), "y": Bounds(0, 1)}, 16, seed=1, design="latin_hypercube")
    for column in samples.T:
        assert sorted((column * 16).astype(int)) == list(range(16))


def test_unknown_design_is_said():
    with pytest.raises(
        SimulationError, match="There is no design 'halton'; the names are uniform, latin_hypercube, sobol"
    ):
        draw_samples(BOX, 3, seed=0, design="halton")
