"""A solver whose fields say where they come from: every value is the parameter `mark` plus the step.

As a program it streams them itself, in messages rather than through the slab.
"""

from __future__ import annotations

import numpy as np

from sims.parallel import world
from sims.solver import Bounds
from sims.stream.client import connect
from sims.worker import parser


class Marked:
    """Constant fields of grid x 3 values."""

    bounds = {"mark": Bounds(0.0, 1.0)}  # noqa: RUF012 - a class made to be read
    unit = ""
    horizon = 1.0

    def shape(self, grid):
        """Rows and three columns."""
        return grid, 3

    def solve(self, parameters, grid, steps, ranks):
        """Yield this rank's rows."""
        rows = ranks.rows(grid)
        for step in range(steps):
            yield np.full((rows.stop - rows.start, 3), parameters["mark"] + step)


if __name__ == "__main__":
    options = parser().parse_args()
    solver, ranks = Marked(), world()
    with connect(options.intake, solver.shape(options.grid), name=options.name, inline=True) as stream:
        assert stream.inline
        for simulation in stream.simulations():
            for step, rows in enumerate(solver.solve(simulation.parameters, options.grid, options.steps, ranks)):
                stream.put(step, rows)
