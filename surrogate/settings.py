"""The settings of a study of which only some are given: the others are what an interrupted run had, or the default.

So a study that was stopped goes on when it is merely started again, by whoever knows its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from sims.solver import SimulationError
from surrogate import checkpoint
from surrogate.config import Study
from surrogate.errors import CheckpointError, StudyError

_OF_THE_MACHINE: Final = frozenset({"launcher", "launcher_options", "host", "slab_folder", "device"})
"""What this machine offers today counts, not what the interrupted run had."""

_KEPT: Final = frozenset(field.name for field in fields(Study)) - _OF_THE_MACHINE


def settle(name: str, given: Mapping[str, Any], *, folder: Path, installation: Mapping[str, Any]) -> Study:
    """The study of that name.

    If an interrupted run of it can go on with what is given, the other settings are that run's. If what is given
    makes it another study, the other settings are the installation's and the defaults, but for the solver: a name
    keeps the solver that was last trained under it.

    Args:
        name: of the study.
        given: settings of `Study`, of any number.
        folder: where its checkpoints are.
        installation: settings that differ from the study's defaults here.

    Raises:
        StudyError: a setting is not allowed.
        SimulationError: the solver is unknown or does not allow the grid.
    """
    Study(name=name)  # a name that is no file's must not be looked for among the files
    interrupted = _recorded(folder / f"{name}.partial.pt")
    if interrupted:
        kept = {key: value for key, value in interrupted.items() if key in _KEPT}
        with suppress(StudyError, SimulationError):  # together they need not be allowed
            study = Study.from_settings({**installation, **kept, **given, "name": name})
            if study.fingerprint == interrupted.get("fingerprint"):
                return study
    trained = interrupted or _recorded(folder / f"{name}.pt")
    solver = {"solver": trained["solver"]} if trained else {}
    return Study(**{**installation, **solver, **given, "name": name})


def _recorded(path: Path) -> dict[str, Any]:
    """What a checkpoint says about its study; nothing if there is none that this version reads."""
    try:
        return dict(checkpoint.read(path)["study"])
    except CheckpointError:
        return {}
