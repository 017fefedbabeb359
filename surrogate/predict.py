"""Using a trained surrogate.

heat = load("surrogate.pt")
field = heat({"initial": 300, "left": 100, "right": 500, "bottom": 200, "top": 400}, time=0.05)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sims.solver import Bounds
from surrogate import checkpoint
from surrogate.errors import StudyError
from surrogate.models import build_model
from surrogate.normalisation import Normalisation


class Surrogate:
    """A trained network that answers in the units of its solver.

    Attributes:
        bounds: what each parameter may be; outside of them it was never trained.
        shape: of a field.
        horizon: the last time that it knows.
        unit: of the field.
    """

    def __init__(
        self,
        model: nn.Module,
        normalisation: Normalisation,
        *,
        bounds: Mapping[str, Bounds],
        shape: tuple[int, ...],
        horizon: float,
        unit: str,
    ) -> None:
        self._model, self._normalisation = model.eval(), normalisation
        self.bounds, self.shape, self.horizon, self.unit = bounds, shape, horizon, unit

    def __call__(self, parameters: Mapping[str, float], time: float) -> npt.NDArray[np.float32]:
        """The field at `time`, shape `shape`, in `unit`.

        Raises:
            StudyError: a parameter is missing, unknown or outside its bounds, or the time is.
        """
        if parameters.keys() != self.bounds.keys():
            raise StudyError(f"The surrogate takes {', '.join(self.bounds)}; it was given {', '.join(parameters)}.")
        for name, bounds in {**self.bounds, "time": Bounds(0.0, self.horizon)}.items():
            value = time if name == "time" else parameters[name]
            if value not in bounds:
                raise StudyError(
                    f"{name} is {value:g}; this surrogate was trained from {bounds.low:g} to {bounds.high:g}."
                )
        values = np.array([[float(parameters[name]) for name in self.bounds]])
        with torch.inference_mode():
            outputs = self._model(self._normalisation.inputs(values, [time / self.horizon]))
            field: npt.NDArray[np.float32] = self._normalisation.restore(outputs).numpy().reshape(self.shape)
        return field


def load(path: str | Path) -> Surrogate:
    """The surrogate in a checkpoint.

    Raises:
        CheckpointError: there is none, or the file is something else.
    """
    parts = checkpoint.read(Path(path))
    solver, normalisation = parts["solver"], Normalisation(**parts["normalisation"])
    shape = tuple(solver["shape"])
    bounds = {name: Bounds(*bound) for name, bound in solver["bounds"].items()}
    model = build_model(parts["study"]["model"], len(bounds) + 2, shape)
    model.load_state_dict(parts["trainer"]["model"])
    return Surrogate(model, normalisation, bounds=bounds, shape=shape, horizon=solver["horizon"], unit=solver["unit"])
