"""Sensors that use a free machine: each condition stops them with a sentence of its own, and none leaves a request."""

import os
import time

import dagster as dg
import psutil
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from pipelines.build import build_defs
from pipelines.idle import QUIET_S, STALE_S, machine_free, nobody_asks
from pipelines.question import ASKED
from pipelines.settings import Settings


@pytest.fixture
def idle(tmp_path, monkeypatch):
    """An instance and a home on a machine on which nothing happens; evaluates sensors."""
    monkeypatch.setattr(psutil, "getloadavg", lambda: (0.0, 0.0, 0.0))
    settings = Settings.from_environ({"MILLRACE_HOME": str(tmp_path)})
    with dg.DagsterInstance.ephemeral() as instance:
        yield Idle(instance, settings)


class Idle:
    """What the sensors look at."""

    def __init__(self, instance, settings) -> None:
        self.instance, self.home, self._settings = instance, settings.home, settings
        self._repository = build_defs().get_repository_def()

    def evaluate(self, sensor):
        """One tick: what it asks for, or why it does not."""
        context = dg.build_sensor_context(
            instance=self.instance, resources={"installation": self._settings}, repository_def=self._repository
        )
        with context, partition_loading_context(dynamic_partitions_store=self.instance):
            tick = sensor.evaluate_tick(context)
        assert bool(tick.run_requests) != bool(tick.skip_message)
        return tick.run_requests[0] if tick.run_requests else tick.skip_message

    def made(self, asset: str, partition: str | None = None) -> None:
        """The asset was made just now."""
        self.instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=partition))


@pytest.mark.parametrize("sensor", [machine_free, nobody_asks])
def test_they_wait_while_anything_runs_or_waits(idle, sensor):
    run = idle.instance.create_run_for_job(build_defs().resolve_job_def("ask"), status=dg.DagsterRunStatus.STARTED)
    assert idle.evaluate(sensor) == "Runs are at work or wait: 1, of ask."
    idle.instance.report_run_failed(run)
    assert "Runs are at work" not in str(idle.evaluate(sensor))


def test_a_surrogate_that_was_never_trained_is_trained_and_then_not_again(idle):
    request = idle.evaluate(machine_free)
    assert (request.partition_key, request.run_key) == ("heat2d", "heat2d 0")
    idle.made("surrogate", "heat2d")
    assert "All 1 studies were trained within the last 7 days; the oldest is heat2d" in idle.evaluate(machine_free)
    idle.instance.add_dynamic_partitions("studies", ["puff"])
    assert idle.evaluate(machine_free).partition_key == "puff"


def test_an_old_surrogate_is_trained_again(idle, monkeypatch):
    idle.made("surrogate", "heat2d")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + STALE_S + 10)
    assert idle.evaluate(machine_free).run_key == f"heat2d {now:.0f}"


def test_a_loaded_machine_is_not_free(idle, monkeypatch):
    cores = os.cpu_count()
    monkeypatch.setattr(psutil, "getloadavg", lambda: (0.5 * cores, 0, 0))
    assert f"Other processes use {0.5 * cores:.1f} of {cores} cores" in idle.evaluate(machine_free)


def test_cleaning_waits_for_records_and_for_silence(idle, monkeypatch):
    assert idle.evaluate(nobody_asks) == "Nothing has been synchronised yet, so there is nothing to clean."
    idle.made("raw_records")
    assert idle.evaluate(nobody_asks).run_key == "0"
    idle.made("answer")
    assert "Somebody asked 0:00:0" in idle.evaluate(nobody_asks)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + QUIET_S + 1)
    assert idle.evaluate(nobody_asks).run_key == "0"
    idle.made("clean_records")  # when the clock already says so
    monkeypatch.setattr(time, "time", lambda: now + QUIET_S + 3601)
    assert "The records were cleaned 1:00:00 ago; they are again after 6:00:00." in idle.evaluate(nobody_asks)


def test_a_question_in_a_terminal_counts_too(idle):
    idle.made("raw_records")
    (idle.home / ASKED).touch()
    assert "Somebody asked 0:00:00 ago; cleaning waits until nobody has for 0:10:00." in idle.evaluate(nobody_asks)


def test_they_are_off_until_somebody_switches_them_on():
    for name in ("machine_free", "nobody_asks"):
        assert build_defs().resolve_sensor_def(name).default_status is dg.DefaultSensorStatus.STOPPED
    assert build_defs().resolve_sensor_def("admission").default_status is dg.DefaultSensorStatus.RUNNING
