"""How many of the machine's cores training may use beside the solvers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from surrogate.config import Study


@contextmanager
def trainer_threads(study: Study) -> Iterator[None]:
    """Leave the cores that the solvers compute on to them, for as long as the study runs."""
    before = torch.get_num_threads()
    cores = (os.cpu_count() or 1) // study.trainers
    solvers = study.most_workers * study.ranks if study.launcher == "local" else 0
    torch.set_num_threads(max(1, cores - solvers))
    try:
        yield
    finally:
        torch.set_num_threads(before)
