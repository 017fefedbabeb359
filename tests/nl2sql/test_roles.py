"""Asking as a role: the database gives each role its rows and columns, and no statement leads out of it."""

import pytest
import sqlalchemy as sa

from nl2sql.engine import ask
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.index import build_index
from pipelines.database import DatabaseError
from pipelines.readers import PREFIX

ROLES = {
    "guard_finance": ("millrace_asker", ["Finance"]),
    "guard_all": ("millrace_asker", ["*"]),
    "guard_none": ("millrace_asker", []),
    "guard_analyst": ("millrace_analyst", ["Legal"]),
    "guard_steward": ("millrace_steward", []),
}


@pytest.fixture(scope="module")
def staffed(company):
    """The company with roles; roles belong to the server, so they are dropped again."""
    with company.engine.begin() as connection:
        for role, (group, departments) in ROLES.items():
            connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN; GRANT {group} TO {role}")
            for department in departments:
                connection.exec_driver_sql(f"INSERT INTO governance.row_access VALUES ('{role}', '{department}')")
        connection.exec_driver_sql("CREATE ROLE guard_mighty CREATEROLE; CREATE ROLE guard_stranger")
    yield company
    with company.engine.begin() as connection:
        for role in ROLES:
            connection.exec_driver_sql(f"DELETE FROM governance.row_access WHERE role_name = '{role}'")
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {PREFIX}{role}; DROP ROLE {role}")
        connection.exec_driver_sql("DROP ROLE guard_mighty; DROP ROLE guard_stranger")


@pytest.fixture
def reader_as(staffed):
    opened = []

    def open_reader(role):
        opened.append(staffed.reader_as(role))
        return opened[-1]

    yield open_reader
    for engine in opened:
        engine.dispose()


def no_model():
    raise AssertionError


def test_a_role_gets_its_departments_through_questions(reader_as, staffed):
    reader = reader_as("guard_finance")
    index = build_index(reader)

    def answer(question, engine, known):
        return ask(question, owner=staffed.engine, reader=engine, model=no_model, index=known)

    mine = answer("How many employees are there in each department?", reader, index)
    assert [row[0] for row in mine.rows] == ["Finance"]
    everything = answer("How many employees are there in each department?", staffed.reader, build_index(staffed.reader))
    assert dict(everything.rows)["Finance"] == mine.rows[0][1]
    assert len(everything.rows) == 6
    total = answer("How many employees are there in total?", reader, index)
    assert total.rows == [(mine.rows[0][1],)]
    # an index of somebody else gives no rows of somebody else
    borrowed = answer("How many employees are there in each department?", reader, build_index(staffed.reader))
    assert borrowed.rows == mine.rows


@pytest.mark.parametrize(
    ("role", "departments"), [("guard_finance", {"Finance"}), ("guard_none", set()), ("guard_all", 6)]
)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT DISTINCT department FROM staff",
        "SELECT DISTINCT department FROM employees",
        "SELECT DISTINCT department FROM leave_taken",
        "SELECT DISTINCT department FROM training_done",
        "SELECT DISTINCT e.department FROM employees e JOIN salaries s ON s.employee_id = e.employee_id",
        "WITH x AS (SELECT department FROM employees) SELECT DISTINCT department FROM x",
    ],
)
def test_rows_are_the_roles(role, departments, statement, reader_as, index):
    found = {row[0] for row in execute(reader_as(role), check(statement, index.catalog)).rows}
    assert found == departments if isinstance(departments, set) else len(found) == departments


@pytest.mark.parametrize("table", ["salaries", "contracts", "leave", "training"])
def test_events_of_others_are_neither_counted_nor_averaged(table, reader_as, index, staffed):
    mine = execute(reader_as("guard_finance"), check(f"SELECT count(*) FROM {table}", index.catalog)).rows[0][0]
    query = (
        f"SELECT count(*) FROM clean.{table} t JOIN clean.employees e USING (employee_id) WHERE department = 'Finance'"
    )
    with staffed.engine.connect() as connection:
        assert mine == connection.exec_driver_sql(query).scalar_one() > 0


def test_an_analyst_sees_masks_and_no_staff(reader_as):
    reader = reader_as("guard_analyst")
    catalog = build_index(reader).catalog
    assert "staff" not in catalog.tables
    with pytest.raises(GuardError, match="no table staff"):
        check("SELECT count(*) FROM staff", catalog)
    rows = execute(reader, check("SELECT DISTINCT department, email FROM people", catalog)).rows
    assert rows == [("Legal", "***@example.com")]


NOTHING_ELSE = [
    "INSERT INTO clean.employees (employee_id) VALUES (9999)",
    "UPDATE clean.salaries SET monthly_usd = 1",
    "DELETE FROM clean.leave",
    "TRUNCATE clean.training",
    "CREATE TEMP TABLE x (a int)",
    "CREATE TABLE clean.x (a int)",
    "CREATE SCHEMA x",
    "CREATE ROLE x",
    "DROP TABLE clean.employees",
    "SELECT 1 INTO TEMP x",
    "SELECT * FROM clean.employees FOR UPDATE",
    "LOCK TABLE clean.employees IN ACCESS EXCLUSIVE MODE",
    "SET ROLE postgres",
    "SET ROLE millrace_personal",
    "SET ROLE millrace_steward",
    "SET ROLE millrace_asker",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT set_config('role', 'postgres', true)",
    "SELECT * FROM governance.row_access",
    "SELECT * FROM governance.ledger",
    "SELECT * FROM ask.questions",
    "SELECT * FROM raw.employees",
    "SELECT national_id FROM clean.employees",
    "SELECT email FROM clean.employees",
    "SELECT e FROM clean.employees e",
    "SELECT * FROM clean.people",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "COPY clean.departments TO '/tmp/guard'",
    "COPY clean.departments TO PROGRAM 'id'",
    "COPY clean.departments FROM PROGRAM 'id'",
    "SELECT pg_reload_conf()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    "SELECT query_to_xml('SELECT national_id FROM clean.employees', true, true, '')",
    "ALTER ROLE CURRENT_USER SET statement_timeout = 0",
    "ALTER TABLE clean.employees DISABLE ROW LEVEL SECURITY",
    "SET row_security = off; SELECT count(*) FROM clean.employees",
    "SET TRANSACTION READ WRITE; DELETE FROM clean.leave",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; COMMIT; DELETE FROM clean.leave",
    "CREATE EXTENSION dblink",
    "DO $$ BEGIN DELETE FROM clean.leave; END $$",
    "GRANT millrace_personal TO CURRENT_USER",
]


@pytest.mark.parametrize("role", [None, "guard_finance"])
@pytest.mark.parametrize("statement", NOTHING_ELSE)
def test_the_reading_role_can_do_nothing_else(statement, role, staffed, reader_as):
    reader = staffed.reader if role is None else reader_as(role)
    refused = r"permission denied|read-only|must be|cannot|query would be affected|not allowed|ADMIN|Only roles"
    with reader.connect().execution_options(no_parameters=True, postgresql_readonly=True) as connection:
        with pytest.raises(sa.exc.DBAPIError, match=refused):
            connection.exec_driver_sql(statement)
        connection.invalidate()


def test_becoming_nobody_shows_nobody(reader_as, staffed):
    """A role may give itself up, and gains nothing."""
    with reader_as("guard_finance").connect() as connection:
        connection.exec_driver_sql("RESET ROLE")
        found = connection.exec_driver_sql("SELECT DISTINCT department FROM clean.employees").scalars().all()
    assert found == ["Finance"]
    with (
        reader_as("guard_finance").connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match="permission denied"),
    ):
        connection.exec_driver_sql("SET ROLE guard_finance")


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ("guard_unknown", r"There is no role 'guard_unknown' to ask as; members of millrace_asker are guard_all, "),
        ("postgres", r"it has the powers of 'postgres', more than reading"),
        ("guard_mighty", r"it has the powers of 'guard_mighty'"),
        ("guard_steward", r"it may write governance.matches"),
        ("guard_stranger", r"it may not read the schema clean"),
        ("pg_read_all_data", r"it has the powers of 'pg_read_all_data'"),
        ('guard"; DROP ROLE guard_all; --', r"There is no role"),
    ],
)
def test_roles_that_may_do_more_or_nothing_are_refused(role, message, staffed):
    with pytest.raises(DatabaseError, match=message):
        staffed.reader_as(role)


def test_a_role_is_opened_as_often_as_one_likes(reader_as):
    for _ in range(3):
        with reader_as("guard_all").connect() as connection:
            assert connection.exec_driver_sql("SELECT current_user").scalar_one() == "ask_as_guard_all"


def test_limits_hold_for_a_role(reader_as, index):
    reader = reader_as("guard_all")
    slow = "SELECT count(*) FROM staff a, staff b, staff c WHERE a.last_name || b.last_name > c.last_name"
    with pytest.raises(ExecutionError, match="stopped after"):
        execute(reader, check(slow, index.catalog), timeout_s=0.1, max_cost=1e30)
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SHOW default_transaction_read_only").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW temp_file_limit").scalar_one() == "1GB"
