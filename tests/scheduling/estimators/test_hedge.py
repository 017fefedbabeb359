"""The regret to every expert, over the rounds in which it was awake, is within its bound, whatever the losses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.estimators.hedge import AdaNormalHedge

rounds = st.lists(
    st.dictionaries(st.integers(0, 4), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), min_size=1), min_size=1, max_size=60
)


@given(rounds)
def test_regret_is_within_the_bound(sequence):
    hedge = AdaNormalHedge()
    for losses in sequence:
        hedge.update(list(losses), np.array(list(losses.values())))
    for expert, regret in hedge.regret.items():
        assert regret <= hedge.bound(expert) + 1e-9


@given(rounds)
def test_regret_is_what_it_says(sequence):
    hedge, own, theirs = AdaNormalHedge(), dict.fromkeys(range(5), 0.0), dict.fromkeys(range(5), 0.0)
    for awake in sequence:
        losses = np.array(list(awake.values()))
        mixture = hedge.weights(list(awake)) @ losses
        for expert, loss in awake.items():
            own[expert] += mixture
            theirs[expert] += loss
        hedge.update(list(awake), losses)
    for expert, regret in hedge.regret.items():
        assert regret == pytest.approx(own[expert] - theirs[expert], abs=1e-9)


def test_weight_goes_to_whoever_is_better():
    hedge = AdaNormalHedge()
    for _ in range(100):
        hedge.update(["good", "bad"], np.array([0.1, 0.9]))
    assert hedge.weights(["good", "bad"])[0] > 0.99
    assert hedge.weights(["bad"]).tolist() == [1]
    assert hedge.weights(["new", "newer"]).tolist() == [0.5, 0.5]
