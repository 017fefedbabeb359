"""A slow solver that can go on from any field, and writes down every step that it computes.

The field after a step is the one before plus the parameter `rate`. The main rank appends to the file that the
environment variable COUNTED names: the process, and the number of the step.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from sims.solver import Bounds

STEP_S = 0.03


class Counting:
    """Constant fields of grid x 3 values."""

    bounds = {"rate": Bounds(0.0, 1.0)}  # noqa: RUF012 - a class made to be read
    unit = ""
    horizon = 1.0

    def shape(self, grid):
        """Rows and three columns."""
        return grid, 3

    def solve(self, parameters, grid, steps, ranks):
        """Yield this rank's rows."""
        rows = ranks.rows(grid)
        return self.restore(parameters, grid, steps, ranks, -1, np.zeros((rows.stop - rows.start, 3)))

    def restore(self, parameters, _grid, steps, ranks, step, block):
        """Yield this rank's rows after a step."""
        for later in range(step + 1, steps):
            if ranks.is_main:
                with Path(os.environ["COUNTED"]).open("a") as file:
                    file.write(f"{os.getpid()} {later}\n")
            time.sleep(STEP_S)
            block = block + parameters["rate"]
            yield block
