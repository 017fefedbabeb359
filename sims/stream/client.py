"""Streaming from a solver: what the ranks of a producer call.

    with connect(intake, shape=(64, 64)) as stream:
        for simulation in stream.simulations():
            for step, rows in enumerate(my_solver(**simulation.parameters)):
                stream.put(step, rows)

Every call is collective: all ranks make it, in the same order. Each rank hands over the rows that it owns
and writes them straight into the slot; nothing is gathered, unless the trainer is on another machine. When the
ranks meet is `sims.stream.lease`.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sims.parallel import Block, Ranks, Stop, fail_together, stop_signals, world
from sims.solver import SimulationError
from sims.stream.lease import Leases, Stopped
from sims.stream.link import Link
from sims.stream.messages import DTYPE, VERSION, Assign, Bye, Hello, StreamError, Welcome
from sims.stream.slab import Slab

__all__ = ["Simulation", "Stopped", "Stream", "connect"]


@dataclass(frozen=True)
class Simulation:
    """One parameter set to solve."""

    number: int
    parameters: dict[str, float]
    owed: int
    """The first step that is still needed, from 0; `put` passes over earlier ones."""
    state: tuple[int, Block] | None
    """A step and this rank's rows of what `Stream.keep` was handed after it, to go on from there; `None`: there is
    none, the simulation begins at its start. Not later than `owed`."""


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
        self._ranks, self._link, self._stop = ranks, link, stop
        self.shape, self.steps, self.inline = tuple(shape), welcome.steps, slab is None
        self.rows = ranks.rows(shape[0])
        self._block = (self.rows.stop - self.rows.start, *self.shape[1:])
        self._leases = Leases(ranks, link, stop, shape, slab)
        self._step: int | None = None
        self._owed = 0

    def simulations(self) -> Iterator[Simulation]:
        """Parameter sets from the study, one after the other, until there is none left.

        Raises:
            StreamError: the last one was left before its last step, or the intake has vanished.
        """
        while (simulation := self._next()) is not None:
            self._step, self._owed = None, simulation.owed
            self._leases.begin(simulation.number)
            yield simulation
            self.flush()
            if self._step != self.steps:
                raise StreamError(
                    f"Simulation {simulation.number} ended after {self._step or 0} steps; the study has {self.steps}."
                )

    def put(self, step: int, block: npt.NDArray[np.floating]) -> None:
        """Stream one time step; waits while the trainer has no free slot.

        Args:
            step: number of the step, each following the last. The first is 0, or any up to `Simulation.owed`.
            block: this rank's rows of the field, shape (own rows, *shape[1:]).

        Raises:
            StreamError: the step or the shape is not the expected one, or the intake has vanished.
            Stopped: the program was asked to end; every step that was put has arrived, unless there was no slot.
        """
        if step == self._step and step >= self._owed and block.shape == self._block and self._leases.write_next(block):
            self._step += 1
        else:
            self.put_many(step, block[None])

    def put_many(self, step: int, blocks: npt.NDArray[np.floating]) -> None:
        """Stream consecutive time steps at once, as `put` does; for fields that are small or that come in batches.

        Args:
            step: number of the first one.
            blocks: this rank's rows of each, shape (steps, own rows, *shape[1:]).
        """
        if blocks.shape[1:] != self._block:
            raise StreamError(
                f"A block of shape {blocks.shape[1:]} was put; this rank's rows have shape {self._block}."
            )
        after = step + len(blocks)
        if (step != self._step and (self._step is not None or not 0 <= step <= self._owed)) or after > self.steps:
            raise StreamError(f"Step {step} of {self.steps} was put; the next one is {self._step or 0}.")
        self._step = after
        if (passed := max(0, self._owed - step)) < len(blocks):
            self._leases.write(step + passed, blocks[passed:], self.steps - step - passed)

    def keep(self, step: int, block: npt.NDArray[np.floating]) -> None:
        """Hand over the solver's state after a step that was just put, so that another worker can go on from there.

        Call it after every `put`: about one state a second is taken, and the others cost nothing.

        Args:
            step: the step that was put last.
            block: this rank's rows of the state, shape (own rows, *shape[1:]); it travels in float64.

        Raises:
            StreamError: the step or the shape is not the expected one, or the intake has vanished.
        """
        if block.shape != self._block:
            raise StreamError(f"A state of shape {block.shape} was kept; this rank's rows have shape {self._block}.")
        if self._step is None or step != self._step - 1:
            raise StreamError(
                f"A state after step {step} was kept; the last step that was put is {(self._step or 0) - 1}."
            )
        if self._leases.keep_due and self._owed <= step < self.steps - 1:
            self._leases.keep(step, block)

    def flush(self) -> None:
        """Hand over at once what was put; by itself it arrives after about twenty milliseconds of work, at the latest.

        Raises:
            StreamError: the intake has vanished.
            Stopped: the program was asked to end; every step that was put has arrived.
        """
        self._leases.flush()

    def _next(self) -> Simulation | None:
        answer: Assign | StreamError | Stopped | None = None
        if self._link is not None:
            try:
                answer = self._link.next_simulation(lambda: self._stop.requested)
            except StreamError as error:
                answer = error
            if self._stop.requested:
                answer = Stopped()
        assign: Assign | None = _agree(self._ranks, answer)
        if assign is None:
            return None
        return Simulation(assign.simulation, dict(assign.parameters), assign.owed, self._state(assign))

    def _state(self, assign: Assign) -> tuple[int, Block] | None:
        if not 0 <= assign.kept < assign.owed:
            return None
        if len(assign.state) != 8 * math.prod(self.shape):
            shape = "x".join(map(str, self.shape))
            raise StreamError(f"A state of {len(assign.state)} bytes came; one of {shape} in float64 was expected.")
        return assign.kept, np.frombuffer(assign.state).reshape(self.shape)[self.rows].copy()


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
            stream = Stream(ranks, link, welcome, stop, shape=shape, slab=slab)
            try:
                yield stream
            except Exception:
                if ranks.size == 1:  # several ranks cannot meet any more
                    with contextlib.suppress(StreamError, Stopped):
                        stream.flush()
                raise
            stream.flush()
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
    if isinstance(answer, StreamError | Stopped):
        raise answer
    return answer
