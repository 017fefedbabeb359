"""The main rank's line to the intake: one ZeroMQ socket for the conversation and one for the heartbeats.

What the ranks do together is `sims.stream.client`; only the main rank of a program has a link.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import zmq

from sims.stream.messages import (
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Keep,
    Message,
    Next,
    NoMore,
    Refuse,
    StreamError,
    Welcome,
    decode,
    encode,
)
from sims.stream.protocol import Conversation, State

CONNECT_S: Final = 10.0
"""How long the intake may take to answer a hello."""
REFUSED_S: Final = 1.0
"""How long attempts to connect may fail until nobody listens."""
_TICK_MS: Final = 100


class Link:
    """A conversation with an intake, open until `close`.

    Args:
        intake: address, for example `tcp://127.0.0.1:40001`.
        hello: what to say first.

    Raises:
        StreamError: nobody answers there, or the intake refuses.
    """

    def __init__(self, intake: str, hello: Hello) -> None:
        self._context = zmq.Context()
        self._conversation = Conversation()
        self._credits: list[int] = []
        self._socket: zmq.Socket[bytes] = self._context.socket(zmq.DEALER)
        identity = b"p" + uuid.uuid4().bytes  # of its own, so that a reconnection is the same producer
        self._socket.setsockopt(zmq.IDENTITY, identity)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._pulse: _Pulse | None = None
        try:
            self._socket.connect(intake)
            self.send(hello)
            self.welcome = self._await_welcome(intake)
            self._pulse = _Pulse(self._context, intake, identity, self.welcome.beat)
        except zmq.ZMQError as error:
            self.close(None)
            raise StreamError(
                f"{intake!r} is no address of an intake ({error}); it looks like tcp://host:port."
            ) from error
        except BaseException:
            self.close(None)
            raise

    def send(self, message: Message, fields: npt.NDArray[np.float32] | None = None) -> None:
        """Say something; fields follow in a frame each, and must not change any more."""
        self._conversation.advance(message)
        if fields is None:
            self._socket.send(encode(message))
        else:
            self._socket.send_multipart([encode(message), *fields], copy=False)

    def take_credits(self, count: int, left: int, asked_to_stop: Callable[[], bool]) -> list[int]:
        """Slots to write, as soon as the intake has granted any; none if someone asked to stop meanwhile.

        Not more than `count`, and half of what there is, so that more can come while these are written; unless
        what there is suffices for all the steps that are left of the simulation.

        Raises:
            StreamError: the intake has vanished or refuses to go on.
        """
        while self._receive(0) is not None:
            pass
        self._check_pulse()
        while not self._credits:
            if asked_to_stop():
                return []
            self._receive(_TICK_MS)
            self._check_pulse()
        there = len(self._credits)
        count = min(count, there if there >= left else (there + 1) // 2)
        taken, self._credits = self._credits[:count], self._credits[count:]
        return taken

    def give_back(self, slots: Sequence[int]) -> None:
        """These were taken and not written."""
        self._credits[:0] = slots

    def ask(self) -> None:
        """Ask for a parameter set, unless that was done."""
        if self._conversation.state is not State.ASKED:
            self.send(Next())

    def next_simulation(self, asked_to_stop: Callable[[], bool]) -> Assign | None:
        """Wait for a parameter set; `None` if there is none left or someone asked to stop.

        Raises:
            StreamError: the intake has vanished or refuses to go on.
        """
        self.ask()
        while not asked_to_stop():
            answer = self._receive(_TICK_MS)
            if isinstance(answer, Assign):
                self._credits.clear()  # those of the last simulation went back when the next one was asked for
                return answer
            if isinstance(answer, NoMore):
                return None
            self._check_pulse()
        return None

    def commit(self, simulation: int, step: int, slots: Sequence[int], fields: npt.NDArray[np.float32] | None) -> None:
        """Hand over slots with consecutive steps, or the fields themselves where the slab cannot be reached."""
        self.send(Commit(simulation, step, tuple(slots), fields is not None), fields)

    def keep(self, simulation: int, step: int, state: npt.NDArray[np.float64]) -> None:
        """Hand over a state from which another worker can go on."""
        self.send(Keep(simulation, step, state.tobytes()))

    @property
    def certain(self) -> float:
        """Seconds for which the slots of this producer are certainly its own, should it fall silent now."""
        silence = 0.0 if self._pulse is None else self._pulse.silence
        return self.welcome.patience - silence

    @property
    def lost(self) -> str | None:
        """Why the slots of this producer may be somebody else's by now; `None` if they are its own."""
        if self.certain > 0:
            return None
        silence = self.welcome.patience - self.certain
        return f"The intake has not answered for {silence:.0f} s; it was killed or cannot be reached."

    def close(self, goodbye: Bye | None) -> None:
        """Say goodbye, unless nobody may be listening, and hang up."""
        if self._pulse is not None:
            self._pulse.stop()
        if goodbye is not None:
            self.send(goodbye)
            self._socket.setsockopt(zmq.LINGER, 2000)
        self._socket.close()
        self._context.term()

    def _await_welcome(self, intake: str) -> Welcome:
        began = time.monotonic()
        retries = self._socket.get_monitor_socket(zmq.EVENT_CONNECT_RETRIED)
        try:
            while (waited := time.monotonic() - began) < CONNECT_S:
                answer = self._receive(_TICK_MS)
                if isinstance(answer, Welcome):
                    return answer
                if waited > REFUSED_S and retries.poll(0):
                    raise StreamError(f"Nobody listens at {intake}; is the study running, and the address its own?")
        finally:
            self._socket.disable_monitor()
            retries.close(linger=0)
        raise StreamError(
            f"No intake answered at {intake} within {CONNECT_S:g} s; is the study running, and the address its own?"
        )

    def _receive(self, patience_ms: int) -> Message | None:
        """The next message, or `None`; credits are put aside."""
        there = int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN  # far quicker than to poll
        if not there and (not patience_ms or not self._socket.poll(patience_ms)):
            return None
        message = decode(self._socket.recv())
        self._conversation.advance(message)
        if isinstance(message, Refuse):
            raise StreamError(f"The intake refused: {message.reason}")
        if isinstance(message, Credit):
            self._credits.extend(message.slots)
        return message

    def _check_pulse(self) -> None:
        if self.lost is not None:
            raise StreamError(self.lost)


class _Pulse:
    """Heartbeats from a thread of their own, so that a long time step does not look like a death."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], intake: str, producer: bytes, beat: float) -> None:
        self._sent: deque[float] = deque()
        self._answered = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(context, intake, encode(Heartbeat(producer)), beat), name="heartbeat", daemon=True
        )
        self._thread.start()

    @property
    def silence(self) -> float:
        """Seconds since the last beat that was answered; an answer may have lain here while this process slept."""
        return time.monotonic() - self._answered

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def _run(self, context: zmq.Context[zmq.Socket[bytes]], intake: str, beat: bytes, period: float) -> None:
        with context.socket(zmq.DEALER) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.connect(intake)
            while not self._stopped.is_set():
                self._sent.append(time.monotonic())
                due = self._sent[-1] + period
                socket.send(beat)
                while (left := due - time.monotonic()) > 0 and not self._stopped.is_set():
                    if socket.poll(min(round(left * 1000) + 1, _TICK_MS)):
                        socket.recv()
                        self._answered = self._sent.popleft()
