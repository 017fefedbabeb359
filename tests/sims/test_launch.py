"""What is run on the ranks: Python's arguments, or a program of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sims.ensemble import LAUNCHERS, launch_locally
from sims.launch import program_of


def write(path, text, mode=0o755):
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_python_is_run_unless_the_first_word_is_an_executable_file(tmp_path: Path, monkeypatch):
    solver = write(tmp_path / "solver", "#!/bin/sh\n")
    assert program_of([solver, "--grid", "8"]) == [solver, "--grid", "8"]
    assert program_of(["-m", "sims.worker"]) == [sys.executable, "-m", "sims.worker"]
    assert program_of([write(tmp_path / "solver.py", "")])[0] == sys.executable
    assert program_of([write(tmp_path / "notes", "", 0o644)])[0] == sys.executable
    assert program_of([str(tmp_path)])[0] == sys.executable  # a folder may be entered, not run
    monkeypatch.chdir(tmp_path)
    assert program_of(["./solver"]) == [solver]  # mpiexec would look for a bare name on the path


@pytest.mark.mpi
def test_a_program_of_its_own_runs_on_every_rank(tmp_path: Path):
    solver = write(tmp_path / "solver", '#!/bin/sh\necho "rank $PMI_RANK got $1"\n')
    job = launch_locally([solver, "word"], 2)
    assert job.wait(30) == 0
    assert sorted(job.tail.splitlines()) == ["rank 0 got word", "rank 1 got word"]
    seconds = job.seconds
    assert 0 < seconds == job.seconds  # it grows no more


def test_the_launchers_have_names():
    assert list(LAUNCHERS) == ["local", "slurm"]
