"""Validation judges copies of the weights beside the training, by what the solver says."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import nn

from sims.parallel import SERIAL
from sims.solver import Bounds, SimulationError
from surrogate.normalisation import Normalisation
from surrogate.rollout import roll_out
from surrogate.validation import HeldOut, Validator

STEPS, SCALE = 7, Normalisation((0.0,), (1.0,), mean=3.0, deviation=2.0)


class Growing:
    """Fields of 4 x 2 values that begin at the parameter `start` and grow by 1 a step."""

    bounds = {"start": Bounds(0.0, 1.0)}  # noqa: RUF012 - a class made to be read
    unit = "m"
    horizon = 1.0

    def shape(self, grid):
        """Rows and two columns."""
        return grid, 2

    def solve(self, parameters, grid, steps, ranks):
        """Yield the whole field."""
        assert ranks is SERIAL
        for step in range(steps):
            yield np.full((grid, 2), parameters["start"] + step)


class Off(nn.Module):
    """Direct: the true field and an error of `off` meters, everywhere."""

    def __init__(self, off):
        super().__init__()
        self.off = nn.Parameter(torch.tensor(off))

    def forward(self, inputs):
        """Constant fields."""
        start, time = (inputs[:, 0] + 1) / 2, (inputs[:, 1] + 1) / 2
        field = start + time * STEPS - 1 + self.off
        return ((field - 3.0) / 2.0)[:, None].expand(-1, 8)


class Next(nn.Module):
    """Autoregressive: every stride adds 1 + `off` meters a step."""

    def __init__(self, distance, off):
        super().__init__()
        self.off, self.distance = nn.Parameter(torch.tensor(off)), distance

    def forward(self, inputs, previous):
        """The fields a stride later."""
        return previous + self.distance * (1.0 + self.off) / 2.0


def held_out(distance=None, solver=None, count=3):
    samples = np.linspace(0.1, 0.9, count)[:, None]
    return HeldOut(solver or Growing(), samples, 4, STEPS, distance)


def solved(distance=None):
    held = held_out(distance)
    held.solve()
    return held


def test_errors_are_those_that_were_put_in():
    metrics = solved().evaluate(Off(0.5), SCALE)
    assert metrics.rmse == pytest.approx(0.5, rel=1e-5)
    assert metrics.maximum == pytest.approx(0.5, rel=1e-5)
    np.testing.assert_allclose(metrics.rmse_by_step, 0.5, rtol=1e-5)
    truth = np.array([0.1, 0.5, 0.9])[:, None] + np.arange(STEPS)
    assert metrics.relative_l2 == pytest.approx(np.mean(0.5 / truth), rel=1e-5)
    assert metrics.mean_field_rmse == pytest.approx(truth.std(), rel=1e-5)


@pytest.mark.parametrize("distance", [1, 2, 3])
def test_an_autoregressive_network_is_rolled_out_from_the_first_fields(distance):
    held = solved(distance)
    perfect = held.evaluate(Next(distance, 0.0), SCALE)
    assert perfect.rmse == pytest.approx(0.0, abs=1e-5)
    rolled = held.evaluate(Next(distance, 0.1), SCALE)
    # an error of 0.1 a step adds up over the strides
    strides = np.array([step // distance for step in range(STEPS)])
    expected = 0.1 * distance * strides
    np.testing.assert_allclose(rolled.rmse_by_step, expected, rtol=1e-4, atol=1e-5)
    assert rolled.rmse == pytest.approx(np.sqrt(np.mean(expected[distance:] ** 2)), rel=1e-4)
    np.testing.assert_array_equal(held.predict(Next(distance, 0.1), SCALE, 1)[:distance], held.fields[1, :distance])


def test_a_roll_out_asks_with_its_own_answer():
    fields = roll_out(lambda inputs, previous: 2 * previous + inputs[:, :1], torch.ones(2, 3), torch.ones(2, 4), 3)
    assert fields.shape == (3, 2, 4)
    assert fields[:, 0, 0].tolist() == [3.0, 7.0, 15.0]


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "validator"]


def test_copies_are_judged_beside_the_training_and_the_last_one_is_waited_for():
    model = Off(0.0)
    with Validator(held_out(), model, SCALE) as validator:
        metrics = validator.final(10, {"off": torch.tensor(0.25)})
        assert metrics.rmse == pytest.approx(0.25, rel=1e-5)
        assert validator.results() == [(10, metrics)]
        assert validator.results() == []
        again = validator.final(10, {"off": torch.tensor(0.5)})
        assert again.rmse == pytest.approx(0.5, rel=1e-5)
        assert torch.is_grad_enabled()
    assert threads() == []
    assert model.off.requires_grad


class Gate(Growing):
    """A solver that waits before each simulation until it may go on."""

    def __init__(self):
        self.open, self.asked = threading.Event(), threading.Event()

    def solve(self, parameters, grid, steps, ranks):
        """Yield the fields, later."""
        self.asked.set()
        assert self.open.wait(30)
        yield from super().solve(parameters, grid, steps, ranks)


def test_the_trainer_never_waits_and_of_several_copies_the_newest_is_judged():
    gate = Gate()
    with Validator(held_out(solver=gate), Off(0.0), SCALE) as validator:
        assert gate.asked.wait(30)  # the solver is not done, and yet:
        for batches in (1, 2, 3):
            validator.submit(batches, {"off": torch.tensor(float(batches))})
        assert validator.results() == []
        gate.open.set()
        with validator._changed:
            assert validator._changed.wait_for(lambda: validator._results, 30)
        ((batches, metrics),) = validator.results()
        assert (batches, round(metrics.rmse, 3)) == (3, 3.0)


def test_closing_gives_up_what_is_not_solved():
    gate = Gate()
    validator = Validator(held_out(solver=gate, count=1000), Off(0.0), SCALE)
    assert gate.asked.wait(30)
    gate.open.set()
    validator.close()
    assert threads() == []
    assert np.isnan(validator._held_out._mean_field_rmse)


def test_a_solver_that_refuses_is_heard():
    class Refusing(Growing):
        def solve(self, parameters, grid, steps, ranks):
            raise SimulationError("the mesh is tangled")

    with Validator(held_out(solver=Refusing()), Off(0.0), SCALE) as validator:
        with pytest.raises(SimulationError, match="tangled"):
            validator.final(1, {"off": torch.tensor(0.0)})
        with pytest.raises(SimulationError, match="tangled"):
            validator.results()
