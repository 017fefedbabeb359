"""The same training on a GPU, once from fields on the device and once from a stream: samples/s, and who waits for whom.

The producer only replays prepared fields, so that the path is measured and not a solver. Without a GPU there is
nothing to measure, unless `--device cpu` asks for the run itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from sims.heat2d import Heat2D
from sims.parallel import SERIAL
from sims.roster import Roster
from sims.stream.client import connect
from surrogate.batches import Batch, Batches, await_fields
from surrogate.buffers import build_policy
from surrogate.device import find_device, find_precision
from surrogate.intake import Intake
from surrogate.models import build_model
from surrogate.normalisation import Normalisation
from surrogate.trainer import Trainer

STEPS, WARM = 100, 20


@dataclass(frozen=True)
class Case:
    """What is trained in every run."""

    grid: int
    simulations: int
    repeats: int
    batch: int
    device: torch.device

    @property
    def parameters(self) -> np.ndarray:
        """One set a simulation, shape (simulations, parameters)."""
        return np.random.default_rng(0).uniform(100, 500, (self.simulations, len(Heat2D.bounds)))


class Clock:
    """Seconds of the device from the first step to the last, and how many of them it had no step to do.

    On a GPU a step runs from event to event of its own stream, so that a wait for a copy counts as waiting, and a
    pause between two kernels of a step does not. On a CPU there is only the time between steps.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._marks: list[tuple] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """Mark the begin and the end of one."""
        begin = self._mark()
        yield
        self._marks.append((begin, self._mark()))

    def read(self) -> tuple[float, float]:
        """Seconds in all, and the share of them between the steps."""
        if self._cuda:
            torch.cuda.synchronize()
        busy = sum(self._between(begin, end) for begin, end in self._marks)
        total = self._between(self._marks[0][0], self._marks[-1][1])
        return total, 1.0 - busy / total

    def _mark(self) -> torch.cuda.Event | float:
        if not self._cuda:
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def _between(self, begin: torch.cuda.Event | float, end: torch.cuda.Event | float) -> float:
        return begin.elapsed_time(end) / 1000.0 if self._cuda else end - begin


def prepared(grid: int) -> np.ndarray:
    """The steps of one simulation, replayed as those of all, shape (steps, grid, grid)."""
    parameters = dict(zip(Heat2D.bounds, (300.0, 100.0, 500.0, 200.0, 400.0), strict=True))
    return np.stack(list(Heat2D().solve(parameters, grid, STEPS, SERIAL))).astype(np.float32)


def replay(address: str, grid: int) -> None:
    """The producer, as a process of its own."""
    fields = prepared(grid)
    with connect(address, fields.shape[1:], name="replay", ranks=SERIAL) as stream:
        for _ in stream.simulations():
            stream.put_many(0, fields)


def trainer_of(case: Case, precision: str, warm: Batch) -> Trainer:
    """A trainer that has taken some steps, so that nothing is set up while it is measured."""
    torch.manual_seed(0)
    model = build_model("fully_connected", len(Heat2D.bounds) + 2, (case.grid, case.grid))
    kind = find_precision(precision, case.device)
    trainer = Trainer(model, learning_rate=1e-3, device=case.device, precision=kind)
    for _ in range(WARM):
        trainer.step(warm, 0.0)
    trainer.loss()
    return trainer


def batch_on_device(case: Case, scale: Normalisation, fields: torch.Tensor, rng: np.random.Generator) -> Batch:
    """Random samples of all fields, gathered where they are."""
    index = rng.integers(0, len(fields), case.batch)
    simulation, step = index // STEPS, index % STEPS
    inputs = scale.inputs(case.parameters[simulation], (step + 1) / STEPS).to(case.device)
    targets = fields.index_select(0, torch.from_numpy(index).to(case.device))
    return Batch(inputs, None, targets, simulation, step, np.ones(len(index), bool))


def from_device(case: Case, precision: str, scale: Normalisation, fields: torch.Tensor) -> dict[str, float]:
    """Train on fields that are on the device, as fast as it goes."""
    rng, clock = np.random.default_rng(1), Clock(case.device)
    trainer = trainer_of(case, precision, batch_on_device(case, scale, fields, rng))
    batches = case.simulations * STEPS * case.repeats // case.batch
    for number in range(batches):
        batch = batch_on_device(case, scale, fields, rng)
        with clock.step():
            trainer.step(batch, number / batches)
    seconds, idle = clock.read()
    return {"samples_per_s": round(batches * case.batch / seconds), "wait_share": round(idle, 4)}


def from_stream(case: Case, precision: str, scale: Normalisation, warm: Batch) -> dict[str, float]:
    """Train on fields that a producer streams meanwhile, each at least `repeats` times."""
    roster = Roster(case.parameters, list(Heat2D.bounds), STEPS)
    policy = build_policy("reservoir", watermark=1000, repeats=case.repeats)
    clock, samples = Clock(case.device), 0
    trainer = trainer_of(case, precision, warm)
    with Intake(
        (case.grid, case.grid), capacity=4000, roster=roster, policy=policy, rng=np.random.default_rng(2)
    ) as intake:
        producer = subprocess.Popen([sys.executable, __file__, "--replay", intake.address, "--grid", str(case.grid)])
        try:
            await_fields(intake, lambda: None)
            with Batches(intake, case.batch, scale, device=case.device) as batches:
                while (batch := batches.next()) is not None:
                    with clock.step():
                        trainer.step(batch, 0.0)
                    samples += len(batch)
                waited = batches.waited
        finally:
            producer.kill()
            producer.wait()
        counters = intake.counters
    if not counters.balanced or counters.produced != case.simulations * STEPS:
        raise SystemExit(f"The account does not balance: {counters}.")
    seconds, idle = clock.read()
    return {
        "samples_per_s": round(samples / seconds),
        "wait_share": round(idle, 4),
        "host_wait_share": round(waited / seconds, 4),
    }


def measure(case: Case) -> dict[str, dict[str, dict[str, float]]]:
    """Both runs in both precisions."""
    one = prepared(case.grid)
    scale = Normalisation.of(Heat2D.bounds, float(one.mean()), float(one.std()))
    found: dict[str, dict[str, dict[str, float]]] = {}
    for precision in ("float32", "bfloat16"):
        # made twice, because it would be memory of the device during the stream
        repeated = torch.from_numpy(one.reshape(STEPS, -1)).repeat(case.simulations, 1).to(case.device)
        fields = scale.normalise_(repeated)
        memory = from_device(case, precision, scale, fields)
        warm = batch_on_device(case, scale, fields, np.random.default_rng(3))
        del fields, repeated
        stream = from_stream(case, precision, scale, warm)
        print(f"{precision}: from the device {memory}, from the stream {stream}", flush=True)
        found[precision] = {"on_device": memory, "online": stream}
    return found


def main() -> None:
    """Measure, or say that there is no GPU."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--grid", type=int, default=64)
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--replay", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replay:
        replay(options.replay, options.grid)
        return
    if options.device == "cuda" and not torch.cuda.is_available():
        print("There is no GPU here, so that there is nothing to measure; --device cpu runs the same on the CPU.")
        print(json.dumps({"gpu": None}))
        return
    device = find_device(options.device)
    case = Case(options.grid, options.simulations, options.repeats, options.batch, device)
    found = measure(case)
    ratios = {
        f"online_vs_on_device_{precision}": round(
            runs["online"]["samples_per_s"] / runs["on_device"]["samples_per_s"], 3
        )
        for precision, runs in found.items()
    }
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    print(json.dumps({"gpu": name, "grid": case.grid, "batch": case.batch, **ratios, **found}))


if __name__ == "__main__":
    main()
