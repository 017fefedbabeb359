"""What a solver is, and how one is found by name.

A solver describes its parameters and yields the field after every time step. It knows nothing of
streaming: `sims.worker` and the validation of a study drive the same object.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol, runtime_checkable

from sims.parallel import Block, Ranks


class SimulationError(Exception):
    """A solver, a parameter or the size of a simulation is not allowed, or its program failed."""


@dataclass(frozen=True)
class Bounds:
    """Where a parameter may lie, both ends included."""

    low: float
    high: float
    unit: str = ""

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@runtime_checkable
class Solver(Protocol):
    """One equation with its parameters. Three attributes and two methods make an own one."""

    bounds: Mapping[str, Bounds]
    """The parameters by name, in the order in which a surrogate takes them."""
    unit: str
    """Unit of the field."""
    horizon: float
    """Time at the last step; the field after step k (from 0) of n is the one at (k + 1) / n of it."""

    def shape(self, grid: int) -> tuple[int, ...]:
        """Shape of the whole field for a resolution of `grid`; the ranks share its first axis."""
        ...

    def solve(self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks) -> Iterator[Block]:
        """Yield this rank's rows (`ranks.rows`) of the field after each of `steps` equal time steps."""
        ...


@runtime_checkable
class Restorable(Solver, Protocol):
    """A solver whose field after a step is all that the later steps need, so that another worker can go on from it."""

    def restore(  # noqa: PLR0917 - what `solve` takes, and the state
        self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks, step: int, block: Block
    ) -> Iterator[Block]:
        """Yield what `solve` would yield after `step`, given this rank's rows of the field after it, in float64."""
        ...


def _heat2d() -> Solver:
    from sims.heat2d import Heat2D

    return Heat2D()


SOLVERS: Mapping[str, Callable[[], Solver]] = {"heat2d": _heat2d}
"""The solvers that come with millrace."""


def find_solver(name: str) -> Solver:
    """The solver of that name: one of `SOLVERS`, or an own class as `package.module:Class` or `file.py:Class`.

    Raises:
        SimulationError: there is none, or the class does not describe a solver.
    """
    if name in SOLVERS:
        return SOLVERS[name]()
    place, colon, attribute = name.rpartition(":")
    if not colon:
        raise SimulationError(
            f"There is no solver {name!r}; the names are {', '.join(SOLVERS)}, "
            "and an own one is written package.module:Class or path/to/file.py:Class."
        )
    made = getattr(_module(place, name), attribute, None)
    if not callable(made):
        raise SimulationError(f"The solver {name!r} cannot be used: {place} has no class {attribute!r}.")
    solver = made()
    if not isinstance(solver, Solver):
        missing = [part for part in ("bounds", "unit", "horizon", "shape", "solve") if not hasattr(solver, part)]
        raise SimulationError(f"The solver {name!r} cannot be used: {attribute} lacks {', '.join(missing)}.")
    return solver


def check_parameters(solver: Solver, parameters: Mapping[str, float]) -> None:
    """Refuse parameters that the solver does not know, lacks, or does not allow.

    Raises:
        SimulationError: with the parameter, its value and its bounds.
    """
    unknown, missing = parameters.keys() - solver.bounds.keys(), solver.bounds.keys() - parameters.keys()
    if unknown or missing:
        raise SimulationError(
            f"The parameters must be {', '.join(solver.bounds)}; "
            f"missing: {', '.join(sorted(missing)) or 'none'}, unknown: {', '.join(sorted(unknown)) or 'none'}."
        )
    for name, bounds in solver.bounds.items():
        if parameters[name] not in bounds:
            raise SimulationError(
                f"The parameter {name!r} is {parameters[name]:g} {bounds.unit}; "
                f"it must lie from {bounds.low:g} to {bounds.high:g} {bounds.unit}.".replace(" ;", ";")
            )


def _module(place: str, name: str) -> ModuleType:
    try:
        if not place.endswith(".py"):
            return importlib.import_module(place)
        path = Path(place)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise SimulationError(f"The solver {name!r} cannot be used: there is no file {place}.")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        raise SimulationError(f"The solver {name!r} cannot be used: {error}.") from error
    return module
