"""The peak formula is a walk through the future; admission stays within it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.estimators.distribution import Empirical
from scheduling.future_peak import Generation, admissible, future_peak

batches = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8)


def walk(held, remaining):
    """Step by step: each grows by one until it has nothing to come, holds what it has at that moment, and is gone."""
    return max(
        (
            sum(have + step for have, left in zip(held, remaining, strict=True) if left >= step)
            for step in range(max(remaining, default=0) + 1)
        ),
        default=0,
    )


def test_the_formula_is_a_walk():
    rng = np.random.default_rng(0)
    for _ in range(2000):
        count = rng.integers(1, 30)
        held, remaining = rng.integers(0, 500, count), rng.integers(0, 100, count)
        assert future_peak(held, remaining) == walk(held, remaining)


@given(batches)
def test_the_order_of_requests_does_not_matter(batch):
    held, remaining = [have for have, _ in batch], [left for _, left in batch]
    assert future_peak(held[::-1], remaining[::-1]) == future_peak(held, remaining)


def test_many_futures_at_once():
    assert future_peak([10, 20], [[5, 0], [0, 5], [5, 5]]).tolist() == [30, 30, 40]


def certain(prompt, output, produced=0):
    return Generation(prompt, Empirical([output]), produced)


@given(batches, batches, st.integers(1, 400))
def test_as_many_come_in_as_fit(running, waiting, capacity):
    running, waiting = [certain(*one) for one in running], [certain(*one) for one in waiting]
    count = admissible(running, waiting, capacity, np.random.default_rng(0))

    def peak(requests):
        return walk([one.prompt for one in requests], [max(int(one.output.mean) - 1, 0) for one in requests])

    if count and len(running) + count > 1:
        assert peak([*running, *waiting[:count]]) <= capacity
    if count < len(waiting):
        assert peak([*running, *waiting[: count + 1]]) > capacity
    if not running and waiting:
        assert count >= 1


@pytest.mark.parametrize(("produced", "admitted"), [(0, 1), (80, 0)])
def test_what_has_run_long_is_expected_to_run_longer(produced, admitted):
    """Most outputs are short; one that has passed 80 tokens is one of the few long ones."""
    lengths = Empirical([10] * 999 + [100], limit=200)
    running = Generation(0, lengths, produced)
    assert admissible([running], [certain(50, 0)], 100, np.random.default_rng(0)) == admitted
