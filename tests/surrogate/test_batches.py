"""Batches made in the background from a real stream: whole, in step with training, and never left behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from sims.design import draw_samples
from sims.ensemble import launch_locally
from sims.roster import Roster
from sims.solver import find_solver
from sims.stream.messages import StreamError
from surrogate.batches import Batch, Batches, await_fields
from surrogate.buffers import build_policy
from surrogate.intake import Intake
from surrogate.normalisation import Normalisation

SOLVER = f"{Path(__file__).with_name('marked.py')}:Marked"
GRID, STEPS, SIMULATIONS, SIZE = 7, 20, 6, 8
pytestmark = pytest.mark.mpi


@contextmanager
def intake_of(folder: Path, *, buffer="reservoir", capacity=160, feed=True) -> Iterator[Intake]:
    """An intake that one worker of the marked solver feeds."""
    solver = find_solver(SOLVER)
    roster = Roster(draw_samples(solver.bounds, SIMULATIONS, seed=0), list(solver.bounds), STEPS)
    policy = build_policy(buffer, watermark=16, repeats=3.0)
    rng = np.random.default_rng(0)
    with Intake(
        solver.shape(GRID), capacity=capacity, roster=roster, policy=policy, rng=rng, slab_folder=folder
    ) as intake:
        if not feed:
            yield intake
            return
        settings = {"intake": intake.address, "name": "w", "solver": SOLVER, "grid": GRID, "steps": STEPS}
        job = launch_locally(["-m", "sims.worker", *(s for k, v in settings.items() for s in (f"--{k}", str(v)))], 1)
        try:
            yield intake
        finally:
            job.stop()


def scale(intake):
    return Normalisation((0.0,), (1.0,), mean=5.0, deviation=2.0)


def check(batch: Batch, intake: Intake, distance=0):
    """Every row is the field of its sample, normalised, with the inputs of its sample."""
    marks = intake.roster.samples[batch.simulation, 0]
    expected = (marks.astype(np.float32) + batch.step - 5.0) / 2.0
    np.testing.assert_allclose(batch.targets.numpy(), np.repeat(expected[:, None], GRID * 3, axis=1), atol=1e-5)
    time = 2 * (batch.step + 1) / STEPS - 1
    np.testing.assert_allclose(batch.inputs[:, 0].numpy(), 2 * marks - 1, atol=1e-6)
    np.testing.assert_allclose(batch.inputs[:, 1].numpy(), time, atol=1e-6)
    if distance:
        np.testing.assert_allclose(batch.previous.numpy(), batch.targets.numpy() - distance / 2.0, atol=1e-5)
    else:
        assert batch.previous is None


def keys(simulation, step):
    return set(zip(simulation.tolist(), step.tolist(), strict=True))


def used_and_trained_on(intake: Intake, batches: Batches):
    """What a checkpoint would say: used, without what was not handed out."""
    used = intake.used()
    pending = [key for part in batches.pending() for key in keys(*part)]
    found = {(simulation, step) for simulation in used.done for step in range(STEPS)}
    for simulation, mask in used.partial.items():
        found |= {(simulation, step) for step in np.flatnonzero(mask).tolist()}
    return found - set(pending)


def wait_until_one_is_ahead(batches):
    with batches._changed:
        assert batches._changed.wait_for(lambda: batches._ready is not None, 30)


def threads():
    return [thread.name for thread in threading.enumerate() if thread.name == "batches"]


@pytest.mark.parametrize("capacity", [48, 160])
def test_every_field_comes_whole_and_a_checkpoint_is_exact_at_every_moment(tmp_path: Path, capacity):
    fresh = set()
    with intake_of(tmp_path, capacity=capacity) as intake:
        await_fields(intake, lambda: None)
        with Batches(intake, SIZE, scale(intake)) as batches:
            while (batch := batches.next()) is not None:
                check(batch, intake)
                drawn = keys(batch.simulation[batch.fresh], batch.step[batch.fresh])
                assert not drawn & fresh
                fresh |= drawn
                assert used_and_trained_on(intake, batches) == fresh
            assert batches.over
            assert batches.next() is None
            assert batches.pending() == []
        counters = intake.counters
    assert fresh == {(simulation, step) for simulation in range(SIMULATIONS) for step in range(STEPS)}
    assert counters.produced == SIMULATIONS * STEPS
    assert counters.drawn >= 3 * counters.produced


def test_pairs_bring_the_field_before(tmp_path: Path):
    seen = set()
    with intake_of(tmp_path, buffer="pairs") as intake, Batches(intake, SIZE, scale(intake)) as batches:
        while (batch := batches.next()) is not None:
            check(batch, intake, distance=1)
            seen |= keys(batch.simulation, batch.step)
    assert seen == {(simulation, step) for simulation in range(SIMULATIONS) for step in range(1, STEPS)}


def test_one_batch_is_ahead_and_never_two_and_the_one_in_use_stays_as_it_is(tmp_path: Path):
    with intake_of(tmp_path) as intake:
        while not intake.finished:
            intake.filled(0.05)
        with Batches(intake, SIZE, scale(intake)) as batches:
            for taken in range(6):
                wait_until_one_is_ahead(batches)
                assert intake.counters.drawn == SIZE * (taken + 1)
                batch = batches.next()
                wait_until_one_is_ahead(batches)
                check(batch, intake)


def test_the_batch_is_the_buffer_itself_on_a_cpu(tmp_path: Path):
    with intake_of(tmp_path) as intake, Batches(intake, SIZE, scale(intake)) as batches:
        places = {batches.next().targets.data_ptr() for _ in range(6)}
        assert places <= {buffer.data_ptr() for buffer in batches._transfer._buffers.values()}
        assert len(places) == 2


def test_waiting_counts_from_the_first_batch_on_and_can_be_cut_short(tmp_path: Path):
    with intake_of(tmp_path, feed=False) as intake:
        calls = []
        with Batches(intake, SIZE, scale(intake), watch=lambda: calls.append(1)) as batches:
            assert batches.next(patience=0.5) is None
            assert not batches.over
            assert (batches.waited, batches.started) == (0.0, 0.0)
            assert len(calls) >= 2
            batches.started = 1.0
            assert batches.next(patience=0.3) is None
            assert batches.waited >= 0.25


@pytest.mark.parametrize("feed", [True, False])
def test_an_interrupt_leaves_no_thread(tmp_path: Path, feed):
    def interrupt():
        signal.raise_signal(signal.SIGINT)

    with intake_of(tmp_path, feed=feed) as intake:
        with pytest.raises(KeyboardInterrupt), Batches(intake, SIZE, scale(intake), watch=interrupt) as batches:
            batches.next()
        assert threads() == []


def test_closing_with_a_batch_that_nobody_takes_leaves_no_thread(tmp_path: Path):
    with intake_of(tmp_path) as intake:
        batches = Batches(intake, SIZE, scale(intake))
        wait_until_one_is_ahead(batches)
        batches.close()
        assert threads() == []
        assert len(batches.pending()) == 1


def test_what_fails_in_the_background_is_raised_to_the_trainer(tmp_path: Path):
    with intake_of(tmp_path, feed=False) as intake:
        intake._reception = None
        intake._ring()
        with Batches(intake, SIZE, scale(intake)) as batches, pytest.raises(StreamError, match="The intake has failed"):
            batches.next()
    with intake_of(tmp_path) as intake, Batches(intake, SIZE, scale(intake)) as batches:
        batches._transfer._lines = torch.zeros(0)
        with pytest.raises(IndexError):
            [batches.next() for _ in range(9)]
