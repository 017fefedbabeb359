"""What a worker says about its progress: to Dagster Pipes where a pipeline listens, else a line of output."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import Final

from dagster_pipes import DAGSTER_PIPES_CONTEXT_ENV_VAR, PipesContext, open_dagster_pipes

_PERIOD_S: Final = 5.0


class Report:
    """Progress of one worker, at most one message every five seconds and one at the end."""

    def __init__(self, pipes: PipesContext | None = None) -> None:
        self._pipes, self._due = pipes, time.monotonic() + _PERIOD_S

    def progress(self, simulations: int, steps: int) -> None:
        """Say how many simulations are solved and how many steps were streamed, unless it was said just now."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + _PERIOD_S
            self._say("progress", simulations, steps)

    def result(self, simulations: int, steps: int) -> None:
        """Say the same for the whole life of the worker."""
        self._say("result", simulations, steps)

    def _say(self, kind: str, simulations: int, steps: int) -> None:
        sentence = f"{simulations} simulations solved, {steps} time steps streamed"
        if self._pipes is None:
            print(sentence, flush=True)
        else:
            self._pipes.log.info(sentence)
            self._pipes.report_custom_message({"worker": kind, "simulations": simulations, "steps": steps})


@contextlib.contextmanager
def open_report(*, is_main: bool) -> Iterator[Report]:
    """A report for as long as the context lasts. Only one rank may speak to Dagster: the main one."""
    if is_main and DAGSTER_PIPES_CONTEXT_ENV_VAR in os.environ:
        with open_dagster_pipes() as pipes:
            yield Report(pipes)
    else:
        yield Report()
