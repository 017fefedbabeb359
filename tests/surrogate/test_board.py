"""The curves that are written are the curves that TensorBoard reads."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from surrogate.board import Board


def curves(folder):
    read = EventAccumulator(str(folder)).Reload()
    return {tag: [(event.step, event.value) for event in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


def test_a_run_that_goes_on_adds_to_the_curves(tmp_path: Path):
    with Board(tmp_path / "board") as board:
        board.write(10, loss=0.5, samples_per_second=1000.0)
        board.write(20, loss=0.25, rmse=float("nan"))
    with Board(tmp_path / "board") as board:
        board.write(30, loss=0.125, rmse=2.0)
    assert curves(tmp_path / "board") == {
        "loss": [(10, 0.5), (20, 0.25), (30, 0.125)],
        "samples_per_second": [(10, 1000.0)],
        "rmse": [(30, 2.0)],
    }
