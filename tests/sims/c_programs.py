"""Example solvers in C: compiled as strictly as can be, started as a study would, with what they are to compute."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

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


def build_heat2d(folder: Path) -> str:
    """The serial example, with the address and undefined-behaviour sanitizers where the compiler has them."""
    compiler = find_compiler("cc", "gcc", "clang")
    sanitize = SANITIZE if compiles([compiler, *SANITIZE], "int main(void) { return 0; }\n") else []
    return build(compiler, "heat2d.c", folder, *sanitize)
