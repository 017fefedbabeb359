"""The C client: compiled with every warning an error, and its solvers run against a real intake, value by value."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sims.roster import Roster
from surrogate.buffers import build_policy
from surrogate.intake import Intake
from surrogate.study import Study, run_study
from tests.sims.c_programs import (
    GRID,
    NAMES,
    SAMPLES,
    STEPS,
    build,
    build_heat2d,
    discrete_solution,
    find_compiler,
    reaped,
    start,
)

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def heat2d(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build_heat2d(tmp_path_factory.mktemp("c"))


@pytest.fixture(scope="module")
def heat2d_mpi(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The example on two ranks, with the compiler that came with the MPI of this Python."""
    program = build(find_compiler("mpicc"), "heat2d_mpi.c", tmp_path_factory.mktemp("mpi"))
    beside = Path(sys.executable).parent / "mpiexec"
    return [str(beside) if beside.exists() else "mpiexec", "-n", "2", program]


def open_intake(folder: Path) -> Intake:
    """An intake that waits long for a heartbeat: no test here waits for one to be missed, and machines may stand still."""
    return Intake(
        (GRID, GRID),
        capacity=32,
        patience=60.0,
        roster=Roster(SAMPLES, NAMES, STEPS),
        policy=build_policy("reservoir", watermark=16),
        rng=np.random.default_rng(0),
        slab_folder=folder,
    )


def read(
    intake: Intake, solver: subprocess.Popen[str], grow: Callable[[int], None] = lambda _arrived: None
) -> set[tuple[int, int]]:
    """Draw until nothing is left, and compare every field with the discrete solution."""
    arrived: set[tuple[int, int]] = set()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with intake.draw(8, 0.1) as draw:
            if draw is None:
                return arrived
            for slot, simulation, step in zip(draw.slots, draw.simulation, draw.step, strict=True):
                expected = discrete_solution(SAMPLES[simulation], GRID, step)
                np.testing.assert_allclose(intake.slab.fields[slot], expected, rtol=1e-5)
                arrived.add((int(simulation), int(step)))
        grow(len(arrived))
        time.sleep(0.001)  # a trainer's tensors give the intake's thread its turn; numbers compared here would not
    solver.kill()
    said, _ = solver.communicate(timeout=10)
    raise AssertionError(f"{len(arrived)} samples arrived within a minute; the solver said {said!r}; {intake.counters}")


def everything():
    return {(simulation, step) for simulation in range(len(SAMPLES)) for step in range(STEPS)}


@pytest.mark.parametrize("reach", ["slab", "inline"])
def test_every_field_arrives_with_the_values_of_the_discrete_solution(tmp_path: Path, heat2d, reach):
    with open_intake(tmp_path) as intake:
        if reach == "inline":  # as on another machine: there is no such file
            intake.slab.path.rename(tmp_path / "elsewhere")
        with reaped(start(heat2d, intake=intake.address)) as solver:
            assert read(intake, solver) == everything()
            assert solver.communicate(timeout=10) == ("", None)
            assert solver.returncode == 0
        assert intake.counters.produced == len(SAMPLES) * STEPS
        assert intake.duplicates == 0


ALARM = """
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static void ignore(int number) { (void)number; }

__attribute__((constructor)) static void start(void) {
    struct sigaction action = {0};
    struct itimerval every = {{0, 200}, {0, 200}};
    action.sa_handler = ignore;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}
"""


@pytest.mark.parametrize("reach", ["slab", "inline"])
def test_the_clock_of_a_profiler_interrupts_nothing(tmp_path: Path, reach):
    """A handled signal every 200 us: calls that wait are interrupted, and go on."""
    (tmp_path / "alarm.c").write_text(ALARM)
    program = build(find_compiler("cc", "gcc", "clang"), "heat2d.c", tmp_path, str(tmp_path / "alarm.c"))
    with open_intake(tmp_path) as intake:
        if reach == "inline":
            intake.slab.path.rename(tmp_path / "elsewhere")
        with reaped(start(program, intake=intake.address)) as solver:
            assert read(intake, solver) == everything()
            assert solver.communicate(timeout=10) == ("", None)


@pytest.mark.mpi
@pytest.mark.parametrize("reach", ["slab", "inline"])
def test_the_ranks_of_an_mpi_program_write_into_one_slot(tmp_path: Path, heat2d_mpi, reach):
    with open_intake(tmp_path) as intake:
        if reach == "inline":
            intake.slab.path.rename(tmp_path / "elsewhere")
        with reaped(start(*heat2d_mpi, intake=intake.address)) as solver:
            assert read(intake, solver) == everything()
            assert solver.communicate(timeout=20) == ("", None)
            assert solver.returncode == 0


def test_after_a_kill_another_one_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path, heat2d):
    with open_intake(tmp_path) as intake, contextlib.ExitStack() as stack:
        solvers = [stack.enter_context(reaped(start(heat2d, intake=intake.address)))]

        def kill(arrived: int) -> None:
            if arrived >= STEPS + STEPS // 2 and len(solvers) == 1:
                solvers[0].send_signal(signal.SIGKILL)
                solvers[0].wait(10)
                intake.lose("heat", "killed")
                solvers.append(stack.enter_context(reaped(start(heat2d, intake=intake.address))))

        assert read(intake, solvers[0], kill) == everything()
        assert len(solvers) == 2
        assert intake.counters.produced == len(SAMPLES) * STEPS == intake.counters.evicted + intake.counters.drained


def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, heat2d):
    with open_intake(tmp_path) as intake:
        sentences = {
            (
                "nowhere",
                GRID,
            ): "'nowhere' is no address of an intake (Invalid argument); it looks like tcp://host:port.",
            (intake.address, GRID + 1): "The intake refused: the study expects fields of float32 9x9; "
            "the producer has float32 10x10.",
        }
        for (address, grid), sentence in sentences.items():
            with reaped(start(heat2d, intake=address, grid=grid)) as solver:
                assert solver.communicate(timeout=20)[0].strip() == sentence
                assert solver.returncode == 1


SLOWEST_MODE = """
import numpy as np
from sims.solver import Bounds

class SlowestMode:
    bounds = {"amplitude": Bounds(10.0, 100.0), "diffusivity": Bounds(0.1, 1.0)}
    unit, horizon = "K", 1.0

    def shape(self, grid):
        return grid, grid

    def solve(self, parameters, grid, steps, ranks):
        h = 1.0 / (grid + 1)
        mode = np.sin(np.pi * h * np.arange(1, grid + 1))
        decay = 1.0 - 8.0 * parameters["diffusivity"] / 4.0 * np.sin(np.pi * h / 2.0) ** 2
        for step in range(steps):
            yield (parameters["amplitude"] * decay ** (step + 1) * np.outer(mode, mode))[ranks.rows(grid)]
"""


@pytest.mark.mpi
def test_a_study_trains_on_a_compiled_solver(tmp_path: Path, heat2d):
    """The class gives bounds and the held-out simulations; what is trained on comes from C."""
    (tmp_path / "mode.py").write_text(SLOWEST_MODE)
    study = Study(
        name="mode", solver=f"{tmp_path}/mode.py:SlowestMode", program=(heat2d,), ranks=1, workers=2, simulations=40,
        grid=GRID, steps=40, capacity=400, watermark=128, batch_size=32, repeats=20.0,
    )  # fmt: skip
    result = run_study(study, folder=tmp_path / "models")
    assert (result.simulations, result.failed, result.counters.produced) == (40, (), 1600)
    assert result.metrics.rmse < result.metrics.mean_field_rmse / 4
