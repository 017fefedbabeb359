"""All of MPI: who has which rows, the few collectives that solvers and streaming need, and how a rank fails.

Here is the only import of mpi4py. A program that runs without `mpiexec`, and every process that must not
start MPI (the trainer solves its validation set itself), uses `SERIAL`, which never loads MPI.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_LAST_WORDS_S: Final = 0.2
"""Before an abort: hydra drops what a rank printed if it has not passed it on when the job is killed."""

Block = npt.NDArray[np.float64]
"""The rows of a field that one rank owns."""


def rows(count: int, size: int, rank: int) -> slice:
    """The rows that `rank` of `size` owns, of `count` rows in all: contiguous, in order, sizes differ by one at most."""
    small, more = divmod(count, size)
    start = rank * small + min(rank, more)
    return slice(start, start + small + (rank < more))


class Ranks:
    """The ranks of one MPI job; with `comm=None` a single process without MPI.

    Args:
        comm: an mpi4py communicator. Its user is this class alone: the collectives below must be called by
            all of its ranks in the same order.
    """

    def __init__(self, comm: Any = None) -> None:
        self._comm = comm
        self.rank: int = 0 if comm is None else comm.Get_rank()
        self.size: int = 1 if comm is None else comm.Get_size()

    @property
    def is_main(self) -> bool:
        """Whether this is the rank that speaks for all."""
        return self.rank == 0

    def rows(self, count: int) -> slice:
        """The rows that this rank owns, of `count` rows in all."""
        return rows(count, self.size, self.rank)

    def transpose(self, block: Block, count: int) -> Block:
        """Transpose a matrix whose rows are spread over the ranks.

        Args:
            block: the rows of the matrix that this rank owns, shape (own rows, columns).
            count: number of rows of the whole matrix.

        Returns:
            The rows of the transposed matrix that this rank owns, shape (own columns, count).
        """
        if self._comm is None:
            return np.ascontiguousarray(block.T)
        columns = block.shape[1]
        own_rows, own_columns = block.shape[0], _length(self.rows(columns))
        parts = [rows(columns, self.size, other) for other in range(self.size)]
        send = np.concatenate([block[:, part].T.ravel() for part in parts])
        send_counts = [_length(part) * own_rows for part in parts]
        widths = [_length(rows(count, self.size, other)) for other in range(self.size)]
        receive_counts = [own_columns * width for width in widths]
        received = np.empty(own_columns * count)
        _wait(self._comm.Ialltoallv([send, send_counts], [received, receive_counts]))
        pieces = np.split(received, np.cumsum(receive_counts)[:-1])
        return np.concatenate(
            [piece.reshape(own_columns, width) for piece, width in zip(pieces, widths, strict=True)], axis=1
        )

    def share(self, numbers: npt.NDArray[np.int64]) -> None:
        """Overwrite `numbers` by what the main rank holds."""
        if self._comm is None:
            return
        _wait(self._comm.Ibcast(numbers, root=0))

    def share_object(self, value: Any) -> Any:
        """The main rank's `value`, on every rank; for what happens once a simulation, not once a step."""
        if self._comm is None:
            return value
        self.share(np.zeros(1, np.int64))  # a wait that spares the core until the main rank has something to say
        return self._comm.bcast(value, root=0)

    def any(self, flag: bool) -> bool:
        """Whether `flag` holds on any rank. No rank returns before all have called."""
        return bool(self.union(flag))

    def union(self, flags: int) -> int:
        """The bits that are set on any rank. No rank returns before all have called."""
        if self._comm is None:
            return flags
        from mpi4py import MPI

        union = np.zeros(1, np.int32)
        _wait(self._comm.Iallreduce(np.array([flags], np.int32), union, op=MPI.BOR))
        return int(union[0])

    def gather(self, block: npt.NDArray[Any], axis: int = 0) -> npt.NDArray[Any] | None:
        """All blocks side by side along an axis, in the order of the ranks, on the main rank; `None` elsewhere."""
        if self._comm is None:
            return block
        blocks = self._comm.gather(block, root=0)
        return np.concatenate(blocks, axis) if self.is_main else None

    def abort(self) -> None:
        """End every rank of the job at once, with status 1."""
        if self._comm is not None:
            self._comm.Abort(1)


SERIAL: Final = Ranks()
"""One process, and MPI is never loaded."""


@functools.cache
def world() -> Ranks:
    """All ranks of this job. Loads and starts MPI on its first call."""
    from mpi4py import MPI

    return Ranks(MPI.COMM_WORLD)


_PATIENCE_S: Final = 0.0005
_NAP_S: Final = 0.0002
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether someone asked this process to end, by SIGINT or SIGTERM."""

    requested = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Remember the request; the ranks agree on it at the end of the step."""
        self.requested = True


def catch_signals() -> Stop:
    """Turn SIGINT and SIGTERM into a request that all ranks can agree on, until the process ends.

    For a program of ours: a signal that reaches one rank when all have agreed to end must not kill it.
    """
    stop = Stop()
    for number in _SIGNALS:
        signal.signal(number, stop)
    return stop


@contextlib.contextmanager
def stop_signals() -> Iterator[Stop]:
    """The same for as long as the context lasts, unless the program catches its signals already."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    caught = next((handler for handler in handlers.values() if isinstance(handler, Stop)), None)
    try:
        yield caught or catch_signals()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def fail_together(ranks: Ranks, *expected: type[Exception]) -> Iterator[None]:
    """Let an exception of one rank end all: print the rank and why, then abort the job.

    Without it the other ranks would wait in a collective for ever. A single process just raises.

    Args:
        ranks: the ranks that run the body.
        expected: exceptions whose sentence says enough; others are printed with their traceback.
    """
    try:
        yield
    except BaseException as error:
        if ranks.size > 1 and not (isinstance(error, SystemExit) and not error.code):
            plain = isinstance(error, expected)
            reason = str(error) if plain else "".join(traceback.format_exception(error)).rstrip()
            print(f"rank {ranks.rank} of {ranks.size} failed: {reason}", file=sys.stderr, flush=True)
            time.sleep(_LAST_WORDS_S)
            ranks.abort()
        raise


def buffer_lines() -> None:
    """Write whole lines, since the launcher puts the rank before every piece that is written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False)  # also where PYTHONUNBUFFERED is set


def _wait(request: Any) -> None:
    """Wait for a collective without burning a core.

    MPI's own wait spins. Where ranks and trainer share cores, that keeps the very process off its core that is
    waited for; and the main rank may be waiting long for a credit.
    """
    patience = time.monotonic() + _PATIENCE_S
    while not request.Test():
        if time.monotonic() < patience:
            os.sched_yield()
        else:
            time.sleep(_NAP_S)


def _length(part: slice) -> int:
    return int(part.stop - part.start)
