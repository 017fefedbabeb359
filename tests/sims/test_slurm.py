"""Jobs of a real Slurm: ranks that find each other across nodes, their output, their ends, and a whole study."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sims.ensemble import LAUNCHERS
from sims.launch import JOB_LABEL, LaunchError
from sims.slurm import SlurmJob, launch_on_slurm
from surrogate.study import Study, run_study
from tests.sims import own_slurm

REASON = own_slurm.why_not()
pytestmark = [pytest.mark.mpi, pytest.mark.slow, pytest.mark.skipif(REASON is not None, reason=REASON or "")]
RANKS = str(Path(__file__).with_name("say_rank.py"))


@pytest.fixture(scope="module", autouse=True)
def own(tmp_path_factory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("slurm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        with own_slurm.slurm(folder):
            yield


def start(*argv, ranks=2, **settings):
    """A job, with the lines that it has printed so far."""
    lines: list[tuple[int, str]] = []
    return SlurmJob(argv, ranks, on_line=lambda rank, text: lines.append((rank, text)), **settings), lines


def await_(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left_of(job):
    """Processes that carry the job's label, wherever Slurm put them."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(JOB_LABEL) == job.name and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def queue():
    return subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("nodes", [1, 2])
def test_ranks_find_each_other_within_a_node_and_across(nodes):
    job, lines = start(RANKS, options=[f"--nodes={nodes}"])
    await_(lambda: job.poll() is not None)
    assert job.poll() == 0, job.tail
    words = dict(lines)
    assert [words[rank].split()[:4] for rank in (0, 1)] == [["rank", "0", "of", "2"], ["rank", "1", "of", "2"]]
    assert len({text.split()[-1] for text in words.values()}) == nodes
    assert 0 < job.seconds == job.seconds
    job.stop()  # of one that ended, nothing is left to do
    assert queue() == ""


def test_a_rank_that_is_killed_ends_its_job_with_its_last_words():
    job, lines = start(RANKS, "stay")
    await_(lambda: len(lines) == 2)
    victim = next(
        process
        for process in left_of(job)
        if process.environ().get("SLURM_PROCID") == "1" and RANKS in process.cmdline()
    )
    victim.kill()
    await_(lambda: job.poll() is not None)
    assert job.poll() != 0
    assert "rank 1 of 2" in job.tail
    assert "Killed" in job.tail
    job.stop()
    assert not left_of(job)
    assert queue() == ""


@pytest.mark.parametrize("orphaned", [False, True])
def test_a_job_that_is_stopped_leaves_nothing_also_when_its_srun_is_dead(orphaned):
    job, lines = start(RANKS, "stubborn")
    await_(lambda: len(lines) == 2)
    if orphaned:
        next(p for p in left_of(job) if p.name() == "srun").kill()
    job.stop()
    assert job.poll() is not None
    assert not left_of(job)
    assert queue() == ""


def test_a_job_that_is_stopped_at_once_leaves_nothing():
    job, _ = start(RANKS, "stay")
    job.stop()
    assert queue() == ""
    assert not left_of(job)


def test_a_job_that_waits_for_resources_says_so_and_its_waiting_costs_nothing(capsys):
    first, lines = start(RANKS, "stay", ranks=4)
    await_(lambda: len(lines) == 4)
    second, words = start(RANKS, ranks=4)
    await_(lambda: bool(words))
    assert words[0][0] == -1
    assert "queued and waiting for resources" in words[0][1]
    assert "A worker waits for resources: srun: job" in capsys.readouterr().err
    assert second.poll() is None
    assert second.seconds == 0.0
    first.stop()
    await_(lambda: second.poll() is not None)
    assert second.poll() == 0
    assert second.seconds > 0
    second.stop()


@pytest.mark.parametrize(
    ("ranks", "options", "words"),
    [
        (2, ["--partition=nowhere"], "invalid partition specified: nowhere"),
        (5, [], "More processors requested than permitted"),
    ],
)
def test_what_slurm_refuses_is_told_in_its_own_words(ranks, options, words):
    job, _ = start(RANKS, ranks=ranks, options=options)
    await_(lambda: job.poll() is not None)
    assert job.poll() != 0
    assert words in job.tail
    job.stop()


def test_without_slurm_there_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    with pytest.raises(LaunchError, match="Slurm's srun is not on the path"):
        launch_on_slurm([RANKS], 2)


def test_a_trainer_inside_a_job_starts_workers_as_jobs_of_their_own(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    monkeypatch.setenv("SLURM_NTASKS", "1")
    job, lines = start(RANKS)
    await_(lambda: job.poll() is not None)
    assert job.poll() == 0
    assert len(lines) == 2
    job.stop()


def test_a_study_trains_on_what_slurm_jobs_stream(tmp_path: Path):
    # The memory holds a third of the samples and each is trained on often, so that workers still wait for room,
    # and one can be killed, when the first progress is told after a second.
    study = Study(
        simulations=24, grid=16, steps=20, capacity=160, watermark=64, batch_size=32, repeats=80.0, workers=2
    )  # fmt: skip
    jobs, killed = [], []

    def launch(argv, ranks):
        jobs.append(LAUNCHERS["slurm"](argv, ranks))
        return jobs[-1]

    def kill_once(progress):
        if progress.counters.produced and not killed:
            killed.extend(p for p in left_of(jobs[0]) if "--intake" in p.cmdline() and p.name() != "srun")
            for process in killed[:1]:
                os.kill(process.pid, signal.SIGKILL)

    result = run_study(study, folder=tmp_path, launch=launch, progress=kill_once)
    assert result.simulations == 24
    assert result.failed == ()
    assert result.counters.produced == 24 * 20
    assert result.counters.balanced
    assert killed
    assert queue() == ""
    assert not any(left_of(job) for job in jobs)
