"""What a study is made of: every setting with its meaning, checked when it is set."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from sims.design import DESIGNS
from sims.ensemble import LAUNCHERS
from sims.solver import SimulationError, Solver, find_solver
from surrogate.buffers import BUFFERS, build_policy
from surrogate.device import DEVICES, PRECISIONS
from surrogate.errors import StudyError
from surrogate.models import MODELS
from surrogate.schedules import SCHEDULES

_MOST: Final = 10**9
_RUNNING: Final = frozenset(  # they change how it runs, not what comes out
    {
        "ranks",
        "workers",
        "max_workers",
        "solver_hours",
        "attempts",
        "step_timeout",
        "trainers",
        "device",
        "patience",
        "slab_folder",
        "launcher",
        "launcher_options",
        "host",
    }
)


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
    """What each worker runs: Python's arguments, or an executable file with its own. It is given the arguments of
    `sims.worker.parser` too."""
    simulations: int = 500
    """Parameter sets to solve and train on."""
    grid: int = 64
    """Resolution of a field, as the solver understands it."""
    steps: int = 100
    """Time steps of a simulation; each is a sample."""
    ranks: int = 2
    """MPI ranks of one simulation."""
    workers: int | None = None
    """Simulations that run side by side; `None`: as many as the trainer needs, up to `max_workers`."""
    max_workers: int | None = None
    """Upper bound of that; by default what the cores of this machine carry."""
    solver_hours: float | None = None
    """Budget beside `simulations`: hours of all ranks together after which no parameter set is begun."""
    attempts: int = 3
    """Workers that may die on a parameter set before it is set aside."""
    step_timeout: float | None = None
    """Seconds that a worker with room to write may take for a time step before it is replaced."""
    design: str = "uniform"
    """How the parameter sets are drawn: a name in `sims.design.DESIGNS`."""
    buffer: str = "reservoir"
    """How training draws from the fields that are there: a name in `surrogate.buffers.BUFFERS`."""
    pair_distance: int = 1
    """Time steps between the two fields of a sample where the buffer is `pairs`."""
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
    schedule: str = "cosine"
    """How the learning rate changes: a name in `surrogate.schedules.SCHEDULES`."""
    trainers: int = 1
    """Trainer ranks that learn together, each with a reservoir and workers of its own."""
    device: str = "auto"
    """Where to train: `cpu`, `cuda`, or whichever is there."""
    precision: str = "auto"
    """`float32`, `bfloat16` for the products of matrices, or what the device is made for."""
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
    launcher: str = "local"
    """How workers are started: a name in `sims.ensemble.LAUNCHERS`."""
    launcher_options: tuple[str, ...] = ()
    """Further options of that launcher, for example the partition of a cluster."""
    host: str = "127.0.0.1"
    """The interface at which workers find the trainer. There is no login: whoever reaches it can train with it."""

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_name("model", MODELS)
        self._check_name("buffer", BUFFERS)
        self._check_name("launcher", LAUNCHERS)
        self._check_name("schedule", SCHEDULES)
        self._check_name("device", DEVICES)
        self._check_name("precision", PRECISIONS)
        self._check_name("design", DESIGNS)
        self._check_kind()
        self._check_capacity()
        if not self.name or not all(letter.isalnum() or letter in "-_." for letter in self.name) or self.name[0] == ".":
            raise StudyError(f"name is {self.name!r}; it must be letters, digits, '-', '_' and '.', for a file.")
        if not self.program:
            raise StudyError(
                "program is empty; it must be Python's arguments, for example ('-m', 'sims.worker'), or an executable file."
            )
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
        return {**asdict(self), "program": list(self.program), "launcher_options": list(self.launcher_options)}

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """From what `settings` gave, which may have been through JSON.

        Raises:
            StudyError: a setting is not allowed.
            SimulationError: the solver is unknown or does not allow the grid.
        """
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
        return cls(**values)

    @property
    def most_workers(self) -> int:
        """How many workers a trainer rank may have at any time."""
        return self.workers or self.max_workers or max(1, (os.cpu_count() or 1) // (self.ranks * self.trainers))

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
            "max_workers": (1, 4096),
            "solver_hours": (1e-4, _MOST),
            "attempts": (1, 100),
            "step_timeout": (0.5, 10**6),
            "trainers": (1, 1024),
            "pair_distance": (1, _MOST),
            "batch_size": (1, 10**6),
            "watermark": (1, _MOST),
            "repeats": (1, 10**4),
            "learning_rate": (1e-8, 1.0),
            "validation_simulations": (1, 10**5),
            "seed": (0, 2**63 - 1),
            "patience": (0.5, 10**5),
            "capacity": (1, _MOST),
        }
        for name, (low, high) in limits.items():
            self._check_number(name, low, high)
        self._check_number("watermark", self.batch_size, _MOST, "batch_size")
        self._check_number("pair_distance", 1, max(1, self.steps - 1), "a pair must fit into a simulation")

    def _check_number(self, name: str, low: float, high: float, why: str = "") -> None:
        value, kind = getattr(self, name), str(Study.__dataclass_fields__[name].type)
        if value is None and kind.endswith("| None"):
            return
        whole = kind.startswith("int")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise StudyError(f"{name} is {value!r}; it must be a {'whole ' if whole else ''}number.")
        if not low <= value <= high:
            because = f" ({why})" if why else ""
            raise StudyError(f"{name} is {value:g}; it must be from {low:g}{because} to {high:g}.")

    def _check_kind(self) -> None:
        """An autoregressive network learns from pairs of fields, a direct one from single ones."""
        kind, pairs = MODELS[self.model].kind, self.buffer == "pairs"
        if pairs != (kind == "autoregressive"):
            fitting = [name for name, architecture in MODELS.items() if (architecture.kind != "direct") == pairs]
            what = "pairs of fields" if pairs else "single fields"
            raise StudyError(
                f"The buffer {self.buffer!r} gives {what}, but the model {self.model!r} is {kind}; "
                f"with it goes {' or '.join(fitting)}."
            )

    def _check_capacity(self) -> None:
        """Beside the fields that the buffer must hold, every worker needs slots to write into."""
        policy = build_policy(self.buffer, watermark=self.watermark, repeats=self.repeats, distance=self.pair_distance)
        reserved, room = policy.reserve(self.most_workers), max(self.watermark // 4, 2 * self.most_workers)
        why = f"{reserved} to reach the watermark, and {room} to write into"
        self._check_number("capacity", reserved + room, _MOST, why)

    def _check_name(self, setting: str, allowed: Any) -> None:
        value = getattr(self, setting)
        if value not in allowed:
            raise StudyError(f"There is no {setting} {value!r}; the names are {', '.join(allowed)}.")
