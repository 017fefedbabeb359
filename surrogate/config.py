"""What a study is made of: every setting with its meaning, checked when it is set."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sims.design import DESIGNS
from sims.solver import SimulationError, Solver, find_solver
from surrogate.errors import StudyError
from surrogate.models import MODELS

_MOST: Final = 10**9
_RUNNING: Final = ("ranks", "workers", "patience", "slab_folder")  # they change how it runs, not what comes out


@dataclass(frozen=True)
class Study:
    """One surrogate to be trained while its solver runs.

    Raises:
        StudyError: a setting is not allowed.
        SimulationError: the solver is unknown or does not allow the grid.
    """

    name: str = "heat2d"
    """Of the checkpoint's file."""
    solver: str = "heat2d"
    """A name in `sims.solver.SOLVERS`, or an own one as `package.module:Class` or `file.py:Class`."""
    program: tuple[str, ...] = ("-m", "sims.worker")
    """What each worker runs: Python's arguments. An own program takes those of `sims.worker.parser`."""
    simulations: int = 500
    """Parameter sets to solve and train on."""
    grid: int = 64
    """Resolution of a field, as the solver understands it."""
    steps: int = 100
    """Time steps of a simulation; each is a sample."""
    ranks: int = 2
    """MPI ranks of one simulation."""
    workers: int = 1
    """Simulations that run side by side."""
    design: str = "uniform"
    """How the parameter sets are drawn: a name in `sims.design.DESIGNS`."""
    capacity: int = 2000
    """Fields that the reservoir holds; each takes four bytes a value of shared memory."""
    watermark: int = 1000
    """Fields that must be there before training begins."""
    batch_size: int = 64
    """Samples of one step of training."""
    repeats: float = 4.0
    """How often a field is used on average, at least: a faster solver waits, a slower one lets it grow."""
    learning_rate: float = 2e-3
    """Of Adam, at the start."""
    model: str = "fully_connected"
    """A name in `surrogate.models.MODELS`."""
    validation_simulations: int = 8
    """Parameter sets that training never sees, drawn and solved apart."""
    seed: int = 0
    """Of the parameter sets, the first weights and all draws. With several processes the order in which
    fields arrive is not the same twice, so that two runs differ in the last digits of what they learn."""
    patience: float = 10.0
    """Seconds without a heartbeat after which a worker, or for it the trainer, is taken for dead."""
    slab_folder: str | None = None
    """Where the slab is made; by default shared memory."""

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_name("model", MODELS)
        self._check_name("design", DESIGNS)
        if not self.name or not all(letter.isalnum() or letter in "-_." for letter in self.name) or self.name[0] == ".":
            raise StudyError(f"name is {self.name!r}; it must be letters, digits, '-', '_' and '.', for a file.")
        if not self.program:
            raise StudyError("program is empty; it must be Python's arguments, for example ('-m', 'sims.worker').")
        if self.slab_folder is not None and not Path(self.slab_folder).is_dir():
            raise StudyError(f"slab_folder is {self.slab_folder!r}, where no folder is.")
        rows = self.find_solver().shape(self.grid)[0]
        if self.ranks > rows:
            raise SimulationError(f"{self.ranks} ranks cannot share {rows} rows; use {rows} ranks or fewer.")

    @property
    def samples(self) -> int:
        """Fields that are streamed if every simulation succeeds."""
        return self.simulations * self.steps

    @property
    def fingerprint(self) -> str:
        """Equal for two studies that train the same thing, however many processes they use."""
        settings = {name: value for name, value in self.settings().items() if name not in _RUNNING}
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()

    def settings(self) -> dict[str, Any]:
        """All settings as plain values."""
        return {**asdict(self), "program": list(self.program)}

    def find_solver(self) -> Solver:
        """The solver that the study names."""
        return find_solver(self.solver)

    def _check_numbers(self) -> None:
        limits: dict[str, tuple[float, float]] = {
            "simulations": (1, _MOST),
            "grid": (1, 10**5),
            "steps": (1, _MOST),
            "ranks": (1, 4096),
            "workers": (1, 4096),
            "batch_size": (1, 10**6),
            "watermark": (self.batch_size, _MOST),
            # beyond the watermark, every worker needs slots to write into
            "capacity": (self.watermark + max(self.watermark // 4, 2 * self.workers), _MOST),
            "repeats": (1, 10**4),
            "learning_rate": (1e-8, 1.0),
            "validation_simulations": (1, 10**5),
            "seed": (0, 2**63 - 1),
            "patience": (0.5, 10**5),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            whole = Study.__dataclass_fields__[name].type == "int"
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                raise StudyError(f"{name} is {value!r}; it must be a {'whole ' if whole else ''}number.")
            if not low <= value <= high:
                why = {
                    "watermark": " (batch_size)",
                    "capacity": " (a quarter above the watermark, and two for each worker)",
                }.get(name, "")
                raise StudyError(f"{name} is {value:g}; it must be from {low:g}{why} to {high:g}.")

    def _check_name(self, setting: str, allowed: Any) -> None:
        value = getattr(self, setting)
        if value not in allowed:
            raise StudyError(f"There is no {setting} {value!r}; the names are {', '.join(allowed)}.")
