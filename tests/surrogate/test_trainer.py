"""Training steps: they follow the schedule, keep the account of losses, and stop before weights are spoilt."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from surrogate.batches import Batch
from surrogate.device import find_device, find_precision
from surrogate.errors import StudyError, TrainingError
from surrogate.trainer import Trainer

CPU = torch.device("cpu")


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 4))


def batch(n=8, seed=0, **changed):
    rng = np.random.default_rng(seed)
    inputs = torch.from_numpy(rng.uniform(-1, 1, (n, 3)).astype(np.float32))
    parts = {
        "inputs": inputs,
        "previous": None,
        "targets": torch.sin(inputs @ torch.tensor([[1.0, 0, 2, 1], [0, 1, 1, 2], [2, 1, 0, 1]])),
        "simulation": rng.integers(0, 9, n),
        "step": rng.integers(0, 50, n),
        "fresh": np.ones(n, bool),
    }
    return Batch(**{**parts, **changed})


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns_and_says_the_root_of_the_mean_loss():
    trainer = Trainer(network(), learning_rate=1e-2)
    assert math.isnan(trainer.loss())
    with torch.no_grad():
        first = nn.functional.mse_loss(trainer.model(batch().inputs), batch().targets).item()
    trainer.step(batch(), 0.0)
    assert math.isclose(trainer.loss(), math.sqrt(first), rel_tol=1e-6)
    for seed in range(600):
        trainer.step(batch(seed=seed), seed / 600)
    trainer.loss()
    for seed in range(20):
        trainer.step(batch(seed=1000 + seed), 1.0)
    assert trainer.loss() ** 2 < first / 10
    assert trainer.batches == 621


def test_the_weight_scales_the_gradient_and_no_batch_gives_none():
    heavy, light = Trainer(network(), learning_rate=1e-2), Trainer(network(), learning_rate=1e-2)
    before = heavy.snapshot()
    heavy.step(None, 0.0)
    assert same(heavy.snapshot(), before)
    assert math.isnan(heavy.loss())
    heavy.step(batch(), 0.0, weight=0.5)
    light.step(batch(), 0.0)
    for one, other in zip(heavy.model.parameters(), light.model.parameters(), strict=True):
        torch.testing.assert_close(one.grad * 2, other.grad)


def test_the_schedule_sets_the_learning_rate():
    moved = {}
    for progress in (0.0, 1.0):
        trainer = Trainer(network(), learning_rate=1e-2, schedule="cosine")
        before = trainer.snapshot()["0.bias"]
        trainer.step(batch(), progress)
        moved[progress] = (trainer.snapshot()["0.bias"] - before).abs().max().item()
    # the first step of Adam moves every weight by the learning rate
    assert math.isclose(moved[0.0], 1e-2, rel_tol=1e-3)
    assert math.isclose(moved[1.0], 1e-4, rel_tol=1e-3)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_fields_that_are_not_finite_are_named_and_leave_the_weights(value):
    trainer = Trainer(network(), learning_rate=1e-2)
    for seed in range(3):
        trainer.step(batch(seed=seed), 0.0)
    before, good = trainer.snapshot(), batch(seed=4)
    targets = good.targets.clone()
    targets[2, 1] = targets[5, 0] = value
    bad = batch(seed=4, targets=targets, simulation=np.arange(8), step=np.arange(8) + 10)
    with pytest.raises(
        TrainingError,
        match=rf"loss of batch 3 is {value}: the solver gave .* not finite in simulation 2 step 12, simulation 5 step 15\.",
    ):
        trainer.step(bad, 0.0)
    assert same(trainer.snapshot(), before)
    assert trainer.batches == 3
    assert math.isfinite(trainer.loss())


def test_fields_to_predict_from_are_blamed_too():
    class Next(nn.Module):
        """A field from the field before."""

        def __init__(self):
            super().__init__()
            self.net = nn.Linear(4, 4)

        def forward(self, inputs, previous):
            return previous + self.net(previous)

    previous = torch.zeros(8, 4)
    previous[7, 3] = math.nan
    trainer = Trainer(Next(), learning_rate=1e-2)
    trainer.step(batch(previous=torch.zeros(8, 4)), 0.0)
    with pytest.raises(TrainingError, match=r"not finite in simulation 7 step 1\."):
        trainer.step(batch(previous=previous, simulation=np.arange(8), step=np.ones(8, int)), 0.0)


def test_many_bad_samples_are_counted():
    with pytest.raises(TrainingError, match=r"simulation \d+ step \d+ and 3 more\."):
        Trainer(network(), learning_rate=1e-2).step(batch(targets=torch.full((8, 4), math.nan)), 0.0)


def test_training_that_diverges_is_blamed_on_the_learning_rate():
    trainer = Trainer(network(), learning_rate=1e-2)
    with torch.no_grad():
        trainer.model[2].weight.fill_(1e30)
    with pytest.raises(TrainingError, match=r"loss of batch 0 is inf: all its 8 fields .* lower learning_rate"):
        trainer.step(batch(), 0.0)


def test_no_step_is_taken_after_a_bad_one_though_the_host_looks_late():
    trainer = Trainer(network(), learning_rate=1e-2)
    trainer.step(batch(), 0.0)
    before, moments = trainer.snapshot(), trainer.state()["optimizer"]["state"]
    trainer._look = lambda: None  # as on a GPU, where the host is one step behind
    trainer.step(batch(targets=torch.full((8, 4), math.nan)), 0.0)
    bad = trainer._unseen
    trainer.step(batch(seed=1), 0.0)
    assert same(trainer.snapshot(), before)
    for number, now in trainer.state()["optimizer"]["state"].items():
        assert same(moments[number], now)
    with pytest.raises(TrainingError, match="loss of batch 1 is nan"):
        trainer._look_at(bad)
    assert trainer.batches == 1


def test_a_resumed_trainer_goes_on_as_the_first_would_have():
    one, other = Trainer(network(), learning_rate=1e-2), Trainer(network(1), learning_rate=1e-2)
    for seed in range(4):
        one.step(batch(seed=seed), 0.0)
    other.resume(one.state())
    for seed in range(4, 8):
        one.step(batch(seed=seed), 0.5)
        other.step(batch(seed=seed), 0.5)
    assert same(one.snapshot(), other.snapshot())
    assert other.batches == 8


def test_states_and_snapshots_are_copies():
    trainer = Trainer(network(), learning_rate=1e-2)
    trainer.step(batch(), 0.0)
    snapshot, state = trainer.snapshot(), trainer.state()
    kept = {name: tensor.clone() for name, tensor in snapshot.items()}
    moments = {name: tensor.clone() for name, tensor in state["optimizer"]["state"][0].items()}
    trainer.step(batch(seed=1), 0.0)
    assert same(snapshot, kept)
    assert same(state["model"], kept)
    assert same(state["optimizer"]["state"][0], moments)
    assert not same(trainer.snapshot(), kept)


def test_bfloat16_learns_with_weights_of_float32():
    trainer = Trainer(network(), learning_rate=1e-2, precision=torch.bfloat16)
    trainer.step(batch(), 0.0)
    first = trainer.loss()
    for seed in range(300):
        trainer.step(batch(seed=seed), seed / 300)
    trainer.loss()
    trainer.step(batch(), 1.0)
    assert trainer.loss() < first / 2
    assert {tensor.dtype for tensor in trainer.snapshot().values()} == {torch.float32}


def test_device_and_precision_are_chosen_by_what_is_there():
    device = find_device("auto")
    assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert find_device("cpu") == CPU
    assert find_precision("auto", CPU) is find_precision("float32", CPU) is None
    assert find_precision("bfloat16", CPU) is torch.bfloat16
    with pytest.raises(StudyError, match="There is no device 'tpu'; the names are auto, cpu, cuda"):
        find_device("tpu")
    with pytest.raises(StudyError, match="There is no precision 'half'; the names are auto, float32, bfloat16"):
        find_precision("half", CPU)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said():
    with pytest.raises(StudyError, match=r"The device is 'cuda', but torch .* finds no GPU; set device to 'cpu'"):
        find_device("cuda")
