"""Sources: good ones read, bad ones refused in one sentence."""

import polars as pl
import pytest
import sqlalchemy as sa

from erp import pipeline
from erp.errors import ErpError, SourceError
from erp.schema import BY_NAME
from erp.source import SourceOptions, open_source
from erp.source.writing import write_source
from erp.synth import make_erp


@pytest.fixture
def source(tmp_path):
    """A small source of its own that a test may spoil."""
    url = f"sqlite:///{tmp_path}/erp.sqlite"
    write_source(make_erp(100, 1)[0], url)
    return url


def spoil(url, *statements):
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_rows_come_in_batches_as_text(source):
    employees = BY_NAME["employees"]
    with open_source(source, SourceOptions(batch_rows=40)) as opened:
        batches = [batch.rows for batch in opened.rows(employees, ["first_name", "birth_date"], None)]
        assert [len(batch) for batch in batches] == [40, 40, 20]
        assert batches[0].schema == {"row_key": pl.Int64, "first_name": pl.String, "birth_date": pl.String}
        assert opened.count(employees) == 100


def test_a_source_in_postgresql_works_too(database, postgres, demo):
    url = postgres.database("erp_source")
    tables, _ = make_erp(100, 1)
    write_source(tables, url)
    run = pipeline.start_run(database.engine, "postgresql")
    assert pipeline.sync(database.engine, run, url).inserted == sum(map(len, tables.values()))


def test_an_own_erp_may_type_its_columns_and_use_views(database, source):
    spoil(
        source,
        "ALTER TABLE training RENAME TO kurslar",
        "CREATE VIEW training AS SELECT training_id, employee_id, course, completed_on, CAST(hours AS REAL) AS hours FROM kurslar",
    )
    run = pipeline.start_run(database.engine, "views")
    assert pipeline.sync(database.engine, run, source).inserted > 0
    assert pipeline.correct(database.engine, run).changed_cells > 0


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE training", ["lacks the table training", "it has tables contracts", "MILLRACE_SOURCE_URL"]),
        (
            "ALTER TABLE employees DROP COLUMN hire_date",
            ["'employees' lacks the column hire_date", "it has employee_id"],
        ),
        ("ALTER TABLE leave RENAME COLUMN days TO gun", ["'leave' lacks the column days", "gun"]),
    ],
)
def test_what_a_source_lacks_is_named(database, source, statement, words):
    spoil(source, statement)
    run = pipeline.start_run(database.engine, "bad")
    with pytest.raises(SourceError) as caught:
        pipeline.sync(database.engine, run, source)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("replacement", "message"),
    [
        (
            "SELECT 7 AS leave_id, employee_id, leave_type, start_date, days FROM old_leave",
            "'leave_id' .* 'leave' is not unique",
        ),
        (
            "SELECT 'A7' AS leave_id, employee_id, leave_type, start_date, days FROM old_leave",
            "holds 'A7'; it must be a whole number",
        ),
    ],
)
def test_keys_must_be_unique_numbers_and_nothing_half_read_stays(database, source, replacement, message):
    spoil(source, "ALTER TABLE leave RENAME TO old_leave", f"CREATE VIEW leave AS {replacement}")
    run = pipeline.start_run(database.engine, "bad")
    with pytest.raises(SourceError, match=message):
        pipeline.sync(database.engine, run, source)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM raw.leave").scalar_one() == 0


@pytest.mark.parametrize("bad", ["'1,2'", "NULL", "'A7'"])
def test_a_list_of_keys_names_what_is_none(source, bad):
    spoil(
        source, "ALTER TABLE leave RENAME TO old_leave", f"CREATE VIEW leave AS SELECT 5 AS leave_id UNION SELECT {bad}"
    )
    with open_source(source) as opened, pytest.raises(SourceError, match="it must be a whole number in every row"):
        opened.keys(BY_NAME["leave"])


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/erp.sqlite", "no file is there"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", "does not answer"),
        ("mssql+pymssql://sa:secret@127.0.0.1:1/erp", "does not answer|cannot be opened"),
        ("not a url with secret", "cannot be understood"),
        ("nosuch://host/db", "no kind of source is called 'nosuch'. There are csv, parquet, sqlite"),
        ("postgres://me:secret@host/db", "no kind of source is called 'postgres'; perhaps postgresql.psycopg is meant"),
        ("CSV:///data", "no kind of source is called 'CSV'; perhaps csv is meant"),
        (
            "mysql://me:secret@host/db",
            "'MySQLdb'. Install .*, or let it begin with mysql.pymysql, whose driver is there",
        ),
    ],
)
def test_an_unreachable_source_is_one_sentence_without_a_password(database, url, message):
    run = pipeline.start_run(database.engine, "bad")
    with pytest.raises(ErpError, match=message) as caught:
        pipeline.sync(database.engine, run, url)
    assert "secret" not in str(caught.value)


def test_a_source_that_answers_but_cannot_be_read_is_told_from_one_that_does_not(database, source):
    spoil(source, "ALTER TABLE leave RENAME TO old_leave", "CREATE VIEW leave AS SELECT * FROM nowhere")
    run = pipeline.start_run(database.engine, "bad")
    with pytest.raises(SourceError, match="cannot be read: no such table: main.nowhere. Mend there"):
        pipeline.sync(database.engine, run, source)
