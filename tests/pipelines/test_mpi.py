"""MPI jobs end with the step that started them, however it ends."""

import contextlib
import gc
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import psutil
import pytest

from pipelines.mpi import MpiLauncher
from sims.launch import LaunchError, MpiJob, sweep_leftovers

pytestmark = pytest.mark.mpi

PROGRAM = str(Path(__file__).parent / "programs" / "ranks.py")
MPIEXEC = str(Path(sys.executable).parent / "mpiexec")
SHORT = {"interrupt_seconds": 0.5, "terminate_seconds": 0.5}


def rank_pids(path: Path) -> list[int]:
    """Process ids that the ranks wrote."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def wait_for_ranks(path: Path, ranks: int) -> list[int]:
    """Wait until all ranks have started."""
    deadline = time.monotonic() + 60
    while len(rank_pids(path)) < ranks:
        assert time.monotonic() < deadline, "the ranks did not start"
        time.sleep(0.05)
    return rank_pids(path)


def alive(pids: list[int]) -> list[int]:
    """Those of the processes that still run."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def materialize(body, tmp_path):
    """Materialise an asset whose body gets an MPI session."""

    @dg.asset
    def job(context: dg.AssetExecutionContext, mpi: MpiLauncher) -> dg.MaterializeResult:
        with mpi.session(context) as session:
            return body(session)

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        return dg.materialize([job], resources={"mpi": MpiLauncher(**SHORT)}, instance=instance, raise_on_error=False)


def failure_text(result) -> str:
    """The sentence of the step's failure."""
    (event,) = [event for event in result.all_events if event.is_step_failure]
    return event.step_failure_data.user_failure_data.description


def test_rank_0_reports_and_all_ranks_print(tmp_path, capfd):
    def body(session):
        (message,) = session.run([PROGRAM, "finish", str(tmp_path / "pids")], 2)
        return dg.MaterializeResult(metadata=message)

    result = materialize(body, tmp_path)
    assert result.success
    (materialisation,) = result.asset_materializations_for_node("job")
    assert materialisation.metadata["ranks"].value == 2
    assert len(rank_pids(tmp_path / "pids")) == 2


def test_failing_rank_fails_the_step_and_takes_the_others_down(tmp_path):
    result = materialize(lambda session: session.run([PROGRAM, "fail", str(tmp_path / "pids")], 2), tmp_path)
    assert not result.success
    # 3, or 9 if hydra was quicker to kill the other rank than to collect the status of the first
    assert re.search("on 2 ranks ended with status [39]", failure_text(result))
    assert alive(rank_pids(tmp_path / "pids")) == []


def test_timeout_stops_ranks_that_ignore_every_signal(tmp_path):
    result = materialize(
        lambda session: session.run([PROGRAM, "ignore-all", str(tmp_path / "pids")], 2, timeout_s=5), tmp_path
    )
    assert "took longer than 5 s" in failure_text(result)
    assert len(rank_pids(tmp_path / "pids")) == 2
    assert alive(rank_pids(tmp_path / "pids")) == []


def test_jobs_left_running_end_with_the_step(tmp_path):
    def body(session):
        session.launch([PROGRAM, "ignore-interrupt", str(tmp_path / "pids")], 2)
        wait_for_ranks(tmp_path / "pids", 2)
        return dg.MaterializeResult()

    assert materialize(body, tmp_path).success
    assert alive(rank_pids(tmp_path / "pids")) == []


def test_termination_reaches_ranks_that_ignore_sigint(tmp_path):
    """A run that is interrupted from outside, as the UI's Terminate does, leaves no rank behind."""
    script = tmp_path / "run.py"
    script.write_text(
        "import dagster as dg\n"
        "from pipelines.mpi import MpiLauncher\n"
        "@dg.asset\n"
        "def job(context: dg.AssetExecutionContext, mpi: MpiLauncher) -> None:\n"
        "    with mpi.session(context) as session:\n"
        f"        session.run([{PROGRAM!r}, 'ignore-interrupt', {str(tmp_path / 'pids')!r}], 2)\n"
        f"dg.materialize([job], resources={{'mpi': MpiLauncher(**{SHORT!r})}})\n"
    )
    run = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        pids = wait_for_ranks(tmp_path / "pids", 2)
        assert alive(pids) == pids
        run.send_signal(signal.SIGINT)
        output, _ = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode != 0, output
    assert alive(pids) == []


# The interrupt may fall where psutil has just opened a file, which is closed when it is collected.
@pytest.mark.filterwarnings(r"ignore:.*/proc/:pytest.PytestUnraisableExceptionWarning")
def test_second_interrupt_does_not_cut_the_stopping_short(tmp_path):
    job = MpiJob([PROGRAM, "ignore-all", str(tmp_path / "pids")], 2, mpiexec=MPIEXEC)
    pids = wait_for_ranks(tmp_path / "pids", 2)

    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            job.stop(interrupt_s=30, terminate_s=30)
    finally:
        signal.signal(signal.SIGALRM, before)
    gc.collect()
    assert alive(pids) == []


def files() -> set[Path]:
    """What MPI jobs have in shared memory and in the temporary folder now."""
    return {*Path("/dev/shm").glob("mpich_shm_*"), *Path("/tmp").glob("hydra_hwloc_xmlfile_*")}


def test_files_of_a_killed_job_are_removed_and_those_of_a_running_one_are_not(tmp_path):
    before = files()
    running = MpiJob([PROGRAM, "sleep", str(tmp_path / "running")], 2, mpiexec=MPIEXEC)
    wait_for_ranks(tmp_path / "running", 2)
    in_use = files() - before
    killed = MpiJob([PROGRAM, "ignore-all", str(tmp_path / "killed")], 2, mpiexec=MPIEXEC)
    wait_for_ranks(tmp_path / "killed", 2)
    left = files() - before - in_use
    killed.stop(interrupt_s=0.1, terminate_s=0.1)
    sweep_leftovers(older_than_s=0.0)
    assert len(in_use) == 2
    assert len(left) == 2
    assert in_use <= files()
    assert not {path for path in left & files() if path.name.startswith("mpich")}
    running.stop()
    sweep_leftovers(older_than_s=0.0)
    assert not (in_use | left) & files()


def test_missing_launcher_is_said():
    with pytest.raises(LaunchError, match="'no-such-mpiexec' cannot be run .* MILLRACE_MPIEXEC"):
        MpiJob(["-c", "pass"], 1, mpiexec="no-such-mpiexec")
