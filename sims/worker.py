"""The program of a worker: `mpiexec -n 2 python -m sims.worker --intake tcp://… --solver heat2d …`.

It pulls parameter sets from a study as long as there are any, so that MPI starts once and not once a
simulation, and streams every time step.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from sims.parallel import Block, Ranks, buffer_lines, catch_signals, fail_together, world
from sims.report import open_report
from sims.solver import Restorable, SimulationError, Solver, find_solver
from sims.stream.client import Simulation, connect
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
    restorable = isinstance(solver, Restorable)
    simulations = steps = 0
    with open_report(is_main=ranks.is_main) as report:
        with connect(options.intake, solver.shape(options.grid), name=options.name, ranks=ranks) as stream:
            for simulation in stream.simulations():
                for step, block in _solve(solver, simulation, options, ranks):
                    stream.put(step, block)
                    if restorable:
                        stream.keep(step, block)
                    steps += step >= simulation.owed
                    if ranks.is_main:
                        report.progress(simulations, steps)
                simulations += 1
        if ranks.is_main:
            report.result(simulations, steps)


def _solve(
    solver: Solver, simulation: Simulation, options: argparse.Namespace, ranks: Ranks
) -> Iterator[tuple[int, Block]]:
    """The steps with their numbers, after the kept state if there is one that the solver can go on from."""
    if simulation.state is None or not isinstance(solver, Restorable):
        return enumerate(solver.solve(simulation.parameters, options.grid, options.steps, ranks))
    step, block = simulation.state
    blocks = solver.restore(simulation.parameters, options.grid, options.steps, ranks, step, block)
    return enumerate(blocks, step + 1)


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
