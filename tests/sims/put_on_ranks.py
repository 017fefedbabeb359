"""A program for `mpiexec` that streams fields whose every value says where it belongs, one step and many at a time.

Arguments: address of the intake, "inline" or "slab". Value [y, x] of step s of simulation m is 1000 m + 100 s + y.
"""

from __future__ import annotations

import sys

import numpy as np

from sims.stream.client import connect

SHAPE = (7, 3)

with connect(sys.argv[1], SHAPE, inline=sys.argv[2] == "inline") as stream:
    own = np.arange(stream.rows.start, stream.rows.stop)[:, None] * np.ones(3)
    for simulation in stream.simulations():
        fields = np.array([1000 * simulation.number + 100 * step + own for step in range(stream.steps)])
        step = 0
        while step < stream.steps:
            if step % 2:
                stream.put(step, fields[step])
                stream.keep(step, fields[step])
                step += 1
            else:
                stream.put_many(step, fields[step : step + 3])
                step = min(step + 3, stream.steps)
