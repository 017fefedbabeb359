"""A worker as a program: what it reports, to whom, and how it answers to a signal and to a wrong argument."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from dagster_pipes import encode_param

from sims.design import draw_samples
from sims.ensemble import launch_locally
from sims.launch import MpiJob
from sims.roster import Roster
from sims.solver import find_solver
from surrogate.buffers import build_policy
from surrogate.intake import Intake

GRID, STEPS, SIMULATIONS = 8, 10, 6
pytestmark = pytest.mark.mpi


@pytest.fixture
def intake(tmp_path: Path):
    solver = find_solver("heat2d")
    roster = Roster(draw_samples(solver.bounds, SIMULATIONS, seed=0), list(solver.bounds), STEPS)
    with Intake(
        solver.shape(GRID),
        capacity=40,
        roster=roster,
        policy=build_policy("reservoir", watermark=8),
        rng=np.random.default_rng(0),
        slab_folder=tmp_path,
    ) as opened:
        yield opened


def arguments(opened, **changes):
    settings = {"intake": opened.address, "solver": "heat2d", "grid": GRID, "steps": STEPS, **changes}
    return ["-m", "sims.worker", *(part for key, value in settings.items() for part in (f"--{key}", str(value)))]


def drain(intake):
    while True:
        with intake.draw(8, 0.1) as draw:
            if draw is None:
                return


def pipes_environment(folder):
    """What a Dagster step sets for the process that it starts."""
    context = dict.fromkeys(
        ("code_version_by_asset_key", "provenance_by_asset_key", "partition_key", "partition_key_range",
         "partition_time_window", "job_name")
    )  # fmt: skip
    (folder / "context").write_text(
        json.dumps({**context, "asset_keys": ["surrogate"], "run_id": "1", "retry_number": 0, "extras": {}})
    )
    return {
        "DAGSTER_PIPES_CONTEXT": encode_param({"path": str(folder / "context")}),
        "DAGSTER_PIPES_MESSAGES": encode_param({"path": str(folder / "messages")}),
    }


def test_under_a_pipeline_the_main_rank_alone_reports(intake, tmp_path: Path):
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or "mpiexec"
    job = MpiJob(arguments(intake), 2, mpiexec=mpiexec, env=pipes_environment(tmp_path))
    drain(intake)
    assert job.wait(60) == 0, job.tail
    messages = [json.loads(line) for line in (tmp_path / "messages").read_text().splitlines()]
    methods = [message["method"] for message in messages]
    assert (methods.count("opened"), methods.count("closed")) == (1, 1)
    (custom,) = [message for message in messages if message["method"] == "report_custom_message"]
    assert custom["params"]["payload"] == {"worker": "result", "simulations": SIMULATIONS, "steps": SIMULATIONS * STEPS}


def test_under_plain_mpiexec_it_prints_a_line(intake):
    job = launch_locally(arguments(intake), 2)
    drain(intake)
    assert job.wait(60) == 0
    assert job.tail == f"{SIMULATIONS} simulations solved, {SIMULATIONS * STEPS} time steps streamed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_ranks_in_good_order(intake, number):
    job = launch_locally(arguments(intake), 2)
    assert intake.filled(60)
    # nothing is drawn, so that the main rank waits for room, or soon will, and the other one for the main rank
    ranks = [process for process in job.members() if "-n" not in process.cmdline() and "--intake" in process.cmdline()]
    for process in ranks:
        process.send_signal(number)
    assert job.wait(60) == 0, job.tail
    assert intake.counters.balanced
    assert not intake.connected
    assert intake.roster.set_aside == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"solver": "heat3d"}, "There is no solver 'heat3d'"),
        ({"grid": GRID + 1}, "the study expects fields of float32 8x8; the producer has float32 9x9"),
        ({"intake": "tcp//nowhere"}, "'tcp//nowhere' is no address of an intake"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_a_status(intake, changes, sentence):
    job = launch_locally(arguments(intake, **changes), 1)
    assert job.wait(60) == 1
    assert sentence in job.tail
    assert "Traceback" not in job.tail


def test_after_a_kill_another_worker_goes_on_from_the_kept_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    counted, steps = tmp_path / "counted", 120  # of 0.03 s, so that states are kept
    monkeypatch.setenv("COUNTED", str(counted))
    name = f"{Path(__file__).with_name('counting.py')}:Counting"
    solver = find_solver(name)
    roster = Roster(np.array([[0.1]]), list(solver.bounds), steps)
    with Intake(
        solver.shape(GRID), capacity=2 * steps, roster=roster, policy=build_policy("reservoir", watermark=1),
        rng=np.random.default_rng(0), slab_folder=tmp_path,
    ) as intake:  # fmt: skip
        settings = arguments(intake, solver=name, steps=steps, name="worker")
        first = launch_locally(settings, 2)
        while roster.kept(0) is None:
            assert first.poll() is None, first.tail
            time.sleep(0.01)
        for process in first.members():
            process.send_signal(signal.SIGKILL)
        first.wait(60)
        intake.lose("worker", "killed")
        (kept, _), owed = roster.kept(0), int(roster.owed[0])
        second = launch_locally(settings, 2)
        assert second.wait(60) == 0, second.tail
        assert intake.counters.produced == steps
        with intake.draw(2 * steps, 10.0) as draw:
            expected = 0.1 * (draw.step + 1)
            np.testing.assert_allclose(intake.slab.fields[draw.slots, 0, 0], expected, rtol=1e-6)
            assert sorted(draw.step) == list(range(steps))
    lines = [line.split() for line in counted.read_text().splitlines()]
    last_process = [int(step) for process, step in lines if process == lines[-1][0]]
    assert last_process == list(range(kept + 1, steps))  # not from the start
    assert 0 < kept < owed
