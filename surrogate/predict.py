"""Using a trained surrogate.

heat = load("surrogate.pt")
field = heat({"initial": 300, "left": 100, "right": 500, "bottom": 200, "top": 400}, time=0.05)

A surrogate with an autoregressive network goes on from a field instead: `heat.roll_out(parameters, field, steps=20)`.
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
from surrogate.models import Kind, build_model, find_model
from surrogate.normalisation import Normalisation
from surrogate.rollout import roll_out

Field = npt.NDArray[np.float32]


class Surrogate:
    """A trained network that answers in the units of its solver.

    Attributes:
        kind: `direct` is called with a time, `autoregressive` rolls out from a field.
        bounds: what each parameter may be; outside of them it was never trained.
        shape: of a field.
        horizon: the last time that it knows.
        stride: time between the fields of a roll-out; the horizon if it is direct.
        unit: of the field.
    """

    def __init__(
        self,
        model: nn.Module,
        normalisation: Normalisation,
        *,
        kind: Kind,
        bounds: Mapping[str, Bounds],
        shape: tuple[int, ...],
        horizon: float,
        stride: float,
        unit: str,
    ) -> None:
        self._model, self._normalisation, self.kind = model.eval(), normalisation, kind
        self.bounds, self.shape, self.horizon, self.stride, self.unit = bounds, shape, horizon, stride, unit

    def __call__(self, parameters: Mapping[str, float], time: float) -> Field:
        """The field at `time`, shape `shape`, in `unit`.

        Raises:
            StudyError: a parameter is missing, unknown or outside its bounds, or the time is; or the surrogate is
                autoregressive.
        """
        if self.kind != "direct":
            raise StudyError("This surrogate goes on from a field; call roll_out(parameters, field, steps).")
        values = self._checked(parameters)
        self._check("time", time, Bounds(0.0, self.horizon))
        with torch.inference_mode():
            outputs = self._model(self._normalisation.inputs(values, [time / self.horizon]))
            field: Field = self._normalisation.restore(outputs).numpy().reshape(self.shape)
        return field

    def roll_out(self, parameters: Mapping[str, float], field: npt.ArrayLike, steps: int) -> Field:
        """The fields that follow, each predicted from the one before.

        Args:
            parameters: by name.
            field: where to begin, shape `shape`, in `unit`.
            steps: how many fields are wanted, each a `stride` of time after the one before.

        Returns:
            Shape (steps, *shape), in `unit`.

        Raises:
            StudyError: a parameter is missing, unknown or outside its bounds; the field has another shape or values
                that are not finite; `steps` is less than 1; or the surrogate is direct.
        """
        if self.kind != "autoregressive":
            raise StudyError("This surrogate gives the field at any time; call it with (parameters, time).")
        values, begin = self._checked(parameters), np.array(field, np.float32)
        if begin.shape != self.shape:
            raise StudyError(f"The field has the shape {begin.shape}; this surrogate goes on from {self.shape}.")
        if not np.isfinite(begin).all():
            raise StudyError(f"The field has {np.count_nonzero(~np.isfinite(begin))} values that are not finite.")
        if steps < 1:
            raise StudyError(f"{steps} steps were asked for; it must be 1 or more.")
        with torch.inference_mode():
            start = self._normalisation.normalise_(torch.from_numpy(begin.reshape(1, -1)))
            outputs = roll_out(self._model, self._normalisation.inputs(values, [0.0]), start, steps)
            fields: Field = self._normalisation.restore(outputs).numpy().reshape(steps, *self.shape)
        return fields

    def _checked(self, parameters: Mapping[str, float]) -> npt.NDArray[np.float64]:
        if parameters.keys() != self.bounds.keys():
            raise StudyError(f"The surrogate takes {', '.join(self.bounds)}; it was given {', '.join(parameters)}.")
        for name, bounds in self.bounds.items():
            self._check(name, parameters[name], bounds)
        return np.array([[float(parameters[name]) for name in self.bounds]])

    def _check(self, name: str, value: float, bounds: Bounds) -> None:
        if value not in bounds:
            raise StudyError(f"{name} is {value:g}; this surrogate was trained from {bounds.low:g} to {bounds.high:g}.")


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
    kind, study = find_model(parts["study"]["model"]).kind, parts["study"]
    strides = 1.0 if kind == "direct" else study["steps"] / study["pair_distance"]
    return Surrogate(
        model,
        normalisation,
        kind=kind,
        bounds=bounds,
        shape=shape,
        horizon=solver["horizon"],
        stride=solver["horizon"] / strides,
        unit=solver["unit"],
    )
