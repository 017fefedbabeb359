"""What a study has learned so far, between its runs: read from what an interrupted run left, written for the next.

The file itself is `surrogate.checkpoint`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from surrogate import checkpoint
from surrogate.account import Account
from surrogate.config import Study
from surrogate.errors import CheckpointError
from surrogate.intake import Used
from surrogate.normalisation import Normalisation
from surrogate.slots import Counters

History = list[tuple[int, float]]
"""(batches, value) in the order of training."""


@dataclass
class Learned:
    """Everything of a study but the network: what it has used, its scales, its history."""

    normalisation: Normalisation | None = None
    """Of the fields; `None` before the watermark is reached for the first time."""
    used: Used = field(default_factory=lambda: Used([], {}))
    """Time steps that interrupted runs have trained on."""
    drawn: int = 0
    """Samples that interrupted runs trained on, repeated ones included."""
    spent_s: float = 0.0
    """Rank-seconds that the solvers of interrupted runs have taken."""
    losses: History = field(default_factory=list)
    validation: History = field(default_factory=list)
    trainer: dict[str, Any] | None = None
    """State of the trainer to go on from."""
    random: dict[str, Any] | None = None
    """States of the random generators to go on from."""

    @classmethod
    def read(cls, path: Path, study: Study) -> Self:
        """What an interrupted run of the same study left at `path`; nothing, if there is none of this version."""
        try:
            parts = checkpoint.read(path)
        except CheckpointError:
            return cls()
        if parts["study"].get("fingerprint") != study.fingerprint:
            return cls()
        return cls(
            normalisation=Normalisation(**parts["normalisation"]),
            used=Used(*checkpoint.unpack_used(parts["used"], study.steps)),
            drawn=parts["counters"]["drawn"],
            spent_s=parts["history"]["solver_seconds"],
            losses=[(batch, loss) for batch, loss in parts["history"]["losses"]],
            validation=[(batch, rmse) for batch, rmse in parts["history"]["validation"]],
            trainer=parts["trainer"],
            random=parts["random"],
        )

    def carried(self, share: range, steps: int) -> Counters:
        """The account of the time steps of these simulations that interrupted runs have used.

        They were seen, and left with the memory of that run: evicted.
        """
        mine, every = (_steps_used(self.used, steps, part) for part in (share, None))
        drawn = round(self.drawn * mine / every) if every else 0
        return Counters(produced=mine, unseen=0, seen=0, evicted=mine, drained=0, drawn=drawn)

    def parts(self, study: Study, solver: dict[str, Any], used: Used, account: Account) -> dict[str, Any]:
        """For a checkpoint: everything but the trainer and the random generators."""
        assert self.normalisation is not None  # noqa: S101 - nothing is kept before
        return {
            "study": {**study.settings(), "fingerprint": study.fingerprint},
            "solver": solver,
            "normalisation": self.normalisation.state(),
            "used": checkpoint.pack_used(used.done, used.partial),
            "history": {
                "losses": self.losses,
                "validation": self.validation,
                "solver_seconds": account.solver_seconds,
            },
            "counters": asdict(account.counters),
        }


def merge(parts: Iterable[Used]) -> Used:
    """What several trainer ranks have used, each of its own share of the simulations."""
    done: set[int] = set()
    partial: dict[int, npt.NDArray[np.bool_]] = {}
    for part in parts:
        done |= set(part.done)
        partial |= part.partial
    return Used(sorted(done), {number: steps for number, steps in partial.items() if number not in done})


def without(used: Used, samples: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]], steps: int) -> Used:
    """The same but for samples that were drawn and not yet trained on, given as (simulations, steps)."""
    done, partial = set(used.done), dict(used.partial)
    for simulations, numbers in samples:
        for simulation, step in zip(simulations.tolist(), numbers.tolist(), strict=True):
            if simulation in done:
                done.remove(simulation)
                partial[simulation] = np.ones(steps, bool)
            if simulation in partial:
                partial[simulation] = partial[simulation].copy()
                partial[simulation][step] = False
    return Used(sorted(done), partial)


def _steps_used(used: Used, steps: int, share: range | None) -> int:
    done = sum(steps for number in used.done if share is None or number in share)
    return done + sum(int(part.sum()) for number, part in used.partial.items() if share is None or number in share)
