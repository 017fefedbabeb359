"""One step of training after the other, on batches that come from anywhere, alone or together with other ranks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from surrogate.batches import Batch
from surrogate.errors import TrainingError
from surrogate.group import Group
from surrogate.schedules import SCHEDULES

_CPU: Final = torch.device("cpu")
_NAMED: Final = 5


@dataclass(frozen=True)
class _Outcome:
    """A step whose loss the host has not looked at yet."""

    number: int
    batch: Batch | None
    numbers: torch.Tensor
    """On the host: the loss (NaN without a batch), and whether any rank's loss so far was not finite."""
    copied: torch.cuda.Event | None
    """When `numbers` is there; `None` if it is."""


class Trainer:
    """A network with its optimizer: Adam on the mean squared error of normalised fields.

    A loss that is not finite switches the optimizer off, on the device and on every rank, so that the weights
    stay those before that step. The host learns of it at once on a CPU; on a GPU one step later, because
    looking at once would let the GPU wait in every step.

    Args:
        model: takes the inputs, or the inputs and the fields to predict from, and gives fields, all normalised.
        learning_rate: where the schedule is 1.
        schedule: a name in `surrogate.schedules.SCHEDULES`.
        device: where to train; the model is moved there.
        precision: of the products of matrices, from `surrogate.device.find_precision`.
        group: the ranks that learn together; each gradient is the mean over them.

    Attributes:
        model: the network.
        batches: steps taken, over all interruptions.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        learning_rate: float,
        schedule: str = "cosine",
        device: torch.device = _CPU,
        precision: torch.dtype | None = None,
        group: Group | None = None,
    ) -> None:
        self.model, self.batches = model.to(device), 0
        self._device, self._precision, self._group = device, precision, group or Group.alone()
        self._learning_rate, self._schedule = learning_rate, SCHEDULES[schedule]
        # only the fused one looks at `found_inf`
        self._optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
        self._bad = torch.zeros((), device=device)
        self._objective: nn.Module = _Objective(self.model)
        if self._group.size > 1:
            with self._group.watching():
                self._objective = DistributedDataParallel(self._objective)
        self._unseen: _Outcome | None = None
        self._total, self._counted = 0.0, 0

    def step(self, batch: Batch | None, progress: float, weight: float = 1.0) -> None:
        """Train on one batch.

        Args:
            batch: what to train on; `None` if this rank has nothing to add to the gradient of the others.
            progress: share of the study that is over, from 0 to 1.
            weight: of the gradient. With n samples here, N on all R ranks and n R / N the mean over the ranks is
                the gradient of all the samples together.

        Raises:
            TrainingError: the loss of this step or, on a GPU, of the one before is not finite, or another rank is
                gone. The weights are those before that step.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate * self._schedule(progress)
        self._optimizer.zero_grad(set_to_none=True)
        with self._group.watching():
            with torch.autocast(self._device.type, self._precision, enabled=self._precision is not None):
                loss = self._objective(batch)
            (loss * weight).backward()
            self._switch_off_unless_finite(loss)
        self._optimizer.step()
        self.batches += 1
        before, self._unseen = self._unseen, self._report(batch, loss)
        if self._device.type == "cpu":
            self._look()
        elif before is not None:
            self._look_at(before)

    def loss(self) -> float:
        """Root of the mean loss of the batches since the last call, in standard deviations of the field; or NaN.

        Raises:
            TrainingError: the loss of the last step is not finite.
        """
        self._look()
        mean = self._total / self._counted if self._counted else math.nan
        self._total, self._counted = 0.0, 0
        return math.sqrt(mean)

    def snapshot(self) -> dict[str, torch.Tensor]:
        """A copy of the weights on the CPU, which further training leaves alone."""
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in self.model.state_dict().items()}

    def state(self) -> dict[str, Any]:
        """For a checkpoint: tensors and plain values, on the CPU."""
        optimizer = _to_cpu(self._optimizer.state_dict())
        return {"model": self.snapshot(), "optimizer": optimizer, "batches": self.batches}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave; with several ranks on each of them."""
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.batches = state["batches"]

    def _switch_off_unless_finite(self, loss: torch.Tensor) -> None:
        """Remember, on the device and for all ranks, that a loss was not finite; no step is taken from then on.

        What `torch.amp.GradScaler` sets for a step that it leaves out, this leaves set.
        """
        self._bad = torch.maximum(self._bad, (~torch.isfinite(loss.detach())).float())
        self._group.highest_(self._bad)
        self._optimizer.found_inf = self._bad  # type: ignore[attr-defined]  # read by the fused step

    def _report(self, batch: Batch | None, loss: torch.Tensor) -> _Outcome:
        """Send the numbers of a step to the host, without waiting for them."""
        numbers = torch.stack([loss.detach().float(), self._bad])
        if self._device.type == "cpu":
            return _Outcome(self.batches - 1, batch, numbers, None)
        host = torch.empty(2, pin_memory=True).copy_(numbers, non_blocking=True)
        copied = torch.cuda.Event()  # type: ignore[no-untyped-call]  # torch leaves it without types
        copied.record(torch.cuda.current_stream(self._device))
        return _Outcome(self.batches - 1, batch, host, copied)

    def _look(self) -> None:
        if self._unseen is not None:
            outcome, self._unseen = self._unseen, None
            self._look_at(outcome)

    def _look_at(self, outcome: _Outcome) -> None:
        if outcome.copied is not None:
            outcome.copied.synchronize()
        loss, bad = outcome.numbers.tolist()
        if bad:
            self.batches = outcome.number
            raise TrainingError(_why(outcome, loss))
        if outcome.batch is not None:
            self._total, self._counted = self._total + loss, self._counted + 1


class _Objective(nn.Module):
    """The loss as a module, so that a rank without a batch can take part in the averaging of gradients."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Batch | None) -> torch.Tensor:
        """Mean squared error of a batch; without one 0, with gradients of 0."""
        if batch is None:
            return torch.stack([(0.0 * parameter).sum() for parameter in self.model.parameters()]).sum()
        given = (batch.inputs,) if batch.previous is None else (batch.inputs, batch.previous)
        return nn.functional.mse_loss(self.model(*given).float(), batch.targets)


def _to_cpu(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: _to_cpu(inner) for key, inner in value.items()}
    return [_to_cpu(inner) for inner in value] if isinstance(value, list) else value


def _why(outcome: _Outcome, loss: float) -> str:
    """Which batch, and whether its fields or the training are to blame."""
    batch = outcome.batch
    if batch is None or math.isfinite(loss):
        return f"The loss of batch {outcome.number} is not finite on another trainer rank, which names the samples."
    finite = torch.isfinite(batch.targets).all(dim=1)
    if batch.previous is not None:
        finite &= torch.isfinite(batch.previous).all(dim=1)
    bad = ~finite.cpu().numpy()
    pairs = zip(batch.simulation[bad], batch.step[bad], strict=True)
    samples = [f"simulation {simulation} step {step}" for simulation, step in pairs]
    if not samples:
        low, high = np.unique(batch.simulation)[[0, -1]]
        return (
            f"The loss of batch {outcome.number} is {loss}: all its {len(batch)} fields (of simulations {low} to {high}) "
            "are finite, so training diverged; lower learning_rate."
        )
    more = f" and {len(samples) - _NAMED} more" if len(samples) > _NAMED else ""
    named = f"{', '.join(samples[:_NAMED])}{more}"
    return f"The loss of batch {outcome.number} is {loss}: the solver gave values that are not finite in {named}."
