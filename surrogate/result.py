"""What a study says while it runs and what it leaves in the end: plain values, no work."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from sims.roster import SetAside
from surrogate.slots import Counters
from surrogate.validation import Metrics


@dataclass(frozen=True)
class Progress:
    """How far a study is; published about once a second, for all trainer ranks together."""

    simulations: int
    """Simulations of which every step has arrived, of `total`."""
    total: int
    batches: int
    """Steps of training."""
    share: float
    """Of the whole study, from 0 to 1."""
    samples_per_second: float
    """Samples trained on since the last report, repeated ones included, over the seconds since then."""
    unseen_fraction: float
    """Of the fields that are there, those that were never drawn."""
    loss: float
    """Recent training error, in the field's unit; NaN before the first batch."""
    rmse: float
    """Last held-out error, in the field's unit; NaN before the first."""
    unit: str
    """Of the field."""
    workers: int
    """Workers that run."""
    counters: Counters
    seconds: float

    def __str__(self) -> str:
        """The progress line."""
        parts = [f"{self.simulations} of {self.total} simulations"]
        if self.batches:
            parts += [f"{self.batches} batches", f"{self.samples_per_second:,.0f} samples/s"]
        parts.append(f"{self.unseen_fraction:.0%} unseen")
        if math.isfinite(self.loss):
            parts.append(f"loss {self.loss:.3g} {self.unit}".rstrip())
        if math.isfinite(self.rmse):
            parts.append(f"error on unseen simulations {self.rmse:.3g} {self.unit}".rstrip())
        return ", ".join(parts)


@dataclass(frozen=True)
class StudyResult:
    """What came out of a study, of all its trainer ranks together."""

    checkpoint: Path
    """For `surrogate.predict.load`."""
    events: Path
    """Folder of TensorBoard event files."""
    counters: Counters
    """Where every field went, those of interrupted runs included; `counters.balanced` says whether all are
    accounted for."""
    simulations: int
    """Simulations that were completely streamed in this run."""
    resumed: int
    """Simulations that an interrupted run before this one had finished with."""
    failed: tuple[SetAside, ...]
    """Parameter sets that no worker survived."""
    not_run: int
    """Parameter sets that were never begun because the budget of solver hours was used up."""
    restarts: int
    """Workers that died and were replaced."""
    batches: int
    """Steps of training, those of interrupted runs included."""
    samples_per_second: float
    """Samples trained on in this run, repeated ones included, over the seconds of training."""
    bytes_streamed: int
    """In this run."""
    idle_share: float
    """Share of the seconds of training in which the trainer waited for samples; the mean of the ranks."""
    solver_hours: float
    """Hours of all solver ranks together, those of interrupted runs included."""
    metrics: Metrics
    """Errors on held-out simulations."""
    losses: tuple[tuple[int, float], ...]
    """(batches, root mean squared training error since the last point), in the field's unit."""
    validation: tuple[tuple[int, float], ...]
    """(batches, held-out root mean squared error), in the field's unit."""
    unit: str
    """Of the field."""
    plots: dict[str, bytes] = field(repr=False)
    """PNGs: `fields` (solver, surrogate, error) and `learning`."""
    seconds: float
    """Wall time from call to return."""
