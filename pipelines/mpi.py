"""MPI programs as part of a Dagster step: Pipes for what rank 0 reports, the step's output for what ranks print.

Process groups, signals and leftovers are `sims.launch`; this module ties a job's life to the step's.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster import PipesTempFileContextInjector, PipesTempFileMessageReader, open_pipes_session

from pipelines.settings import Settings
from sims.launch import LaunchError, MpiJob


@dataclass
class MpiSession:
    """The MPI jobs of one step; all of them end with the session."""

    context: dg.AssetExecutionContext
    mpiexec: str
    interrupt_s: float
    terminate_s: float
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def launch(self, argv: Sequence[str], ranks: int) -> MpiJob:
        """Start `mpiexec -n ranks python argv…`, whose rank 0 may open Dagster Pipes.

        What ranks print goes, with the rank before it, to the step's standard output.
        """
        return self._start(argv, ranks)[0]

    def run(self, argv: Sequence[str], ranks: int, timeout_s: float | None = None) -> list[Any]:
        """Run a job to its end and return the custom messages of its rank 0.

        Raises:
            dagster.Failure: the job failed or took longer than `timeout_s` seconds; nobody of it is left.
        """
        job, pipes, closing = self._start(argv, ranks)
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (status := job.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                closing.close()
                raise dg.Failure(f"{' '.join(argv)} took longer than {timeout_s:g} s and was stopped.")
            time.sleep(0.1)
        job.wait()
        closing.close()
        if status != 0:
            raise dg.Failure(
                f"{' '.join(argv)} on {ranks} ranks ended with status {status}. Its last words:\n{job.tail}"
            )
        return list(pipes.get_custom_messages())

    def _start(self, argv: Sequence[str], ranks: int) -> tuple[MpiJob, dg.PipesSession, contextlib.ExitStack]:
        closing = contextlib.ExitStack()
        self._stack.callback(closing.close)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)  # Dagster's session calls a preview of its own
            pipes = closing.enter_context(
                open_pipes_session(self.context, PipesTempFileContextInjector(), PipesTempFileMessageReader())
            )
        job = MpiJob(argv, ranks, mpiexec=self.mpiexec, env=pipes.get_bootstrap_env_vars(), on_line=_print_line)
        # closed in reverse order: first the job ends, then its messages are read to their end
        closing.callback(job.stop, interrupt_s=self.interrupt_s, terminate_s=self.terminate_s)
        return job, pipes, closing

    def close(self) -> None:
        """Stop every job and prove that none is left."""
        self._stack.close()


class MpiLauncher(dg.ConfigurableResource[MpiSession]):
    """Starts MPI programs for a step, and stops them with it: at its end, failure, timeout or termination."""

    interrupt_seconds: float = 5.0
    """How long a job may take to end after SIGINT before it gets SIGTERM."""
    terminate_seconds: float = 3.0
    """How long it may take after that before it gets SIGKILL."""

    @contextlib.contextmanager
    def session(self, context: dg.AssetExecutionContext) -> Iterator[MpiSession]:
        """Open a session for the step of `context`."""
        session = MpiSession(context, Settings.from_environ().mpiexec, self.interrupt_seconds, self.terminate_seconds)
        try:
            yield session
        except LaunchError as error:
            raise dg.Failure(str(error)) from error
        finally:
            session.close()


def _print_line(rank: int, text: str) -> None:
    if text.strip():
        print(f"[rank {rank}] {text}" if rank >= 0 else f"[mpiexec] {text}", flush=True)
