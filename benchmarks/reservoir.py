"""What the buffer costs: gathers out of the slab, the account of every slot, and how evenly samples are used.

Every ratio is of medians of interleaved blocks of repetitions, and the worst over the sizes of a batch. A batch is
gathered out of a slab in shared memory into a buffer that is reused; beside it `torch.index_select` on a plain tensor
of the same size, with the same indices and a reused output too, and a list of arrays that is stacked, by NumPy or by
the collation of a torch data loader. One thread, as in a study whose solvers have the other cores, unless told
otherwise.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import default_collate

from sims.stream.slab import Slab
from surrogate.buffers import BUFFERS, build_policy
from surrogate.gather import gather, lines_of
from surrogate.slots import SlotTable

SHAPE = (64, 64)
BLOCK = 20


def interleave(
    rounds: int, ways: Mapping[str, Callable[[npt.NDArray[np.int64]], object]], slots: int, size: int
) -> dict[str, float]:
    """Median microseconds of each way on the same random indices, in blocks that take turns."""
    rng, seconds = np.random.default_rng(0), {name: [] for name in ways}
    for _ in range(rounds):
        indices = [rng.choice(slots, size, replace=False) for _ in range(BLOCK)]
        for name, way in ways.items():
            for index in indices:
                start = time.perf_counter()
                way(index)
                seconds[name].append(time.perf_counter() - start)
    return {name: 1e6 * statistics.median(values[BLOCK:]) for name, values in seconds.items()}


def gathers(size: int, slots: int, rounds: int) -> dict[str, float]:
    """Microseconds a batch of each way to get one."""
    with Slab.create(slots, SHAPE) as slab:
        try:
            slab.fields[:] = np.random.default_rng(0).random(SHAPE, np.float32)
            lines = lines_of(slab)
            plain = torch.empty(lines.shape).copy_(lines)
            buffer, other = torch.empty(size, lines.shape[1]), torch.empty(size, lines.shape[1])
            objects = [field.copy() for field in slab.fields]
            policy = build_policy("reservoir", watermark=slots // 2)
            table = SlotTable(slots, policy, np.random.default_rng(0), np.zeros((1, slots), bool))
            fill(table, slots)

            def draw_and_gather(_index: npt.NDArray[np.int64]) -> None:
                draw = table.draw(size)
                gather(lines, draw.slots, buffer)
                table.unpin(draw)

            ways = {
                "gather": lambda index: gather(lines, index, buffer),
                "index_select": lambda index: torch.index_select(plain, 0, torch.from_numpy(index), out=other),
                "object_list": lambda index: torch.from_numpy(np.stack([objects[i] for i in index.tolist()])),
                "collate": lambda index: default_collate([objects[i] for i in index.tolist()]),
                "draw_and_gather": draw_and_gather,
            }
            return interleave(rounds, ways, slots, size)
        finally:
            slab.close(unlink=True)


def fill(table: SlotTable, count: int) -> None:
    """Let one simulation fill some slots."""
    slots = np.array(table.grant({b"x": count}, count)[b"x"])
    table.commit(b"x", 0, 0, slots, np.ones(count, bool))


def account(name: str, *, slots: int, size: int, rounds: int, repeats: float) -> dict[str, float]:
    """Median microseconds of granting, committing and drawing `size` slots of a full buffer."""
    policy = build_policy(name, watermark=size, repeats=repeats)
    used = np.zeros((slots // size + rounds, size), bool)
    table = SlotTable(slots, policy, np.random.default_rng(0), used)
    seconds: dict[str, list[float]] = {"grant": [], "commit": [], "draw": []}
    for simulation in range(len(used)):
        marks = [time.perf_counter()]
        granted = table.grant({b"x": size}, size)[b"x"]
        marks.append(time.perf_counter())
        if granted:  # of the full buffer of firo nothing leaves at first
            assert table.holds(b"x", granted)
            table.commit(b"x", simulation, 0, np.array(granted, np.int64), np.ones(len(granted), bool))
        marks.append(time.perf_counter())
        draws = round(repeats) if simulation >= slots // size - 2 else 0
        for _ in range(draws):
            table.unpin(table.draw(size))
        marks.append(time.perf_counter())
        if draws:
            for key, start, end, times in zip(seconds, marks, marks[1:], (1, 1, draws), strict=False):
                seconds[key].append((end - start) / times)
    return {key: round(1e6 * statistics.median(values[len(values) // 2 :]), 1) for key, values in seconds.items()}


def spread(name: str, *, slots: int, arrivals: int, burst: int, repeats: int) -> tuple[float, float]:
    """Standard deviation and mean of the uses of a sample, over those that came and went in the steady state."""
    policy = build_policy(name, watermark=1)
    table = SlotTable(slots, policy, np.random.default_rng(0), np.zeros((arrivals // burst, burst), bool))
    uses = np.zeros(arrivals, np.int64)
    for simulation in range(arrivals // burst):
        granted = np.array(table.grant({b"x": burst}, burst)[b"x"], np.int64)
        table.commit(b"x", simulation, 0, granted, np.ones(burst, bool))
        if (simulation + 1) * burst >= slots:
            for _ in range(repeats):
                draw = table.draw(burst)
                np.add.at(uses, draw.simulation * burst + draw.step, 1)
                table.unpin(draw)
    steady = uses[slots : arrivals - 4 * slots]
    return float(steady.std()), float(steady.mean())


def main() -> None:
    """Measure gathers, account and spread, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=8192, help="of the slab that is gathered from")
    parser.add_argument("--rounds", type=int, default=20, help="blocks of 20 repetitions")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    batches = {size: gathers(size, options.slots, options.rounds) for size in (64, 256)}
    accounts = {
        name: account(
            name, slots=65_536, size=256, rounds=BLOCK * options.rounds, repeats=1.0 if name == "fifo" else 4.0
        )
        for name in BUFFERS
    }
    spreads = {
        name: spread(name, slots=2048, arrivals=65_536, burst=16, repeats=4) for name in ("reservoir", "count_aware")
    }
    worst = {
        f"{way}_vs_{other}": round(min(us[other] / us[way] for us in batches.values()), 3)
        for way, other in (
            ("gather", "index_select"),
            ("gather", "object_list"),
            ("gather", "collate"),
            ("draw_and_gather", "index_select"),
        )
    }
    print(
        json.dumps(
            {
                **worst,
                "use_spread_vs_plain": round(spreads["count_aware"][0] / spreads["reservoir"][0], 3),
                "uses_deviation_and_mean": {
                    name: [round(value, 3) for value in pair] for name, pair in spreads.items()
                },
                "batch_us": {size: {way: round(us, 1) for way, us in ways.items()} for size, ways in batches.items()},
                "account_us_of_256_in_65536": accounts,
                "slots": options.slots,
                "threads": options.threads,
            }
        )
    )


if __name__ == "__main__":
    main()
