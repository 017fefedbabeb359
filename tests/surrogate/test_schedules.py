"""Every schedule is a factor on the learning rate, from 0 (excluded) to 1, for any share of a study."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.schedules import SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
@given(progress=st.floats(-1.0, 2.0))
def test_a_factor_is_never_zero_and_never_above_one(name, progress):
    assert 0.01 <= SCHEDULES[name](progress) <= 1.0


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("constant", {0.0: 1.0, 0.7: 1.0, 1.0: 1.0}),
        ("cosine", {0.0: 1.0, 0.5: 0.505, 1.0: 0.01}),
        ("linear_warmup_cosine", {0.0: 0.01, 0.025: 0.505, 0.05: 1.0, 1.0: 0.01}),
        ("halving", {0.0: 1.0, 0.14: 1.0, 0.15: 0.5, 0.5: 0.125, 1.0: 1 / 64}),
    ],
)
def test_known_points(name, points):
    for progress, factor in points.items():
        assert math.isclose(SCHEDULES[name](progress), factor, rel_tol=1e-9)
