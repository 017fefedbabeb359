"""Trainer ranks as real processes: together they learn what one would on all samples, and none of them hangs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from surrogate.errors import TrainingError
from surrogate.group import Group, listen
from surrogate.trainer import Trainer
from tests.surrogate import learn_together
from tests.surrogate.learn_together import SHARES, network, share

pytestmark = pytest.mark.alone

PROGRAM = learn_together.__file__


def run_ranks(folder: Path, fault: str) -> list[tuple[int, str]]:
    """Run both ranks to their end; exit status and output of each."""
    store, address = listen()
    ranks = [
        subprocess.Popen(
            [sys.executable, PROGRAM, str(rank), address, str(folder), fault],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]
    try:
        outputs = [process.communicate(timeout=60)[0] for process in ranks]
        return [(process.returncode, output) for process, output in zip(ranks, outputs, strict=True)]
    finally:
        for process in ranks:
            process.kill()
            process.wait()
        del store  # the meeting point lives as long as its ranks


def test_two_ranks_with_uneven_batches_learn_what_one_learns_on_their_union(tmp_path: Path):
    assert [code for code, _ in run_ranks(tmp_path, "none")] == [0, 0]
    alone = Trainer(network(), learning_rate=1e-2, schedule="constant")
    for step, counts in enumerate(SHARES):
        alone.step(share(step, 0, sum(counts)), 0.0)
    one, other = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    start = network().state_dict()
    for name, expected in alone.snapshot().items():
        assert torch.equal(one[name], other[name])
        torch.testing.assert_close(one[name], expected, rtol=1e-5, atol=1e-6)
        assert not torch.allclose(expected, start[name], atol=1e-3)


@pytest.mark.parametrize("fault", [pytest.param("dies before", marks=pytest.mark.slow), "dies within"])
def test_a_rank_that_is_killed_stops_the_other_with_a_sentence(tmp_path: Path, fault):
    (code, output), (killed, _) = run_ranks(tmp_path, fault)
    assert killed == -9
    assert code == 3
    assert re.match(r"Trainer rank 0 of 2 has lost another one \(.* by peer.*\); the study can be gone on with", output)
    assert "Traceback" not in output


def test_a_bad_loss_stops_every_rank_and_is_explained_where_it_came_from(tmp_path: Path):
    (first, elsewhere), (second, here) = run_ranks(tmp_path, "bad field")
    assert first == second == 3
    assert "The loss of batch 3 is not finite on another trainer rank" in elsewhere
    assert "The loss of batch 3 is nan: the solver gave values that are not finite in simulation 2 step 3." in here


def test_a_rank_that_never_comes_is_said():
    store, _ = listen()
    with pytest.raises(TrainingError, match=r"Trainer rank 0 of 2 did not find the others within 0\.5 s"):
        Group.join(0, 2, store, patience=0.5)


def test_alone_there_is_no_network():
    with Group.alone() as group:
        assert (group.rank, group.size) == (0, 1)
        assert group.sum([2.0, 0.5]) == [2.0, 0.5]
        assert group.gather(np.pi) == [np.pi]
