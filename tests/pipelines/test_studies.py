"""Each study is a partition with figures of its own; a mistake in one is a sentence, and leaves nothing behind."""

import json
import os
from types import SimpleNamespace

import dagster as dg
import pytest

from assets.metadata import FIGURES
from assets.report import nightly_report
from assets.studies import DEFAULT_STUDY, STUDIES, ensure_study
from assets.surrogate import _checks, surrogate
from pipelines.mpi import MpiLauncher
from pipelines.settings import Settings
from sims.roster import SetAside
from surrogate.lock import locked
from surrogate.slots import Counters


@pytest.fixture
def instance(tmp_path):
    """A fresh instance that knows three studies, one by a name that no study may have."""
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        for name in (DEFAULT_STUDY, "puff", "two words"):
            ensure_study(instance, name)
        yield instance


@pytest.fixture
def settings(tmp_path):
    """An installation in a home that does not exist yet."""
    return Settings.from_environ({"MILLRACE_HOME": str(tmp_path / "home"), "MILLRACE_RANKS": "1"})


def test_the_default_study_is_registered_once(instance):
    for _ in range(2):
        ensure_study(instance)
    assert instance.get_dynamic_partitions(STUDIES.name).count(DEFAULT_STUDY) == 1


@pytest.mark.parametrize(
    ("study", "config", "says"),
    [
        ("puff", {"solver": "heat3d"}, "There is no solver 'heat3d'; the names are heat2d"),
        ("puff", {"grid": -5}, "grid is -5; it must be from 1 to"),
        ("puff", {"watermark": 1000, "capacity": 1001}, "capacity is 1001; it must be from 1250"),
        ("puff", {"model": "spectral"}, "There is no model 'spectral'; the names are"),
        ("two words", {}, "name is 'two words'; it must be letters, digits"),
        (None, {}, "No study is chosen; launch the run for a partition, for example heat2d."),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing_behind(instance, settings, study, config, says):
    result = dg.materialize(
        [surrogate],
        instance=instance,
        partition_key=study,
        resources={"installation": settings, "mpi": MpiLauncher()},
        run_config={"ops": {"surrogate": {"config": config}}},
        raise_on_error=False,
    )
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failure.user_failure_data.description.startswith(says)
    assert not settings.home.exists()


def test_a_study_that_is_trained_elsewhere_is_refused(instance, settings):
    with locked(settings.models, "puff"):
        result = dg.materialize(
            [surrogate],
            instance=instance,
            partition_key="puff",
            resources={"installation": settings, "mpi": MpiLauncher()},
            raise_on_error=False,
        )
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert f"'puff' is being trained already, by process {os.getpid()}" in failure.user_failure_data.description


def test_the_report_takes_the_figures_of_the_study_that_the_run_trains(instance, settings):
    for study in (DEFAULT_STUDY, "puff"):
        figures = {FIGURES: dg.MetadataValue.json({"study": study})}
        instance.report_runless_asset_event(dg.AssetMaterialization("surrogate", metadata=figures, partition=study))

    def reported(**tags: str) -> str:
        resources = {"installation": settings}
        assert dg.materialize([nightly_report], instance=instance, resources=resources, tags=tags).success
        return json.loads((settings.reports / "nightly.json").read_text())["training"]["study"]

    assert reported(**{"dagster/partition": DEFAULT_STUDY}) == DEFAULT_STUDY
    assert reported(**{"dagster/partition": "puff"}) == "puff"
    assert reported() == "puff", "the last one, if the run is for none"


@pytest.mark.parametrize("failed", [(), (SetAside(3, {"left": 300.0}, 7, "the solver diverges"),)])
@pytest.mark.parametrize("error", [0.001, 0.5])
@pytest.mark.parametrize("lost", [0, 1])
def test_checks_say_what_is_wrong(failed, error, lost):
    counters = Counters(produced=10 + lost, unseen=1, seen=2, evicted=3, drained=4, drawn=20)
    result = SimpleNamespace(counters=counters, failed=failed, metrics=SimpleNamespace(relative_l2=error))
    study = SimpleNamespace(name="puff", simulations=8)
    checks = {check.check_name: check for check in _checks(study, result)}
    assert {name: check.passed for name, check in checks.items()} == {
        "samples_balance": not lost,
        "error_on_unseen_simulations": error < 0.02,
        "no_parameter_set_set_aside": not failed,
    }
    warnings = {name for name, check in checks.items() if check.severity == dg.AssetCheckSeverity.WARN}
    assert warnings == {"error_on_unseen_simulations", "no_parameter_set_set_aside"}
    assert all(check.metadata["study"].value == "puff" for check in checks.values())
    if failed:
        (row,) = checks["no_parameter_set_set_aside"].metadata["set_aside"].records
        assert row.data == {"simulation": 3, "left": 300.0, "reason": "the solver diverges"}
