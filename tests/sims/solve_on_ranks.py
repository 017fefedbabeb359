"""A program for `mpiexec`: solve on all ranks and save the gathered fields.

Arguments: file, grid, steps, and the step after which the solver is thrown away and another one goes on.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np

from sims.heat2d import Heat2D
from sims.parallel import world

walls = {"initial": 200.0, "left": 150.0, "right": 480.0, "bottom": 300.0, "top": 110.0}
ranks = world()
grid, steps, last = map(int, sys.argv[2:])
blocks = list(itertools.islice(Heat2D().solve(walls, grid, steps, ranks), last + 1))
blocks += Heat2D().restore(walls, grid, steps, ranks, last, blocks[-1].copy())
fields = [ranks.gather(block) for block in blocks]
if ranks.is_main:
    np.save(sys.argv[1], np.array(fields))
