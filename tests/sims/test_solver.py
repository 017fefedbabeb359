"""Finding a solver by name, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sims.heat2d import Heat2D
from sims.solver import SimulationError, Solver, find_solver


def test_the_heat_equation_is_found():
    assert isinstance(find_solver("heat2d"), Heat2D)
    assert isinstance(find_solver("sims.heat2d:Heat2D"), Solver)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("heat3d", r"There is no solver 'heat3d'; the names are heat2d, and an own one"),
        ("sims.nothing:Heat", "No module named 'sims.nothing'"),
        ("sims.heat2d:Heat3D", "sims.heat2d has no class 'Heat3D'"),
        ("nowhere.py:Heat", "there is no file nowhere.py"),
        ("sims.parallel:Ranks", "Ranks lacks bounds, unit, horizon, shape, solve"),
    ],
)
def test_a_wrong_name_is_said(name, sentence):
    with pytest.raises(SimulationError, match=sentence):
        find_solver(name)


def test_a_solver_in_a_file_is_found(tmp_path: Path):
    file = tmp_path / "own.py"
    file.write_text("from sims.heat2d import Heat2D\nclass Mine(Heat2D):\n    horizon = 7.0\n")
    assert find_solver(f"{file}:Mine").horizon == 7.0
