"""The trainer ranks beside the first one: each a process with a reservoir and workers of its own.

Here are only processes; what the ranks say to each other is `surrogate.group`, and what each does is
`surrogate.run`. All of them are on this machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from sims.launch import LaunchError
from sims.solver import SimulationError
from sims.stream.messages import StreamError
from surrogate.config import Study
from surrogate.device import find_device
from surrogate.errors import StudyError
from surrogate.group import Group, listen
from surrogate.run import Run, launcher_of
from surrogate.threads import trainer_threads

_END_S = 30.0
_KILL_S = 10.0


class Peers:
    """The other trainer ranks of a study; as a context it ends them all on the way out, whatever happened.

    Args:
        study: what is trained; with one trainer there are no peers.
        folder: where its checkpoint is.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self._study, self._folder = study, folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the processes

    @contextlib.contextmanager
    def meet(self) -> Iterator[Group]:
        """Start the others, and join them as the first rank for as long as the context lasts.

        Raises:
            TrainingError: they do not come.
        """
        if self._study.trainers == 1:
            yield Group.alone()
            return
        store, address = listen()
        self._start(address)
        with Group.join(0, self._study.trainers, store, device=find_device(self._study.device)) as group:
            yield group

    def _start(self, address: str) -> None:
        settings = json.dumps(self._study.settings())
        for rank in range(1, self._study.trainers):
            command = [sys.executable, "-m", "surrogate.peers", settings, str(self._folder), str(rank), address]
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - the command is ours, without a shell
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=self._output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # a Ctrl-C is for the first rank, which ends the others in order
                )
            )

    def __enter__(self) -> Self:
        return self

    def check(self) -> None:
        """Notice a rank that has ended before the study did.

        Raises:
            StudyError: one has, with its last words.
        """
        for rank, process in enumerate(self._processes, 1):
            if process.poll() is not None:
                raise StudyError(
                    f"Trainer rank {rank} ended with status {process.returncode}; its last words:\n{self._tail()}"
                )

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        try:
            for process in self._processes:
                if kind is not None:
                    process.terminate()
            for process in self._processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_END_S if kind is None else _KILL_S)
        finally:
            for process in self._processes:
                process.kill()
                process.wait()
            self._output.close()

    def _tail(self) -> str:
        self._output.seek(0)
        return "\n".join(self._output.read().decode(errors="replace").splitlines()[-10:])


def main(arguments: list[str]) -> int:
    """Be a trainer rank: `python -m surrogate.peers SETTINGS FOLDER RANK ADDRESS`; 1 with one sentence if it fails."""
    settings, folder, rank, address = json.loads(arguments[0]), Path(arguments[1]), int(arguments[2]), arguments[3]
    signal.signal(signal.SIGTERM, _leave)
    parent = os.getppid()

    def check_parent() -> None:
        if os.getppid() != parent:
            raise StudyError("the first trainer rank has ended.")

    study = Study.from_settings(settings)
    try:
        device = find_device(study.device, rank)
        with trainer_threads(study), Group.join(rank, study.trainers, address, device=device) as group:
            Run(study, folder, launcher_of(study), group, check=check_parent).train()
    except (StudyError, SimulationError, StreamError, LaunchError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)  # as an exception, so that workers and slab go too


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
