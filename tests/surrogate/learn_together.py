"""One trainer rank of the tests, as a program: learns on its share of known batches and keeps its weights.

python learn_together.py RANK ADDRESS FOLDER [FAULT]
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from surrogate.batches import Batch
from surrogate.errors import TrainingError
from surrogate.group import Group
from surrogate.trainer import Trainer

SHARES = ((8, 3), (5, 8), (1, 1), (0, 7), (6, 0), (8, 0), (2, 0))
"""Samples of every step on rank 0 and on rank 1, which runs out early."""
FAULTY = 3


def network():
    """The same network at every call."""
    torch.manual_seed(5)
    return nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 4))


def share(step, first, count):
    """`count` of the samples of a step, from `first` on; `None` if that is none."""
    rng = np.random.default_rng(step)
    inputs = torch.from_numpy(rng.uniform(-1, 1, (32, 3)).astype(np.float32))[first : first + count]
    targets = torch.stack([inputs.sum(1), inputs.prod(1), inputs[:, 0], inputs[:, 1] ** 2], dim=1)
    numbers = np.arange(first, first + count)
    return Batch(inputs, None, targets, numbers, np.full(count, step), np.ones(count, bool)) if count else None


def learn(rank, group, fault):
    """All steps; the loop of a study with several trainer ranks."""
    trainer = Trainer(network(), learning_rate=1e-2, schedule="constant", group=group)
    for step, counts in enumerate(SHARES):
        batch = share(step, sum(counts[:rank]), counts[rank])
        if fault == "dies before" and (rank, step) == (1, FAULTY):
            os.kill(os.getpid(), signal.SIGKILL)
        own = 0 if batch is None else len(batch)
        (total,) = group.sum([own])
        if fault == "dies within" and (rank, step) == (1, FAULTY):
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "bad field" and (rank, step) == (1, FAULTY):
            batch.targets[2] = float("nan")
        trainer.step(batch, 0.0, weight=own * group.size / total)
    return trainer


def main(rank, address, folder, fault="none"):
    """Join, learn, keep the weights."""
    with Group.join(rank, 2, address) as group:
        try:
            trainer = learn(rank, group, fault)
        except TrainingError as error:
            print(error)
            raise SystemExit(3) from None
        ranks = group.gather({"rank": rank})
        assert [entry["rank"] for entry in ranks] == [0, 1]
        torch.save(trainer.snapshot(), Path(folder, f"{rank}.pt"))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
