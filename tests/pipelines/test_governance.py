"""The governance job in Dagster: which run its steps belong to, where columns come from, and what stops it."""

import contextlib
import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy.engine import make_url

from assets.governance.alerts import ROWS
from assets.governance.night import RUN
from erp.schema import TABLES
from pipelines.build import build_defs
from pipelines.database import Database
from pipelines.execute import explain
from pipelines.settings import Settings

Run = Callable[..., dg.ExecuteInProcessResult]
COLUMN_SCHEMA, COLUMN_LINEAGE = "dagster/column_schema", "dagster/column_lineage"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A fresh instance."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def settings(tmp_path) -> Settings:
    """An installation with a generated company of 100."""
    return Settings.from_environ({"MILLRACE_HOME": str(tmp_path), "MILLRACE_EMPLOYEES": "100"})


@pytest.fixture
def run(instance, settings, database: Database) -> Run:
    """Runs a job; what it raises is in its result."""
    defs = build_defs({"installation": settings, "database": database})

    def execute(job: str = "governance") -> dg.ExecuteInProcessResult:
        return defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False)

    return execute


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict]:
    """What each asset said, by asset."""
    return {
        event.asset_key.to_user_string(): {name: entry.value for name, entry in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    }


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    """Outcomes of checks, by name."""
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def test_all_steps_belong_to_one_run_and_cleaning_again_to_another(run, instance):
    first, again = run(), run("reclean")
    assert first.success, explain(first)
    assert again.success, explain(again)
    assert {said["run"] for asset, said in metadata(first).items() if "run" in said} == {1}
    assert {said["run"] for asset, said in metadata(again).items() if "run" in said} == {2}
    assert [run.tags[RUN] for run in instance.get_runs()] == ["2", "1"]
    assert not metadata(again).keys() & {"erp_source", "raw_records", "source_profile"}
    assert metadata(again)["clean_records"]["written"] == 0


def test_every_published_column_leads_back_to_the_source(run):
    said = metadata(run())
    held = {
        asset: {column.name for column in of[COLUMN_SCHEMA].columns}
        for asset, of in said.items()
        if COLUMN_SCHEMA in of
    }
    for asset, of in said.items():
        if COLUMN_LINEAGE in of:
            for column, deps in of[COLUMN_LINEAGE].deps_by_column.items():
                assert column in held[asset]
                for dep in deps:
                    assert dep.column_name in held[dep.asset_key.to_user_string()], (asset, column)
    for column in held["clean_records"]:
        assert reaches_source(said, "clean_records", column), column


def reaches_source(said: dict[str, dict], asset: str, column: str) -> bool:
    """Whether some way back from the column ends in the ERP."""
    if asset == "erp_source":
        return True
    deps = said[asset][COLUMN_LINEAGE].deps_by_column.get(column, [])
    return any(reaches_source(said, dep.asset_key.to_user_string(), dep.column_name) for dep in deps)


def test_each_stage_shows_its_own_rules(run):
    said = metadata(run())
    for asset, rules in {
        "normalised_cells": "normalise.",
        "translated_cells": "translate.",
        "spelt_cells": "spelling.",
    }.items():
        shown = [record.data["rule"] for record in said[asset]["by_rule"].records]
        assert shown
        assert all(rule.startswith(rules) for rule in shown)


def test_a_person_of_many_records_stops_publishing_and_is_named(run, settings, database):
    assert run().success
    with contextlib.closing(sqlite3.connect(settings.home / "demo" / "erp.db")) as source, source:
        source.execute("CREATE TEMP TABLE copies AS SELECT * FROM employees WHERE employee_id = 7")
        for key in range(9001, 9001 + ROWS + 5):
            source.execute("UPDATE copies SET employee_id = ?", (key,))
            source.execute("INSERT INTO employees SELECT * FROM copies")
    result = run()
    assert not result.success
    assert "clean_records" not in metadata(result)
    found = checks(result)["no_giant_persons"]
    (row,) = found.metadata["rows"].records
    assert row.data["records"] == ROWS + 6
    assert explain(result).startswith("entities did not pass its check no_giant_persons: 1 person")
    with database.engine.connect() as connection:
        statuses = connection.exec_driver_sql("SELECT status FROM governance.runs ORDER BY run_id").scalars().all()
    assert statuses == ["succeeded", "running"]
    assert not run("reclean").success, "what is wrong stays wrong until somebody parts the records"


def test_records_that_do_not_add_up_fail_the_run(run, database):
    assert run().success
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM clean.employees "
            "WHERE employee_id = (SELECT min(employee_id) FROM clean.employees); RETURN NULL; END'"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER lose AFTER UPDATE ON governance.progress FOR EACH STATEMENT "
            "WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION lose()"
        )
    result = run("reclean")
    assert not result.success
    assert "should be" in explain(result)


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    """A folder of CSV files with nothing but headers."""
    made = tmp_path / "csv"
    made.mkdir()
    for table in TABLES:
        (made / f"{table.name}.csv").write_text(",".join([table.key, *table.column_names]) + "\n")
    return made


def at(settings: Settings, database: Database, folder: Path) -> dg.Definitions:
    """The code location for a folder of files."""
    own = dataclasses.replace(settings, source_url=make_url(f"csv://{folder}"))
    return build_defs({"installation": own, "database": database})


def test_a_source_without_a_row_is_published_as_such(instance, settings, database, folder):
    job = at(settings, database, folder).resolve_job_def("governance")
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert result.success, explain(result)
    assert metadata(result)["clean_records"]["published"] == 0
    assert checks(result)["quality_holds"].description == "There are no cells."


def test_alerts_about_the_source_name_what_they_are_about(instance, settings, database, folder):
    def once() -> dict[str, dg.AssetCheckEvaluation]:
        job = at(settings, database, folder).resolve_job_def("governance")
        return checks(job.execute_in_process(instance=instance, raise_on_error=False))

    places = folder / "locations.csv"
    places.write_text("location_id,city,country\n" + "".join(f"{key},Kazan\n" for key in range(5)) + "9,Kazan,Russia\n")
    said = once()["every_line_read"]
    assert (said.passed, said.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert said.description.startswith(
        "5 lines could not be read. locations.csv line 2: 2 fields instead of 3; locations.csv line 3: 2 fields instead "
        "of 3; locations.csv line 4: 2 fields instead of 3 and 2 more. The other lines"
    )
    places.write_text("location_id,town,country\n9,Kazan,Russia\n")
    assert once()["source_schema_as_expected"].description == (
        "Missing: locations.city. New or of another type: locations.town."
    )


def test_sums_that_do_not_agree_are_named_and_nothing_is_cleaned(run, settings, database):
    assert run().success
    with contextlib.closing(sqlite3.connect(settings.home / "demo" / "erp.db")) as source, source:
        source.execute("UPDATE employees SET first_name = x'ff00fe' WHERE employee_id = 7")
    result = run()
    assert not result.success
    assert "repaired_cells" not in metadata(result)
    assert "letters of first_name in employees (" in explain(result)


def test_what_arrives_otherwise_than_before_is_an_alert(run, settings):
    first = run()
    assert first.success, explain(first)
    assert checks(first)["no_drift"].passed
    assert metadata(first)["source_profile"]["report"].endswith("profile.html")
    with contextlib.closing(sqlite3.connect(settings.home / "demo" / "erp.db")) as source, source:
        source.execute("UPDATE employees SET phone = NULL, city = 'Nowhere'")
    found = checks(run())["no_drift"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found.description.startswith("What arrived is not like what was there: employees.")
    assert "employees.phone" in found.description
    assert {record.data["severity"] for record in found.metadata["rows"].records} <= {"warning", "notice"}
