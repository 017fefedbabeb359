"""Workers come and go as the work asks for: real processes, ended and counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sims.ensemble import Ensemble, launch_locally
from sims.solver import SimulationError
from sims.steering import Steering

pytestmark = pytest.mark.mpi
LIVE, BRIEF = "while [ ! -e $0.$2 ]; do sleep 0.05; done", "exit 7"


class Stage:
    """An ensemble of shell programs: `LIVE` ends when a file with its name appears, or it is stopped."""

    def __init__(self, folder: Path, script: str = LIVE, workers=2, *, begun=True, **settings):
        self.program = folder / "worker"
        self.program.write_text(f"#!/bin/sh\n{script}\n")
        self.program.chmod(0o755)
        self.lost: list[tuple[str, str]] = []
        self.silent: set[str] = set()
        self.retired: list[str] = []
        self.work, self.begun, self.jobs = True, begun, []
        self.ensemble = Ensemble(
            self.launch,
            lambda name: [str(self.program), "--name", name.replace(" ", "-")],
            ranks=2,
            workers=workers,
            lost=self.lose,
            silent=lambda: self.silent,
            wanted=lambda: self.work,
            retire=self.retire,
            **settings,
        )

    def launch(self, argv, ranks):
        """Start a worker and remember it."""
        self.jobs.append(launch_locally(argv, ranks))
        return self.jobs[-1]

    def lose(self, name, why):
        """Note it."""
        self.lost.append((name, why))
        return self.begun

    def retire(self, name):
        """Note it, and let the worker end as one does that gets no more work."""
        self.retired.append(name)
        self.program.with_name(f"worker.{name.replace(' ', '-')}").touch()

    def until(self, condition: Callable[[], bool]):
        """Watch until something is so."""
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline
            self.ensemble.watch()
            time.sleep(0.02)


def test_a_worker_that_dies_or_hangs_is_replaced_and_none_is_left(tmp_path: Path):
    stage = Stage(tmp_path)
    with stage.ensemble as ensemble:
        assert ensemble.running == 2
        for process in stage.jobs[0].members():
            process.kill()
        stage.until(lambda: len(stage.lost) == 1)
        stage.silent.add("worker 1")
        stage.until(lambda: len(stage.lost) == 2)
        assert [name for name, _ in stage.lost] == ["worker 0", "worker 1"]
        assert "exit status" in stage.lost[0][1]
        assert "no sign of progress" in stage.lost[1][1]
        assert (ensemble.running, ensemble.restarts, len(stage.jobs)) == (2, 2, 4)
    assert not any(job.members() for job in stage.jobs)


def test_workers_that_end_before_they_begin_are_given_up(tmp_path: Path):
    stage = Stage(tmp_path, BRIEF, begun=False)
    with stage.ensemble, pytest.raises(SimulationError, match="3 workers in a row ended .exit status 7"):
        stage.until(lambda: False)


def test_the_number_follows_the_unseen_fraction(tmp_path: Path):
    readings: list[float | None] = [None]
    stage = Stage(tmp_path, workers=Steering(0.25, 3, settle_s=0.2), unseen=lambda: readings[-1])
    with stage.ensemble as ensemble:
        assert ensemble.running == 3  # as fast as possible to the watermark
        readings.append(0.25)
        stage.until(lambda: ensemble.running == 1)
        assert stage.retired == ["worker 2", "worker 1"]  # the newest first
        stage.until(lambda: len(stage.lost) == 2)
        assert all("exit status 0" in why for _, why in stage.lost)
        readings.append(0.05)
        stage.until(lambda: ensemble.running == 2)
        assert (ensemble.restarts, len(stage.jobs)) == (0, 4)


def test_a_budget_of_solver_time_ends_the_handing_out_and_not_the_workers(tmp_path: Path):
    closed = []
    stage = Stage(tmp_path, budget_s=2.0, spent_s=0.5, close=lambda: closed.append(True))
    with stage.ensemble as ensemble:
        assert ensemble.spent_s < 2.0
        stage.until(lambda: bool(closed))
        assert ensemble.spent_s == pytest.approx(2.0, abs=1.0)  # two workers of two ranks: 4 a second
        assert ensemble.running == 2
        stage.retire("worker 0")
        stage.until(lambda: len(stage.lost) == 1)
        assert (ensemble.running, ensemble.restarts, len(stage.jobs)) == (1, 0, 2)
        assert closed == [True]
        spent = ensemble.spent_s
    assert spent <= ensemble.spent_s == 0.5 + 2 * sum(job.seconds for job in stage.jobs)


def test_when_the_work_is_done_nobody_is_replaced(tmp_path: Path):
    stage = Stage(tmp_path, BRIEF, begun=False)
    with stage.ensemble as ensemble:
        stage.work = False
        stage.until(lambda: len(stage.lost) == 2)
        assert (ensemble.running, ensemble.restarts) == (0, 0)
