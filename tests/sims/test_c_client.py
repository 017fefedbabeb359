"""The C client: compiled with every warning an error, and its solvers run against a real intake, value by value."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zmq

from sims.roster import Roster
from sims.stream.messages import (
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Keep,
    Next,
    NoMore,
    Refuse,
    Welcome,
    decode,
    encode,
)
from sims.stream.protocol import Conversation, State
from sims.stream.slab import Slab
from surrogate.buffers import build_policy
from surrogate.intake import Intake
from surrogate.study import Study, run_study

SOURCES = Path(__file__).parents[2] / "sims" / "stream" / "c"
STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-g", "-O1"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
GRID, STEPS = 9, 120
SAMPLES = np.array([[100.0, 0.2], [40.0, 1.0], [-3.0, 0.6]])
NAMES = ["amplitude", "diffusivity"]


def compiles(command: list[str], text: str) -> bool:
    """Whether this compiler makes a program of a text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.c").write_text(text)
        made = subprocess.run(
            [*command, "a.c", "-o", "a", "-lzmq"], check=False, cwd=folder, capture_output=True, timeout=60
        )
        return made.returncode == 0


def find_compiler(*names: str) -> str:
    """The first C compiler of these that finds ZeroMQ; the test is skipped if there is none."""
    beside = str(Path(sys.executable).parent)
    found = [path for name in names if (path := shutil.which(name, path=beside) or shutil.which(name))]
    if not found:
        pytest.skip(f"there is no C compiler: {' or '.join(names)}")
    if not compiles([found[0]], "#include <zmq.h>\nint main(void) { return zmq_errno(); }\n"):
        pytest.skip(f"{found[0]} finds no zmq.h or libzmq; on Debian the package is libzmq3-dev")
    return found[0]


def build(compiler: str, source: str, folder: Path, *flags: str) -> str:
    """Compile an example with the client."""
    program = folder / Path(source).stem
    sources = [str(SOURCES / source), str(SOURCES / "millrace.c")]
    command = [compiler, *STRICT, *flags, *sources, "-lzmq", "-lpthread", "-lm", "-o", str(program)]
    made = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    return str(program)


@pytest.fixture(scope="module")
def heat2d(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The serial example, with the address and undefined-behaviour sanitizers where the compiler has them."""
    compiler = find_compiler("cc", "gcc", "clang")
    sanitize = SANITIZE if compiles([compiler, *SANITIZE], "int main(void) { return 0; }\n") else []
    return build(compiler, "heat2d.c", tmp_path_factory.mktemp("c"), *sanitize)


@pytest.fixture(scope="module")
def heat2d_mpi(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The example on two ranks, with the compiler that came with the MPI of this Python."""
    program = build(find_compiler("mpicc"), "heat2d_mpi.c", tmp_path_factory.mktemp("mpi"))
    beside = Path(sys.executable).parent / "mpiexec"
    return [str(beside) if beside.exists() else "mpiexec", "-n", "2", program]


def discrete_solution(parameters, grid, step):
    """What explicit Euler makes of the slowest mode: it decays by the same factor in every step."""
    amplitude, diffusivity = parameters
    h = 1.0 / (grid + 1)
    mode = np.sin(np.pi * h * np.arange(1, grid + 1))
    decay = 1.0 - 8.0 * (diffusivity / 4.0) * np.sin(np.pi * h / 2.0) ** 2
    return amplitude * decay ** (step + 1) * np.outer(mode, mode)


def start(*command: str, intake: str, grid: int = GRID) -> subprocess.Popen[str]:
    """Start a solver as a study would."""
    settings = ["--intake", intake, "--name", "heat", "--solver", "x", "--grid", str(grid), "--steps", str(STEPS)]
    return subprocess.Popen([*command, *settings], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextlib.contextmanager
def reaped(process: subprocess.Popen[str]):
    """End it, whatever happened."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


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


class Desk:
    """An intake that says what the test tells it to, and holds the producer to the protocol."""

    def __init__(self, folder: Path, *, steps: int, patience: float = 10.0):
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.LINGER, 0)
        self.address = f"tcp://127.0.0.1:{self.router.bind_to_random_port('tcp://127.0.0.1')}"
        self.slab = Slab.create(8, (GRID, GRID), folder)
        self.welcome = Welcome(str(self.slab.path), self.slab.token, 8, steps, patience / 10, patience)
        self.conversation, self.beats = Conversation(), 0
        self.producer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.router.close()
        self.context.term()
        self.slab.close(unlink=True)

    def hear(self):
        """The next message of the conversation; heartbeats are answered meanwhile."""
        while self.router.poll(10_000):
            sender, data = self.router.recv_multipart()
            message = decode(data)
            if not isinstance(message, Heartbeat):
                self.producer = sender
                self.conversation.advance(message)
                return message
            assert message.producer == self.producer
            self.beats += 1
            self.router.send_multipart([sender, data])
        raise AssertionError("the solver is silent")

    def answer_beats(self):
        """Answer the heartbeats that are there, for a tenth of a second."""
        while self.router.poll(100):
            sender, data = self.router.recv_multipart()
            assert isinstance(decode(data), Heartbeat)
            self.router.send_multipart([sender, data])

    def say(self, message):
        """Say something to the producer that was heard last."""
        self.conversation.advance(message)
        self.router.send_multipart([self.producer, encode(message)])


def test_a_solver_goes_on_from_a_kept_state_and_hands_over_its_own(tmp_path: Path, heat2d):
    parameters = dict(zip(NAMES, SAMPLES[0].tolist(), strict=True))
    state = discrete_solution(SAMPLES[0], GRID, 996)
    with Desk(tmp_path, steps=1002) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        hello = desk.hear()
        assert hello == Hello(2, "heat", (GRID, GRID), "float32", -1)
        desk.say(desk.welcome)
        assert desk.hear() == Next()
        desk.say(Assign(5, parameters, owed=998, kept=996, state=state.tobytes()))
        desk.say(Credit((3, 0)))
        desk.say(Credit((7, 2)))
        slots = {}
        while not isinstance(message := desk.hear(), Next):
            if isinstance(message, Keep):
                assert (message.simulation, message.step) == (5, 999)
                kept = np.frombuffer(message.state).reshape(GRID, GRID)
                np.testing.assert_allclose(kept, discrete_solution(SAMPLES[0], GRID, 999), rtol=1e-12)
                continue
            assert (message.simulation, message.inline) == (5, False)
            assert message.step == 998 + len(slots)
            slots |= dict(enumerate(message.slots, message.step))
        assert slots == {998: 3, 999: 0, 1000: 7, 1001: 2}
        for step, slot in slots.items():
            expected = discrete_solution(SAMPLES[0], GRID, step)
            np.testing.assert_allclose(desk.slab.fields[slot], expected, rtol=1e-5)
        desk.say(NoMore())
        assert desk.hear() == Bye("finished", failed=False)
        assert desk.conversation.state is State.CLOSED
        assert solver.wait(10) == 0


def test_quick_steps_are_announced_together(tmp_path: Path, heat2d):
    with Desk(tmp_path, steps=800) as desk, reaped(start(heat2d, intake=desk.address)):
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        desk.say(Assign(0, dict(zip(NAMES, SAMPLES[0].tolist(), strict=True)), 0))
        desk.say(Credit(tuple(range(8))))
        together = []
        while isinstance(message := desk.hear(), Commit):
            assert message.step == sum(together)
            together.append(len(message.slots))
            desk.say(Credit(message.slots))
        assert sum(together) == 800
        assert max(together) > 1  # how many they are depends on how busy the machine is


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (Refuse("the study is over."), "The intake refused: the study is over."),
        (None, "The intake has not answered for"),
    ],
    ids=["refused", "vanished"],
)
def test_a_solver_ends_when_the_intake_does(tmp_path: Path, heat2d, ending, sentence):
    with Desk(tmp_path, steps=8, patience=1.0) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        if ending is not None:
            desk.say(ending)
        output, _ = solver.communicate(timeout=20)
        assert output.startswith(sentence)
        assert solver.returncode == 1


def test_a_solver_that_slept_writes_into_no_slot(tmp_path: Path, heat2d):
    with Desk(tmp_path, steps=8, patience=1.0) as desk, reaped(start(heat2d, intake=desk.address)) as solver:
        desk.hear()
        desk.say(desk.welcome)
        desk.hear()
        desk.say(Assign(0, dict(zip(NAMES, SAMPLES[0].tolist(), strict=True)), 0))
        solver.send_signal(signal.SIGSTOP)
        desk.say(Credit((3,)))
        asleep = time.monotonic()
        while time.monotonic() < asleep + 1.5 * desk.welcome.patience:
            desk.answer_beats()
        solver.send_signal(signal.SIGCONT)
        assert solver.communicate(timeout=20)[0].startswith("The intake has not answered for")
        assert not desk.slab.lines.any()


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
