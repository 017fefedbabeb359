"""How good a surrogate is on simulations that training never sees: solved here, by the same solver, serially."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sims.design import Samples
from sims.parallel import SERIAL
from sims.solver import Solver
from surrogate.normalisation import Normalisation

Fields = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Metrics:
    """Errors over all held-out simulations, all time steps, all nodes."""

    rmse: float
    """Root mean squared error, in the field's unit."""
    relative_l2: float
    """Norm of the error over norm of the field, averaged over the fields."""
    maximum: float
    """Largest error of any value, in the field's unit."""
    rmse_by_step: tuple[float, ...]
    """Root mean squared error of every time step."""
    mean_field_rmse: float
    """What the mean of the held-out fields themselves reaches: the best answer that ignores the parameters."""


class HeldOut:
    """Held-out simulations with their fields.

    Args:
        solver: solves them in this process.
        samples: parameter sets, shape (simulations, parameters).
        grid: resolution.
        steps: time steps of each.

    Attributes:
        samples: the parameter sets.
        fields: shape (simulations, steps, *shape), float32.
    """

    def __init__(self, solver: Solver, samples: Samples, grid: int, steps: int) -> None:
        self.samples = samples
        self.fields: Fields = np.empty((len(samples), steps, *solver.shape(grid)), np.float32)
        for sample, trajectory in zip(samples, self.fields, strict=True):
            parameters = dict(zip(solver.bounds, sample.tolist(), strict=True))
            for step, field in enumerate(solver.solve(parameters, grid, steps, SERIAL)):
                trajectory[step] = field
        flat = self.fields.reshape(-1, self.fields[0, 0].size)
        self._mean_field_rmse = float(np.sqrt(flat.var(axis=0, dtype=np.float64).mean()))

    def predict(self, model: nn.Module, normalisation: Normalisation, simulation: int) -> Fields:
        """What a network makes of one of the parameter sets, shape (steps, *shape)."""
        steps = self.fields.shape[1]
        parameters = np.repeat(self.samples[simulation : simulation + 1], steps, axis=0)
        inputs = normalisation.inputs(parameters, np.arange(1, steps + 1) / steps)
        with torch.inference_mode():
            outputs: Fields = normalisation.restore(model(inputs)).numpy()
        return outputs.reshape(self.fields.shape[1:])

    def evaluate(self, model: nn.Module, normalisation: Normalisation) -> Metrics:
        """Errors of a network on all of them."""
        simulations, steps = self.fields.shape[:2]
        squares, relative, largest = np.zeros(steps), 0.0, 0.0
        for simulation, truth in enumerate(self.fields):
            flat = truth.reshape(steps, -1)
            error = self.predict(model, normalisation, simulation).reshape(steps, -1) - flat
            squares += np.mean(error**2, axis=1, dtype=np.float64)
            size = np.linalg.norm(flat, axis=1)
            relative += float(np.mean(np.linalg.norm(error, axis=1) / np.where(size > 0, size, 1.0)))
            largest = max(largest, float(np.abs(error).max()))
        by_step = np.sqrt(squares / simulations)
        rmse = float(np.sqrt(np.mean(by_step**2)))
        return Metrics(rmse, relative / simulations, largest, tuple(by_step.tolist()), self._mean_field_rmse)
