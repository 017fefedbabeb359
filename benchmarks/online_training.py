"""Training while solvers stream: does the trainer wait, what does streaming cost, how much memory does it take?

The path is measured, not a solver: a producer replays prepared 64 x 64 fields as fast as it is allowed to. The
same network is trained from a tensor in memory with the same batches, before and after, in the same process. What
streaming takes from a real solver is measured in the ranks of the heat equation.

Bars: `trainer_idle_share` below 0.05 after the watermark, `online_vs_in_memory` at least 0.95,
`memory_beyond_slab_mb` below 400 a rank, `streaming_cost_share` below 0.05 of the solver's time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sims.parallel import Block, Ranks, buffer_lines, world
from sims.solver import Bounds, find_solver

GRID, STEPS, SIMULATIONS, REPEATS = 64, 100, 400, 4.0
HERE = Path(__file__).resolve()


class Replay:
    """Prepared fields of the heat equation's size, given out without computing anything."""

    bounds: Mapping[str, Bounds] = {"scale": Bounds(0.5, 2.0)}
    unit = ""
    horizon = 1.0

    def __init__(self) -> None:
        x = np.linspace(0.0, np.pi, GRID)
        decay = np.exp(-np.arange(1, STEPS + 1) / STEPS)
        self.fields = decay[:, None, None] * np.outer(np.sin(x), np.sin(2 * x))

    def shape(self, grid: int) -> tuple[int, ...]:
        """Of a field."""
        return grid, grid

    def solve(self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks) -> Iterator[Block]:
        """Yield the prepared fields, whatever the parameters."""
        rows = ranks.rows(grid)
        for field in self.fields[:steps]:
            yield field[rows]


def online(folder: Path) -> dict[str, float]:
    """Train from the stream; peak memory is sampled while it runs."""
    from surrogate.study import Progress, Study, run_study

    peak = 0.0

    def sample(_progress: Progress) -> None:
        nonlocal peak
        peak = max(peak, resident_beyond_shared())

    study = Study(
        name="replay",
        solver=f"{HERE}:Replay",
        simulations=SIMULATIONS,
        grid=GRID,
        steps=STEPS,
        ranks=1,
        workers=1,
        repeats=REPEATS,
        validation_simulations=1,
    )
    result = run_study(study, folder=folder, progress=sample)
    return {
        "samples_per_s": result.samples_per_second,
        "idle_share": result.idle_share,
        "rmse": result.metrics.rmse,
        "trainer_mb": peak,
    }


def in_memory(samples: int) -> float:
    """Samples per second of the same network and optimizer, fed from a tensor in memory that is normalised already."""
    import torch

    from surrogate.batches import Batch
    from surrogate.models import build_model
    from surrogate.trainer import Trainer

    fields = torch.from_numpy(Replay().fields.reshape(STEPS, -1).astype(np.float32)).repeat(20, 1)
    inputs = torch.rand(len(fields), len(Replay.bounds) + 2)
    trainer = Trainer(build_model("fully_connected", inputs.shape[1], (GRID, GRID)), learning_rate=2e-3)
    rng, none = np.random.default_rng(0), np.zeros(64, np.int64)
    began = time.perf_counter()
    for number in range(samples // 64):
        rows = torch.from_numpy(rng.choice(len(fields), 64, replace=False))
        batch = Batch(inputs[rows], None, torch.index_select(fields, 0, rows), none, none, none > 0)
        trainer.step(batch, number * 64 / samples)
    return samples / (time.perf_counter() - began)


def solve_and_stream(address: str, steps: int, rounds: int) -> None:
    """A rank of the heat equation: time the solver alone, then in the same loop what `put` takes."""
    from sims.stream.client import connect

    buffer_lines()
    solver, ranks = find_solver("heat2d"), world()
    shares = []
    with connect(address, solver.shape(GRID), name="cost", ranks=ranks) as stream:
        for simulation, _ in zip(stream.simulations(), range(rounds), strict=False):
            solving = streaming = 0.0
            blocks = solver.solve(simulation.parameters, GRID, steps, ranks)
            for step in range(steps):
                began = time.perf_counter()
                block = next(blocks)
                solved = time.perf_counter()
                stream.put(step, block)
                solving, streaming = solving + solved - began, streaming + time.perf_counter() - solved
            shares.append([streaming / solving, solving / steps])
    gathered = ranks.gather(np.array(shares))  # the ranks one below the other
    if gathered is not None:
        share, step_s = np.median(gathered.reshape(ranks.size, -1, 2).mean(axis=0), axis=0)
        print(json.dumps({"share": share, "step_us": step_s * 1e6}), flush=True)


def streaming_cost(ranks: int) -> dict[str, float]:
    """What streaming takes of a solver's time while an intake accepts everything at once."""
    from sims.design import draw_samples
    from sims.ensemble import launch_locally
    from sims.roster import Roster
    from surrogate.buffers import build_policy
    from surrogate.intake import Intake

    rounds, solver, lines = 60, find_solver("heat2d"), []
    roster = Roster(draw_samples(solver.bounds, rounds, seed=0), list(solver.bounds), STEPS)
    policy = build_policy("fifo", watermark=1024, repeats=1.0, distance=1)
    with Intake((GRID, GRID), capacity=4096, roster=roster, policy=policy, rng=np.random.default_rng(0)) as intake:
        job = launch_locally([str(HERE), "--rank", intake.address, str(rounds)], ranks)
        try:
            while not intake.finished:
                time.sleep(0.005)  # as a trainer with steps of that length
                with intake.draw(256, 0.0):
                    pass
            job.wait(60)
            lines = job.tail.splitlines()
        finally:
            job.stop()
    return json.loads(lines[-1])


def resident_beyond_shared() -> float:
    """Resident memory of this process in MiB without shared memory, which is the slab."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return sum(int(fields[name].split()[0]) for name in ("RssAnon", "RssFile")) / 1024


def measure(kind: str) -> dict[str, Any]:
    """One measurement in a process of its own, so that memory and threads are those of a study alone."""
    done = subprocess.run([sys.executable, str(HERE), kind], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def training() -> dict[str, float]:
    """From memory, from the stream, from memory again: the machine is not equally fast all the time."""
    import torch

    torch.set_num_threads(1)  # as in the study, whose producer has the other core
    samples = int(SIMULATIONS * STEPS * REPEATS)
    before = in_memory(samples)
    with tempfile.TemporaryDirectory() as folder:
        figures = online(Path(folder))
    return {**figures, "in_memory_samples_per_s": (before + in_memory(samples)) / 2}


def report(trained: dict[str, float], cost: dict[str, dict[str, float]]) -> None:
    """Print what was measured."""
    streamed, memory = trained["samples_per_s"], trained["in_memory_samples_per_s"]
    print(f"trained {streamed:,.0f} samples/s from the stream, {memory:,.0f} from memory; {os.cpu_count()} cores")
    print(
        f"the trainer waited {trained['idle_share']:.1%} of its time and took {trained['trainer_mb']:.0f} MiB beyond the slab"
    )
    for ranks, figures in cost.items():
        print(
            f"heat2d {GRID} x {GRID} on {ranks} ranks: {figures['step_us']:.0f} us a step, streaming {figures['share']:.1%} of it"
        )
    print(
        json.dumps(
            {
                "trainer_idle_share": round(trained["idle_share"], 4),
                "online_vs_in_memory": round(streamed / memory, 3),
                "memory_beyond_slab_mb": round(trained["trainer_mb"]),
                "streaming_cost_share": round(cost["2"]["share"], 4),
                "streaming_cost_share_1_rank": round(cost["1"]["share"], 4),
                "samples_per_s": round(streamed),
                "in_memory_samples_per_s": round(memory),
            }
        )
    )


def main() -> None:
    """Print the figures; the last line is JSON."""
    match sys.argv[1:]:
        case ["--rank", address, rounds]:
            solve_and_stream(address, STEPS, int(rounds))
        case ["training"]:
            print(json.dumps(training()))
        case ["cost"]:
            print(json.dumps({str(ranks): streaming_cost(ranks) for ranks in (1, 2)}))
        case _:
            report(measure("training"), measure("cost"))


if __name__ == "__main__":
    main()
