"""What the intake answers, message by message, without sockets: refusals, credits, deaths, exactly once."""

from __future__ import annotations

import numpy as np
import pytest

from sims.roster import Roster
from sims.stream.messages import (
    VERSION,
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Keep,
    Next,
    NoMore,
    Refuse,
    Welcome,
)
from surrogate.buffers import build_policy
from surrogate.reception import Reception
from surrogate.slots import SlotTable

CAPACITY, STEPS = 16, 4
WELCOME = Welcome("/slab", b"token", CAPACITY, STEPS, 1.0, 10.0)


class Desk:
    """A reception with its parts, and a shorthand to talk to it."""

    def __init__(self, simulations=3, repeats=1.0, watermark=12, step_timeout=None, buffer="reservoir"):
        policy = build_policy(buffer, watermark=watermark, repeats=repeats)
        self.table = SlotTable(CAPACITY, policy, np.random.default_rng(0), np.zeros((simulations, STEPS), bool))
        self.roster = Roster(np.zeros((simulations, 1)), ("a",), STEPS)
        self.reception = Reception(WELCOME, (4, 4), self.table, self.roster, step_timeout=step_timeout)

    def say(self, producer, message, now=0.0):
        """Everything that is answered to a message."""
        letters = self.reception.handle(producer, message, now) + self.reception.serve(now)
        assert self.table.counters.balanced
        return letters

    def begin(self, producer, simulation=-1):
        """Connect and get a parameter set, with its first credits."""
        self.say(producer, hello(simulation=simulation))
        letters = self.say(producer, Next())
        assign = next(message for _, message in letters if isinstance(message, Assign))
        credit = next((message.slots for _, message in letters if isinstance(message, Credit)), ())
        return assign, list(credit)


def hello(**changes):
    settings = {"version": VERSION, "name": "w", "shape": (4, 4), "dtype": "float32", "simulation": -1}
    return Hello(**{**settings, **changes})


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (hello(version=99), "the producer speaks version 99 of the protocol; this is 2"),
        (hello(shape=(4, 5)), "the study expects fields of float32 4x4; the producer has float32 4x5"),
        (hello(dtype="float64"), "the producer has float64 4x4"),
        (hello(simulation=3), "there is no simulation 3; the study has 3, from 0"),
    ],
)
def test_a_hello_that_does_not_fit_is_refused_with_the_reason(greeting, reason):
    ((producer, refusal),) = Desk().say(b"x", greeting)
    assert producer == b"x"
    assert isinstance(refusal, Refuse)
    assert reason in refusal.reason


def test_a_simulation_that_is_connected_is_refused_to_another():
    desk = Desk()
    desk.begin(b"x", simulation=1)
    ((_, refusal),) = desk.say(b"y", hello(simulation=1))
    assert refusal.reason == "simulation 1 is already connected (w)."


def test_a_simulation_runs_with_credits_and_ends():
    desk = Desk(simulations=1)
    assign, credit = desk.begin(b"x")
    assert (assign.simulation, assign.parameters, assign.owed) == (0, {"a": 0.0}, 0)
    assert len(credit) == 2  # half of what is not kept for the watermark
    for step in range(STEPS):
        letters = desk.say(b"x", Commit(0, step, (credit.pop(),), inline=False))
        credit += [slot for _, message in letters for slot in message.slots]
    assert desk.table.counters.produced == STEPS
    assert desk.say(b"x", Next()) == [(b"x", NoMore())]
    assert desk.say(b"x", Bye("finished", failed=False)) == []
    assert desk.table.granted == 0


def test_a_second_arrival_is_dropped_and_its_slot_given_back():
    desk = Desk()
    _, credit = desk.begin(b"x")
    desk.say(b"x", Commit(0, 0, (credit[0],), inline=False))
    assert desk.say(b"x", Commit(0, 0, (credit[1],), inline=False))[0] == (b"x", Credit((credit[1],)))
    assert desk.table.counters.produced == 1
    assert desk.reception.duplicates == 1


def test_one_commit_hands_over_consecutive_steps_and_the_old_ones_among_them_are_dropped():
    desk = Desk()
    _, credit = desk.begin(b"x")
    credit += [
        slot for _, message in desk.say(b"x", Commit(0, 0, (credit.pop(),), inline=False)) for slot in message.slots
    ]
    ((_, returned),) = desk.say(b"x", Commit(0, 0, tuple(credit), inline=False))
    assert returned.slots[0] == credit[0]
    assert len(set(returned.slots)) == len(returned.slots) == 2  # and a new one instead of the other
    assert desk.table.counters.produced == desk.roster.owed[0] == 2
    assert (desk.table.pool.simulation[credit[1]], desk.table.pool.step[credit[1]]) == (0, 1)


@pytest.mark.parametrize(
    ("commit", "reason"),
    [
        (Commit(0, 1, (0,), inline=False), "Step 1 of simulation 0 came; step 0 is owed"),
        (Commit(0, 0, (9,), inline=False), "Slots 9 were committed; a commit names granted slots, each once"),
        (Commit(2, 0, (0,), inline=False), "a producer that does not run it"),
        (Commit(-1, 0, (0,), inline=False), "a producer that does not run it"),
        (Commit(0, 0, (), inline=False), "a commit names granted slots, each once"),
        (Commit(0, 0, (0, 0), inline=False), "a commit names granted slots, each once"),
    ],
)
def test_a_wrong_commit_ends_the_session_and_nothing_else(commit, reason):
    desk = Desk()
    desk.begin(b"x")
    desk.begin(b"y")
    letters = desk.say(b"x", commit)
    refusal = next(message for producer, message in letters if producer == b"x")
    assert reason in refusal.reason
    assert desk.reception.connected == ["w"]
    assert not desk.table.held(b"x")
    assert desk.table.held(b"y")


def test_a_producer_that_falls_silent_loses_its_slots_and_its_simulation():
    desk = Desk()
    _, credit = desk.begin(b"x")
    desk.say(b"x", Commit(0, 0, (credit[0],), inline=False))
    assert desk.reception.expire(9.0) == []
    desk.reception.handle(b"beat", Heartbeat(b"x"), 9.0)
    assert desk.reception.expire(18.0) == []
    assert desk.reception.expire(20.0) == [(b"x", Refuse("no heartbeat for 10 s"))]
    assert desk.table.granted == 0
    assign, _ = desk.begin(b"y")
    assert (assign.simulation, assign.owed) == (0, 1)  # goes on where the first one stopped
    # should it wake up, it is told by its own heartbeat, and by any commit
    assert desk.reception.handle(b"beat", Heartbeat(b"x"), 21.0) == [(b"x", Refuse("no heartbeat for 10 s"))]
    ((_, refusal),) = desk.reception.handle(b"x", Commit(0, 1, (credit[1],), inline=False), 21.0)
    assert "not connected" in refusal.reason


def test_whoever_asks_while_all_are_running_gets_what_comes_back():
    desk = Desk(simulations=1)
    desk.begin(b"x")
    desk.say(b"y", hello(name="second"))
    assert desk.say(b"y", Next()) == []
    desk.reception.forget_name("w", "killed")
    assign = desk.reception.serve(0.0)[0]
    assert assign == (b"y", Assign(0, {"a": 0.0}, 0))


def test_when_the_budget_is_used_up_whoever_waits_may_go_while_others_still_run():
    desk = Desk(simulations=1)
    desk.begin(b"x")
    desk.say(b"y", hello(name="second"))
    assert desk.say(b"y", Next()) == []
    desk.roster.close()
    assert (b"y", NoMore()) in desk.reception.serve(0.0)
    assert not desk.roster.finished


@pytest.mark.parametrize("repeats", [1.0, 4.0])
def test_production_beyond_the_capacity_waits_for_the_repeats(repeats):
    desk = Desk(simulations=30, repeats=repeats)
    credit, simulation = [], -1
    desk.say(b"x", hello())

    def produce():
        nonlocal simulation
        while True:
            letters = []
            owed = desk.roster.owed[simulation] if simulation >= 0 else STEPS
            if owed == STEPS:
                letters = desk.say(b"x", Next())
                simulation = next(message.simulation for _, message in letters if isinstance(message, Assign))
                owed = 0
            elif credit:
                letters = desk.say(b"x", Commit(simulation, int(owed), (credit.pop(),), inline=False))
            else:
                letters = desk.reception.serve(0.0)
            credit.extend(slot for _, message in letters if isinstance(message, Credit) for slot in message.slots)
            if not credit and desk.roster.owed[simulation] < STEPS:
                return

    produce()
    assert desk.table.counters.produced == CAPACITY
    for _ in range(5):
        desk.table.unpin(desk.table.draw(8))
        produce()
        assert desk.table.counters.produced <= CAPACITY + desk.table.counters.drawn / repeats


def test_nonsense_from_a_stranger_is_answered_and_forgotten():
    desk = Desk()
    for message in (Next(), Commit(0, 0, (0,), inline=False), NoMore(), Bye("x", failed=False), Credit((1,))):
        ((_, refusal),) = desk.say(b"stranger", message)
        assert "not connected" in refusal.reason
    desk.say(b"x", hello())
    ((_, refusal),) = desk.say(b"x", Credit((1,)))
    assert "not for a producer to say" in refusal.reason


def state(shape=(4, 4)):
    return np.arange(np.prod(shape), dtype=np.float64).tobytes()


def test_whoever_goes_on_gets_the_state_that_was_kept():
    desk = Desk()
    _, credit = desk.begin(b"x")
    desk.say(b"x", Commit(0, 0, tuple(credit[:2]), inline=False))
    assert desk.say(b"x", Keep(0, 1, state())) == []
    desk.reception.forget_name("w", "killed")
    assign, _ = desk.begin(b"y")
    assert assign == Assign(0, {"a": 0.0}, 2, 1, state())


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (Keep(1, 0, state()), "A state of simulation 1 came from a producer that does not run it"),
        (Keep(-1, 0, state()), "A state of simulation -1 came from a producer that does not run it"),
        (Keep(0, -1, state()), "A state after step -1 came; simulation 0 has 4, from 0"),
        (Keep(0, STEPS, state()), "A state after step 4 came; simulation 0 has 4, from 0"),
        (Keep(0, 0, state()[:-1]), "A state of 127 bytes came; a field of float64 has 128"),
        (Keep(0, 0, b""), "A state of 0 bytes came"),
    ],
)
def test_a_state_that_cannot_be_one_ends_the_session(keep, reason):
    desk = Desk()
    desk.begin(b"x")
    (_, refusal), *_ = desk.say(b"x", keep)
    assert reason in refusal.reason
    assert desk.roster.kept(0) is None


def test_a_retired_producer_ends_its_simulation_and_gets_no_other():
    desk = Desk()
    _, credit = desk.begin(b"x")
    desk.reception.retire("w")
    letters = desk.say(b"x", Commit(0, 0, tuple(credit), inline=False))
    assert isinstance(letters[0][1], Credit)
    desk.say(b"x", Commit(0, len(credit), letters[0][1].slots[: STEPS - len(credit)], inline=False))
    assert desk.roster.complete == 1
    assert desk.say(b"x", Next()) == [(b"x", NoMore())]
    desk.say(b"y", hello(name="another"))
    assert isinstance(desk.say(b"y", Next())[0][1], Assign)


def test_a_producer_that_streams_nothing_is_given_up_after_the_time_of_a_step():
    desk = Desk(step_timeout=2.0)
    _, credit = desk.begin(b"x")

    def expire(now):
        desk.reception.handle(b"beat", Heartbeat(b"x"), now)  # it lives, but does not move
        return desk.reception.expire(now)

    assert expire(1.9) == []
    desk.say(b"x", Commit(0, 0, (credit[0],), inline=False), now=1.9)
    assert expire(3.8) == []
    ((producer, refusal),) = expire(4.0)
    assert (producer, refusal.reason) == (b"x", "no step for 2.1 s; step_timeout is 2 s a step")
    assert desk.reception.silent == {"w"}
    assert desk.table.granted == 0
    # whoever goes on has the time for the step that it repeats, too
    desk.say(b"y", hello(), now=10.0)
    desk.say(b"y", Next(), now=10.0)
    desk.reception.handle(b"beat", Heartbeat(b"y"), 13.9)
    assert desk.reception.expire(13.9) == []
    desk.reception.handle(b"beat", Heartbeat(b"y"), 14.1)
    assert len(desk.reception.expire(14.1)) == 1


def test_a_producer_without_credits_may_take_any_time():
    desk = Desk(step_timeout=2.0, watermark=15)  # one slot for writers
    _, credit = desk.begin(b"x")
    _, none = desk.begin(b"y")
    assert (len(credit), len(none)) == (1, 0)
    desk.reception.handle(b"beat", Heartbeat(b"x"), 9.0)
    desk.reception.handle(b"beat", Heartbeat(b"y"), 9.0)
    assert [producer for producer, _ in desk.reception.expire(9.0)] == [b"x"]
    assert [producer for producer, _ in desk.reception.serve(9.0)] == [b"y"]
    assert desk.reception.expire(9.0) == []  # its time begins with its first credit


def test_what_waits_for_partners_is_settled_when_its_simulation_is_set_aside():
    desk = Desk(buffer="pairs", watermark=2, simulations=1)
    for _ in range(3):
        assign, credit = desk.begin(b"x")
        desk.say(b"x", Commit(0, assign.owed, (credit[0],), inline=False))
        desk.reception.forget_name("w", "killed")
    assert list(desk.roster.set_aside) == [0]
    counters = desk.table.counters
    assert (counters.produced, counters.unseen, counters.unpaired) == (3, 3, 0)
    desk.table.end()
    desk.table.unpin(desk.table.draw(2))
    assert desk.table.exhausted
    assert desk.table.counters.drained == 3


def test_a_fast_producer_gets_more_credits_each_time_it_spends_all_and_a_slow_one_does_not():
    def credits_after(turns, spend):
        capacity, steps = 4096, 10**6
        table = SlotTable(
            capacity,
            build_policy("fifo", watermark=1),
            np.random.default_rng(0),
            np.zeros((1, steps), bool),
        )
        roster = Roster(np.zeros((1, 1)), ("a",), steps)
        reception = Reception(Welcome("/slab", b"", capacity, steps, 1.0, 10.0), (4, 4), table, roster)
        credit, step = [], 0

        def say(message):
            letters = reception.handle(b"x", message, 0.0) + reception.serve(0.0)
            credit.extend(slot for _, m in letters if isinstance(m, Credit) for slot in m.slots)

        say(hello())
        say(Next())
        for _ in range(turns):
            count = spend(len(credit))
            some, credit[:] = tuple(credit[:count]), credit[count:]
            say(Commit(0, step, some, inline=False))
            step += count
            table.unpin(table.draw(count))
        return table.held(b"x")

    assert credits_after(20, lambda held: held) == 1024
    assert credits_after(20, lambda held: max(1, held // 4)) <= 16


def test_steps_that_an_interrupted_run_had_get_credits_too():
    """The producer does not know of them, and would wait for ever before the first of them."""
    desk = Desk(simulations=2)
    had = np.array([False, False, True, True])
    desk.roster = Roster(np.zeros((2, 1)), ("a",), STEPS, partial={0: had})
    desk.reception = Reception(WELCOME, (4, 4), desk.table, desk.roster)
    _, credit = desk.begin(b"x")
    assert len(credit) < STEPS  # else they would all be there from the start
    for step in range(STEPS):
        letters = desk.say(b"x", Commit(0, step, (credit.pop(),), inline=False))
        credit += [slot for _, message in letters if isinstance(message, Credit) for slot in message.slots]
        assert credit or step == STEPS - 1
    assert desk.reception.duplicates == 2
    assert desk.table.counters.produced == 2
