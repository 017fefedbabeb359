"""Packing: the optimum of tiny cases by brute force, capacities kept, priorities never traded for lower ones."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.packing import NOWHERE, Problem, pack

SECONDS = 5.0
"""Far more than such small cases take, so that all are proven."""


def fits(problem, placement):
    return all(
        (problem.needs[placement == server].sum(axis=0) <= capacity + 1e-9).all()
        for server, capacity in enumerate(problem.capacity)
    )


@st.composite
def problems(draw, most=5):
    """Up to `most` requests in tenths of two resources on up to three servers; some run already."""
    servers, count = draw(st.integers(1, 3)), draw(st.integers(1, most))

    def tenths(rows, largest):
        return (
            np.array(draw(st.lists(st.integers(0, largest), min_size=2 * rows, max_size=2 * rows))).reshape(-1, 2) / 10
        )

    problem = Problem(
        needs=tenths(count, 6),
        capacity=tenths(servers, 12),
        priority=np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))),
        origin=np.full(count, NOWHERE),
    )
    for request in range(count):
        problem.origin[request] = draw(st.integers(NOWHERE, servers - 1))
        if not fits(problem, problem.origin):
            problem.origin[request] = NOWHERE
    return problem


def best_score(problem):
    places = range(NOWHERE, len(problem.capacity))
    placements = map(np.array, itertools.product(places, repeat=len(problem.needs)))
    return max(problem.score(placement) for placement in placements if fits(problem, placement))


@settings(max_examples=50)
@given(problems())
def test_tiny_packings_are_optimal(problem):
    packing = pack(problem, problem.origin, SECONDS)
    assert packing.proven
    assert not packing.timed_out
    assert fits(problem, packing.placement)
    assert problem.score(packing.placement) == best_score(problem)


@given(problems(most=8))
@settings(max_examples=50)
def test_priorities_are_not_traded_for_lower_ones(problem):
    """What those of a priority and above reach is the same if nobody else is there."""
    score = problem.score(pack(problem, problem.origin, SECONDS).placement)
    for number, tier in enumerate(problem.tiers):
        alone = Problem(problem.needs[tier], problem.capacity, problem.priority[tier], problem.origin[tier])
        assert alone.score(pack(alone, alone.origin, SECONDS).placement) == score[: number + 1]


@given(problems(most=8))
@settings(max_examples=25)
def test_without_time_what_is_known_stands(problem):
    packing = pack(problem, problem.origin, seconds=0.0)
    assert packing.timed_out
    assert not packing.proven
    assert packing.placement.tolist() == problem.origin.tolist()


def test_one_moves_to_make_room():
    """Two halves on two servers block a whole; moving one is worth it, and evicting one is not needed."""
    problem = Problem(
        needs=np.array([[1.0], [1.0], [2.0]]),
        capacity=np.array([[2.0], [2.0]]),
        priority=np.array([0, 0, 0]),
        origin=np.array([0, 1, NOWHERE]),
    )
    packing = pack(problem, problem.origin, SECONDS)
    assert problem.score(packing.placement) == ((3, -2),)


@pytest.mark.parametrize(("priority", "placed"), [(1, [NOWHERE, 0]), (0, [0, NOWHERE])])
def test_only_a_higher_priority_evicts(priority, placed):
    problem = Problem(
        needs=np.array([[1.0], [2.0]]),
        capacity=np.array([[2.0]]),
        priority=np.array([0, priority]),
        origin=np.array([0, NOWHERE]),
    )
    assert pack(problem, problem.origin, SECONDS).placement.tolist() == placed
