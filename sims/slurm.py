"""Starting and stopping MPI programs through Slurm: each job an `srun` of its own, with the ranks as its tasks.

`srun` stays in touch with its job: it waits for the allocation, brings the ranks' output back over the network
without a shared file, and ends with their exit status, so that nobody has to ask Slurm's controller for it.
The ranks find each other through Slurm's own PMI-2, on one node as across several; neither `mpiexec` nor a way
into the nodes is needed. Tried with MPICH 5.0 and Slurm 22.05; its PMIx plugin needs a library that
is often missing, and with none each rank would believe that it is alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Final

from sims.launch import JOB_LABEL, LaunchError, program_of
from sims.relay import Relay

_PREFIX: Final = re.compile(r" *(\d+): ?(.*)")
_WAITING: Final = re.compile(r"srun: job \d+ queued and waiting")
_ALLOCATED: Final = re.compile(r"srun: job \d+ has been allocated")
# What describes the job around, should the trainer run in one: a worker is a job of its own.
_AROUND: Final = re.compile(
    r"(SLURM_(?!(CONF|ACCOUNT|PARTITION|QOS|CLUSTERS|RESERVATION)$)|PMI|PMIX|OMPI|HYDRA|HYDI).*"
)
_TERMINATE_S: Final = 5.0
_GIVE_UP_S: Final = 60.0


class SlurmJob:
    """A running `srun -n ranks python argv…`.

    Args:
        argv: the Python program and its arguments, or an executable file (`sims.launch.program_of`).
        ranks: number of MPI ranks.
        options: further ones of `srun`, for example `["--partition=short", "--time=2:00:00"]`.
        on_line: receives every line as `(rank, text)`, from a thread; the rank is -1 for Slurm's own words,
            among them that the job waits for resources.

    Raises:
        LaunchError: Slurm is not installed.
    """

    def __init__(
        self,
        argv: Sequence[str],
        ranks: int,
        *,
        options: Sequence[str] = (),
        on_line: Callable[[int, str], None] | None = None,
    ) -> None:
        if shutil.which("srun") is None:
            raise LaunchError("Slurm's srun is not on the path; start the study where Slurm is, or use launcher local.")
        self.argv, self.name = list(argv), f"millrace-{uuid.uuid4().hex}"
        inherited = {name: value for name, value in os.environ.items() if not _AROUND.fullmatch(name)}
        command = ["srun", f"--ntasks={ranks}", f"--job-name={self.name}", "--mpi=pmi2", "--label"]
        command += ["--kill-on-bad-exit=1", "--input=none", *options, *program_of(argv)]
        self._began: float | None = time.monotonic()
        self._ended: float | None = None
        self._on_line = on_line or (lambda _rank, _text: None)
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**inherited, "OMP_NUM_THREADS": "1", JOB_LABEL: self.name},
            start_new_session=True,
        )
        self._relay = Relay(self._process, _PREFIX, self._hear)

    @property
    def tail(self) -> str:
        """The last lines that the ranks or Slurm printed; why a submission was refused is among them."""
        return self._relay.tail

    @property
    def seconds(self) -> float:
        """For how long its ranks have run; the time in the queue does not count."""
        return 0.0 if self._began is None else (self._ended or time.monotonic()) - self._began

    def poll(self) -> int | None:
        """The exit status, or `None` while the job waits for resources or runs."""
        status = self._process.poll()
        if status is not None and self._ended is None:
            self._ended = time.monotonic()
            self._relay.join()
        return status

    def stop(self) -> None:
        """End the job: `scancel`, after some seconds with SIGKILL; returns when Slurm knows it no more.

        Raises:
            LaunchError: Slurm still has it, or does not answer.
        """
        began = time.monotonic()
        while self._known():
            waited = time.monotonic() - began
            if waited > _GIVE_UP_S:
                raise LaunchError(f"Slurm's job {self.name} ({' '.join(self.argv)}) does not end; look at squeue.")
            # again and again: right after the start Slurm may not have got the job yet
            _run("scancel", f"--name={self.name}")
            if waited > _TERMINATE_S:
                _run("scancel", f"--name={self.name}", "--signal=KILL")
            time.sleep(0.2)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its job is gone
            self._process.wait()
        self.poll()

    def _known(self) -> bool:
        """Whether Slurm still has the job, or may still get it from an `srun` that was just started."""
        queue = _run("squeue", "--noheader", f"--name={self.name}")
        if queue.returncode != 0:
            raise LaunchError(f"Slurm cannot be asked for its jobs: {queue.stderr.strip()}")
        return bool(queue.stdout.strip()) or self._process.poll() is None

    def _hear(self, rank: int, text: str) -> None:
        if rank < 0 and _WAITING.match(text):
            self._began = None
            print(f"A worker waits for resources: {text}", file=sys.stderr, flush=True)
        elif rank < 0 and _ALLOCATED.match(text):
            self._began = time.monotonic()
        self._on_line(rank, text)


def launch_on_slurm(argv: Sequence[str], ranks: int, *, options: Sequence[str] = ()) -> SlurmJob:
    """Start it as a job of Slurm.

    Raises:
        LaunchError: Slurm is not installed.
    """
    return SlurmJob(argv, ranks, options=options)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"Slurm's {command[0]} does not answer ({error}).") from error
