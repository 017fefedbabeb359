"""The heat solver against its exact solution, its orders, its discrete decay, its maximum principle and itself."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sims.ensemble import launch_locally
from sims.heat2d import Heat2D, eigenvalues
from sims.heat2d_exact import exact
from sims.parallel import SERIAL
from sims.solver import SimulationError

WALLS = {"initial": 200.0, "left": 150.0, "right": 480.0, "bottom": 300.0, "top": 110.0}
temperatures = st.floats(100.0, 500.0)


def solve(parameters, grid, steps):
    return np.array(list(Heat2D().solve(parameters, grid, steps, SERIAL)))


def middle(field):
    # The walls jump at the corners, where no stencil converges; a quarter away from them it must.
    part = slice(len(field) // 4, -(len(field) // 4))
    return field[part, part]


def nodes(grid):
    return np.arange(1, grid + 1) / (grid + 1)


def fitted_order(sizes, errors):
    return np.polyfit(np.log(sizes), np.log(errors), 1)[0]


def test_order_two_in_space():
    sizes, errors = [], []
    for grid in (15, 31, 63):
        field = solve(WALLS, grid, 4 * (grid + 1) ** 2)[-1]  # so many steps that time adds nothing
        errors.append(np.abs(middle(field - exact(WALLS, nodes(grid), Heat2D.horizon))).max())
        sizes.append(1 / (grid + 1))
    assert fitted_order(sizes, errors) == pytest.approx(2.0, abs=0.1), errors


def test_order_one_in_time():
    grid, sizes, errors = 127, [], []
    for steps in (80, 160, 320):
        field = solve(WALLS, grid, steps)[steps // 4 - 1]
        errors.append(np.abs(middle(field - exact(WALLS, nodes(grid), Heat2D.horizon / 4))).max())
        sizes.append(1 / steps)
    assert fitted_order(sizes, errors) == pytest.approx(1.0, abs=0.05), errors


def test_each_discrete_mode_decays_as_backward_euler_says():
    grid, steps = 24, 10
    walls = {**dict.fromkeys(WALLS, 300.0), "initial": 400.0}
    x = np.arange(1, grid + 1)
    lam = eigenvalues(grid, 1 / (grid + 1))
    fields = solve(walls, grid, steps) - 300.0
    for k, m in ((1, 1), (1, 3), (5, 3)):
        mode = np.outer(np.sin(np.pi * m * x / (grid + 1)), np.sin(np.pi * k * x / (grid + 1)))
        amplitude = [(field * mode).sum() for field in fields]
        factor = 1 / (1 + Heat2D.horizon / steps * (lam[k - 1] + lam[m - 1]))
        # the field is near 100 K and its modes lose up to five digits in ten steps
        np.testing.assert_allclose(np.divide(amplitude[1:], amplitude[:-1])[:3], factor, rtol=1e-9)


@given(st.fixed_dictionaries(dict.fromkeys(WALLS, temperatures)), st.integers(3, 17), st.integers(1, 9))
def test_no_value_leaves_the_range_of_the_five_temperatures(parameters, grid, steps):
    fields = solve(parameters, grid, steps)
    slack = 1e-9  # round-off of sums of some hundred terms of 500 K
    assert fields.min() >= min(parameters.values()) - slack
    assert fields.max() <= max(parameters.values()) + slack


@given(st.fixed_dictionaries(dict.fromkeys(WALLS, temperatures)))
@settings(max_examples=25)
def test_turning_the_square_turns_the_field(parameters):
    turned = {**parameters, "left": parameters["bottom"], "bottom": parameters["left"]}
    turned |= {"right": parameters["top"], "top": parameters["right"]}
    np.testing.assert_allclose(solve(parameters, 9, 3), solve(turned, 9, 3).transpose(0, 2, 1), atol=1e-9)


@given(st.fixed_dictionaries(dict.fromkeys(WALLS, temperatures)), st.integers(3, 17), st.data())
@settings(max_examples=25)
def test_a_restored_solver_goes_on_as_if_nothing_had_happened(parameters, grid, data):
    steps = 7
    step = data.draw(st.integers(0, steps - 1))
    fields = solve(parameters, grid, steps)
    restored = list(Heat2D().restore(parameters, grid, steps, SERIAL, step, fields[step]))
    assert len(restored) == steps - 1 - step
    if restored:
        np.testing.assert_allclose(restored, fields[step + 1 :], rtol=0, atol=1e-10)  # a transform there and back


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_ranks_give_what_one_process_gives_also_when_restored(tmp_path: Path, ranks):
    grid, steps, file = 17, 6, tmp_path / "fields.npy"  # 17 rows: uneven on two and on three ranks
    program = Path(__file__).with_name("solve_on_ranks.py")
    job = launch_locally([str(program), str(file), str(grid), str(steps), "2"], ranks)
    assert job.wait(60) == 0, job.tail
    np.testing.assert_allclose(np.load(file), solve(WALLS, grid, steps), rtol=0, atol=1e-10)


@pytest.mark.mpi
def test_a_failing_rank_ends_all_and_says_which(tmp_path: Path):
    program = tmp_path / "fails.py"
    program.write_text(
        "from sims.parallel import fail_together, world\n"
        "with fail_together(world()):\n"
        "    if world().rank == 1:\n"
        "        raise ValueError('rank one is tired')\n"
        "    world().any(False)\n"
    )
    job = launch_locally([str(program)], 2)
    assert job.wait(60) != 0
    assert "rank 1 of 2 failed" in job.tail
    assert "rank one is tired" in job.tail


@pytest.mark.parametrize(
    ("change", "grid", "sentence"),
    [
        ({"top": 501.0}, 8, "The parameter 'top' is 501 K; it must lie from 100 to 500 K"),
        ({"front": 300.0}, 8, "unknown: front"),
        ({}, 2, "The grid has 2 nodes in a row; heat2d needs 3 or more"),
    ],
)
def test_what_is_not_allowed_is_said(change, grid, sentence):
    with pytest.raises(SimulationError, match=sentence):
        solve({**WALLS, **change}, grid, 1)


def test_the_trainer_can_solve_without_loading_mpi():
    code = (
        "import sys; from sims.solver import find_solver; from sims.parallel import SERIAL\n"
        "import surrogate.study\n"
        "s = find_solver('heat2d'); list(s.solve(dict.fromkeys(s.bounds, 300.0), 8, 2, SERIAL))\n"
        "assert 'mpi4py.MPI' not in sys.modules"
    )
    import subprocess

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
