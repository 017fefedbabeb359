"""Checks the heat solver on the ranks of an MPI job against its exact solution: `python -m sims.verify`.

Halving the mesh width and quartering the time step must divide the error by four: order 2 in space and 1 in
time at once. Rank 0 reports through Dagster Pipes where a pipeline listens, else prints.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
from collections.abc import Mapping
from typing import Final

import numpy as np
from dagster_pipes import DAGSTER_PIPES_CONTEXT_ENV_VAR, open_dagster_pipes

from sims.heat2d import Heat2D
from sims.heat2d_exact import exact
from sims.parallel import Ranks, buffer_lines, fail_together, world

PARAMETERS: Final[Mapping[str, float]] = {
    "initial": 300.0,
    "left": 100.0,
    "right": 500.0,
    "bottom": 200.0,
    "top": 400.0,
}
MESHES: Final = ((31, 32), (63, 128), (127, 512))
"""(nodes in a row, time steps): h = 1/32, 1/64, 1/128, and the time step falls with h squared."""


def errors(ranks: Ranks) -> list[float] | None:
    """Largest error in K at the end of each mesh of `MESHES`, on the main rank; `None` elsewhere.

    Taken where 1/4 <= x, y <= 3/4: the walls meet at different temperatures, and no scheme keeps its order
    next to that jump.
    """
    solver, found = Heat2D(), []
    for grid, steps in MESHES:
        *_, block = solver.solve(PARAMETERS, grid, steps, ranks)
        field = ranks.gather(block)
        if field is not None:
            nodes = np.arange(1, grid + 1) / (grid + 1)
            inner = (nodes >= 0.25) & (nodes <= 0.75)  # noqa: PLR2004 - the middle half
            difference = field - exact(PARAMETERS, nodes, solver.horizon)
            found.append(float(np.abs(difference[np.ix_(inner, inner)]).max()))
    return found if ranks.is_main else None


def main() -> None:
    """Solve, compare, report."""
    buffer_lines()
    ranks = world()
    with fail_together(ranks), contextlib.ExitStack() as stack:
        found = errors(ranks)
        if found is None:
            return
        report = {
            "ranks": ranks.size,
            "errors_k": found,
            "order": math.log2(found[-2] / found[-1]),
        }
        if DAGSTER_PIPES_CONTEXT_ENV_VAR in os.environ:
            pipes = stack.enter_context(open_dagster_pipes())
            pipes.report_custom_message(report)
        else:
            json.dump(report, sys.stdout)
            print()


if __name__ == "__main__":
    main()
