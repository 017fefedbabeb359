"""A command that is killed leaves a run that nobody carries on; Dagster must not wait for it."""

import signal

import dagster as dg
import pytest

from pipelines.home import open_instance
from pipelines.leftovers import end_dead_runs
from pipelines.settings import Settings


@pytest.mark.slow
def test_the_run_of_a_killed_command_is_ended_and_no_other(fresh_home, monkeypatch):
    settings = Settings.from_environ({"MILLRACE_HOME": str(fresh_home.path)})
    for name in ("MILLRACE_HOME", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")  # so that what opening an instance sets is undone
    process = fresh_home.start("clean")
    next(line for line in process.stdout if "sync" in line)
    with open_instance(settings) as instance:
        (run,) = instance.get_runs()
        end_dead_runs(instance, settings.home)
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED

        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED
        end_dead_runs(instance, settings.home)
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE

    assert "employees" in fresh_home.run("clean")
