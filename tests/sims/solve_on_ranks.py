"""A program for `mpiexec`: solve on all ranks and save the gathered fields. Arguments: file, grid, steps."""

from __future__ import annotations

import sys

import numpy as np

from sims.heat2d import Heat2D
from sims.parallel import world

walls = {"initial": 200.0, "left": 150.0, "right": 480.0, "bottom": 300.0, "top": 110.0}
ranks = world()
fields = [ranks.gather(block) for block in Heat2D().solve(walls, int(sys.argv[2]), int(sys.argv[3]), ranks)]
if ranks.is_main:
    np.save(sys.argv[1], np.array(fields))
