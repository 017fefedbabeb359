"""How good a surrogate is on simulations that training never sees: solved here, by the same solver, serially.

`HeldOut` has the simulations and judges a network by them. `Validator` does both in a thread of its own, on copies
of the weights, so that neither the trainer nor a producer ever waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from sims.closing import Closing
from sims.design import Samples
from sims.parallel import SERIAL
from sims.solver import Solver
from surrogate.normalisation import Normalisation
from surrogate.rollout import roll_out

Fields = npt.NDArray[np.float32]
Weights = Mapping[str, torch.Tensor]
Watch = Callable[[], None]

_TICK_S: Final = 0.5


@dataclass(frozen=True)
class Metrics:
    """Errors over all held-out simulations, all time steps that are predicted, all nodes."""

    rmse: float
    """Root mean squared error, in the field's unit."""
    relative_l2: float
    """Norm of the error over norm of the field, averaged over the fields."""
    maximum: float
    """Largest error of any value, in the field's unit."""
    rmse_by_step: tuple[float, ...]
    """Root mean squared error of every time step; 0 of those that a roll-out begins from."""
    mean_field_rmse: float
    """What the mean of the held-out fields themselves reaches: the best answer that ignores the parameters."""


class HeldOut:
    """Held-out simulations with their fields.

    Args:
        solver: solves them in this process.
        samples: parameter sets, shape (simulations, parameters).
        grid: resolution.
        steps: time steps of each.
        distance: steps that an autoregressive network goes at once. It is judged by rolling it out from as many
            first fields to the end; by default networks are direct.

    Attributes:
        samples: the parameter sets.
        fields: shape (simulations, steps, *shape), float32; there after `solve`.
    """

    def __init__(self, solver: Solver, samples: Samples, grid: int, steps: int, distance: int | None = None) -> None:
        self._solver, self.samples, self._grid, self._steps = solver, samples, grid, steps
        self._distance = distance
        self.fields: Fields = np.empty((len(samples), steps, *solver.shape(grid)), np.float32)
        self._mean_field_rmse = float("nan")

    def solve(self, watch: Watch = lambda: None) -> None:
        """Solve them.

        Args:
            watch: called after every time step; what it raises ends this.

        Raises:
            SimulationError: the solver refuses one.
        """
        for sample, trajectory in zip(self.samples, self.fields, strict=True):
            parameters = dict(zip(self._solver.bounds, sample.tolist(), strict=True))
            for step, field in enumerate(self._solver.solve(parameters, self._grid, self._steps, SERIAL)):
                trajectory[step] = field
                watch()
        flat = self.fields.reshape(-1, self.fields[0, 0].size)
        self._mean_field_rmse = float(np.sqrt(flat.var(axis=0, dtype=np.float64).mean()))

    def predict(self, model: nn.Module, normalisation: Normalisation, simulation: int) -> Fields:
        """What a network on the CPU makes of one of the parameter sets, shape (steps, *shape)."""
        truth = self.fields[simulation]
        first = self._distance or 0
        rows = first or self._steps
        parameters = np.repeat(self.samples[simulation : simulation + 1], rows, axis=0)
        inputs = normalisation.inputs(parameters, np.arange(1, rows + 1) / self._steps)
        with torch.inference_mode():
            if not first:
                outputs = model(inputs)
            else:  # the first fields begin as many trajectories, which go on between one another
                start = normalisation.normalise_(torch.from_numpy(truth[:first].reshape(first, -1).copy()))
                strides = -(-(self._steps - first) // first)
                outputs = roll_out(model, inputs, start, strides).flatten(0, 1)[: self._steps - first]
            predicted: Fields = normalisation.restore(outputs).numpy().reshape(-1, *truth.shape[1:])
        return np.concatenate([truth[:first], predicted])

    def evaluate(self, model: nn.Module, normalisation: Normalisation, watch: Watch = lambda: None) -> Metrics:
        """Errors of a network on the CPU, on all of them.

        Args:
            model: the network.
            normalisation: of its inputs and fields.
            watch: called after every simulation; what it raises ends this.
        """
        first, simulations = self._distance or 0, len(self.fields)
        squares, relative, largest = np.zeros(self._steps), 0.0, 0.0
        for simulation, truth in enumerate(self.fields):
            flat = truth.reshape(self._steps, -1)
            error = self.predict(model, normalisation, simulation).reshape(self._steps, -1) - flat
            squares += np.mean(error**2, axis=1, dtype=np.float64)
            size = np.linalg.norm(flat, axis=1)
            relative += float(np.mean((np.linalg.norm(error, axis=1) / np.where(size > 0, size, 1.0))[first:]))
            largest = max(largest, float(np.abs(error).max()))
            watch()
        by_step = np.sqrt(squares / simulations)
        rmse = float(np.sqrt(np.mean(by_step[first:] ** 2)))
        return Metrics(rmse, relative / simulations, largest, tuple(by_step.tolist()), self._mean_field_rmse)


class _ClosedError(Exception):
    """The validator is closed; whatever its thread does is given up."""


class Validator(Closing):
    """A thread that solves the held-out simulations and then judges copies of the weights; a context that ends it.

    A copy that was not begun with is replaced by a newer one: the trainer never waits, and what is judged is new.

    Args:
        held_out: not solved yet.
        model: a network of its own on the CPU, into which the weights are put.
        normalisation: of its inputs and fields.
    """

    def __init__(self, held_out: HeldOut, model: nn.Module, normalisation: Normalisation) -> None:
        self._held_out, self._model, self._normalisation = held_out, model.eval(), normalisation
        self._changed = threading.Condition()
        self._next: tuple[int, Weights] | None = None
        self._results: list[tuple[int, Metrics]] = []
        self._last: tuple[int, Metrics] | None = None
        self._failure: BaseException | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="validator", daemon=True)
        self._thread.start()

    def submit(self, batches: int, snapshot: Weights) -> None:
        """Have weights judged, by `Trainer.snapshot`; returns at once.

        Args:
            batches: steps of training that they have seen.
            snapshot: the weights, which nobody else changes.
        """
        with self._changed:
            self._next = batches, snapshot
            self._changed.notify_all()

    def results(self) -> list[tuple[int, Metrics]]:
        """(batches, errors) of what was judged since the last call, oldest first.

        Raises:
            SimulationError: the solver refused one of the held-out simulations.
        """
        with self._changed:
            self._raise_failure()
            results, self._results = self._results, []
            return results

    def final(self, batches: int, snapshot: Weights) -> Metrics:
        """Have weights judged and wait for it.

        Raises:
            SimulationError: the solver refused one of the held-out simulations.
        """
        with self._changed:
            self._last = None
            self._next = batches, snapshot
            self._changed.notify_all()
            while self._last is None or self._last[0] != batches:
                self._raise_failure()
                self._changed.wait(_TICK_S)
            return self._last[1]

    def close(self) -> None:
        """End the thread, at the next time step of the solver or the next simulation that is judged."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _watch(self) -> None:
        if self._closing:
            raise _ClosedError

    def _run(self) -> None:
        try:
            self._held_out.solve(self._watch)
            while True:
                self._judge(*self._take())
        except _ClosedError:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised to whoever asks for results
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _take(self) -> tuple[int, Weights]:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._next is not None)
            self._watch()
            assert self._next is not None  # noqa: S101 - it was waited for
            taken, self._next = self._next, None
            return taken

    def _judge(self, batches: int, snapshot: Weights) -> None:
        self._model.load_state_dict(snapshot)
        metrics = self._held_out.evaluate(self._model, self._normalisation, self._watch)
        with self._changed:
            self._last = batches, metrics
            self._results.append(self._last)
            self._changed.notify_all()
