"""The code location loads, explains itself, and uses nothing that Dagster is about to remove."""

import inspect
from typing import get_type_hints

import dagster as dg
import pytest

from assets.studies import DEFAULT_STUDY, STUDIES
from assets.surrogate import StudyConfig
from pipelines import cli
from pipelines.build import build_defs
from pipelines.home import open_instance
from pipelines.settings import Settings
from surrogate.config import Study

GROUPS = {
    "training": {"solver_verification", "surrogate"},
    "governance": {
        "erp_source",
        "raw_records",
        "source_profile",
        "normalised_cells",
        "translated_cells",
        "spelt_cells",
        "repaired_cells",
        "entities",
        "clean_records",
        "cleaning_score",
    },
    "asking": {
        "confirmed_examples",
        "question_index",
        "answer",
        "question_batch",
        "ask_quality",
        "standing_answers",
    },
    "reporting": {"nightly_report", "run_queue"},
}

JOB_NAMES = ("nightly", "training", "governance", "reclean", "ask", "ask_batch", "learn")


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    """A fresh code location."""
    return build_defs()


def test_groups_hold_these_assets(defs):
    nodes = defs.resolve_asset_graph().asset_nodes
    found = {group: {node.key.to_user_string() for node in nodes if node.group_name == group} for group in GROUPS}
    assert found == GROUPS
    assert len(nodes) == sum(len(names) for names in GROUPS.values())


def test_every_asset_explains_itself(defs):
    for node in defs.resolve_asset_graph().asset_nodes:
        assert len(node.description or "") > 60, node.key
        assert node.kinds, node.key


def test_jobs_and_schedule(defs):
    every = set().union(*GROUPS.values())
    selected = {
        name: {key.to_user_string() for key in defs.resolve_job_def(name).asset_layer.selected_asset_keys}
        for name in JOB_NAMES
    }
    assert selected == {
        "nightly": every - {"answer", "question_batch"},
        "training": GROUPS["training"],
        "governance": GROUPS["governance"],
        "reclean": GROUPS["governance"] - {"erp_source", "raw_records", "source_profile"},
        "ask": {"answer"},
        "ask_batch": {"question_batch"},
        "learn": {"confirmed_examples", "question_index", "ask_quality"},
    }
    schedule = defs.resolve_schedule_def("every_night")
    assert (schedule.job_name, schedule.cron_schedule) == ("nightly", "0 2 * * *")


def test_the_published_records_and_the_surrogate_have_a_freshness_policy(defs):
    graph = defs.resolve_asset_graph()
    for asset in ("surrogate", "raw_records", "clean_records", "standing_answers"):
        assert graph.get(dg.AssetKey(asset)).freshness_policy_or_from_metadata is not None, asset


def test_every_setting_in_the_launchpad_is_the_studys_own():
    hints, own = get_type_hints(StudyConfig), get_type_hints(Study)
    for name, field in StudyConfig.model_fields.items():
        assert hints[name] == own[name] | None, name
        assert field.default is None, "what is left out is decided by surrogate.settings"
        assert field.description.endswith("."), name
    options = set(inspect.signature(cli.study).parameters)
    assert options - {"name"} <= StudyConfig.model_fields.keys()


def test_the_nights_run_is_for_the_default_study(defs, tmp_path):
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        context = dg.build_schedule_context(instance=instance, repository_def=defs.get_repository_def())
        (request,) = defs.resolve_schedule_def("every_night").evaluate_tick(context).run_requests
        assert request.partition_key == DEFAULT_STUDY
        assert instance.get_dynamic_partitions("studies") == [DEFAULT_STUDY]


def test_only_jobs_with_a_surrogate_ask_for_a_study(defs):
    asking = {name for name in JOB_NAMES if defs.resolve_job_def(name).partitions_def == STUDIES}
    assert asking == {"nightly", "training"}


def test_wrong_data_stops_what_would_use_it(defs):
    graph = defs.resolve_asset_graph()
    blocking = {
        (key.asset_key.to_user_string(), key.name)
        for key in graph.asset_check_keys
        if graph.get_check_spec(key).blocking
    }
    assert blocking == {
        ("solver_verification", "order_of_accuracy"),
        ("surrogate", "samples_balance"),
        ("raw_records", "source_and_target_agree"),
        ("entities", "no_giant_persons"),
        ("clean_records", "every_record_accounted_for"),
        ("ask_quality", "regression_set_holds"),
    }


def test_cleaning_is_one_step_and_an_asset_a_stage(defs):
    job = defs.resolve_job_def("reclean")
    assert {node.name for node in job.nodes} == {"corrected", "entities", "clean_records", "cleaning_score"}
    graph, before = defs.resolve_asset_graph(), "raw_records"
    for stage in ("normalised_cells", "translated_cells", "spelt_cells", "repaired_cells"):
        assert graph.get(dg.AssetKey(stage)).parent_keys == {dg.AssetKey(before)}
        before = stage


def test_instance_is_installed_into_the_home_without_telemetry(tmp_path, monkeypatch):
    for name in ("MILLRACE_HOME", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(name, "")  # so that what the code sets is undone
    settings = Settings.from_environ({"MILLRACE_HOME": str(tmp_path / "home")})
    for _ in range(2):
        with open_instance(settings) as instance:
            assert instance.root_directory == str(settings.dagster_home)
            assert not instance.telemetry_enabled
