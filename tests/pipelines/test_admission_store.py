"""What is written into a real instance: compare and set, one round at a time, holding on submission."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from pipelines.admission import AdmissionCoordinator
from pipelines.admission import instance as store
from pipelines.admission.coordinator import missing_needs
from pipelines.admission.history import History
from pipelines.admission.lease import KEY, TERM_S, give_back, read, take
from pipelines.admission.runs import read_runs
from pipelines.admission.sensor import Admission
from pipelines.admission.tags import GATE, GO, HOLD, POSITION, REASON, USER
from pipelines.leftovers import FROM_TERMINAL
from pipelines.tags import HEAVY
from scheduling.policies import build_policy
from scheduling.resources import Resources

QUEUED, NOT_STARTED = dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED
COORDINATOR = {"module": "pipelines.admission", "class": "AdmissionCoordinator", "config": {"user_header": "X-User"}}


ORIGIN = RemoteJobOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("here"), "repository"), "work")
"""Of a job that is in no code location; runs that are queued must have one."""


@dg.op
def nothing() -> None:
    """A step."""


@dg.job(tags={"needs/cpu": "1"})
def work():
    """A run."""
    nothing()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def instance(tmp_path, request):
    """An instance with the coordinator, and with its runs in either of the storages that people have."""
    overrides = {"telemetry": {"enabled": False}, "run_coordinator": COORDINATOR}
    if request.param == "postgres":
        database = request.getfixturevalue("database")
        url = database.url.set(drivername="postgresql+psycopg2", database=f"{database.url.database}_dagster")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{url.database}"')
        overrides["storage"] = {"postgres": {"postgres_url": url.render_as_string(hide_password=False)}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides) as instance:
        yield instance


def submit(instance, **tags) -> str:
    """Create a run and submit it, without a workspace."""
    run = instance.create_run_for_job(
        work, tags={"needs/cpu": "1", **tags}, status=NOT_STARTED, remote_job_origin=ORIGIN
    )
    context = dg.SubmitRunContext(run, workspace=None)
    instance.run_coordinator.submit_run(context)
    return run.run_id


def admission(**capacity) -> Admission:
    """A sensor's state for a machine of that size."""
    return Admission(build_policy("uwfq"), Resources(**{"cpu": 2, "memory_mb": 10_000, **capacity}))


def tags(instance, run_id):
    """Of a run, now."""
    return instance.get_run_by_id(run_id).tags


def test_submission_holds_and_a_retry_starts_over(instance):
    run = submit(instance, user="ana", **{REASON: "of the parent", POSITION: "0", GATE: GO})
    found = tags(instance, run)
    assert (found[GATE], found[USER]) == (HOLD, "ana")
    assert REASON not in found
    assert POSITION not in found
    assert [record.run_id for record in instance.get_runs(dg.RunsFilter(tags={GATE: HOLD}))] == [run]
    assert instance.get_runs(dg.RunsFilter(tags={GATE: GO})) == []


def test_a_run_that_cannot_be_held_is_queued_as_dagster_would(instance, monkeypatch, caplog):
    monkeypatch.setattr(store, "write_tags", lambda *_: 1 / 0)
    run = submit(instance)
    assert instance.get_run_by_id(run).status is QUEUED
    assert GATE not in tags(instance, run)
    assert "could not be held" in caplog.text


def test_whoever_is_logged_in_counts_more_than_what_the_run_says(instance, monkeypatch):
    monkeypatch.setattr(dg.SubmitRunContext, "get_request_header", lambda _, name: {"X-User": "proxy"}[name])
    assert tags(instance, submit(instance, user="mallory"))[USER] == "proxy"


def test_automations_are_users_of_their_own_name(instance):
    assert tags(instance, submit(instance, **{"dagster/schedule_name": "every_night"}))[USER] == "every_night"
    assert tags(instance, submit(instance))[USER] == "local"


def test_needs_of_a_run_are_the_most_that_one_of_its_steps_declares():
    steps = [{"needs/cpu": "2", "other": "x"}, {"needs/cpu": "10", "needs/memory_mb": "5"}, {"needs/gpu": "1"}]
    assert missing_needs({"needs/gpu": "0"}, steps) == {"needs/cpu": "10", "needs/memory_mb": "5"}
    assert missing_needs({}, [{"needs/cpu": "50%"}, {"needs/cpu": "4"}]) == {"needs/cpu": "50%"}
    assert missing_needs({}, [{"needs/cpu": "four"}, {"needs/cpu": "4"}]) == {"needs/cpu": "four"}


def test_tags_are_written_only_on_runs_that_are_as_they_were(instance):
    held, gone = submit(instance), submit(instance)
    instance.report_run_canceled(instance.get_run_by_id(gone))
    written = store.write_tags(instance, {held: {"x": "1", USER: None}, gone: {"x": "1"}}, QUEUED)
    assert written == {held}
    assert tags(instance, held)["x"] == "1"
    assert USER not in tags(instance, held)
    assert "x" not in tags(instance, gone)
    assert [run.run_id for run in instance.get_runs(dg.RunsFilter(tags={"x": "1"}))] == [held]


def test_a_tag_of_the_launcher_survives_writes_at_the_same_time(instance):
    run = submit(instance)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            store.write_tags(instance, {run: {REASON: str(number)}}, QUEUED)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write)
        instance.report_dagster_event(  # as the daemon does before it launches
            dg.DagsterEvent(event_type_value="PIPELINE_STARTING", job_name="work"), run_id=run
        )
        instance.add_run_tags(run, {".dagster/grpc_info": "port"})
        stop.set()
        writing.result()
    assert tags(instance, run)[".dagster/grpc_info"] == "port"
    assert store.write_tags(instance, {run: {REASON: "late"}}, QUEUED) == set()


def test_one_round_at_a_time_and_a_dead_one_lapses(instance):
    first = take(instance, now=1000.0)
    assert first is not None
    assert take(instance, now=1001.0) is None
    second = take(instance, now=1000.0 + TERM_S)
    assert second is not None
    assert second.completed is None, "the first never came to its end"
    give_back(instance, first)
    assert take(instance, now=1001.0 + TERM_S) is None, "it is no longer the first one's to give back"
    give_back(instance, second)
    assert read(instance).completed == second.taken
    assert take(instance, now=1002.0 + TERM_S) is not None


def test_what_another_version_left_is_taken_over(instance):
    store.swap_value(instance, KEY, None, '{"owner": 1}')
    lease = take(instance, 1000.0)
    assert lease is not None
    give_back(instance, lease)
    assert read(instance).completed == 1000.0


def test_a_run_of_the_terminal_counts_as_running_with_its_needs(instance):
    @dg.op
    def look(context: dg.OpExecutionContext) -> None:
        (me,) = read_runs(context.instance)
        assert (me.state, me.tags["needs/cpu"]) == ("running", "75%")

    @dg.job(tags=HEAVY)
    def heavy():
        look()

    assert heavy.execute_in_process(instance=instance, tags=FROM_TERMINAL).success


def test_only_one_of_many_takes_the_lease(instance):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(instance, 1000.0), range(8)))
    assert sum(lease is not None for lease in taken) == 1


def test_two_sensors_never_give_away_the_same_cores(instance):
    runs = [submit(instance) for _ in range(12)]
    sensors = [admission(cpu=3), admission(cpu=3)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            said = list(pool.map(lambda sensor: sensor.tick(instance), sensors))
    assert sum(tags(instance, run)[GATE] == GO for run in runs) == 3, said


def test_a_tick_says_what_it_did_and_a_second_changes_nothing(instance):
    runs = [submit(instance, user=f"u{n}") for n in range(4)]
    sensor = admission()
    assert sensor.tick(instance).startswith("2 wait, 2 released (")
    before = [tags(instance, run) for run in runs]
    assert sensor.tick(instance).startswith("2 wait, 0 released; 2 already hold resources. Next is ")
    steady = (GATE, POSITION, USER)
    after = [tags(instance, run) for run in runs]
    assert [[found[key] for key in steady] for found in after] == [[found[key] for key in steady] for found in before]
    assert {found.get(POSITION) for found in after} == {"0", "1", "2"}


def test_bad_runs_are_ended_with_their_sentence_and_the_queue_goes_on(instance):
    bad, huge, good = submit(instance, **{"needs/cpu": "-2"}), submit(instance, **{"needs/cpu": "99"}), submit(instance)
    said = admission().tick(instance)
    assert "1 can never start here, 1 refused" in said
    assert instance.get_run_by_id(bad).status is dg.DagsterRunStatus.FAILURE
    assert tags(instance, bad)[REASON].startswith("It is refused. needs/cpu is '-2'")
    assert tags(instance, bad)["dagster/max_retries"] == "0"
    assert any("It is refused" in (entry.dagster_event.message or "") for entry in instance.all_logs(bad))
    assert instance.get_run_by_id(huge).status is QUEUED
    assert "can never start on this machine" in tags(instance, huge)[REASON]
    assert tags(instance, good)[GATE] == GO


def test_a_sensor_that_was_off_looks_before_it_decides(instance, monkeypatch):
    run = submit(instance)
    lease = take(instance, time.time() - 86_400)
    give_back(instance, lease)
    sensor = admission()
    assert sensor.tick(instance).startswith("Nobody has decided for 1 day, 0:00:0")
    assert tags(instance, run)[GATE] == HOLD
    assert "1 released" in sensor.tick(instance)


def test_a_round_that_fails_lets_the_gate_open(instance, monkeypatch):
    submit(instance)
    monkeypatch.setattr(Admission, "plan", lambda *_: 1 / 0)
    before = read(instance)
    with pytest.raises(ZeroDivisionError):
        admission().tick(instance)
    assert before is None
    assert read(instance).completed is None, "what the gate listens to has not moved"


def test_wrong_configuration_is_said_in_the_tick(tmp_path):
    for name in ("stock", "limits"):
        (tmp_path / name).mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "stock")) as stock:
        assert "name AdmissionCoordinator of pipelines.admission in dagster.yaml" in admission().tick(stock)
    overrides = {
        "run_coordinator": COORDINATOR,
        "concurrency": {"runs": {"tag_concurrency_limits": [{"key": "x", "limit": 1}]}},
    }
    with dg.DagsterInstance.local_temp(str(tmp_path / "limits"), overrides) as limited:
        assert "move them to run_coordinator.config" in admission().tick(limited).lower()


def test_history_is_the_median_of_the_same_work(instance):
    for seconds in (10, 30, 20):
        run = instance.create_run_for_job(work, status=NOT_STARTED)
        store_times(instance, run.run_id, seconds)
    submit(instance)
    usual = History().usual(instance, read_runs(instance))
    assert list(usual.values()) == [20]


def store_times(instance, run_id: str, seconds: float) -> None:
    """As a run that has taken so long."""
    import sqlalchemy as sa
    from dagster._core.storage.runs.schema import RunsTable

    with store._connect(instance) as connection:
        connection.execute(
            sa.update(RunsTable)
            .where(RunsTable.c.run_id == run_id)
            .values(status="SUCCESS", start_time=1000.0, end_time=1000.0 + seconds)
        )


def test_the_coordinator_adds_its_rule_to_those_that_are_there(tmp_path):
    config = {"tag_concurrency_limits": [{"key": "team", "limit": 2}], "patience_seconds": 7}
    overrides = {"run_coordinator": {**COORDINATOR, "config": config}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides) as instance:
        assert isinstance(instance.run_coordinator, AdmissionCoordinator)
        assert instance.run_coordinator.patience_seconds == 7
        limits = instance.get_concurrency_config().run_queue_config.tag_concurrency_limits
        assert limits == [{"key": "team", "limit": 2}, {"key": GATE, "value": HOLD, "limit": 0}]
