"""Balancing: never worse than Graham's bound, and by cost rather than by size."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.policies.balance import BalanceError, longest_first, quadratic_costs


def heaviest(costs, assigned, workers):
    return np.bincount(assigned, weights=costs, minlength=workers).max()


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6), st.integers(1, 3))
def test_no_worse_than_the_bound(costs, workers):
    best = min(heaviest(costs, list(one), workers) for one in itertools.product(range(workers), repeat=len(costs)))
    assert heaviest(costs, longest_first(costs, workers), workers) <= (4 / 3 - 1 / (3 * workers)) * best + 1e-9


def test_a_long_member_is_worth_many_short_ones():
    sizes = [8, 4, 4, 4, 4]
    by_size = longest_first(sizes, 2)
    by_cost = longest_first(quadratic_costs(sizes, linear=0, quadratic=1), 2)
    assert np.bincount(by_size, weights=sizes).tolist() == [12, 12]
    assert by_cost.tolist() == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("costs", "workers", "says"),
    [
        ([1], 0, "There are 0 workers; there must be 1 or more"),
        ([1, -2], 1, r"The cost of member 1 is -2\.0; it must be a finite number, 0 or more"),
        ([np.nan], 1, "The cost of member 0 is nan"),
    ],
)
def test_arguments_are_checked(costs, workers, says):
    with pytest.raises(BalanceError, match=says):
        longest_first(costs, workers)
