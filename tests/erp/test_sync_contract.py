"""What every source must do, whatever it is kept in and however its changes are found."""

import gc
import os
import subprocess
import sys
from decimal import Decimal

import pytest
import sqlalchemy as sa

from erp import pipeline, store
from erp.errors import SourceError
from erp.schema import BY_NAME
from erp.source import open_source
from erp.source.base import joined_keys
from tests.erp.sources import FolderErp, SqlErp, live, mariadb, mariadb_database, same

KINDS = [
    "sqlite-snapshot",
    "sqlite-watermark",
    "postgres-snapshot",
    "postgres-watermark",
    "mariadb-snapshot",
    "mariadb-watermark",
    "mssql-snapshot",
    "mssql-watermark",
    "mssql-change_tracking",
    "csv",
    "parquet",
]


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory):
    with mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


def test_a_lost_connection_to_mariadb_is_one_sentence(database, mariadb_server, monkeypatch, caplog):
    erp = SqlErp(mariadb_database(mariadb_server))
    erp.run("UPDATE employees SET city = repeat('x', 60000)")  # more than what waits in a socket
    copy_in, staged = store.copy_in, []

    def cut(connection, name, frame):
        copy_in(connection, name, frame)
        staged.append(name)
        if staged.count("incoming") == 9:  # the first batch of employees
            others = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
            killer = sa.create_engine(erp.url)
            with killer.connect() as other:
                for key in other.exec_driver_sql(others).scalars().all():
                    other.exec_driver_sql(f"KILL CONNECTION {key}")
            killer.dispose()

    monkeypatch.setattr(store, "copy_in", cut)
    with pytest.raises(SourceError, match=r"does not answer: .* middle of its table 'employees': \d+ new and changed"):
        sync(database, erp)
    gc.collect()
    assert caplog.records == []
    monkeypatch.undo()
    _, result = sync(database, erp)
    assert [note for note in result.notes if "an interrupted pass went on after key" in note]
    assert result.differences == ()


@pytest.fixture(params=KINDS)
def erp(request, tmp_path, postgres):
    kind, _, way = request.param.partition("-")
    if kind in ("csv", "parquet"):
        return FolderErp(tmp_path / kind, kind)
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/erp.sqlite"
    elif kind == "postgres":
        url = str(postgres.database(f"erp_{abs(hash(tmp_path))}").render_as_string(hide_password=False))
    elif kind == "mariadb":
        url = mariadb_database(request.getfixturevalue("mariadb_server"))
    else:
        url = os.environ.get("MILLRACE_MSSQL_URL", "")
        if not url:
            pytest.skip("no SQL Server: MILLRACE_MSSQL_URL is not set")
    made = SqlErp(url, way if way != "change_tracking" else "auto")
    if way == "change_tracking":
        track(made)
    return made


def track(erp):
    engine = sa.create_engine(erp.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        enabled = "SELECT count(*) FROM sys.change_tracking_databases WHERE database_id = DB_ID()"
        if not connection.exec_driver_sql(enabled).scalar_one():
            connection.exec_driver_sql("ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON")
        for table in erp.tables:
            connection.exec_driver_sql(f"ALTER TABLE [{table}] ENABLE CHANGE_TRACKING")
    engine.dispose()


def sync(database, erp):
    run = pipeline.start_run(database.engine, "contract")
    return run, pipeline.sync(database.engine, run, erp.url, erp.options)


def counts(result):
    return result.inserted, result.updated, result.deleted


def runs(database, table):
    with database.engine.connect() as connection:
        return dict(connection.exec_driver_sql(f"SELECT row_key, _run_id FROM raw.{table}").all())


def test_raw_follows_the_source(database, erp):
    first, result = sync(database, erp)
    assert same(database.engine, erp)
    assert result.inserted == sum(map(len, erp.tables.values()))
    assert (result.differences, result.drift, result.rejected) == ((), (), ())

    _, idle = sync(database, erp)
    assert counts(idle) == (0, 0, 0)
    assert idle.unchanged == result.inserted
    assert set(runs(database, "employees").values()) == {first}

    erp.put("employees", {"employee_id": 3, "first_name": "'; DROP TABLE employees; --", "city": "Мoсква 🏗"})
    erp.put("employees", {"employee_id": 9_000_000_000, "first_name": "Ünal\nİki", "birth_date": "0201-05-06"})
    erp.put("employees", {"employee_id": -5, "first_name": "  '\"\\ ", "last_name": "𝒳"})
    erp.delete("salaries", 1)
    erp.delete("employees", 4)
    third, changed = sync(database, erp)
    assert same(database.engine, erp)
    assert counts(changed) == (2, 1, 2)
    assert changed.differences == ()
    written = {key for key, run in runs(database, "employees").items() if run == third}
    assert written == {3, 4, -5, 9_000_000_000}

    erp.put("employees", {"employee_id": 4, "first_name": "back"})
    _, last = sync(database, erp)
    assert counts(last) == (1, 0, 0)
    assert same(database.engine, erp)


def test_dates_and_numbers_become_text(database, erp):
    erp.type_leave()
    sync(database, erp)
    ((employee, kind, date, days),) = live(database.engine, "leave").values()
    assert (employee, kind, date, Decimal(days)) == ("3", "annual", "0201-02-03", Decimal("1.5"))
    assert counts(sync(database, erp)[1]) == (0, 0, 0)


def test_keys_are_those_of_all_rows(erp):
    for key in (9_000_000_000, -5):
        erp.put("employees", {"employee_id": key})
    for table in (BY_NAME["employees"], BY_NAME["projects"]):
        with open_source(erp.url, erp.options) as source:
            rows = joined_keys(source.rows(table, [], None))
            keys = source.keys(table)
        assert (keys.name, keys.dtype) == (rows.name, rows.dtype)
        assert sorted(keys) == sorted(rows)


def test_a_fingerprint_is_that_of_what_is_there(erp):
    def seen():
        with open_source(erp.url, erp.options) as source:
            return source.fingerprint()

    before = seen()
    assert seen() == before
    erp.put("training", {"training_id": 3, "course": "one more of them"})
    assert seen() != before


# Synchronises in a process of its own, and stops for good when so many batches were staged.
STUCK = """
import sys
import sqlalchemy as sa
from erp import pipeline, store
from erp.source import SourceOptions
target, url, way, batches = sys.argv[1:]
engine, copy_in, seen = sa.create_engine(target), store.copy_in, []
def stop(connection, name, frame):
    copy_in(connection, name, frame)
    seen.append(name)
    if seen.count("incoming") == int(batches):
        print("in the middle", flush=True)
        sys.stdin.read()
store.copy_in = stop
run = pipeline.start_run(engine, "killed")
pipeline.sync(engine, run, url, SourceOptions(way=way, batch_rows=30))
"""


@pytest.mark.parametrize("batches", [pytest.param(8, marks=pytest.mark.slow), 12])
def test_a_killed_sync_goes_on_where_it_was(database, erp, batches):
    target = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", STUCK, target, erp.url, erp.options.way, str(batches)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout.readline() == "in the middle\n"
        child.kill()
    with database.engine.connect() as connection:
        under_way = "SELECT position FROM governance.sync_state WHERE position IS NOT NULL"
        positions = connection.exec_driver_sql(under_way).scalars().all()
    kept = runs(database, "employees")
    _, result = sync(database, erp)
    assert same(database.engine, erp)
    assert result.differences == ()
    went_on = [note for note in result.notes if "went on after key" in note]
    assert len(went_on) == len(positions) <= 2  # two tables are under way at a time
    assert all(any(note.endswith(f"after key {position}") for note in went_on) for position in positions)
    assert kept.items() <= runs(database, "employees").items()  # not read again
    assert counts(sync(database, erp)[1]) == (0, 0, 0)
