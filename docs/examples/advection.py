"""A puff carried by the wind: a solver of one's own, and a program of one's own that streams it.

u_t + a u_x + b u_y = 0 on the periodic unit square, u(x, y, 0) a Gaussian in the middle. First-order upwind.
"""

# ruff: noqa: ANN001, ANN201, INP001 - an example to be read, not a module

import argparse

import numpy as np

from sims.solver import Bounds
from sims.stream.client import connect


class Advection:
    """What a study must know: parameters with bounds, unit, time at the last step, shape, and the solution."""

    bounds = {"a": Bounds(0.0, 1.0, "1/s"), "b": Bounds(0.0, 1.0, "1/s")}  # noqa: RUF012 - a class made to be read
    unit = "ppm"
    horizon = 0.5

    def shape(self, grid):
        """Rows y, columns x."""
        return grid, grid

    def solve(self, parameters, grid, steps, ranks):
        """Yield this rank's rows after each time step; here every rank solves the whole small field."""
        for field in advect(parameters["a"], parameters["b"], grid, steps):
            yield field[ranks.rows(grid)]


def advect(a, b, grid, steps):
    """Any solver at all: yields the field after each time step, shape (grid, grid), indexed [y, x]."""
    x = (np.arange(grid) + 0.5) / grid
    puff = np.exp(-100 * (x - 0.5) ** 2)
    field = np.outer(puff, puff)
    substeps = int(np.ceil(Advection.horizon / steps * grid * (a + b))) + 1  # Courant number below 1
    courant = Advection.horizon / steps / substeps * grid
    for _ in range(steps):
        for _ in range(substeps):
            field = field - courant * (a * (field - np.roll(field, 1, 1)) + b * (field - np.roll(field, 1, 0)))
        yield field


def main():
    """The program of a worker, with MPI of its own: three lines connect its loop to the trainer."""
    from mpi4py import MPI  # here and not above: the study imports this file for its class

    arguments = argparse.ArgumentParser()
    for name, kind in {"intake": str, "name": str, "grid": int, "steps": int}.items():
        arguments.add_argument(f"--{name}", type=kind, required=True)
    options, _ = arguments.parse_known_args()
    n, comm = options.grid, MPI.COMM_WORLD

    with connect(options.intake, shape=(n, n), name=options.name) as stream:  # 1
        for simulation in stream.simulations():  # 2
            for step, field in enumerate(advect(**simulation.parameters, grid=n, steps=options.steps)):
                stream.put(step, field[stream.rows])  # 3
    if comm.rank == 0:
        print("all puffs are gone")


if __name__ == "__main__":
    main()
