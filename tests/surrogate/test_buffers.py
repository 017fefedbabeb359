"""What each policy promises beside the promises of `test_slots`: fairness, spread, reserves, and the same from a seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.buffers import BUFFERS, build_policy
from surrogate.buffers.pool import FREE, SEEN, UNSEEN, WRITING, Pool, sample
from surrogate.errors import StudyError
from surrogate.intake import Used
from surrogate.learned import Learned
from surrogate.slots import Counters, SlotTable

states_of = st.lists(st.sampled_from([FREE, WRITING, UNSEEN, SEEN]), min_size=1, max_size=40).map(
    lambda states: np.array(states, np.uint8)
)
generators = st.integers(0, 2**32).map(np.random.default_rng)


def new_table(name, capacity, *, simulations=1, steps=1, seed=0, **settings):
    policy = build_policy(name, **{"watermark": 1, **settings})
    return SlotTable(capacity, policy, np.random.default_rng(seed), np.zeros((simulations, steps), bool))


def produce(table, simulation, step, count, producer=b"x"):
    """Stream some steps, as far as there is room; how many went."""
    slots = table.grant({producer: count}, count)[producer]
    if slots:
        table.commit(producer, simulation, step, np.array(slots), np.ones(len(slots), bool))
    return len(slots)


def draw(table, size):
    drawn = table.draw(size)
    table.unpin(drawn)
    return drawn


@given(states_of, st.integers(0, 50), generators)
def test_a_sample_is_of_different_eligible_slots(states, size, rng):
    drawn = sample(lambda slots: states[slots] >= UNSEEN, len(states), size, rng)
    assert len(drawn) == len(set(drawn.tolist())) == min(size, np.count_nonzero(states >= UNSEEN))
    assert (states[drawn] >= UNSEEN).all()


@pytest.mark.parametrize("empty", [0, 5, 60])  # tried at random, or chosen among all
def test_a_sample_is_uniform(empty):
    states = np.array([UNSEEN] * 5 + [SEEN] * 15 + [FREE] * empty, np.uint8)
    rng = np.random.default_rng(1)
    draws = [sample(lambda slots: states[slots] >= UNSEEN, len(states), 4, rng) for _ in range(5000)]
    counts = np.bincount(np.concatenate(draws), minlength=20)
    assert counts == pytest.approx(1000, abs=4 * np.sqrt(1000))  # four standard deviations of a binomial count


@given(
    name=st.sampled_from(["reservoir", "count_aware"]),
    states=states_of,
    count=st.integers(0, 50),
    paid=st.integers(0, 50),
    rng=generators,
    data=st.data(),
)
def test_only_seen_fields_that_are_not_being_copied_make_room(name, states, count, paid, rng, data):  # noqa: PLR0917 - drawn
    pool = Pool(len(states))
    pool.states[:] = states
    pool.pinned[:] = data.draw(st.lists(st.booleans(), min_size=len(states), max_size=len(states)))
    victims = build_policy(name, watermark=1).choose_victims(pool, count, paid, rng)
    may_go = (states == SEEN) & ~pool.pinned
    assert may_go[victims].all()
    assert len(victims) == len(set(victims.tolist())) == min(count, paid, np.count_nonzero(may_go))


@pytest.mark.parametrize("name", BUFFERS)
def test_the_watermark_holds_training_back_until_production_is_over(name):
    table = new_table(name, 20, steps=10, watermark=5, repeats=2.0)
    produce(table, 0, 0, 5 if name == "pairs" else 4)
    assert not table.may_draw()
    produce(table, 0, 5, 1)
    assert table.may_draw()
    draw(table, 3)
    assert table.may_draw() == (name != "fifo")  # what left is missing
    table.end()
    assert table.may_draw()
    assert not table.exhausted


@pytest.mark.parametrize("name", BUFFERS)
def test_a_seed_decides_everything(name):
    def life(seed):
        table, drawn, owed = new_table(name, 40, simulations=9, steps=50, seed=seed), [], np.zeros(9, int)
        for turn in range(120):
            owed[turn % 9] += produce(table, turn % 9, int(owed[turn % 9]), min(6, 50 - int(owed[turn % 9])))
            drawn += draw(table, 8).slots.tolist()
        return drawn

    assert life(1) == life(1)
    assert (life(1) == life(2)) == (name == "fifo")


def test_uses_are_as_the_ratio_of_draws_to_arrivals_says():
    """Steady state of a reservoir: r draws an arrival give r uses a field, and an unseen share of 1 / r."""
    table, ratio, unseen = new_table("reservoir", 500, simulations=6000), 4, []
    for arrival in range(6000):
        assert produce(table, arrival, 0, 1)
        if arrival >= 499:
            draw(table, ratio)
            unseen.append(table.unseen_fraction)
    assert table.counters.drawn / table.counters.produced == pytest.approx(ratio, rel=0.1)
    assert np.mean(unseen[2000:]) == pytest.approx(1 / ratio, rel=0.05)


def spread_of_uses(name, seed, *, capacity=512, ratio=4, arrivals=8000, burst=1):
    """Standard deviation of the uses a sample, over those that came and went in the steady state, and the mean."""
    table, uses = new_table(name, capacity, simulations=arrivals, seed=seed), np.zeros(arrivals, int)
    for arrival in range(0, arrivals, burst):
        for simulation in range(arrival, arrival + burst):
            assert produce(table, simulation, 0, 1)
        if arrival >= capacity - burst:
            np.add.at(uses, draw(table, ratio * burst).simulation, 1)
    steady = uses[capacity : arrivals - 4 * capacity]
    return steady.std(), steady.mean()


@pytest.mark.parametrize("burst", [1, 16])
def test_counting_uses_shares_the_draws_evenly(burst):
    plain, mean = spread_of_uses("reservoir", 0, burst=burst)
    aware, same = spread_of_uses("count_aware", 0, burst=burst)
    assert mean == pytest.approx(4, rel=0.06)
    assert same == pytest.approx(4, rel=0.06)
    assert plain == pytest.approx(np.sqrt(4 * 3), rel=0.15)  # geometric: mean r, deviation sqrt(r (r - 1))
    assert aware <= 0.4 * plain


@settings(max_examples=40, deadline=None)
@given(
    distance=st.integers(1, 4),
    watermark=st.integers(1, 6),
    writers=st.integers(1, 3),
    repeats=st.floats(1.0, 3.0),
    seed=st.integers(0, 2**32),
)
def test_pairs_never_wait_for_each_other_in_a_slab_of_the_smallest_size(distance, watermark, writers, repeats, seed):
    """Whoever may draw draws, whoever finds room writes; if neither can, it is a deadlock."""
    steps, simulations = 3 * distance + 2, 12
    policy = build_policy("pairs", watermark=watermark, repeats=repeats, distance=distance)
    capacity = policy.reserve(writers) + writers
    rng = np.random.default_rng(seed)
    table = SlotTable(capacity, policy, rng, np.zeros((simulations, steps), bool))
    running, pending, drawn = {}, list(range(simulations)), set()
    while running or pending:
        while pending and len(running) < writers:
            running[pending.pop()] = 0
        moved = False
        for simulation in rng.permutation(list(running)).tolist():
            count = int(rng.integers(1, 1 + min(writers, steps - running[simulation])))
            went = produce(table, simulation, running[simulation], count)
            moved |= went > 0
            running[simulation] += went
            if running[simulation] == steps:
                del running[simulation]
        if table.may_draw():
            batch = draw(table, watermark)
            assert len(batch.slots) == watermark
            drawn |= set(zip(batch.simulation.tolist(), batch.step.tolist(), strict=True))
            moved = True
        assert moved, table.counters
    table.end()
    while not table.exhausted:
        batch = draw(table, 5)
        drawn |= set(zip(batch.simulation.tolist(), batch.step.tolist(), strict=True))
    assert drawn == {(s, t) for s in range(simulations) for t in range(distance, steps)}
    assert table.used.all()
    assert table.counters.unpaired == 0


@pytest.mark.parametrize(("steps", "distance", "unpaired"), [(3, 3, 3), (5, 3, 1), (4, 2, 0)])
def test_fields_that_can_have_no_partner_are_counted_and_never_asked_for_again(steps, distance, unpaired):
    table = new_table("pairs", 20, steps=steps, distance=distance)
    produce(table, 0, 0, steps)
    assert table.counters.unpaired == unpaired
    table.end()
    assert len(draw(table, 10).slots) == max(0, steps - distance)
    assert table.exhausted
    assert table.used.all()
    assert table.counters.balanced


def test_fields_of_a_simulation_that_was_set_aside_wait_no_longer_and_may_come_again_in_another_run():
    table = new_table("pairs", 20, simulations=2, steps=10, distance=2)
    produce(table, 0, 0, 3)
    assert table.counters == Counters(produced=3, unseen=3)
    table.give_up(0)
    assert table.counters == Counters(produced=3, unseen=2, unpaired=1)  # the second step; the others are a pair
    assert draw(table, 5).step.tolist() == [2]
    assert table.used[0].tolist() == [True] + [False] * 9


def test_fields_that_lost_their_partners_go_first():
    table = new_table("pairs", 6, steps=6)
    produce(table, 0, 0, 6)
    for _ in range(9):
        draw(table, 5)
    pool = table.pool
    table._evict(pool.following[np.flatnonzero(pool.step == 0)])  # the second step: now the first one is alone
    table._drawn = 0  # and nothing is paid for
    alone = np.flatnonzero((pool.step == 0) & (pool.states == SEEN)).tolist()
    pool.states[pool.states == FREE] = WRITING
    assert table.policy.choose_victims(pool, 3, 0, np.random.default_rng(0)).tolist() == alone


def test_an_interrupted_account_carries_on_balanced():
    table = new_table("reservoir", 20, simulations=30)
    for number in range(20):
        produce(table, number, 0, 1)
    draw(table, 8)
    for number in range(20, 25):
        produce(table, number, 0, 1)
    before = table.counters
    assert before == Counters(produced=25, unseen=17, seen=3, evicted=5, drawn=8)
    used = Used(np.flatnonzero(table.used[:, 0]).tolist(), {})
    carried = Learned(used=used, drawn=before.drawn).carried(range(30), 1)
    assert carried == Counters(produced=8, evicted=8, drawn=8)
    again = SlotTable(20, table.policy, np.random.default_rng(0), table.used.copy(), carried)
    produce(again, 29, 0, 1)
    assert again.counters == Counters(produced=9, unseen=1, evicted=8, drawn=8)
    assert again.counters.balanced


def test_training_after_an_interruption_makes_up_for_lost_uses_but_never_blocks():
    carried = Counters(produced=100, evicted=100, drawn=150)
    policy = build_policy("reservoir", watermark=4, repeats=2.0)
    table = SlotTable(10, policy, np.random.default_rng(0), np.zeros((99, 1), bool), carried)
    assert sum(produce(table, number, 0, 1) for number in range(12)) == 10  # free slots may always be filled
    while not produce(table, 20, 0, 1):
        draw(table, 5)
    assert table.counters.drawn == pytest.approx(2.0 * (table.counters.evicted), abs=5)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"name": "lifo"}, "There is no buffer 'lifo'; the names are fifo, firo, reservoir, count_aware, pairs"),
        ({"watermark": 0}, "watermark of the buffer is 0; it must be 1 or more"),
        ({"repeats": 0.5}, "repeats of the buffer is 0.5; it must be 1 or more"),
        ({"distance": 0}, "distance of the buffer is 0; it must be 1 or more"),
    ],
)
def test_a_buffer_that_cannot_be_is_refused(settings, reason):
    with pytest.raises(StudyError, match=reason):
        build_policy(**{"name": "pairs", "watermark": 5, "repeats": 2.0, "distance": 1, **settings})
