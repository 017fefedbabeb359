"""A study on pairs of fields from start to end: what it leaves goes on from a field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sims.heat2d import Heat2D
from sims.parallel import SERIAL
from surrogate.predict import load
from surrogate.study import Study, run_study


@pytest.mark.mpi
@pytest.mark.slow
def test_a_study_on_pairs_learns_to_go_on(tmp_path: Path):
    study = Study(
        model="convolutional", buffer="pairs", simulations=24, grid=16, steps=20, capacity=480, watermark=128,
        batch_size=16, repeats=5.0, validation_simulations=4, ranks=1, workers=1,
    )  # fmt: skip
    result = run_study(study, folder=tmp_path)
    assert result.counters.balanced
    assert result.metrics.rmse_by_step[0] == 0.0
    # the roll-out of 19 steps against the mean field; the first run gave a third of it
    assert result.metrics.rmse < result.metrics.mean_field_rmse / 1.5

    surrogate = load(result.checkpoint)
    walls = {"initial": 250.0, "left": 150.0, "right": 450.0, "bottom": 300.0, "top": 200.0}
    truth = np.stack(list(Heat2D().solve(walls, 16, 20, SERIAL)))
    rolled = surrogate.roll_out(walls, truth[0], steps=19)
    assert rolled.shape == truth[1:].shape
    assert np.sqrt(np.mean((rolled - truth[1:]) ** 2)) < np.sqrt(np.mean((truth[0] - truth[1:]) ** 2))
