"""The example of the documentation, run both ways that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surrogate.predict import load
from surrogate.study import Study, run_study

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "advection.py"
pytestmark = pytest.mark.mpi


@pytest.mark.parametrize("program", [("-m", "sims.worker"), (str(EXAMPLE),)], ids=["class", "program"])
def test_the_example_trains(tmp_path: Path, program):
    study = Study(
        name="puff", solver=f"{EXAMPLE}:Advection", program=program, grid=16, steps=10, simulations=40,
        capacity=200, watermark=100, batch_size=32, repeats=30.0,
    )  # fmt: skip
    result = run_study(study, folder=tmp_path)
    assert result.counters.produced == 400
    assert result.metrics.rmse < result.metrics.mean_field_rmse / 2
    assert load(tmp_path / "puff.pt")({"a": 0.3, "b": 0.7}, time=0.25).shape == (16, 16)


def test_the_page_shows_what_the_example_does():
    page, example = (DOCS / "own-solver.md").read_text(), EXAMPLE.read_text()
    for number in "123":
        line = re.search(rf"^ *(.*?) *# {number}$", example, re.MULTILINE)
        assert line is not None
        assert line[1] in page
