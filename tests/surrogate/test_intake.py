"""Real workers, real slab, real kills: every field arrives once, whole, and is accounted for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sims.design import draw_samples
from sims.ensemble import Ensemble, launch_locally
from sims.parallel import SERIAL
from sims.roster import ATTEMPTS, Roster
from sims.solver import SimulationError, find_solver
from sims.stream.client import connect
from surrogate.buffers import BUFFERS, build_policy
from surrogate.intake import Intake, Used
from surrogate.learned import Learned

SOLVER = f"{Path(__file__).with_name('marked.py')}:Marked"
GRID, STEPS, SIMULATIONS, BATCH = 7, 40, 8, 8
pytestmark = pytest.mark.mpi


class Stage:
    """An intake with workers of the marked solver, and a reader that checks every field it draws."""

    def __init__(
        self,
        folder,
        program=("-m", "sims.worker"),
        *,
        workers=1,
        grid=GRID,
        patience=10.0,
        buffer="reservoir",
        distance=3,
        done=(),
        partial=None,
        **settings,
    ):
        solver = find_solver(SOLVER)
        samples = draw_samples(solver.bounds, SIMULATIONS, seed=0)
        self.roster = Roster(samples, list(solver.bounds), STEPS, done=done, partial=partial)
        self.intake = Intake(
            solver.shape(GRID),
            capacity=32,
            roster=self.roster,
            policy=build_policy(buffer, watermark=8 if buffer == "pairs" else 16, distance=distance),
            rng=np.random.default_rng(0),
            slab_folder=folder,
            patience=patience,
            **settings,
        )
        self.distance = distance
        settings = ["--intake", self.intake.address, "--solver", SOLVER, "--grid", str(grid), "--steps", str(STEPS)]
        self.jobs = []
        self.ensemble = Ensemble(
            self.launch,
            lambda name: [*program, *settings, "--name", name],
            ranks=2,
            workers=workers,
            lost=self.intake.lose,
            silent=self.intake.silent,
            wanted=lambda: not self.intake.finished,
        )
        self.arrived: set[tuple[int, int]] = set()

    def launch(self, argv, ranks):
        """Start a worker and remember it."""
        self.jobs.append(launch_locally(argv, ranks))
        return self.jobs[-1]

    def read(self, after: int = 10**9, do: Callable[[Stage], None] = lambda _stage: None):
        """Draw until nothing is left; after some draws do something to the workers, once."""
        draws = 0
        with self.intake, self.ensemble:
            while True:
                self.ensemble.watch()
                with self.intake.draw(BATCH, 0.1) as draw:
                    if draw is None:
                        return self.intake.counters
                    marks = self.roster.samples[draw.simulation, 0] + draw.step
                    fields = self.intake.slab.fields[draw.slots]
                    np.testing.assert_array_equal(fields, marks.astype(np.float32)[:, None, None] * np.ones((GRID, 3)))
                    if draw.previous is not None:
                        np.testing.assert_allclose(
                            self.intake.slab.fields[draw.previous], fields - self.distance, rtol=1e-5
                        )  # rounded twice
                    self.arrived |= set(zip(draw.simulation.tolist(), draw.step.tolist(), strict=True))
                assert self.intake.counters.balanced
                draws += bool(len(draw.slots))
                if draws == after:
                    after = -1
                    do(self)


def ranks_of(job):
    return [process for process in job.members() if "--intake" in process.cmdline() and "-n" not in process.cmdline()]


def kill_one_rank(stage):
    ranks_of(stage.jobs[0])[-1].send_signal(signal.SIGKILL)


def kill_launcher(stage):
    for process in stage.jobs[0].members():
        if process.pid == stage.jobs[0].pid:
            process.send_signal(signal.SIGKILL)


def kill_all(stage):
    for process in stage.jobs[0].members():
        process.send_signal(signal.SIGKILL)


def everything():
    return {(simulation, step) for simulation in range(SIMULATIONS) for step in range(STEPS)}


@pytest.mark.parametrize("program", [("-m", "sims.worker"), (SOLVER.partition(":")[0],)], ids=["slab", "inline"])
def test_every_field_arrives_once_and_whole(tmp_path: Path, program):
    stage = Stage(tmp_path, program)
    counters = stage.read()
    assert counters.produced == SIMULATIONS * STEPS == counters.evicted + counters.drained
    assert stage.arrived == everything()
    assert not list(tmp_path.iterdir())
    assert stage.ensemble.restarts == 0


@pytest.mark.parametrize("buffer", BUFFERS)
def test_every_sample_of_every_buffer_is_drawn(tmp_path: Path, buffer):
    stage = Stage(tmp_path, buffer=buffer, workers=2)
    counters = stage.read()
    assert counters.produced == SIMULATIONS * STEPS == counters.evicted + counters.drained
    first = stage.distance if buffer == "pairs" else 0
    assert stage.arrived == {(simulation, step) for simulation, step in everything() if step >= first}
    assert stage.intake.used() == Used(list(range(SIMULATIONS)), {})


@pytest.mark.parametrize("buffer", ["fifo", "count_aware", "pairs"])
def test_an_interrupted_run_is_carried_on_with_what_it_has_not_used(tmp_path: Path, buffer):
    class InterruptionError(Exception):
        pass

    def interrupt(stage):
        raise InterruptionError

    first = Stage(tmp_path, buffer=buffer, workers=2)
    with pytest.raises(InterruptionError):
        first.read(after=20, do=interrupt)
    used, left = first.intake.used(), first.intake.counters
    carried = Learned(used=used, drawn=left.drawn).carried(range(SIMULATIONS), STEPS)
    drawn = sum(len(steps) for steps in ([True] * STEPS,) * len(used.done)) + sum(map(np.sum, used.partial.values()))
    assert 0 < drawn < SIMULATIONS * STEPS
    assert drawn == carried.produced == left.produced - left.unseen
    second = Stage(tmp_path, buffer=buffer, done=used.done, partial=used.partial, carried=carried)
    counters = second.read()
    assert counters.produced == SIMULATIONS * STEPS
    assert counters.unseen == counters.seen == 0
    first_step = first.distance if buffer == "pairs" else 0
    assert first.arrived | second.arrived == {(s, t) for s, t in everything() if t >= first_step}
    if buffer != "pairs":  # of pairs one is drawn again if neither of its fields had been drawn with all its partners
        assert not first.arrived & second.arrived


ONCE = """
import os, signal, sys, time
from pathlib import Path
from sims.solver import find_solver
from sims.stream.client import connect
from sims.parallel import world
from sims.worker import parser
o = parser().parse_args(); s = find_solver(o.solver); ranks = world(); mark = Path(__file__).with_suffix(".mark")
def rows(simulation):
    for step, block in enumerate(s.solve(simulation.parameters, o.grid, o.steps, ranks)):
        if simulation.number == 3 and step == 20 and ranks.is_main and not mark.exists():
            mark.touch()
            {fault}
        yield block
with connect(o.intake, s.shape(o.grid), name=o.name) as stream:
    for simulation in stream.simulations():
        for step, block in enumerate(rows(simulation)):
            stream.put(step, block)
"""


@pytest.mark.parametrize(
    ("fault", "settings"),
    [
        # what was put since the last commit is in slots already, of which nobody but the dead one knew
        ("os.kill(os.getpid(), signal.SIGKILL)", {}),
        # its heart beats on
        ("time.sleep(60)", {"step_timeout": 1.5}),
    ],
    ids=["killed in the middle of a lease", "stuck in a step"],
)
def test_what_a_producer_had_written_but_not_committed_comes_again(tmp_path: Path, fault, settings):
    program = tmp_path / "once.py"
    program.write_text(ONCE.replace("{fault}", fault))
    stage = Stage(tmp_path, (str(program),), **settings)
    counters = stage.read()
    assert program.with_suffix(".mark").exists()
    assert stage.ensemble.restarts == 1
    assert counters.produced == SIMULATIONS * STEPS == counters.evicted + counters.drained
    assert stage.arrived == everything()


@pytest.mark.parametrize("kill", [kill_one_rank, kill_launcher, kill_all])
def test_after_a_kill_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path, kill):
    stage = Stage(tmp_path, workers=2)
    # 5 draws of 8 leave at most 32 + 40 of 320 fields produced, so that both workers are at work
    counters = stage.read(after=5, do=kill)
    assert stage.ensemble.restarts == 1
    assert counters.produced == SIMULATIONS * STEPS == counters.evicted + counters.drained
    assert stage.arrived == everything()
    assert not stage.roster.set_aside


def test_a_worker_that_hangs_is_killed_and_replaced(tmp_path: Path):
    stage = Stage(tmp_path, patience=2.0)
    stopped = []

    def suspend(stage):
        stopped.extend(ranks_of(stage.jobs[0]))
        for process in stopped:
            process.send_signal(signal.SIGSTOP)

    counters = stage.read(after=5, do=suspend)
    assert stopped
    assert not stage.jobs[0].members()
    # a busy machine may keep another worker from its heartbeats; replacing that one too loses nothing either
    assert stage.ensemble.restarts >= 1
    assert counters.produced == SIMULATIONS * STEPS
    assert stage.arrived == everything()


def test_a_set_that_kills_every_worker_is_set_aside(tmp_path: Path):
    program = tmp_path / "deadly.py"
    program.write_text(
        "import os, signal\n"
        "from sims.solver import find_solver\nfrom sims.parallel import world\nfrom sims.stream.client import connect\n"
        "from sims.worker import parser\n"
        "o = parser().parse_args(); s = find_solver(o.solver)\n"
        "with connect(o.intake, s.shape(o.grid), name=o.name) as stream:\n"
        "    for simulation in stream.simulations():\n"
        "        for step, rows in enumerate(s.solve(simulation.parameters, o.grid, o.steps, world())):\n"
        "            stream.put(step, rows)\n"
        "            if simulation.number == 3 and step == 7:\n"
        "                os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    stage = Stage(tmp_path, (str(program),))
    counters = stage.read()
    (aside,) = stage.roster.set_aside.values()
    assert (aside.simulation, stage.ensemble.restarts) == (3, ATTEMPTS)
    assert counters.produced == (SIMULATIONS - 1) * STEPS + aside.steps
    # of the lease at hand nothing arrives: the killed rank goes before all have said that they have written
    assert aside.steps <= 8


def test_workers_that_cannot_begin_are_given_up_with_their_last_words(tmp_path: Path):
    stage = Stage(tmp_path, grid=GRID + 1)
    with pytest.raises(
        SimulationError, match=r"3 workers in a row[\s\S]*expects fields of float32 7x3; the producer has"
    ):
        stage.read()
    assert not any(job.members() for job in stage.jobs)
    assert not list(tmp_path.iterdir())


def test_a_set_that_the_solver_refuses_is_set_aside_with_its_reason(tmp_path: Path):
    program = tmp_path / "refuses.py"
    program.write_text(
        "from sims.solver import SimulationError, find_solver\nfrom sims.parallel import world\n"
        "from sims.stream.client import connect\nfrom sims.worker import parser\n"
        "o = parser().parse_args(); s = find_solver(o.solver)\n"
        "with connect(o.intake, s.shape(o.grid), name=o.name) as stream:\n"
        "    for simulation in stream.simulations():\n"
        "        if simulation.number == 3:\n"
        "            raise SimulationError('the mesh is tangled')\n"
        "        for step, rows in enumerate(s.solve(simulation.parameters, o.grid, o.steps, world())):\n"
        "            stream.put(step, rows)\n"
    )
    stage = Stage(tmp_path, (str(program),))
    assert stage.read().produced == (SIMULATIONS - 1) * STEPS
    assert "the mesh is tangled" in stage.roster.set_aside[3].reason


def test_whoever_wakes_the_thread_without_a_pause_keeps_nobody_waiting(tmp_path: Path):
    """A reader that is quicker than its producers wakes the thread with every draw; they are served all the same."""
    stage, over = Stage(tmp_path), threading.Event()

    def wake():
        while not over.is_set():
            stage.intake.retire("nobody")

    waker = threading.Thread(target=wake)
    with stage.intake:
        waker.start()
        try:
            for _ in range(10):
                with connect(stage.intake.address, (GRID, 3), ranks=SERIAL):
                    assert stage.intake.connected
        finally:
            over.set()
            waker.join()
