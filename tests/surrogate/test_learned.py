"""What was learned is neither lost nor counted twice: between trainer ranks, and between a run and the next."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from surrogate.intake import Used
from surrogate.learned import Learned, merge, without
from surrogate.slots import Counters

SIMULATIONS, STEPS = 12, 5
masks = arrays(bool, (SIMULATIONS, STEPS))


def used_of(mask, share=range(SIMULATIONS)):
    """As an intake says it."""
    return Used(
        [number for number in share if mask[number].all()],
        {number: mask[number].copy() for number in share if mask[number].any() and not mask[number].all()},
    )


def mask_of(used):
    mask = np.zeros((SIMULATIONS, STEPS), bool)
    mask[used.done] = True
    for number, steps in used.partial.items():
        assert not mask[number].any(), "both whole and in part"
        mask[number] = steps
    return mask


def keys(*pairs):
    """Samples as batches name them."""
    return tuple(np.array(pairs, np.int64).reshape(-1, 2).T)


@given(masks, st.integers(1, SIMULATIONS + 2))
def test_what_the_ranks_have_used_of_their_shares_is_put_together(mask, size):
    together = merge(used_of(mask, range(rank, SIMULATIONS, size)) for rank in range(size))
    assert together.done == used_of(mask).done
    np.testing.assert_array_equal(mask_of(together), mask)


def test_what_one_rank_has_used_whole_is_not_partly_used():
    some = np.array([True, False, False, False, False])
    together = merge([Used([7, 3], {5: some}), Used([5], {7: some, 8: some})])
    assert together.done == [3, 5, 7]
    assert together.partial.keys() == {8}


@given(masks, st.lists(st.tuples(st.integers(0, SIMULATIONS - 1), st.integers(0, STEPS - 1)), max_size=20))
def test_what_was_drawn_and_not_trained_on_is_not_used(mask, untrained):
    used, half = used_of(mask), len(untrained) // 2
    rest = without(used, [keys(*untrained[:half]), keys(*untrained[half:])], STEPS)
    expected = mask.copy()
    expected[tuple(keys(*untrained))] = False
    np.testing.assert_array_equal(mask_of(rest), expected)
    np.testing.assert_array_equal(mask_of(used), mask)  # which the intake goes on with


def test_a_whole_simulation_that_loses_a_step_is_partly_used():
    rest = without(Used([2, 4], {}), [keys((4, 1))], STEPS)
    assert rest.done == [2]
    assert rest.partial[4].tolist() == [True, False, True, True, True]


@given(masks, st.integers(1, SIMULATIONS + 2), st.integers(0, 10**6))
def test_the_shares_of_what_is_carried_on_add_up(mask, size, drawn):
    learned = Learned(used=used_of(mask), drawn=drawn if mask.any() else 0)
    parts = [learned.carried(range(rank, SIMULATIONS, size), STEPS) for rank in range(size)]
    assert [part.produced for part in parts] == [mask[rank::size].sum() for rank in range(size)]
    assert all(part == Counters(part.produced, evicted=part.produced, drawn=part.drawn) for part in parts)
    assert all(part.balanced for part in parts)
    assert abs(sum(part.drawn for part in parts) - learned.drawn) <= size / 2  # each is rounded
    assert learned.carried(range(SIMULATIONS), STEPS).drawn == learned.drawn


def test_draws_are_shared_as_the_steps_are():
    half = np.array([True, True, False, False, False])
    learned = Learned(used=Used([0, 2], {1: half}), drawn=120)
    assert learned.carried(range(0, 4, 2), STEPS) == Counters(produced=10, evicted=10, drawn=100)
    assert learned.carried(range(1, 4, 2), STEPS) == Counters(produced=2, evicted=2, drawn=20)


def test_of_nothing_nothing_is_carried_on():
    assert Learned().carried(range(SIMULATIONS), STEPS) == Counters()
