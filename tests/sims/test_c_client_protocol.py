"""The C client's side of the protocol, held to it by an intake that says what a test tells it to."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import numpy as np
import pytest
import zmq

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
    Welcome,
    decode,
    encode,
)
from sims.stream.protocol import Conversation, State
from sims.stream.slab import Slab
from tests.sims.c_programs import GRID, NAMES, SAMPLES, build_heat2d, discrete_solution, reaped, start

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def heat2d(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build_heat2d(tmp_path_factory.mktemp("c"))


class Desk:
    """An intake that says what the test tells it to, and holds the producer to the protocol."""

    def __init__(self, folder: Path, *, steps: int, patience: float = 10.0):
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.LINGER, 0)
        self.address = f"tcp://127.0.0.1:{self.router.bind_to_random_port('tcp://127.0.0.1')}"
        self.slab = Slab.create(8, (GRID, GRID), folder)
        self.welcome = Welcome(str(self.slab.path), self.slab.token, 8, steps, patience / 10, patience)
        self.conversation, self.beats = Conversation(), 0
        self.producer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.router.close()
        self.context.term()
        self.slab.close(unlink=True)

    def hear(self):
        """The next message of the conversation; heartbeats are answered meanwhile."""
        while self.router.poll(10_000):
            sender, data = self.router.recv_multipart()
            message = decode(data)
            if not isinstance(message, Heartbeat):
                self.producer = sender
                self.conversation.advance(message)
                return message
            assert message.producer == self.producer
            self.beats += 1
            self.router.send_multipart([sender, data])
        raise AssertionError("the solver is silent")

    def answer_beats(self):
        """Answer the heartbeats that are there, for a tenth of a second."""
        while self.router.poll(100):
            sender, data = self.router.recv_multipart()
            assert isinstance(decode(data), Heartbeat)
            self.router.send_multipart([sender, data])

    def say(self, message):
        """Say something to the producer that was heard last."""
        self.conversation.advance(message)
        self.router.send_multipart([self.producer, encode(message)])


def test_a_solver_goes_on_from_a_kept_state_and_hands_over_its_own(tmp_path: Path, heat2d):
    parameters = dict(zip(NAMES, SAMPLES[0].tolist(), strict=True))
    state = discrete_solution(SAMPLES[0], GRID, 996)
    with Desk(tmp_path, steps=1002) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        hello = desk.hear()
        assert hello == Hello(2, "heat", (GRID, GRID), "float32", -1)
        desk.say(desk.welcome)
        assert desk.hear() == Next()
        desk.say(Assign(5, parameters, owed=998, kept=996, state=state.tobytes()))
        desk.say(Credit((3, 0)))
        desk.say(Credit((7, 2)))
        slots = {}
        while not isinstance(message := desk.hear(), Next):
            if isinstance(message, Keep):
                assert (message.simulation, message.step) == (5, 999)
                kept = np.frombuffer(message.state).reshape(GRID, GRID)
                np.testing.assert_allclose(kept, discrete_solution(SAMPLES[0], GRID, 999), rtol=1e-12)
                continue
            assert (message.simulation, message.inline) == (5, False)
            assert message.step == 998 + len(slots)
            slots |= dict(enumerate(message.slots, message.step))
        assert slots == {998: 3, 999: 0, 1000: 7, 1001: 2}
        for step, slot in slots.items():
            expected = discrete_solution(SAMPLES[0], GRID, step)
            np.testing.assert_allclose(desk.slab.fields[slot], expected, rtol=1e-5)
        desk.say(NoMore())
        assert desk.hear() == Bye("finished", failed=False)
        assert desk.conversation.state is State.CLOSED
        assert solver.wait(10) == 0


def test_quick_steps_are_announced_together(tmp_path: Path, heat2d):
    with Desk(tmp_path, steps=800) as desk, reaped(start(heat2d, intake=desk.address)):
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        desk.say(Assign(0, dict(zip(NAMES, SAMPLES[0].tolist(), strict=True)), 0))
        desk.say(Credit(tuple(range(8))))
        together = []
        while isinstance(message := desk.hear(), Commit):
            assert message.step == sum(together)
            together.append(len(message.slots))
            desk.say(Credit(message.slots))
        assert sum(together) == 800
        assert max(together) > 1  # how many they are depends on how busy the machine is


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (Refuse("the study is over."), "The intake refused: the study is over."),
        (None, "The intake has not answered for"),
    ],
    ids=["refused", "vanished"],
)
def test_a_solver_ends_when_the_intake_does(tmp_path: Path, heat2d, ending, sentence):
    with Desk(tmp_path, steps=8, patience=1.0) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        if ending is not None:
            desk.say(ending)
        output, _ = solver.communicate(timeout=20)
        assert output.startswith(sentence)
        assert solver.returncode == 1


def test_a_solver_that_slept_writes_into_no_slot(tmp_path: Path, heat2d):
    with Desk(tmp_path, steps=8, patience=1.0) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        desk.say(Assign(0, dict(zip(NAMES, SAMPLES[0].tolist(), strict=True)), 0))
        solver.send_signal(signal.SIGSTOP)
        desk.say(Credit((3,)))
        asleep = time.monotonic()
        while time.monotonic() < asleep + 1.5 * desk.welcome.patience:
            desk.answer_beats()
        solver.send_signal(signal.SIGCONT)
        assert solver.communicate(timeout=20)[0].startswith("The intake has not answered for")
        assert not desk.slab.lines.any()
