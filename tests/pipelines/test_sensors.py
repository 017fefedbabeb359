"""The sensor asks for a run when the ERP has changed and nobody is at work on it, and never twice for one change."""

import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from erp.pipeline import make_demo_source
from pipelines.build import build_defs
from pipelines.sensors import source_changed
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    """A small ERP in a file."""
    folder = tmp_path_factory.mktemp("erp")
    make_demo_source(f"sqlite:///{folder}/erp.db", folder / "truth", 100)
    return folder / "erp.db"


class Daemon(RuleBasedStateMachine):
    """The daemon evaluates the sensor at any moment, and carries the cursor from one evaluation to the next."""

    company: Path

    @initialize()
    def install(self) -> None:
        """An instance, a source and nothing remembered."""
        self.stack = contextlib.ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.source = Path(shutil.copy(self.company, self.folder / "erp.db"))
        self.settings = Settings.from_environ(
            {"MILLRACE_HOME": str(self.folder / "home"), "MILLRACE_SOURCE_URL": f"sqlite:///{self.source}"}
        )
        self.instance = self.stack.enter_context(dg.DagsterInstance.ephemeral())
        self.cursor: str | None = None
        self.keys: list[str] = []
        self.edits = 0
        self.remembered: int | None = None
        self.running: dg.DagsterRun | None = None

    def teardown(self) -> None:
        """Leave nothing."""
        self.stack.close()

    @property
    def reachable(self) -> bool:
        """Whether the source answers."""
        return self.source.exists()

    @precondition(lambda self: self.reachable)
    @rule()
    def someone_edits(self) -> None:
        """A row gets a value that it never had."""
        self.edits += 1
        with contextlib.closing(sqlite3.connect(self.source)) as connection, connection:
            connection.execute("UPDATE employees SET city = ? WHERE employee_id = 1", (f"Moskova {self.edits}",))

    @precondition(lambda self: self.reachable)
    @rule()
    def the_source_goes_away(self) -> None:
        """Its file is no longer there."""
        self.source.rename(self.source.with_suffix(".away"))

    @precondition(lambda self: not self.reachable)
    @rule()
    def the_source_comes_back(self) -> None:
        """As it was."""
        self.source.with_suffix(".away").rename(self.source)

    @precondition(lambda self: self.running is None)
    @rule()
    def a_job_starts(self) -> None:
        """Somebody cleans again."""
        self.running = self.instance.create_run_for_job(
            build_defs().resolve_job_def("reclean"), status=dg.DagsterRunStatus.STARTED
        )

    @precondition(lambda self: self.running is not None)
    @rule()
    def it_ends(self) -> None:
        """The job is over, however it went."""
        self.instance.report_run_failed(self.running)
        self.running = None

    @rule()
    def the_daemon_evaluates(self) -> None:
        """What the sensor says must be what happened since it was last asked."""
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, resources={"installation": self.settings}
        )
        with context:
            tick = source_changed.evaluate_tick(context)
        asked = [request.run_key for request in tick.run_requests]
        if self.running is not None or not self.reachable:
            assert not asked
            assert tick.cursor == self.cursor
            assert ("reclean is not finished" if self.running else "no file is there") in tick.skip_message
            return
        changed = self.remembered is not None and self.edits != self.remembered
        assert len(asked) == changed
        assert not set(asked) & set(self.keys), "Dagster launches nothing for a key that it knows"
        self.keys += asked
        self.cursor, self.remembered = tick.cursor, self.edits


def test_a_run_for_every_change_and_none_without(company):
    Daemon.company = company
    run_state_machine_as_test(
        Daemon, settings=hypothesis_settings(max_examples=15, stateful_step_count=12, deadline=None)
    )


def test_the_first_evaluation_only_remembers(company, tmp_path):
    settings = Settings.from_environ({"MILLRACE_HOME": str(tmp_path), "MILLRACE_SOURCE_URL": f"sqlite:///{company}"})
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance=instance, resources={"installation": settings}) as context:
            tick = source_changed.evaluate_tick(context)
        assert (tick.run_requests, tick.skip_message) == ([], "The ERP as it is now is remembered.")
        assert tick.cursor


def test_the_generated_company_is_not_there_before_the_first_job(tmp_path):
    settings = Settings.from_environ({"MILLRACE_HOME": str(tmp_path)})
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance=instance, resources={"installation": settings}) as context:
            tick = source_changed.evaluate_tick(context)
        assert tick.run_requests == []
        assert "no file is there" in tick.skip_message


def test_it_is_off_until_somebody_switches_it_on():
    sensor = build_defs().resolve_sensor_def("source_changed")
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    assert (sensor.job_name, sensor.minimum_interval_seconds) == ("governance", 60)
