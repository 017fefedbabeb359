"""The number of workers: what one reading asks for, and where a whole study settles."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.steering import HIGH, LOW, Steering, wanted


@pytest.mark.parametrize(
    ("unseen", "running", "expected"),
    [
        (0.00, 2, 3),  # the trainer repeats what it has: more
        (0.17, 2, 3),
        (0.18, 2, 2),  # between the two bounds: as it is
        (0.23, 2, 2),
        (0.25, 2, 1),  # every field is used four times, and producers are held back: fewer
        (1.00, 2, 1),
        (0.00, 4, 4),  # never more than allowed
        (1.00, 1, 1),  # never less than one
    ],
)
def test_what_an_unseen_fraction_asks_for(unseen, running, expected):
    assert wanted(unseen, running, target=1 / 4, most=4) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 9), st.floats(0.01, 1), st.integers(1, 9))
def test_more_unseen_fields_never_ask_for_more_workers(one, other, running, target, most):
    fewer, more = (wanted(unseen, running, target=target, most=most) for unseen in sorted((one, other)))
    assert 1 <= more <= fewer <= most


def test_a_number_changes_only_after_the_same_was_true_for_a_while():
    steering = Steering(target=0.25, most=8, settle_s=10)
    readings = [
        (0, 0.1, 2),
        (9, 0.1, 2),
        (9.5, 0.2, 2),
        (10, 0.1, 2),
        (19, 0.1, 2),
        (20, 0.1, 3),
        (29, 0.1, 3),
        (30, 0.1, 4),
    ]
    running = 2
    for now, unseen, expected in readings:
        running = steering.number(unseen, running, now)
        assert running == expected


def test_before_training_has_begun_nothing_changes():
    steering = Steering(target=0.25, most=8, settle_s=1)
    assert [steering.number(None, 5, now) for now in range(100)] == [5] * 100


def simulate(needed, *, most, repeats=4, capacity=500, seconds=4000):
    """A reservoir as arithmetic: `needed` workers just keep a trainer of 100 draws a second at `repeats` uses.

    Returns:
        The number of workers and the unseen fraction at the end of every second.
    """
    draws, steering = 100.0, Steering(1 / repeats, most, settle_s=10)
    rate = draws / repeats / needed  # fields a second and worker
    running, unseen, produced, drawn = most, float(capacity), float(capacity), 0.0
    history = []
    for second in range(seconds):
        drawn += draws
        unseen -= draws * unseen / capacity
        arrived = min(running * rate, capacity + drawn / repeats - produced)  # production waits for the repeats
        produced, unseen = produced + arrived, unseen + arrived
        running = steering.number(unseen / capacity, running, float(second))
        history.append((running, unseen / capacity))
    return history


@pytest.mark.parametrize("needed", [0.3, 1.0, 1.3, 1.9, 3.0, 5.5, 7.2])
def test_a_study_settles_at_the_number_that_its_trainer_needs(needed):
    history = simulate(needed, most=8)
    numbers = [running for running, _ in history]
    late = numbers[len(numbers) // 2 :]
    enough = math.ceil(needed)
    assert max(1, math.floor(LOW * needed)) <= min(late)
    assert max(late) <= enough
    # to and fro ever more rarely: from 8 down, and then no more turns than doublings
    assert sum(one != other for one, other in itertools.pairwise(numbers)) < 8 + 10
    # most of the time the trainer repeats itself no more than the lower bound tolerates
    assert sum(unseen >= LOW / 4 * 0.99 for _, unseen in history[len(history) // 2 :]) > 0.6 * len(late)


def test_with_too_few_cores_all_of_them_work():
    assert {running for running, _ in simulate(20.0, most=4)} == {4}


def test_the_bounds_leave_a_band_in_between():
    assert 0 < LOW < HIGH <= 1
