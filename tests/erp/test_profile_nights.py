"""Profiles on a real database: whole and incremental nights, what is kept, and the report."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from erp import pipeline
from erp.errors import ErpError
from erp.profiling.nights import profile_night
from erp.schema import TABLES
from erp.store import writing
from pipelines.database import Database

SCRIPT = "<script>alert('1')</script>"
SQL = "x'; DROP TABLE raw.employees; --"


def execute(database, *statements):
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


def one(database, query):
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar_one()


@pytest.fixture(scope="module")
def profiled_once(postgres, demo):
    """The first night's profile, for others to be copied from."""
    database = Database(postgres.database("template_profiled", template="template_millrace"))
    run = pipeline.start_run(database.engine, "demo")
    pipeline.sync(database.engine, run, demo.url)
    profile = pipeline.profile(database.engine, run)
    database.dispose()
    return profile


@pytest.fixture
def profiled(copied, profiled_once):
    """A database after the first night's profile."""
    return copied("template_profiled"), profiled_once


def touch(database, run, condition, change="city = city"):
    execute(database, f"UPDATE raw.employees SET {change}, _run_id = {run} WHERE {condition}")


def test_the_first_night_is_whole_and_keeps_everything(profiled):
    database, result = profiled
    assert result.whole
    assert len(result.columns) == sum(len(table.columns) for table in TABLES)
    assert result.rows == result.columns.unique("table_name")["rows"].sum()
    assert result.drift.is_empty()
    assert ("employees", "position", "department") in result.dependencies.select(
        "table_name", "determinant", "dependent"
    ).rows()
    assert ("projects", "code") in result.keys.rows()
    assert one(database, "SELECT count(*) FROM governance.profile") == len(result.columns)


def test_what_is_kept_is_what_was_seen(database, demo):
    engine = database.engine
    run = pipeline.start_run(engine, "demo")
    pipeline.sync(engine, run, demo.url)
    with writing(engine) as connection:
        first = profile_night(connection, run)
        second = profile_night(connection, pipeline.start_run(engine, "demo"))
    assert second.reference == first.seen


def test_a_night_looks_at_what_arrived(profiled):
    database, whole = profiled
    run = pipeline.start_run(database.engine, "demo")
    touch(database, run, "row_key <= 30")
    result = pipeline.profile(database.engine, run)
    assert (result.whole, result.rows) == (False, 30)
    assert set(result.columns["table_name"]) == {"employees"}
    assert result.drift.is_empty()
    assert result.dependencies.equals(whole.dependencies)
    idle = pipeline.profile(database.engine, pipeline.start_run(database.engine, "demo"))
    assert (idle.whole, idle.rows, len(idle.columns)) == (False, 0, 0)
    assert pipeline.profile(database.engine, run).rows == 30  # as often as it is repeated


def test_a_tenth_of_the_rows_makes_a_night_whole(profiled):
    database, first = profiled
    for share, whole in ((0.06, False), (0.06, True), (0.06, False)):
        run = pipeline.start_run(database.engine, "demo")
        execute(
            database,
            *(
                f"UPDATE raw.{table.name} SET _run_id = {run} WHERE row_key % 100 BETWEEN {run} * 10 AND {run} * 10 + {share * 100 - 1}"
                for table in TABLES
            ),
        )
        assert pipeline.profile(database.engine, run).whole is whole
    assert pipeline.profile(database.engine, pipeline.start_run(database.engine, "demo"), whole=True).rows == first.rows


def test_a_whole_night_is_compared_with_the_one_before(profiled):
    database, _ = profiled
    run = pipeline.start_run(database.engine, "demo")
    touch(database, run, "row_key % 2 = 0", "phone = NULL")
    result = pipeline.profile(database.engine, run, whole=True)
    assert result.drift.select("column_name", "measure", "severity").rows() == [("phone", "filled", "warning")]
    assert one(database, "SELECT count(*) FROM governance.drift") == 1


def test_deleted_rows_and_empty_tables(profiled):
    database, _ = profiled
    run = pipeline.start_run(database.engine, "demo")
    execute(
        database, f"UPDATE raw.training SET _deleted_at = now(), _run_id = {run}", "UPDATE raw.leave SET days = NULL"
    )
    result = pipeline.profile(database.engine, run, whole=True)
    types = {
        (table, column): kind
        for table, column, kind in result.columns.select("table_name", "column_name", "type").iter_rows()
    }
    assert types["training", "course"] == types["leave", "days"] == "empty"


class Page(HTMLParser):
    """What a page has: elements, anchors, links and text; `open` is what it does not close."""

    void = ("meta", "br", "line", "rect", "link", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.ids, self.links, self.text = [], set(), set(), set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):  # noqa: D102
        self.seen.add(tag)
        self.ids |= {value for name, value in attrs if name == "id"}
        self.links |= {value for name, value in attrs if name in {"href", "src"}}
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):  # noqa: D102
        if tag not in self.void:
            assert self.open.pop() == tag

    def handle_data(self, data):  # noqa: D102
        self.text += data


def test_the_report_is_one_page_that_escapes_everything(profiled, tmp_path):
    database, first = profiled
    assert first.report is None
    run = pipeline.start_run(database.engine, "demo")
    touch(database, run, "row_key % 3 = 0", f"city = $x${SCRIPT}$x$")
    touch(database, run, "row_key % 3 = 1", f"city = $x${SQL}$x$")
    result = pipeline.profile(database.engine, run, tmp_path / "new", whole=True)
    page = Page(result.report.read_text(encoding="utf-8"))
    assert page.open == []
    assert "script" not in page.seen
    assert SCRIPT in page.text
    assert SQL in page.text
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert {table.name for table in TABLES} <= page.ids
    assert "<script>" not in result.summary
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["profile.html"]


def test_nobody_s_id_phone_or_address_is_in_the_profile(profiled, tmp_path):
    database, _ = profiled
    run = pipeline.start_run(database.engine, "demo")
    execute(database, f"UPDATE raw.employees SET city = national_id, project = phone, status = email, _run_id = {run}")
    report = pipeline.profile(database.engine, run, tmp_path, whole=True).report.read_text(encoding="utf-8")
    kept = one(database, "SELECT string_agg(content::text, ' ') FROM governance.profile") + one(
        database, "SELECT string_agg(d::text, ' ') FROM governance.drift d"
    )
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT national_id, phone, email FROM raw.employees").all()
    secrets = {value for row in rows for value in row if value is not None and len(value) > 8}
    assert not [value for value in secrets if value in report + kept]


def test_an_unknown_run_is_named(database):
    with pytest.raises(ErpError, match="There is no run 99"):
        pipeline.profile(database.engine, 99)
