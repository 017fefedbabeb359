"""The example of the documentation, run both ways that it shows."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from sims.parallel import SERIAL
from sims.roster import Roster
from sims.stream.client import connect
from surrogate.buffers import build_policy
from surrogate.intake import Intake
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


@pytest.mark.parametrize("kept", [None, 6])
def test_the_loop_of_the_page_goes_on_from_a_kept_state(tmp_path: Path, kept):
    page = (DOCS / "own-solver.md").read_text()
    (loop,) = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "stream.keep" in block]
    counts = np.arange(1.0, 11.0)[:, None, None] * np.ones((4, 4))  # the field after each of ten steps
    roster = Roster(np.array([[0.5]]), ["a"], 10)
    if kept is not None:
        roster.arrive(0, 0, kept + 1)
        roster.keep(0, kept, counts[kept].tobytes())

    def my_solver(_parameters, state):
        field = np.zeros((4, 4)) if state is None else state
        while field[0, 0] < 10:
            field = field + 1
            yield field

    with Intake(
        (4, 4), capacity=40, roster=roster, policy=build_policy("reservoir", watermark=1),
        rng=np.random.default_rng(0), slab_folder=tmp_path,
    ) as intake:  # fmt: skip
        with connect(intake.address, (4, 4), ranks=SERIAL) as stream:
            exec(textwrap.dedent(loop), {"stream": stream, "my_solver": my_solver})
        with intake.draw(10, 10.0) as draw:
            assert sorted(draw.step) == list(range(0 if kept is None else kept + 1, 10))
            np.testing.assert_array_equal(intake.slab.fields[draw.slots], counts[draw.step])
