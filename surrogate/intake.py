"""Where the fields arrive: the slab, one ROUTER socket, and the thread that serves it.

Who is answered what is `surrogate.reception`; which fields are drawn is `surrogate.slots`. Here is what ties
them to the outside: one lock around both, held for microseconds and never while a field is copied.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zmq

from sims.closing import Closing
from sims.roster import Roster
from sims.stream.messages import Commit, Message, StreamError, Welcome, decode, encode
from sims.stream.slab import Slab
from surrogate.buffers import Policy
from surrogate.reception import Letter, Reception
from surrogate.slots import Counters, Draw, SlotTable

_BURST: Final = 256
_TICK_MS: Final = 200
_MEASURED: Final = 512


@dataclass(frozen=True)
class Used:
    """What need not be streamed again."""

    done: list[int]
    """Simulations of which every step was used."""
    partial: dict[int, npt.NDArray[np.bool_]]
    """Of the others, which steps were, if any; shape (steps,)."""


class Intake(Closing):
    """An open intake; as a context it removes its slab on the way out.

    Args:
        shape: of a field.
        capacity: number of slots.
        roster: the parameter sets to be solved.
        policy: which fields are drawn and which make room, by `surrogate.buffers.build_policy`.
        rng: where draws and evictions come from.
        carried: the account of earlier, interrupted runs, by `Learned.carried`.
        patience: seconds without a heartbeat after which a producer is taken for dead.
        step_timeout: seconds for a step after which a producer that streams nothing is taken for stuck; by default any.
        slab_folder: where the slab is made; by default shared memory.
        host: the interface to listen on. There is no login: only machines that may write into the
            training should reach it.
    """

    def __init__(
        self,
        shape: Sequence[int],
        *,
        capacity: int,
        roster: Roster,
        policy: Policy,
        rng: np.random.Generator,
        carried: Counters | None = None,
        patience: float = 10.0,
        step_timeout: float | None = None,
        slab_folder: Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.roster = roster
        self.slab = Slab.create(capacity, shape, slab_folder)
        used = np.array([roster.received(simulation) for simulation in range(len(roster.samples))])
        self._table = SlotTable(capacity, policy, rng, used, carried)
        welcome = Welcome(
            str(self.slab.path), self.slab.token, capacity, roster.steps, patience / 10.0, float(patience)
        )
        self._reception = Reception(welcome, shape, self._table, roster, step_timeout=step_timeout)
        self._changed = threading.Condition()
        self._turnstile = threading.Lock()
        """Held by the thread that waits for the other lock, which alone would go to whoever has just released it: a
        reader that draws without a pause would keep the thread out until producers are taken for dead."""
        self._rung = False
        """Whether the thread was woken and has not noticed yet. It is woken once: a reader that rings faster than the
        thread can listen would otherwise keep it from serving anybody."""
        self._failure: BaseException | None = None
        self._closing = False
        self._context = zmq.Context()
        self._router: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        self._router.setsockopt(zmq.LINGER, 500)
        state = 2 * self.slab.fields[0].nbytes  # of float64, the largest frame
        self._router.setsockopt(zmq.MAXMSGSIZE, state + 65536)
        port = self._router.bind_to_random_port(f"tcp://{host}")
        self.address = f"tcp://{host}:{port}"
        self._bell, self._ear = self._pair()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._thread.start()

    @property
    def counters(self) -> Counters:
        """The account of every field, at this moment."""
        with self._changed:
            return self._table.counters

    @property
    def duplicates(self) -> int:
        """Steps that arrived a second time and were dropped."""
        with self._changed:
            return self._reception.duplicates

    @property
    def finished(self) -> bool:
        """Whether no field will arrive any more."""
        with self._changed:
            return self.roster.finished

    @property
    def connected(self) -> list[str]:
        """Names of the producers that are connected now."""
        with self._changed:
            return self._reception.connected

    @property
    def unseen_fraction(self) -> float:
        """Share of the fields in the buffer that were never drawn; 0 if there is none."""
        with self._changed:
            return self._table.unseen_fraction

    def used(self) -> Used:
        """Steps that were drawn at least once, in this run or in one that it carries on."""
        with self._changed:
            used = self._table.used.copy()
        done = used.all(axis=1)
        partial = np.flatnonzero(used.any(axis=1) & ~done)
        return Used(np.flatnonzero(done).tolist(), {number: used[number] for number in partial.tolist()})

    def lose(self, name: str, reason: str) -> bool:
        """A producer is known to be dead: take back what it holds; whether it ever began a simulation."""
        with self._changed:
            self._reception.forget_name(name, reason)
            self._ring()
            return name in self._reception.begun

    def retire(self, name: str) -> None:
        """The producer of that name ends after the simulation that it runs now."""
        with self._changed:
            self._reception.retire(name)
            self._ring()

    def hand_out_no_more(self) -> None:
        """The budget is used up: what runs may end, and whoever asks for a parameter set gets none."""
        with self._changed:
            self.roster.close()
            self._ring()

    def silent(self) -> set[str]:
        """Names of the producers whose heartbeats stopped, ever; what they held is taken back."""
        with self._changed:
            return set(self._reception.silent)

    def filled(self, patience: float) -> bool:
        """Wait up to `patience` seconds until a batch can be drawn, or nothing will ever come.

        Raises:
            StreamError: the intake's thread has failed.
        """
        with self._changed:
            filled = self._changed.wait_for(self._ready, patience)
            self._raise_failure()
            return filled

    def measure(self) -> tuple[float, float]:
        """Mean and standard deviation of the values of up to 512 fields that are there now."""
        with self._changed:
            slots = np.flatnonzero(self._table.pool.holds_field(slice(None)))[:_MEASURED]
            fields = self.slab.fields[slots]
        values = fields[np.isfinite(fields)]  # others are named by the trainer, with their samples
        if not len(values):
            return 0.0, 1.0
        return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))

    @contextmanager
    def draw(self, size: int, patience: float) -> Iterator[Draw | None]:
        """Draw up to `size` samples; inside the context their slots stay as they are.

        Args:
            size: how many are wanted; fewer come only at the very end.
            patience: seconds to wait for the watermark, after which the draw is empty.

        Yields:
            The draw, or `None` once production is over and the buffer is empty.

        Raises:
            StreamError: the intake's thread has failed.
        """
        with self._turnstile:
            pass
        with self._changed:
            self._changed.wait_for(self._ready, patience)
            self._raise_failure()
            exhausted = self._ready() and self._table.exhausted
            drawn = self._table.draw(size if self._ready() else 0)
        try:
            yield None if exhausted else drawn
        finally:
            with self._changed:
                self._table.unpin(drawn)
                if self._reception.hungry and len(drawn.slots):
                    self._ring()  # a draw makes room, and a producer is waiting for it

    def close(self) -> None:
        """Stop listening and remove the slab."""
        if not self._closing:
            self._closing = True
            with self._changed:
                self._ring()
            self._thread.join()
            self._bell.close()
            self._context.term()
            self.slab.close(unlink=True)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise StreamError(f"The intake has failed: {self._failure!r}.") from self._failure

    def _ring(self) -> None:
        """Wake the thread; with the lock held, for a socket is not for several threads at once."""
        if self._rung:
            return
        self._rung = True
        with suppress(zmq.Again):  # the thread is dead
            self._bell.send(b"", zmq.NOBLOCK)

    def _ready(self) -> bool:
        """Whether a draw need not wait."""
        if self.roster.finished:
            self._table.end()
        return self._failure is not None or self._table.may_draw()

    def _pair(self) -> tuple[Any, Any]:
        bell, ear = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        ear.bind("inproc://bell")
        bell.connect("inproc://bell")
        return bell, ear

    def _run(self) -> None:
        poller = zmq.Poller()
        poller.register(self._router, zmq.POLLIN)
        poller.register(self._ear, zmq.POLLIN)
        try:
            while not self._closing:
                ready = dict(poller.poll(_TICK_MS))
                if self._ear in ready:
                    self._ear.recv()
                    with self._turnstile, self._changed:
                        self._rung = False
                self._turn()
        except BaseException as error:  # noqa: BLE001 - it is raised to whoever draws
            with self._turnstile, self._changed:
                self._failure = error
                self._changed.notify_all()
        finally:
            self._router.close()
            self._ear.close()

    def _turn(self) -> None:
        """Receive what is there, answer, and hand out what became possible."""
        letters: list[Letter] = []
        waiting: list[tuple[bytes, Message | StreamError]] = []
        for _ in range(_BURST):
            arrived = self._receive()
            if arrived is None:
                break
            sender, message = arrived
            if isinstance(message, Commit) and message.inline:
                letters += self._answer(waiting)  # what came before it is known when it is checked
                letters += self._answer([(sender, self._receive_fields(sender, message))])
                waiting = []
                break  # they may be large, and others wait
            waiting.append(arrived)
        letters += self._answer(waiting)
        with self._turnstile, self._changed:
            now = time.monotonic()
            letters += self._reception.expire(now)
            letters += self._reception.serve(now)
            if self._ready():
                self._changed.notify_all()
        for producer, answer in letters:
            self._router.send_multipart([producer, encode(answer)])

    def _answer(self, waiting: Sequence[tuple[bytes, Message | StreamError]]) -> list[Letter]:
        with self._turnstile, self._changed:
            now = time.monotonic()
            return [letter for sender, message in waiting for letter in self._reception.handle(sender, message, now)]

    def _receive(self) -> tuple[bytes, Message | StreamError] | None:
        """The next message, or what is wrong with it; the fields of an inline commit are still to be received."""
        try:
            sender = self._router.recv(zmq.NOBLOCK)
        except zmq.Again:
            return None
        message: Message | StreamError
        try:
            message = decode(self._router.recv() if self._router.getsockopt(zmq.RCVMORE) else b"")
        except StreamError as error:
            message = error
        if not isinstance(message, Commit) or not message.inline:
            self._discard()
        return sender, message

    def _receive_fields(self, sender: bytes, commit: Commit) -> Commit | StreamError:
        """Receive the fields of an inline commit straight into their slots, if it may be committed at all."""
        try:
            with self._turnstile, self._changed:
                self._reception.check_commit(sender, commit)
            for slot in commit.slots:
                self._receive_field(self.slab.fields[slot])
        except StreamError as error:
            return error
        finally:
            self._discard()
        return commit

    def _receive_field(self, target: Any) -> None:
        if not self._router.getsockopt(zmq.RCVMORE):
            raise StreamError("An inline commit came without its field.")
        size = self._router.recv_into(target)
        if size != target.nbytes:
            raise StreamError(f"An inline field of {size} bytes came; it must have {target.nbytes}.")

    def _discard(self) -> None:
        while self._router.getsockopt(zmq.RCVMORE):
            self._router.recv()
