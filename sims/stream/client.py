"""Streaming from a solver: what the ranks of a producer call.

    with connect(intake, shape=(64, 64)) as stream:
        for simulation in stream.simulations():
            for step, rows in enumerate(my_solver(**simulation.parameters)):
                stream.put(step, rows)

Every call is collective: all ranks make it, in the same order. Each rank hands over the rows that it owns
and writes them straight into the slot; nothing is gathered, unless the trainer is on another machine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sims.parallel import Ranks, Stop, fail_together, stop_signals, world
from sims.solver import SimulationError
from sims.stream.link import Link
from sims.stream.messages import DTYPE, VERSION, Assign, Bye, Hello, StreamError, Welcome
from sims.stream.slab import Slab

_FAILED: Final = -2
_STOPPED: Final = -1


class Stopped(Exception):  # noqa: N818 - it is no error: someone asked, and all ranks agreed
    """The producer was asked to end, by SIGINT or SIGTERM; `connect` says goodbye and leaves quietly."""


@dataclass(frozen=True)
class Simulation:
    """One parameter set to solve."""

    number: int
    parameters: dict[str, float]
    owed: int
    """The first step that is still needed, from 0; `put` passes over earlier ones."""


class Stream:
    """An open stream; `connect` makes it.

    Attributes:
        shape: of the whole field.
        rows: which of them (along the first axis) this rank owns.
        steps: time steps of a simulation.
        inline: whether fields travel in messages because the slab is out of reach.
    """

    def __init__(
        self, ranks: Ranks, link: Link | None, welcome: Welcome, stop: Stop, *, shape: Sequence[int], slab: Slab | None
    ) -> None:
        self._ranks, self._link, self._stop, self._slab = ranks, link, stop, slab
        self.shape, self.steps, self.inline = tuple(shape), welcome.steps, slab is None
        self.rows = ranks.rows(shape[0])
        self._number = np.zeros(1, np.int64)
        self._current = -1
        self._step = self._owed = 0

    def simulations(self) -> Iterator[Simulation]:
        """Parameter sets from the study, one after the other, until there is none left.

        Raises:
            StreamError: the last one was left before its last step, or the intake has vanished.
        """
        while (simulation := self._next()) is not None:
            self._current, self._step, self._owed = simulation.number, 0, simulation.owed
            yield simulation
            if self._step != self.steps:
                raise StreamError(
                    f"Simulation {simulation.number} ended after {self._step} steps; the study has {self.steps}."
                )

    def put(self, step: int, block: npt.NDArray[np.floating]) -> None:
        """Stream one time step; waits while the trainer has no free slot.

        Args:
            step: number of the step, from 0, each following the last.
            block: this rank's rows of the field, shape (own rows, *shape[1:]).

        Raises:
            StreamError: the step or the shape is not the expected one, or the intake has vanished.
            Stopped: the program was asked to end; the step has arrived.
        """
        expected = (self.rows.stop - self.rows.start, *self.shape[1:])
        if step != self._step or step >= self.steps:
            raise StreamError(f"Step {step} of {self.steps} was put; the next one is {self._step}.")
        if block.shape != expected:
            raise StreamError(f"A block of shape {block.shape} was put; this rank's rows have shape {expected}.")
        self._step += 1
        if step < self._owed:
            return
        slot = self._credit()
        payload = self._write(slot, block)
        stop = self._ranks.any(self._stop.requested)  # no rank passes before all have written
        if self._link is not None:
            self._link.commit(self._current, step, slot, payload)
        if stop:
            raise Stopped

    def _write(self, slot: int, block: npt.NDArray[np.floating]) -> npt.NDArray[np.float32] | None:
        if self._slab is not None:
            self._slab.fields[slot, self.rows] = block  # the conversion to float32 is part of this one copy
            return None
        return self._ranks.gather(np.ascontiguousarray(block, DTYPE))

    def _credit(self) -> int:
        reason = ""
        if self._link is not None:
            try:
                slot = self._link.take_credit(lambda: self._stop.requested)
                self._number[0] = _STOPPED if slot is None else slot
            except StreamError as error:
                self._number[0], reason = _FAILED, str(error)
        self._ranks.share(self._number)
        if self._number[0] == _FAILED:
            raise StreamError(self._ranks.share_object(reason))
        if self._number[0] == _STOPPED:
            raise Stopped
        return int(self._number[0])

    def _next(self) -> Simulation | None:
        answer: Assign | StreamError | None = None
        if self._link is not None:
            try:
                answer = self._link.next_simulation(lambda: self._stop.requested)
            except StreamError as error:
                answer = error
        assign: Assign | None = _agree(self._ranks, answer)
        if self._ranks.any(self._stop.requested):
            raise Stopped
        return None if assign is None else Simulation(assign.simulation, dict(assign.parameters), assign.owed)


@contextlib.contextmanager
def connect(
    intake: str,
    shape: Sequence[int],
    *,
    name: str = "own solver",
    simulation: int | None = None,
    ranks: Ranks | None = None,
    inline: bool = False,
) -> Iterator[Stream]:
    """Open a stream to a trainer, for all ranks of this program, until the context ends.

    Args:
        intake: its address, for example `tcp://127.0.0.1:40001`.
        shape: of the whole field; the ranks share its first axis (`Stream.rows`).
        name: of this producer, for messages.
        simulation: the one simulation that this program was started for; by default it asks for
            parameter sets as long as there are any.
        ranks: by default all ranks of the MPI job around, or one process without MPI.
        inline: send fields in messages even where the slab could be reached.

    Raises:
        StreamError: the intake does not answer, refuses, or vanishes later. With several ranks, any
            exception of one rank is printed and ends them all.
    """
    ranks = world() if ranks is None else ranks
    hello = Hello(VERSION, name, tuple(shape), DTYPE, -1 if simulation is None else simulation)
    with fail_together(ranks, StreamError, SimulationError), stop_signals() as stop:
        goodbye: Bye | None = None
        link, welcome = _greet(intake, hello, ranks)
        try:
            slab = None if inline else Slab.attach(Path(welcome.slab), welcome.capacity, shape, welcome.token)
            if ranks.any(slab is None):  # one rank on another machine is enough
                slab = None
            yield Stream(ranks, link, welcome, stop, shape=shape, slab=slab)
            goodbye = Bye("finished", failed=False)
        except Stopped:
            goodbye = Bye("asked to stop", failed=False)
        except Exception as error:
            if not isinstance(error, StreamError):
                goodbye = Bye(f"{type(error).__name__}: {error}", failed=True)
            raise
        finally:
            if link is not None:
                link.close(goodbye)


def _greet(intake: str, hello: Hello, ranks: Ranks) -> tuple[Link | None, Welcome]:
    """Say hello from the main rank, and let every rank know the answer."""
    link: Link | None = None
    answer: Welcome | StreamError | None = None
    if ranks.is_main:
        try:
            link = Link(intake, hello)
            answer = link.welcome
        except StreamError as error:
            answer = error
    return link, _agree(ranks, answer)


def _agree(ranks: Ranks, answer: Any) -> Any:
    """What the main rank was answered, on all ranks; its error is everybody's."""
    answer = ranks.share_object(answer)
    if isinstance(answer, StreamError):
        raise answer
    return answer
