"""Leases: slots that the ranks of a producer fill without talking to each other.

Two collectives a time step would cost more than a small solver. So the main rank hands all ranks a *lease* of
several slots in one broadcast; each rank writes its rows of as many steps; one reduction says that all have
written, and whether anyone was asked to stop; and one commit hands the slots over. A lease is as long as the steps
of about `LEASE_S` seconds, by the time that the last ones took, and one step for a slow solver.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sims.parallel import Ranks, Stop
from sims.stream.link import Link
from sims.stream.messages import DTYPE, StreamError
from sims.stream.slab import Slab

LEASE_S: Final = 0.02
"""Seconds that a lease lasts, about: how late a field may come to the trainer."""
_LONGEST: Final = 256
"""Slots in a lease, at most."""
_KEEP_S: Final = 1.0
"""Seconds between two states that are kept, at least."""
_KEEP_SHARE: Final = 20
"""Keeping a state may take one part of so many of the time."""
_STOPPED: Final = 0
_FAILED: Final = -1
_STOP: Final = 1
_LATE: Final = 2


class Stopped(Exception):  # noqa: N818 - it is no error: someone asked, and all ranks agreed
    """The producer was asked to end, by SIGINT or SIGTERM; `connect` says goodbye and leaves quietly."""


class Leases:
    """The lease at hand, and how to get the next one. All calls are collective.

    Args:
        ranks: who writes.
        link: to the intake; on the main rank alone.
        stop: whether this rank was asked to end.
        shape: of the whole field.
        slab: where to write; `None`: the fields go out in messages.

    Attributes:
        keep_due: whether the next state should be kept.
    """

    def __init__(self, ranks: Ranks, link: Link | None, stop: Stop, shape: Sequence[int], slab: Slab | None) -> None:
        self._ranks, self._link, self._stop = ranks, link, stop
        self._rows = ranks.rows(shape[0])
        self._block = (self._rows.stop - self._rows.start, *shape[1:])
        self._pace = _Pace()
        self._own = None if slab is None else slab.fields[:, self._rows]
        self._terms = np.zeros(3 + _LONGEST, np.int64)  # number of slots, is a state due, ms of validity, the slots
        self._slots = self._terms[:0]
        self._numbers: list[int] = []  # the same; a list is read faster one by one
        self._before_last = 0
        self._fields = np.empty((0, *self._block), DTYPE)
        self._late: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]] = []
        self._simulation = self._step = -1
        self._written = 0
        self._valid_until = 0.0
        self._keep_after = 0.0
        self.keep_due = False

    def begin(self, simulation: int) -> None:
        """Another simulation; the slots of the last one went back when it was asked for."""
        self._simulation, self.keep_due = simulation, False
        self._pace.start()
        self._keep_after = time.monotonic() + _KEEP_S

    def write_next(self, block: npt.NDArray[np.floating]) -> bool:
        """Write one more step into the lease at hand, unless more than that is to be done; whether it was.

        The common case of `write` without its overhead, which is not small beside a step of a small solver.
        """
        written = self._written
        if self._own is None or written >= self._before_last or time.monotonic() > self._valid_until:
            return False
        self._own[self._numbers[written]] = block  # the conversion to float32 is part of this one copy
        self._written = written + 1
        return True

    def write(self, step: int, blocks: npt.NDArray[np.floating], left: int) -> None:
        """Write consecutive steps.

        Args:
            step: the first of them.
            blocks: this rank's rows of each, shape (steps, own rows, *shape[1:]).
            left: steps of the simulation from `step` on.

        Raises:
            StreamError: the intake has vanished.
            Stopped: the program was asked to end; what was leased until then has arrived.
        """
        while len(blocks):
            room = len(self._slots) - self._written
            if not room:
                self._take(step, min(left, max(self._pace.steps, len(blocks))), left)
                room = len(self._slots)
            part, blocks = blocks[:room], blocks[room:]
            self._place(part)
            step, left = step + len(part), left - len(part)
            if len(part) == room:
                self.flush()
                if not left and self._link is not None:
                    self._link.ask()  # the answer comes while the ranks end this simulation

    def flush(self) -> None:
        """Hand over what is written.

        Raises:
            StreamError: the intake has vanished.
            Stopped: the program was asked to end; all that was written has arrived.
        """
        if not self._written:
            return
        flags = self._ranks.union(_STOP * self._stop.requested + _LATE * bool(self._late))  # all have written
        if flags & _LATE:
            self._write_late()
        self._commit()
        if flags & _STOP:
            raise Stopped

    def keep(self, step: int, block: npt.NDArray[np.floating]) -> None:
        """Hand over the state after `step`, of which every field up to it has been written."""
        self.flush()
        self.keep_due = False
        began = time.monotonic()
        state = self._ranks.gather(np.ascontiguousarray(block, np.float64))
        if self._link is not None and state is not None:
            self._link.keep(self._simulation, step, state)
            now = time.monotonic()
            self._keep_after = now + max(_KEEP_S, _KEEP_SHARE * (now - began))
            self._pace.start()

    def _take(self, step: int, wanted: int, left: int) -> None:
        """The next lease, of at least one slot and as many as are wanted and to be had."""
        reason = ""
        if self._link is not None:
            try:
                self._offer(self._link, min(wanted, _LONGEST), left)
            except StreamError as error:
                self._terms[0], reason = _FAILED, str(error)
        self._ranks.share(self._terms)
        count, keep_due, valid_ms = self._terms[:3].tolist()
        if count == _FAILED:
            raise StreamError(self._ranks.share_object(reason))
        if count == _STOPPED:
            raise Stopped
        self._slots, self._step, self._written = self._terms[3 : 3 + count].copy(), step, 0
        self._numbers, self._before_last = self._slots.tolist(), count - 1
        self._valid_until = time.monotonic() + valid_ms / 1000
        self.keep_due = bool(keep_due)
        if self._own is None:
            self._fields = np.empty((count, *self._block), DTYPE)  # a new one: the last may still be on its way

    def _offer(self, link: Link, wanted: int, left: int) -> None:
        began = time.monotonic()
        slots = link.take_credits(wanted, left, lambda: self._stop.requested)
        now = time.monotonic()
        self._pace.pass_over(now - began)
        self._terms[0] = len(slots)
        self._terms[1] = now > self._keep_after
        self._terms[2] = 1000 * link.certain
        self._terms[3 : 3 + len(slots)] = slots

    def _place(self, blocks: npt.NDArray[np.floating]) -> None:
        first, self._written = self._written, self._written + len(blocks)
        if self._own is None:
            self._fields[first : self._written] = blocks
        elif time.monotonic() < self._valid_until:
            self._own[self._slots[first : self._written]] = blocks
        else:  # this process was asleep, or a step took very long: the slots may be somebody else's by now
            self._late.append((self._slots[first : self._written], blocks.astype(DTYPE)))

    def _write_late(self) -> None:
        """Write what came after the end of the lease, if the intake still counts on this producer."""
        error = self._ranks.share_object(self._link.lost if self._link is not None else None)
        if error is not None:
            raise StreamError(error)
        for slots, blocks in self._late:
            if self._own is not None:
                self._own[slots] = blocks
        self._late.clear()
        self._ranks.union(0)

    def _commit(self) -> None:
        count, slots = self._written, self._numbers
        fields = None if self._own is not None else self._ranks.gather(self._fields[:count], axis=1)
        if self._link is not None:
            self._link.commit(self._simulation, self._step, slots[:count], fields)
            self._link.give_back(slots[count:])
            self._pace.lap(count)
        self._slots, self._written, self._before_last = self._slots[:0], 0, 0


class _Pace:
    """How many steps a lease should have, from the time that the last ones took."""

    def __init__(self) -> None:
        self.steps = 1
        self._since = time.monotonic()

    def start(self) -> None:
        """The solver begins, or goes on."""
        self._since = time.monotonic()

    def pass_over(self, seconds: float) -> None:
        """So long the solver had to wait."""
        self._since += seconds

    def lap(self, steps: int) -> None:
        """So many steps are done; the next lease has at most twice as many as any before."""
        now = time.monotonic()
        fitting = int(LEASE_S * steps / max(now - self._since, 1e-9))
        self.steps, self._since = max(1, min(fitting, 2 * max(steps, self.steps))), now
