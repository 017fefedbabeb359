"""Admission with everything real: a daemon, its code server, runs in their processes. Nothing is asserted about time."""

import json
import os
import subprocess
import sys

import dagster as dg
import pytest
from dagster._core.execution.backfill import PartitionBackfill
from dagster_graphql.test.utils import execute_dagster_graphql

from pipelines.admission.tags import CORES, GATE, GO, HOLD, POSITION, REASON, USER
from tests.pipelines.project import Project


@pytest.fixture
def project(tmp_path):
    """A project whose machine has 4 cores and 4000 MB."""
    with Project(tmp_path) as project:
        yield project


@pytest.mark.slow
def test_a_run_is_held_says_why_and_is_released_in_the_order_of_the_policy(project):
    project.start_daemon()
    first = project.submit(tags={"needs/cpu": "4", "signal": "first"})
    project.wait_for(first, "STARTED")
    flood = [project.submit(tags={"user": "flood", "needs/cpu": "4", "signal": f"flood {n}"}) for n in range(2)]
    small = project.submit(tags={"user": "small", "needs/cpu": "2", "signal": "small"})
    assert [project.tag(run, GATE) for run in [*flood, small]] == [HOLD] * 3
    assert project.tag(small, USER) == "small"

    # The flood came before, but the small one would end first if all had their share all the time.
    project.wait_until(lambda: project.tag(small, POSITION) == "1" and project.tag(flood[1], POSITION) == "3")
    assert project.tag(small, REASON).startswith("It is next, since it would end first under fair shares")
    assert "2 cpu more must become free" in project.tag(small, REASON)
    assert project.tag(flood[0], REASON).startswith(f"It goes after {small[:8]}, and what is free now does not suffice")
    assert [project.status(run) for run in [*flood, small]] == ["QUEUED"] * 3

    project.signal("first")
    project.wait_for(small, "STARTED")
    assert (project.tag(small, GATE), project.tag(small, POSITION)) == (GO, "0")
    assert [project.status(run) for run in flood] == ["QUEUED"] * 2
    project.signal("small")
    project.wait_for(flood[0], "STARTED")
    assert project.status(flood[1]) == "QUEUED"
    project.signal("all")
    project.wait_for(flood[1], "SUCCESS")
    assert any("Admission: It is next" in sentence for sentence in project.events(small))


@pytest.mark.slow
def test_the_reservation_is_what_the_process_gets(project):
    project.start_daemon()
    run = project.submit("greedy")
    project.wait_for(run, "FAILURE")
    said = [entry.user_message for entry in project.instance.all_logs(run)]
    core = int(project.tag(run, CORES))
    assert f"cores {[sorted(os.sched_getaffinity(0))[core]]} threads 1" in said
    assert "gpus None" in said
    assert "took 100000000" in said
    assert any("1 threads for each library that asks; 600 MB of memory." in event for event in project.events(run))
    events = [entry.dagster_event for entry in project.instance.all_logs(run) if entry.dagster_event is not None]
    (failure,) = [event for event in events if event.is_step_failure]
    assert "MemoryError" in failure.step_failure_data.error_display_string


LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) { __typename ... on LaunchRunSuccess { run { runId } } }
}
"""


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.filterwarnings("ignore:Function `AssetSelection:DeprecationWarning")  # Dagster's own, in its backfills
def test_every_way_to_launch_a_run_leads_through_admission(tmp_path):
    with Project(tmp_path, variables={"PATHS": "1"}) as project:
        project.start_daemon()
        runs = {"UI": from_the_ui(project), "CLI": from_the_command_line(project), "retry": project.submit("flaky")}
        backfill = start_backfill(project)

        def launched_by(**tags: str):
            return next(iter(project.instance.get_runs(dg.RunsFilter(tags=tags))), None)

        runs["sensor"] = project.wait_until(lambda: launched_by(**{"from": "sensor"})).run_id
        runs["schedule"] = project.wait_until(lambda: launched_by(**{"from": "schedule"})).run_id
        runs["backfill"] = project.wait_until(lambda: launched_by(**{"dagster/backfill": backfill})).run_id
        project.wait_for(runs["retry"], "FAILURE")
        runs["retry"] = project.wait_until(
            lambda: launched_by(**{"dagster/parent_run_id": runs["retry"]}), timeout=200
        ).run_id
        for way, run in runs.items():
            project.wait_for(run, "SUCCESS")
            found = project.run(run).tags
            assert found[GATE] == GO, way
            assert any(sentence.startswith("Admission: ") for sentence in project.events(run)), way
        # assets say themselves what they need, whoever launched them
        assert project.tag(runs["sensor"], "needs/cpu") == "2"
        assert project.tag(runs["sensor"], "needs/memory_mb") == "900"
        assert project.tag(runs["backfill"], "needs/cpu") == "3"
        assert project.tag(runs["backfill"], CORES) == "0,1,2"
        assert project.tag(runs["schedule"], USER) == "every_minute"


def from_the_ui(project) -> str:
    """Launch as the launchpad does."""
    project.signal("ui")
    selector = {"repositoryLocationName": project.program.name, "repositoryName": "__repository__", "jobName": "work"}
    parameters = {
        "selector": selector,
        "runConfigData": {},
        "executionMetadata": {"tags": [{"key": "signal", "value": "ui"}]},
    }
    with project.request() as request:
        result = execute_dagster_graphql(request, LAUNCH, {"parameters": parameters})
    return result.data["launchRun"]["run"]["runId"]


def from_the_command_line(project) -> str:
    """Launch as `dagster job launch` does."""
    known = {run.run_id for run in project.instance.get_runs()}
    project.signal("cli")
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "job", "launch", "-f", str(project.program)]
    command += ["-j", "work", "--tags", json.dumps({"signal": "cli"})]
    subprocess.run(command, env=project.environment, check=True, capture_output=True, timeout=120)
    (run,) = {run.run_id for run in project.instance.get_runs(dg.RunsFilter(job_name="work"))} - known
    return run


def start_backfill(project) -> str:
    """Ask for all partitions of an asset, as its page does."""
    with project.request() as request:
        backfill = PartitionBackfill.from_asset_partitions(
            backfill_id="tide",
            asset_graph=request.asset_graph,
            partition_names=["a", "b"],
            asset_selection=[dg.AssetKey("river")],
            backfill_timestamp=1.0,
            tags={},
            dynamic_partitions_store=project.instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
    project.instance.add_backfill(backfill)
    return backfill.backfill_id


@pytest.mark.slow
def test_without_anybody_who_decides_runs_go_first_in_first_out(tmp_path):
    with Project(tmp_path, variables={"NOBODY_DECIDES": "1"}, patience_seconds=10, max_concurrent_runs=1) as project:
        runs = [project.submit(tags={"signal": str(n), "needs/cpu": "99"}) for n in range(3)]
        project.start_daemon()
        for n, run in enumerate(runs):
            project.wait_for(run, "STARTED")
            assert project.tag(run, GATE) == HOLD
            assert [project.status(later) for later in runs[n + 1 :]] == ["QUEUED"] * (2 - n)
            project.signal(str(n))


@pytest.mark.slow
def test_two_daemons_do_not_give_away_more_than_there_is(project):
    project.start_daemon()
    project.start_daemon()
    runs = [project.submit(tags={"needs/cpu": "2", "signal": str(n)}) for n in range(5)]

    def all_ended() -> bool:
        """Look at one moment, and let the first of two that work end."""
        found = [project.run(run) for run in runs]
        working = [n for n, run in enumerate(found) if run.status.value in {"STARTING", "STARTED"}]
        released = [run for run in found if run.tags[GATE] == GO and run.status.value == "QUEUED"]
        assert len(working) + len(released) <= 2
        left = sum(not run.is_finished for run in found)
        if working and len(working) == min(2, left):
            project.signal(str(working[0]))
        return left == 0

    project.wait_until(all_ended, timeout=240)
    rounds = [sentence for run in runs for sentence in project.events(run) if sentence.startswith("Admission: ")]
    assert len(rounds) == len(runs), "each was released once"
