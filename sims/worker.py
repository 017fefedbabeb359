"""The program of a worker: `mpiexec -n 2 python -m sims.worker --intake tcp://… --solver heat2d …`.

It pulls parameter sets from a study as long as there are any, so that MPI starts once and not once a
simulation, and streams every time step.
"""

from __future__ import annotations

import argparse
import sys

from sims.parallel import Ranks, buffer_lines, catch_signals, fail_together, world
from sims.report import open_report
from sims.solver import SimulationError, find_solver
from sims.stream.client import connect
from sims.stream.messages import StreamError


def parser() -> argparse.ArgumentParser:
    """The arguments that every worker is started with; an own program may use it too."""
    arguments = argparse.ArgumentParser(prog="python -m sims.worker", description=__doc__)
    arguments.add_argument("--intake", required=True, help="address of the trainer, tcp://host:port")
    arguments.add_argument("--name", default="worker", help="of this worker, for messages")
    arguments.add_argument("--solver", default="heat2d", help="heat2d, package.module:Class or file.py:Class")
    arguments.add_argument("--grid", type=int, required=True, help="resolution")
    arguments.add_argument("--steps", type=int, required=True, help="time steps of a simulation")
    return arguments


def work(options: argparse.Namespace, ranks: Ranks) -> None:
    """Solve and stream until the study has nothing left or someone asks to stop."""
    solver = find_solver(options.solver)
    simulations = steps = 0
    with open_report(is_main=ranks.is_main) as report:
        with connect(options.intake, solver.shape(options.grid), name=options.name, ranks=ranks) as stream:
            for simulation in stream.simulations():
                blocks = solver.solve(simulation.parameters, options.grid, options.steps, ranks)
                for step, block in enumerate(blocks):
                    stream.put(step, block)
                    steps += step >= simulation.owed
                    if ranks.is_main:
                        report.progress(simulations, steps)
                simulations += 1
        if ranks.is_main:
            report.result(simulations, steps)


def main() -> int:
    """Run as a program; 0 also when asked to stop, 1 with one sentence when something is wrong."""
    catch_signals()
    options = parser().parse_args()
    buffer_lines()
    ranks = world()
    try:
        with fail_together(ranks, SimulationError, StreamError):
            work(options, ranks)
    except (SimulationError, StreamError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
