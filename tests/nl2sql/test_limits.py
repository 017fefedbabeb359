"""Statements that run away: stopped by the database and by the reading side, even when nobody checked them."""

import threading
import time

import pytest
import sqlalchemy as sa

from nl2sql.errors import ExecutionError
from nl2sql.execute import execute
from nl2sql.execute_limits import MAX_BYTES, MAX_CELL
from nl2sql.guard import Checked, check

pytestmark = pytest.mark.alone


class Unchecked(Checked):
    """A statement that the guard never saw."""

    sql = ""


@pytest.fixture
def unchecked(index):
    def make(sql, max_rows=1000):
        made = Unchecked(None, max_rows, frozenset(), frozenset(), (), (), index.catalog)
        object.__setattr__(made, "sql", sql)
        return made

    return make


RECURSIVE = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT {} FROM t"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM generate_series(1, 1000000000000) n",
        RECURSIVE.format("count(*)"),
        RECURSIVE.format("max(n::text)"),
        "SELECT count(*) FROM clean.employees a, clean.employees b, clean.employees c, clean.employees d, clean.employees e",
        "SELECT pg_sleep(3600)",
        "SELECT a.last_name FROM clean.staff a, clean.staff b, clean.staff c, clean.staff d WHERE a.age + b.age + c.age + d.age < 0 LIMIT 1",
        "SELECT string_agg(a.last_name || b.last_name, ',') FROM clean.staff a, clean.staff b, clean.staff c, clean.staff d",
        "SELECT n FROM (SELECT n, pg_sleep(0.001) FROM generate_series(1, 1000000) n) slow",
    ],
)
def test_a_runaway_ends_at_its_time(sql, unchecked, company):
    start = time.monotonic()
    with pytest.raises(ExecutionError, match=r"stopped after 0\.5 seconds; ask for less\."):
        execute(company.reader, unchecked(sql, 1_000_000), timeout_s=0.5, max_cost=1e30)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT repeat('x', 100000000) AS wide", rf"A value of the answer has 100,000,000 bytes; {MAX_CELL:,} are"),
        ("SELECT 1, repeat('ж', 100000), 'y'", r"has 200,000 bytes"),
        ("SELECT array_fill(1, ARRAY[100000])", r"has 400,\d+ bytes"),
        ("SELECT string_agg(a.last_name || repeat('x', 100), '') FROM clean.employees a, clean.projects b", r"has \d+,\d+ bytes"),
        ("SELECT repeat('x', 2000000000)", "The database says: invalid memory alloc request size|requested length too large"),
        ("SELECT repeat('x', 90000), n FROM generate_series(1, 1000) n", rf"The answer has more than {MAX_BYTES:,} bytes"),
    ],
)  # fmt: skip
def test_sizes_are_limited(sql, message, unchecked, company):
    with pytest.raises(ExecutionError, match=message):
        execute(company.reader, unchecked(sql), timeout_s=60, max_cost=1e30)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1; SELECT 2", "cannot insert multiple commands into a prepared statement|syntax error"),
        ("SELECT 1) AS x; DELETE FROM clean.employees; --", "multiple commands|syntax error"),
        ("DELETE FROM clean.employees", "permission denied|syntax error|read-only"),
        ("SELECT * FROM clean.employees FOR UPDATE", "permission denied|read-only"),
        ("SELECT national_id FROM clean.employees", "permission denied"),
        ("SELECT nextval('ask.questions_question_id_seq')", "permission denied"),
    ],
)
def test_what_is_no_select_does_not_run(sql, message, unchecked, company):
    with pytest.raises(ExecutionError, match=message):
        execute(company.reader, unchecked(sql))


def test_work_in_memory_is_limited(unchecked, company):
    names = ("work_mem", "hash_mem_multiplier", "temp_file_limit", "lock_timeout", "transaction_read_only")
    settings = ", ".join(f"current_setting('{name}')" for name in names)
    assert execute(company.reader, unchecked(f"SELECT {settings}")).rows == [("32MB", "1", "1GB", "2s", "on")]


@pytest.mark.slow
def test_a_sort_that_fills_the_disk_ends(unchecked, company):
    sql = "SELECT count(*) FROM (SELECT DISTINCT n, md5(n::text) || repeat('x', 200) FROM generate_series(1, 6000000) n) t"
    with pytest.raises(ExecutionError, match=r"temporary file size exceeds"):
        execute(company.reader, unchecked(sql), timeout_s=60, max_cost=1e30)


def test_a_statement_leaves_nothing_in_the_session(unchecked, company):
    result = execute(company.reader, unchecked("SELECT pg_advisory_lock(7), set_config('work_mem', '1MB', false)"))
    assert len(result.rows) == 1
    for _ in range(50):
        with company.engine.connect() as connection:
            held = connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar_one()
        if held == 0:
            break
        time.sleep(0.05)
    assert held == 0
    assert execute(company.reader, unchecked("SELECT current_setting('work_mem')")).rows == [("32MB",)]


def test_a_cancelled_statement_says_so(unchecked, company):
    def cancel():
        query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'ask_reader' AND state = 'active'"
        with company.engine.connect() as connection:
            connection.execute(sa.text(query)).all()

    timer = threading.Timer(0.5, cancel)
    timer.start()
    with pytest.raises(ExecutionError, match=r"The statement was cancelled\."):
        execute(company.reader, unchecked("SELECT pg_sleep(30)"), timeout_s=20)
    timer.join()


def test_names_of_columns_are_as_the_statement_gives_them(unchecked, company):
    result = execute(
        company.reader, unchecked("SELECT 1, 'x', count(*), 2 AS \"A b\", 2 AS \"A b\", NULL, ARRAY['a'], 1.5")
    )
    assert result.columns == ("?column?", "?column?", "count", "A b", "A b", "?column?", "array", "?column?")
    assert result.rows[0][:5] == (1, "x", 1, 2, 2)


def test_order_is_kept(index, company):
    rows = execute(
        company.reader, check("SELECT employee_id FROM staff ORDER BY age DESC, employee_id", index.catalog)
    ).rows
    with company.engine.connect() as connection:
        wanted = connection.execute(sa.text("SELECT employee_id FROM clean.staff ORDER BY age DESC, employee_id")).all()
    assert rows == [tuple(row) for row in wanted]


def test_a_costly_plan_does_not_start(index, company):
    statement = "SELECT a.age FROM staff a, staff b, staff c, staff d ORDER BY a.age + b.age + c.age + d.age"
    start = time.monotonic()
    with pytest.raises(ExecutionError, match=r"too expensive \(the planner says [\d,]+, 5,000,000 is allowed\)"):
        execute(company.reader, check(statement, index.catalog))
    assert time.monotonic() - start < 2
