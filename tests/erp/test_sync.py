"""Nights that are out of the ordinary: drift, clocks, lost rows, silent edits, sources that stop, two at a time."""

import gc
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp import pipeline, store
from erp.errors import SourceError
from erp.source import SourceOptions
from erp.sync import Difference
from tests.erp.sources import SqlErp, live, same

TRIGGERS = [f"DROP TRIGGER employees_{event}" for event in ("insert", "update")]


@pytest.fixture
def erp(tmp_path):
    """A company of 100 in SQLite, whose rows say when they were modified."""
    return SqlErp(f"sqlite:///{tmp_path}/erp.sqlite")


def sync(database, erp, **changes):
    options = SourceOptions(**{"batch_rows": 30} | changes)
    return pipeline.sync(database.engine, pipeline.start_run(database.engine, "test"), erp.url, options)


def of(result, table):
    return next(counts for counts in result.tables if counts.table == table)


def one(database, query):
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar_one()


def test_the_way_is_that_of_each_table(database, erp):
    erp.run("ALTER TABLE training RENAME TO kurslar")
    erp.run("CREATE VIEW training AS SELECT training_id, employee_id, course, completed_on, hours FROM kurslar")
    result = sync(database, erp)
    assert {counts.table for counts in result.tables if counts.way == "snapshot"} == {"training"}
    assert {counts.way for counts in result.tables} == {"snapshot", "watermark"}


def test_a_way_that_a_table_does_not_allow_is_refused(database, erp):
    with pytest.raises(SourceError, match="'locations' cannot be followed by watermark: it lacks the column"):
        sync(database, erp, way="watermark", watermark="changed_on")
    with pytest.raises(SourceError, match="cannot be followed by change_tracking: it is no table of SQL Server"):
        sync(database, erp, way="change_tracking")


def test_columns_that_come_go_and_change_are_reported(database, erp):
    assert sync(database, erp).drift == ()
    erp.run("ALTER TABLE employees ADD COLUMN shoe_size INTEGER", "ALTER TABLE leave ADD COLUMN note TEXT")
    new = sync(database, erp).drift
    assert {(d.table, d.column, d.kind, d.after) for d in new} == {
        ("employees", "shoe_size", "new", "INTEGER"),
        ("leave", "note", "new", "TEXT"),
    }
    erp.run("ALTER TABLE employees DROP COLUMN shoe_size", "ALTER TABLE leave DROP COLUMN note")
    erp.run("ALTER TABLE leave ADD COLUMN note INTEGER")
    assert {(d.column, d.kind) for d in sync(database, erp).drift} == {("shoe_size", "missing"), ("note", "retyped")}
    assert sync(database, erp).drift == ()


def test_a_table_that_lost_a_column_is_left_until_it_is_back(database, erp):
    sync(database, erp)
    erp.run("UPDATE employees SET city = 'Gone' WHERE employee_id = 3", "UPDATE leave SET days = '99'")
    erp.run("ALTER TABLE employees RENAME COLUMN hire_date TO started")
    for _ in range(2):
        result = sync(database, erp)
        assert ("hire_date", "missing") in {(d.column, d.kind) for d in result.drift}
        assert of(result, "employees").note == "left as it is: the source lost its column hire_date"
        assert of(result, "employees").unchanged == 100
    assert set(live(database.engine, "leave").values()).pop()[-1] == "99"
    erp.run("ALTER TABLE employees RENAME COLUMN started TO hire_date")
    assert of(sync(database, erp), "employees").updated == 1
    assert live(database.engine, "employees")[3][11] == "Gone"


def test_a_source_that_lost_most_of_its_rows_is_not_believed(database, erp):
    sync(database, erp)
    erp.run("DELETE FROM employees WHERE employee_id > 40", "UPDATE leave SET days = '98'")
    with pytest.raises(SourceError, match="'employees' has 40 rows and had 100 .*MILLRACE_ACCEPT_DELETES"):
        sync(database, erp)
    assert "98" not in {row[-1] for row in live(database.engine, "leave").values()}
    assert of(sync(database, erp, accept_deletes=True), "employees").deleted == 60
    assert len(live(database.engine, "employees")) == 40


def test_an_edit_that_does_not_say_so_is_found_by_the_sums(database, erp):
    sync(database, erp)
    erp.run(*TRIGGERS, "UPDATE employees SET city = 'Llanfairpwll' WHERE employee_id = 3")
    result = sync(database, erp)
    assert of(result, "employees").updated == 1
    assert of(result, "employees").note == "the letters of city did not agree, so all rows were compared"
    assert result.notes == (f"employees: {of(result, 'employees').note}",)
    assert result.differences == ()


def test_a_row_that_takes_the_place_of_another_is_followed(database, erp):
    sync(database, erp)
    erp.run("UPDATE employees SET employee_id = 5000 WHERE employee_id = 3")
    result = sync(database, erp)
    assert (result.inserted, result.deleted) == (1, 1)
    assert result.differences == ()


def test_a_clock_that_went_back_makes_all_rows_be_compared(database, erp):
    sync(database, erp)
    erp.run(*TRIGGERS, "UPDATE employees SET modified_at = '2001-01-01 00:00:00', city = 'Oldtown'")
    result = of(sync(database, erp), "employees")
    assert result.updated == 100
    assert "its clock went back, or its newest rows are gone; all rows were compared" in result.note
    assert of(sync(database, erp), "employees").note is None


def test_times_that_are_none_make_all_rows_be_compared(database, erp):
    erp.run(*TRIGGERS, "UPDATE employees SET modified_at = 'gestern'")
    sync(database, erp)
    erp.run("UPDATE employees SET gender = 'XY' WHERE employee_id = 5")
    result = of(sync(database, erp), "employees")
    assert result.updated == 1
    assert result.note == (
        "its column 'modified_at' holds 'gestern', which is no time like 2026-11-25 14:30:00; all rows were compared"
    )


def test_a_row_from_the_future_hides_nothing(database, erp):
    erp.run(*TRIGGERS, "UPDATE employees SET modified_at = '2999-01-01 00:00:00' WHERE employee_id = 3")
    sync(database, erp)
    touched = "modified_at = strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    erp.run(f"UPDATE employees SET gender = 'XY', {touched} WHERE employee_id = 5")
    result = of(sync(database, erp), "employees")
    assert (result.updated, result.note) == (1, None)


def test_rows_without_a_time_are_always_read(database, erp):
    erp.run(*TRIGGERS, "UPDATE employees SET modified_at = NULL WHERE employee_id < 10")
    sync(database, erp)
    erp.run("UPDATE employees SET gender = 'Q' WHERE employee_id = 5")
    assert (of(sync(database, erp), "employees").updated, of(sync(database, erp), "employees").note) == (1, None)


def test_a_growing_number_is_a_watermark(database, erp):
    erp.run(*TRIGGERS, "ALTER TABLE employees ADD COLUMN version INTEGER", "UPDATE employees SET version = employee_id")
    options = {"watermark": "version"}
    sync(database, erp, **options)
    erp.run("UPDATE employees SET gender = 'Q', version = 1001 WHERE employee_id = 5")
    result = sync(database, erp, **options)
    assert (of(result, "employees").way, of(result, "employees").updated) == ("watermark", 1)
    assert of(result, "employees").note is None
    assert one(database, "SELECT mark FROM governance.sync_state WHERE table_name = 'employees'") == '["int", "1001"]'


def test_keys_are_compared_now_and_then(database, erp):
    passes = "SELECT passes FROM governance.sync_state WHERE table_name = 'employees'"
    seen = []
    for _ in range(9):
        sync(database, erp)
        seen.append(one(database, passes))
    assert seen == [0, 1, 2, 3, 4, 5, 6, 0, 1]


def test_another_source_is_compared_as_a_whole(database, erp, tmp_path):
    sync(database, erp)
    other = SqlErp(f"sqlite:///{tmp_path}/other.sqlite")
    other.run("UPDATE employees SET city = 'Elsewhere', modified_at = '2020-01-01 00:00:00' WHERE employee_id = 3")
    result = sync(database, other)
    assert result.updated == 1
    assert "was read from sqlite:///" in of(result, "employees").note


def test_what_stays_different_is_said_but_not_tried_every_night(database, erp):
    erp.run(*TRIGGERS, "UPDATE employees SET city = 'ab' || char(0) || 'cd' WHERE employee_id = 3")
    expected = (Difference("employees", "letters of city", 0, 2),)
    first = sync(database, erp).differences
    assert [(d.what, d.target - d.source) for d in first] == [("letters of city", 2)], expected
    assert live(database.engine, "employees")[3][11] == "abcd"
    again = sync(database, erp)
    assert again.differences == first
    assert of(again, "employees").note is None


# A cursor on a server that is gone cannot be closed there, and the driver says so when it is collected.
@pytest.mark.filterwarnings(r"ignore:.*ServerCursor:pytest.PytestUnraisableExceptionWarning")
def test_a_source_that_stops_keeps_what_came_and_is_gone_on_with(database, postgres, monkeypatch):
    url = postgres.database("erp_stops").render_as_string(hide_password=False)
    erp = SqlErp(url)
    copy_in, staged = store.copy_in, []

    def cut(connection, name, frame):
        copy_in(connection, name, frame)
        staged.append("first_name" in frame.columns)
        if staged[-1] and sum(staged) == 2:  # the second batch of employees
            killer = sa.create_engine(url)
            with killer.begin() as other:
                other.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            killer.dispose()

    monkeypatch.setattr(store, "copy_in", cut)
    with pytest.raises(SourceError, match=r"does not answer: .* middle of its table 'employees': \d+ new and changed"):
        sync(database, erp)
    monkeypatch.undo()
    gc.collect()
    kept = len(live(database.engine, "employees"))
    assert 60 <= kept < 100
    result = sync(database, erp)
    assert of(result, "employees").inserted == 100 - kept
    assert "an interrupted pass went on after key" in of(result, "employees").note
    assert same(database.engine, erp)


def test_two_syncs_take_turns(database, erp):
    heard, waiting = [], threading.Event()

    def hear(text):
        heard.append(text)
        if "another sync is under way" in text:
            waiting.set()

    run = pipeline.start_run(database.engine, "test")
    arguments = (database.engine, run, erp.url, SourceOptions(batch_rows=30), hear)
    with closing(database.engine.raw_connection()) as holder:
        holder.cursor().execute("SELECT pg_advisory_lock(7460923)")
        second = threading.Thread(target=pipeline.sync, args=arguments)
        second.start()
        assert waiting.wait(60)
        assert len(heard) == 1
        holder.cursor().execute("SELECT pg_advisory_unlock(7460923)")
    second.join()
    assert same(database.engine, erp)


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
keys = st.integers(1, 12)
edits = st.one_of(
    st.tuples(st.just("update"), keys, texts),
    st.tuples(st.just("insert"), st.integers(-(2**40), 2**40), texts),
    st.tuples(st.just("delete"), keys, st.none()),
    st.tuples(st.just("rekey"), keys, st.none()),
)
STATEMENTS = {
    "update": "UPDATE leave SET leave_type = :text, days = :text WHERE leave_id = :key",
    "insert": "INSERT OR REPLACE INTO leave (leave_id, leave_type) VALUES (:key, :text)",
    "delete": "DELETE FROM leave WHERE leave_id = :key",
    "rekey": "UPDATE OR REPLACE leave SET leave_id = :key + 6 WHERE leave_id = :key",
}


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.lists(edits, max_size=6), min_size=1, max_size=3))
def test_following_edits_comes_to_what_a_fresh_load_does(database, erp, nights):
    engine = sa.create_engine(erp.url)
    for night in nights:
        with engine.begin() as connection:
            for kind, key, text in night:
                connection.execute(sa.text(STATEMENTS[kind]), {"key": key, "text": text})
        assert sync(database, erp, accept_deletes=True).differences == ()
    engine.dispose()
    rows = "SELECT coalesce(string_agg((row_key, _hash, leave_type, days)::text, ';' ORDER BY row_key), '') FROM raw.leave WHERE _deleted_at IS NULL"
    followed = one(database, rows)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE raw.leave")
        connection.exec_driver_sql("DELETE FROM governance.sync_state WHERE table_name = 'leave'")
    sync(database, erp, accept_deletes=True)
    assert one(database, rows) == followed
