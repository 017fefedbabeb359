"""The program of `recovery.py` that is killed: a real study, with an observer of what it trains on.

The fields say in every row which parameter set and which step they are of. The observer reads that from each batch
that the trainer steps on and stores it beside each checkpoint, as what the weights in it have learned from; a
resumed run goes on from the record that belongs to its checkpoint. What happens goes to standard output, one JSON
object a line, with the time of `time.monotonic`, which all processes of a machine share.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from sims.design import draw_samples
from sims.parallel import Block, Ranks
from sims.solver import Bounds

STEP_S = 0.002
SAVE_S = 0.5
TORN = -1


class Marked:
    """Fields of grid x 3 values: in each row the parameter, the share of the steps, and their sum."""

    bounds: Mapping[str, Bounds] = {"mark": Bounds(0.0, 1.0)}
    unit = ""
    horizon = 1.0

    def shape(self, grid: int) -> tuple[int, ...]:
        """Rows and three columns."""
        return grid, 3

    def solve(self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks) -> Iterator[Block]:
        """Yield this rank's rows, each step after a fixed time, as a solver does."""
        rows = ranks.rows(grid)
        block = np.tile([parameters["mark"], 0.0, parameters["mark"]], (rows.stop - rows.start, 1))
        return self.restore(parameters, grid, steps, ranks, -1, block)

    def restore(  # noqa: PLR0917 - what a restorable solver takes
        self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks, step: int, block: Block
    ) -> Iterator[Block]:
        """Go on from a state; the mark is the state's, not the parameters'."""
        for following in range(step + 1, steps):
            time.sleep(STEP_S)
            share = np.full(len(block), (following + 1) / steps)
            block = np.column_stack([block[:, 0], share, block[:, 0] + share])
            yield block


class Observer:
    """What was trained on so far, by what the fields say themselves.

    Args:
        marks: the parameter of every simulation, shape (simulations,).
        steps: of a simulation.
        folder: where the records are kept.
    """

    def __init__(self, marks: np.ndarray, steps: int, folder: Path) -> None:
        self._order = np.argsort(marks)
        self._sorted, self._steps, self._folder = marks[self._order], steps, folder
        self._tolerance = float(np.diff(self._sorted).min()) / 4
        if self._tolerance < 1e-5:  # noqa: PLR2004 - what is left of float32 after the normalisation
            sys.exit("The parameter sets lie too close together to be told apart; take another seed.")
        self._keys: list[np.ndarray] = []

    def note(self, fields: np.ndarray, simulation: np.ndarray, step: np.ndarray, fresh: np.ndarray) -> None:
        """Add a batch.

        Args:
            fields: shape (n, rows, 3).
            simulation: whose the program says they are, shape (n,).
            step: and of which step, shape (n,).
            fresh: whether the program says that it draws them for the first time, shape (n,).
        """
        first = fields[:, 0, :]
        near = np.clip(np.searchsorted(self._sorted, first[:, 0]), 1, len(self._sorted) - 1)
        near -= first[:, 0] - self._sorted[near - 1] < self._sorted[near] - first[:, 0]
        number = np.rint(first[:, 1] * self._steps).astype(np.int64) - 1
        whole = (np.abs(fields - first[:, None, :]) < self._tolerance).all(axis=(1, 2))
        whole &= np.abs(first[:, 0] + first[:, 1] - first[:, 2]) < self._tolerance
        whole &= np.abs(self._sorted[near] - first[:, 0]) < self._tolerance
        whole &= (self._order[near] == simulation) & (number == step)
        key = np.where(whole, self._order[near] * self._steps + number, TORN)
        self._keys.append(np.stack([key, fresh.astype(np.int64)]))

    def save(self, batches: int) -> None:
        """Store what the weights after so many batches have learned from."""
        keys = np.concatenate([np.zeros((2, 0), np.int64), *self._keys], axis=1)
        draft = self._folder / "draft.npy"
        np.save(draft, keys)
        draft.replace(self._folder / f"learned-{batches}.npy")

    def resume(self, batches: int) -> None:
        """Go on from what the weights after so many batches have learned from."""
        self._keys = [np.load(self._folder / f"learned-{batches}.npy")]


def say(**words: Any) -> None:
    """One event."""
    line = json.dumps({"t": time.monotonic(), **words}) + "\n"
    os.write(sys.stdout.fileno(), line.encode())  # at once: two threads say something


def watch_stream(intake: Any) -> None:
    """Say whenever a field has arrived or a producer has come or gone, up to a hundred times a second."""
    before: tuple[int, list[str]] | None = None
    while True:
        now = intake.counters.produced, intake.connected
        if now != before:
            before = now
            say(event="stream", produced=now[0], connected=now[1])
        time.sleep(0.01)


def install(observer: Observer) -> None:
    """Put the observer around the trainer, the checkpoint, the intake and the starting of workers."""
    from sims.launch import MpiJob
    from surrogate import checkpoint, run
    from surrogate.batches import Batches
    from surrogate.intake import Intake
    from surrogate.trainer import Trainer

    normalisation: list[Any] = []

    def around(owner: Any, name: str, before: Any = None, after: Any = None) -> None:
        inner = getattr(owner, name)

        @wraps(inner)
        def outer(*arguments: Any, **named: Any) -> Any:
            if before is not None:
                before(*arguments)
            result = inner(*arguments, **named)
            if after is not None:
                after(*arguments)
            return result

        setattr(owner, name, outer)

    def note(_trainer: Any, batch: Any, *_: Any) -> None:
        if batch is not None:
            scale = normalisation[-1]
            values = batch.targets.cpu().numpy().astype(np.float64) * scale.deviation + scale.mean
            observer.note(values.reshape(len(values), -1, 3), batch.simulation, batch.step, batch.fresh)

    def watch(intake: Any, *_: Any) -> None:
        threading.Thread(target=watch_stream, args=(intake,), daemon=True).start()

    around(Trainer, "step", after=note)
    around(Trainer, "resume", after=lambda _trainer, state: (observer.resume(state["batches"]), say(event="resumed")))
    around(checkpoint, "save", before=lambda _path, parts: observer.save(parts["trainer"]["batches"]))
    around(Intake, "__init__", after=watch)
    around(MpiJob, "__init__", before=lambda *_: say(event="launch"))
    around(Batches, "__init__", before=lambda _batches, _intake, _size, scale: normalisation.append(scale))
    if not hasattr(run, "_SAVE_S"):
        sys.exit("The study no longer has the interval of its checkpoints where this benchmark sets it.")
    run._SAVE_S = SAVE_S  # type: ignore[misc]  # noqa: SLF001 - of the real thing, only more often


def main() -> None:
    """Run the study that is described by the file and the folder of the arguments."""
    from surrogate.study import Study, run_study

    folder, settings = Path(sys.argv[1]), json.loads(sys.argv[2])
    study = Study(**settings)
    samples = draw_samples(Marked.bounds, study.simulations, seed=study.seed, design=study.design)
    install(Observer(samples[:, 0], study.steps, folder))
    result = run_study(study, folder=folder)
    say(event="end", restarts=result.restarts, set_aside=len(result.failed), balanced=result.counters.balanced)


if __name__ == "__main__":
    main()
