"""Admission in somebody else's project: exactly what docs/admission.md shows, with a daemon and nothing else of ours."""

import os
import re
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest

from pipelines.admission.tags import CORES, GATE, GO, HOLD
from tests.pipelines.project import PATIENCE_S, ROOT

PAGE = (ROOT / "docs" / "admission.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of the page in a language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_the_page_works_in_a_project_of_its_own(tmp_path):
    assert len(block("yaml").splitlines()) == 3, "the page says three lines"
    program = tmp_path / "project.py"
    program.write_text(block("python"), encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(block("yaml"), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }
    dagster = [sys.executable, "-W", "ignore", "-m"]
    launch = [*dagster, "dagster", "job", "launch", "-f", str(program), "-j", "__ASSET_JOB"]
    subprocess.run(launch, env=environment, check=True, capture_output=True, timeout=120, cwd=tmp_path)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        (run,) = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.QUEUED
        assert run.tags[GATE] == HOLD
        assert (run.tags["needs/cpu"], run.tags["needs/memory_mb"]) == ("1", "400")
        daemon = subprocess.Popen(
            [*dagster, "dagster._daemon", "run", "-f", str(program)],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not instance.get_run_by_id(run.run_id).is_finished:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        finally:
            daemon.send_signal(signal.SIGINT)
            daemon.wait(60)
        done = instance.get_run_by_id(run.run_id)
        assert done.status is dg.DagsterRunStatus.SUCCESS
        assert done.tags[GATE] == GO
        said = [entry.dagster_event.message for entry in instance.all_logs(run.run_id) if entry.dagster_event]
        assert any(f"Reserved: cores {cores(done)}" in (sentence or "") for sentence in said), said


def cores(run: dg.DagsterRun) -> int:
    """The core that was reserved, as the system numbers it."""
    return sorted(os.sched_getaffinity(0))[int(run.tags[CORES])]
