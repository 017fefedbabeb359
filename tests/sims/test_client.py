"""The producer's side against an intake that does exactly what a test says: leases, states, ends, and errors."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import zmq

from sims.ensemble import launch_locally
from sims.parallel import SERIAL
from sims.stream import lease, link
from sims.stream.client import connect
from sims.stream.messages import (
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
    StreamError,
    Welcome,
    decode,
    encode,
)
from sims.stream.slab import Slab

pytestmark = pytest.mark.alone

SHAPE, STEPS = (7, 3), 20


class Desk:
    """An intake that hands out the given assignments, gives every slot back at once, and remembers what it heard."""

    def __init__(self, folder, assigns, *, slots=8, steps=STEPS, patience=10.0, refuse=""):
        self.slab = Slab.create(slots, SHAPE, folder)
        self.steps, self.patience, self.refuse, self.slots = steps, patience, refuse, slots
        self.assigns = list(assigns)
        self.heard, self.fields, self.alive = [], {}, True
        self._socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.address = f"tcp://127.0.0.1:{self._socket.bind_to_random_port('tcp://127.0.0.1')}"
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def of(self, kind):
        """The messages of a kind that came."""
        return [message for message in self.heard if isinstance(message, kind)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._thread.join()
        self._socket.close()
        self.slab.close(unlink=True)

    def _run(self):
        while not self._closing.is_set() or self._socket.poll(0):
            if self._socket.poll(20):
                sender, data, *fields = self._socket.recv_multipart()
                for answer in self._answer(decode(data), fields):
                    self._socket.send_multipart([sender, encode(answer)])

    def _answer(self, message, fields):
        match message:
            case Heartbeat():
                return [message] if self.alive else []
            case Hello() if self.refuse:
                return [Refuse(self.refuse)]
            case Hello():
                slab, beat = str(self.slab.path), self.patience / 10
                answers = [Welcome(slab, self.slab.token, self.slots, self.steps, beat, self.patience)]
            case Next() if self.assigns:
                answers = [self.assigns.pop(0), Credit(tuple(range(self.slots)))]
            case Next():
                answers = [NoMore()]
            case Commit(simulation, first, slots, inline):
                assert len(fields) == (len(slots) if inline else 0)
                for i, slot in enumerate(slots):
                    field = np.frombuffer(fields[i], np.float32).reshape(SHAPE) if inline else self.slab.fields[slot]
                    assert (simulation, first + i) not in self.fields
                    self.fields[simulation, first + i] = field.copy()
                answers = [Credit(slots)]
            case _:
                answers = []
        self.heard.append(message)
        return answers


def assign(number=0, owed=0, **state):
    return Assign(number, {"a": 1.5}, owed, **state)


def produce(desk, body, **settings):
    """Connect, and do the same with every simulation."""
    with connect(desk.address, SHAPE, **settings) as stream:
        for simulation in stream.simulations():
            body(stream, simulation)


def field(step):
    return step + np.arange(21.0).reshape(SHAPE) / 32


@pytest.mark.parametrize("inline", [False, True], ids=["slab", "inline"])
def test_steps_arrive_whole_and_in_order(tmp_path: Path, inline):
    with Desk(tmp_path, [assign(0), assign(1)]) as desk, connect(desk.address, SHAPE, inline=inline) as stream:
        for simulation in stream.simulations():
            assert simulation.parameters == {"a": 1.5}
            for step in range(STEPS):
                stream.put(step, field(step))
    assert list(desk.fields) == [(number, step) for number in (0, 1) for step in range(STEPS)]
    for (_, step), arrived in desk.fields.items():
        np.testing.assert_array_equal(arrived, field(step))
    assert desk.of(Bye) == [Bye("finished", failed=False)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("inline", [False, True], ids=["slab", "inline"])
def test_many_steps_at_once_and_single_ones_mix(tmp_path: Path, inline, dtype):
    fields = np.array([field(step) for step in range(STEPS)], dtype)
    with Desk(tmp_path, [assign()], slots=64) as desk, connect(desk.address, SHAPE, inline=inline) as stream:
        for _ in stream.simulations():
            stream.put_many(0, fields[:3])
            stream.put(3, fields[3])
            stream.put_many(4, fields[4:4])
            stream.put_many(4, fields[4:])
    np.testing.assert_array_equal(list(desk.fields.values()), fields)
    assert len(desk.of(Commit)) <= 3


@pytest.mark.mpi
@pytest.mark.parametrize("inline", ["slab", "inline"])
@pytest.mark.parametrize("ranks", [1, 3])
def test_ranks_write_their_own_rows(tmp_path: Path, ranks, inline):
    with Desk(tmp_path, [assign(0), assign(1, owed=4)]) as desk:
        job = launch_locally([str(Path(__file__).with_name("put_on_ranks.py")), desk.address, inline], ranks)
        assert job.wait(60) == 0, job.tail
    assert list(desk.fields) == [(m, s) for m in (0, 1) for s in range(STEPS) if m == 0 or s >= 4]
    for (number, step), arrived in desk.fields.items():
        expected = 1000 * number + 100 * step + np.arange(7)[:, None] * np.ones(3)
        np.testing.assert_array_equal(arrived, expected)


def test_a_slow_solver_hands_over_every_step_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "LEASE_S", 0.0)
    with Desk(tmp_path, [assign()]) as desk, connect(desk.address, SHAPE) as stream:
        for _ in stream.simulations():
            for step in range(STEPS):
                stream.put(step, field(step))
    assert [len(commit.slots) for commit in desk.of(Commit)] == [1] * STEPS


def test_what_is_owed_later_is_passed_over_and_need_not_be_put(tmp_path: Path):
    def late(stream, simulation):
        assert simulation.owed == 5
        first = (0, 3, 5)[simulation.number]
        stream.put_many(first, np.array([field(step) for step in range(first, STEPS)]))

    with Desk(tmp_path, [assign(0, owed=5), assign(1, owed=5), assign(2, owed=5)]) as desk:
        produce(desk, late)
    assert list(desk.fields) == [(number, step) for number in range(3) for step in range(5, STEPS)]


def test_states_are_kept_behind_their_steps_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "_KEEP_S", 0.0)
    monkeypatch.setattr(lease, "_KEEP_SHARE", 0)
    with Desk(tmp_path, [assign()]) as desk, connect(desk.address, SHAPE) as stream:
        for simulation in stream.simulations():
            assert simulation.state is None
            for step in range(STEPS):
                stream.put(step, field(step))
                stream.keep(step, np.pi * field(step))
    kept = desk.of(Keep)
    assert kept
    for keep in kept:
        before = desk.heard[: desk.heard.index(keep)]
        assert sum(len(message.slots) for message in before if isinstance(message, Commit)) == keep.step + 1
    last = kept[-1]
    assert last.step < STEPS - 1  # nobody needs the state after the last step

    def go_on(stream, simulation):
        step, state = simulation.state
        np.testing.assert_array_equal(state, np.pi * field(step))
        for later in range(step + 1, STEPS):
            stream.put(later, field(later))

    with Desk(tmp_path, [assign(owed=last.step + 1, kept=last.step, state=last.state)]) as desk:
        produce(desk, go_on)
    assert list(desk.fields) == [(0, step) for step in range(last.step + 1, STEPS)]


def test_a_state_is_kept_about_once_a_second_only(tmp_path: Path):
    with Desk(tmp_path, [assign()]) as desk, connect(desk.address, SHAPE) as stream:
        for _ in stream.simulations():
            for step in range(STEPS):
                stream.put(step, field(step))
                stream.keep(step, field(step))
    assert len(desk.of(Keep)) <= 1  # on a machine that needs a second for these steps


def test_a_state_of_another_size_is_refused(tmp_path: Path):
    said = r"A state of 8 bytes came; one of 7x3 in float64 was expected"
    with Desk(tmp_path, [assign(owed=3, kept=2, state=b"12345678")]) as desk, pytest.raises(StreamError, match=said):
        produce(desk, lambda _stream, _simulation: None)


def test_what_was_put_before_a_failure_arrives_and_the_failure_is_told(tmp_path: Path):
    def fail(stream, _):
        for step in range(5):
            stream.put(step, field(step))
        raise ValueError("the mesh is tangled")

    with Desk(tmp_path, [assign()]) as desk, pytest.raises(ValueError, match="the mesh is tangled"):
        produce(desk, fail)
    assert list(desk.fields) == [(0, step) for step in range(5)]
    assert desk.of(Bye) == [Bye("ValueError: the mesh is tangled", failed=True)]


def test_who_leaves_early_hands_over_what_was_put(tmp_path: Path):
    with Desk(tmp_path, [assign()]) as desk, connect(desk.address, SHAPE) as stream:
        for _ in stream.simulations():
            for step in range(5):
                stream.put(step, field(step))
            break
    assert list(desk.fields) == [(0, step) for step in range(5)]
    assert desk.of(Bye) == [Bye("finished", failed=False)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("step", [0, 7, STEPS - 1])
def test_a_signal_ends_the_block_after_the_lease_and_all_that_was_put_arrives(tmp_path: Path, number, step):
    reached = []
    with Desk(tmp_path, [assign(0), assign(1)], slots=64) as desk, connect(desk.address, SHAPE) as stream:
        for simulation in stream.simulations():
            for now in range(STEPS):
                if (simulation.number, now) == (0, step):
                    while not stream._link._credits:  # without a slot nothing could be put any more
                        stream._link._receive(10)
                    os.kill(os.getpid(), number)
                reached.append((simulation.number, now))
                stream.put(now, field(now))
    assert list(desk.fields) == reached
    assert reached[-1][0] == 0
    assert desk.of(Bye) == [Bye("asked to stop", failed=False)]


def test_a_signal_ends_the_wait_for_a_slot(tmp_path: Path):
    with Desk(tmp_path, [assign()], slots=1) as desk, connect(desk.address, SHAPE) as stream:
        for _ in stream.simulations():
            stream.put(0, field(0))
            desk.slots = 0
            stream._link.take_credits(1, 9, lambda: False)  # the only one is gone now
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
            stream.put(1, field(1))
    assert list(desk.fields) == [(0, 0)]
    assert desk.of(Bye) == [Bye("asked to stop", failed=False)]


def pause_in_a_lease(stream, desk, *, alive):
    """Let more time pass in the middle of a lease than the intake waits for a silent producer."""
    stream._leases._pace.steps = 8  # as if the steps had been quick before
    for _ in stream.simulations():
        stream.put(0, field(0))
        desk.alive, since = alive, time.monotonic()
        while time.monotonic() < since + 2 * desk.patience:
            time.sleep(0.01)
        for step in range(1, 7):
            stream.put(step, field(step))
        assert not desk.slab.fields[1:].any()  # the slots may be somebody else's by now
        for step in range(7, STEPS):
            stream.put(step, field(step))


def test_a_step_that_takes_very_long_within_a_lease_arrives_when_the_intake_still_knows_the_producer(tmp_path: Path):
    with Desk(tmp_path, [assign()], patience=0.5, slots=32) as desk, connect(desk.address, SHAPE) as stream:
        pause_in_a_lease(stream, desk, alive=True)
    np.testing.assert_array_equal(list(desk.fields.values()), [field(step) for step in range(STEPS)])


def test_who_was_given_up_while_it_slept_writes_into_no_slot(tmp_path: Path):
    said = r"The intake has not answered for 1 s; it was killed or cannot be reached"
    with Desk(tmp_path, [assign()], patience=0.5, slots=32) as desk:
        with pytest.raises(StreamError, match=said), connect(desk.address, SHAPE) as stream:
            pause_in_a_lease(stream, desk, alive=False)
        assert not desk.slab.fields[1:].any()
    assert not desk.fields
    assert not desk.of(Bye)


@pytest.mark.parametrize(
    ("misuse", "sentence"),
    [
        (lambda s: s.put(1, field(1)), "Step 1 of 20 was put; the next one is 0."),
        (lambda s: s.put(0, field(0)[:3]), r"A block of shape \(3, 3\) was put; this rank's rows have shape \(7, 3\)."),
        (lambda s: s.put_many(0, np.zeros((21, 7, 3))), "Step 0 of 20 was put"),
        (lambda s: s.put_many(0, field(0)), r"A block of shape \(3,\) was put"),
        (lambda s: s.keep(0, field(0)), "A state after step 0 was kept; the last step that was put is -1."),
        (lambda s: s.keep(0, field(0)[:3]), r"A state of shape \(3, 3\) was kept"),
        (lambda s: s.put(0, field(0)), "Simulation 0 ended after 1 steps; the study has 20."),
    ],
)
def test_misuse_is_said(tmp_path: Path, misuse, sentence):
    with Desk(tmp_path, [assign()]) as desk, pytest.raises(StreamError, match=sentence):
        produce(desk, lambda stream, _: misuse(stream))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tcp://127.0.0.1:9", "Nobody listens at tcp://127.0.0.1:9; is the study running, and the address its own?"),
        ("tcp//127.0.0.1:9", "'tcp//127.0.0.1:9' is no address of an intake .* it looks like tcp://host:port"),
        ("tcp://127.0.0.1", "'tcp://127.0.0.1' is no address of an intake"),
        ("", "'' is no address of an intake"),
    ],
)
def test_a_wrong_address_is_said_and_soon(monkeypatch: pytest.MonkeyPatch, address, sentence):
    monkeypatch.setattr(link, "REFUSED_S", 0.2)
    with pytest.raises(StreamError, match=sentence), connect(address, SHAPE, ranks=SERIAL):
        pass


def test_an_intake_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(link, "CONNECT_S", 0.3)
    with zmq.Context() as context, context.socket(zmq.PULL) as deaf:
        address = f"tcp://127.0.0.1:{deaf.bind_to_random_port('tcp://127.0.0.1')}"
        said = rf"No intake answered at {address} within 0.3 s; is the study running"
        with pytest.raises(StreamError, match=said), connect(address, SHAPE, ranks=SERIAL):
            pass


def test_a_refusal_is_passed_on(tmp_path: Path):
    said = r"The intake refused: simulation 3 is already connected \(worker 1\)"
    refuse = "simulation 3 is already connected (worker 1)."
    with Desk(tmp_path, [], refuse=refuse) as desk, pytest.raises(StreamError, match=said):
        produce(desk, lambda _stream, _simulation: None, simulation=3)
