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
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import zmq

from sims.roster import Roster
from sims.stream.messages import Commit, StreamError, Welcome, decode, encode
from sims.stream.slab import Slab
from surrogate.reception import Letter, Reception
from surrogate.reservoir import UNSEEN, Slots, may_draw
from surrogate.slots import Counters, SlotTable

_BURST: Final = 256
_TICK_MS: Final = 200
_MEASURED: Final = 512


@dataclass(frozen=True)
class Draw:
    """Fields for one batch, to be copied out of the slab before the next draw."""

    slots: Slots
    simulation: npt.NDArray[np.int64]
    step: npt.NDArray[np.int64]
    fresh: npt.NDArray[np.bool_]
    """Whether the field was never drawn before."""
    previous: Slots | None = None
    """Fields to predict from, where samples are pairs."""


class Intake:
    """An open intake; as a context it removes its slab on the way out.

    Args:
        shape: of a field.
        capacity: number of slots.
        watermark: fields that must be there before the first draw.
        roster: the parameter sets to be solved.
        rng: where draws and evictions come from.
        repeats: mean number of draws of a field. Production beyond the capacity waits for them, and so does
            the end of training.
        patience: seconds without a heartbeat after which a producer is taken for dead.
        slab_folder: where the slab is made; by default shared memory.
        host: the interface to listen on. There is no login: only machines that may write into the
            training should reach it.
    """

    def __init__(
        self,
        shape: Sequence[int],
        *,
        capacity: int,
        watermark: int,
        roster: Roster,
        rng: np.random.Generator,
        repeats: float = 1.0,
        patience: float = 10.0,
        slab_folder: Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.roster, self._watermark, self._repeats = roster, watermark, repeats
        self.slab = Slab.create(capacity, shape, slab_folder)
        self._table = SlotTable(capacity, rng)
        welcome = Welcome(
            str(self.slab.path), self.slab.token, capacity, roster.steps, patience / 10.0, float(patience)
        )
        self._reception = Reception(welcome, shape, self._table, roster, repeats=repeats, watermark=watermark)
        self._changed = threading.Condition()
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

    def used_up(self) -> list[int]:
        """Simulations of which every step has arrived and was drawn at least once."""
        with self._changed:
            complete = set(np.flatnonzero(self.roster.owed == self.roster.steps).tolist())
            return sorted(complete - self._table.waiting())

    def lose(self, name: str, reason: str) -> bool:
        """A producer is known to be dead: take back what it holds; whether it ever began a simulation."""
        with self._changed:
            self._reception.forget_name(name, reason)
            begun = name in self._reception.begun
        self._ring()
        return begun

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
            filled = self._changed.wait_for(self._may_draw, patience)
            self._raise_failure()
            return filled

    def measure(self) -> tuple[float, float]:
        """Mean and standard deviation of the values of up to 512 fields that are there now."""
        with self._changed:
            slots = np.flatnonzero(self._table.states >= UNSEEN)[:_MEASURED]
            fields = self.slab.fields[slots]
        values = fields[np.isfinite(fields)]  # others are named by the trainer, with their samples
        if not len(values):
            return 0.0, 1.0
        return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))

    @contextmanager
    def draw(self, size: int, patience: float) -> Iterator[Draw | None]:
        """Draw up to `size` fields; inside the context their slots stay as they are.

        Args:
            size: how many are wanted; fewer come only at the very end.
            patience: seconds to wait for the watermark, after which the draw is empty.

        Yields:
            The draw, or `None` once production is over and the reservoir is empty.

        Raises:
            StreamError: the intake's thread has failed.
        """
        with self._changed:
            self._changed.wait_for(self._may_draw, patience)
            self._raise_failure()
            over = self._over()
            size = size if self._may_draw() else 0
            slots = self._table.draw(size, drain=over)
            drawn = Draw(slots, self._table.simulation[slots], self._table.step[slots], self._table.uses[slots] == 1)
        try:
            yield None if over and not len(slots) else drawn
        finally:
            with self._changed:
                self._table.unpin(slots)
            self._ring()  # a draw makes room, and a producer may be waiting for it

    def close(self) -> None:
        """Stop listening and remove the slab."""
        if not self._closing:
            self._closing = True
            self._ring()
            self._thread.join()
            self._bell.close()
            self._context.term()
            self.slab.close(unlink=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.close()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise StreamError(f"The intake has failed: {self._failure!r}.") from self._failure

    def _ring(self) -> None:
        with suppress(zmq.Again):  # a full line means that the thread is awake, or dead
            self._bell.send(b"", zmq.NOBLOCK)

    def _over(self) -> bool:
        """Whether to drain: nothing more will come, and the last uses of what is there complete the repeats."""
        counters = self._table.counters
        last = counters.unseen + counters.seen
        return self.roster.finished and counters.drawn + last >= self._repeats * counters.produced

    def _may_draw(self) -> bool:
        watermark = 1 if self.roster.finished else self._watermark
        return self._failure is not None or self._over() or may_draw(self._table.states, watermark, over=False)

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
                while self._ear in ready and self._ear.poll(0):
                    self._ear.recv()
                self._turn()
        except BaseException as error:  # noqa: BLE001 - it is raised to whoever draws
            with self._changed:
                self._failure = error
                self._changed.notify_all()
        finally:
            self._router.close()
            self._ear.close()

    def _turn(self) -> None:
        """Receive what is there, answer, and hand out what became possible."""
        letters: list[Letter] = []
        for _ in range(_BURST):
            if not self._router.poll(0):
                break
            letters += self._receive()
        with self._changed:
            letters += self._reception.expire(time.monotonic())
            letters += self._reception.serve()
            self._changed.notify_all()
        for producer, message in letters:
            self._router.send_multipart([producer, encode(message)])

    def _receive(self) -> list[Letter]:
        sender = self._router.recv()
        data = self._router.recv() if self._router.getsockopt(zmq.RCVMORE) else b""
        try:
            message = decode(data)
            if isinstance(message, Commit) and message.inline:
                self._receive_field(sender, message)
        except StreamError as error:
            self._discard()
            with self._changed:
                return self._reception.refuse(sender, str(error))
        self._discard()
        with self._changed:
            return self._reception.handle(sender, message, time.monotonic())

    def _receive_field(self, sender: bytes, commit: Commit) -> None:
        """Receive the fields of an inline commit straight into their slots."""
        with self._changed:
            self._reception.check_commit(sender, commit)
        for slot in commit.slots:
            target = self.slab.fields[slot]
            if not self._router.getsockopt(zmq.RCVMORE):
                raise StreamError("An inline commit came without its field.")
            size = self._router.recv_into(target)
            if size != target.nbytes:
                raise StreamError(f"An inline field of {size} bytes came; it must have {target.nbytes}.")

    def _discard(self) -> None:
        while self._router.getsockopt(zmq.RCVMORE):
            self._router.recv()
