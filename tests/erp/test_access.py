"""Who may see what is held by the database: real logins meet masks, row policies and rights."""

from __future__ import annotations

import itertools
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from erp import pipeline
from erp.contacts import mask
from erp.schema import BY_NAME, TABLES
from nl2sql.catalog import Catalog
from pipelines.database import Database

_numbers = itertools.count()  # roles belong to the server, databases come and go


@pytest.fixture(scope="module")
def company(postgres, demo):
    """A database after a night, shared by the tests of this module, which leave its records as they are."""
    opened = Database(postgres.database("access", template="template_millrace"))
    run = pipeline.start_run(opened.engine, "demo")
    pipeline.sync(opened.engine, run, demo.url)
    for step in (pipeline.correct, pipeline.deduplicate, pipeline.publish):
        step(opened.engine, run)
    yield opened
    opened.dispose()


@pytest.fixture
def login(company):
    """Make logins: member of groups, seeing departments; yields an engine of each."""
    made = []

    def make(*groups, departments=()):
        name = f"reader_{next(_numbers)}"
        with company.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
            for group in groups:
                connection.exec_driver_sql(f"GRANT {group} TO {name}")
            for department in departments:
                connection.exec_driver_sql("INSERT INTO governance.row_access VALUES (%s, %s)", (name, department))
        engine = sa.create_engine(company.url.set(username=name), poolclass=sa.NullPool)
        made.append((name, engine))
        return engine

    yield make
    with company.engine.begin() as connection:
        for name, engine in made:
            engine.dispose()
            connection.exec_driver_sql("DELETE FROM governance.row_access WHERE role_name = %s", (name,))
            connection.exec_driver_sql(f"DROP ROLE {name}")


def rows(engine, query):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def one(engine, query):
    return rows(engine, query)[0][0]


@contextmanager
def refused(match="permission denied"):
    with pytest.raises(sa.exc.DBAPIError, match=match):
        yield


PERSONAL = [column.name for column in BY_NAME["employees"].columns if column.personal]
OWNED = ("contracts", "salaries", "leave", "training", "leave_taken", "training_done")
PEOPLE = ("employees", "people")


def test_personal_values_are_masked_for_analysts_and_clear_for_those_who_may_read_them(company, login):
    masked = login("millrace_analyst", departments=["*"])
    clear = login("millrace_personal", departments=["*"])
    columns = ", ".join(PERSONAL)
    everybody = rows(company.engine, f"SELECT {columns} FROM clean.employees ORDER BY employee_id")
    assert rows(clear, f"SELECT {columns} FROM clean.people ORDER BY employee_id") == everybody
    assert rows(clear, f"SELECT {columns} FROM clean.employees ORDER BY employee_id") == everybody
    shown = rows(masked, f"SELECT {columns} FROM clean.people ORDER BY employee_id")
    assert [
        (
            birth and birth.replace(month=1, day=1),
            number and mask(number),
            email and "***@" + email.rpartition("@")[2],
            phone and mask(phone),
        )
        for birth, number, email, phone in everybody
    ] == shown
    assert sum(cells[1] is not None for cells in shown) > 100


def test_the_columns_that_the_schema_calls_personal_are_those_that_analysts_cannot_read(company, login):
    analyst = login("millrace_analyst", departments=["*"])
    readable = rows(
        analyst,
        "SELECT column_name, has_column_privilege('clean.employees', column_name, 'SELECT') FROM clean.catalogue "
        "WHERE table_name = 'employees' AND column_name <> 'employee_id'",
    )
    assert dict(readable) == {column.name: not column.personal for column in BY_NAME["employees"].columns}
    for column in PERSONAL:
        with refused():
            rows(analyst, f"SELECT {column} FROM clean.employees")
        with refused():
            rows(analyst, f"SELECT 1 FROM clean.employees WHERE {column} IS NULL")
    with refused():  # it shows dates of birth
        rows(analyst, "SELECT age FROM clean.staff")


@pytest.mark.parametrize("group", ["millrace_analyst", "millrace_personal"])
def test_other_departments_are_invisible_in_tables_views_and_aggregates(company, login, group):
    reader = login(group, departments=["Finance", "Legal"])
    mine = "department IN ('Finance', 'Legal')"
    expected = one(company.engine, f"SELECT count(*) FROM clean.employees WHERE {mine}")
    assert 0 < expected < one(company.engine, "SELECT count(*) FROM clean.employees")
    for table in PEOPLE:
        assert one(reader, f"SELECT count(*) FROM clean.{table}") == expected
        assert rows(reader, f"SELECT DISTINCT department FROM clean.{table} ORDER BY 1") == [("Finance",), ("Legal",)]
        assert one(reader, f"SELECT count(*) FROM clean.{table} WHERE department = 'Construction'") == 0
    owned = f"employee_id IN (SELECT employee_id FROM clean.employees WHERE {mine})"
    for table in OWNED:
        expected = one(company.engine, f"SELECT count(*) FROM clean.{table} WHERE {owned}")
        assert one(reader, f"SELECT count(*) FROM clean.{table}") == expected
        assert 0 < expected < one(company.engine, f"SELECT count(*) FROM clean.{table}")
    total = "SELECT sum(monthly_usd) FROM clean.salaries"
    assert one(reader, total) == one(company.engine, f"{total} WHERE {owned}") < one(company.engine, total)


def test_who_is_given_no_department_sees_nobody(company, login):
    analyst = login("millrace_analyst")
    for table in (*PEOPLE, *OWNED):
        assert one(analyst, f"SELECT count(*) FROM clean.{table}") == 0
    assert one(analyst, "SELECT count(*) FROM clean.positions") > 0


def test_a_group_gives_its_members_what_it_sees(company, login):
    with company.engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE group_legal NOLOGIN")
        connection.exec_driver_sql("INSERT INTO governance.row_access VALUES ('group_legal', 'Legal')")
    analyst = login("millrace_analyst", "group_legal", departments=["Finance"])
    assert rows(analyst, "SELECT DISTINCT department FROM clean.people ORDER BY 1") == [("Finance",), ("Legal",)]
    with company.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM governance.row_access WHERE role_name = 'group_legal'")
    assert rows(analyst, "SELECT DISTINCT department FROM clean.people") == [("Finance",)]
    with company.engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE group_legal")


@pytest.mark.parametrize(
    ("table", "column"), [("people", "national_id"), ("employees", "department"), ("leave_taken", "department")]
)
def test_a_function_of_the_reader_s_own_sees_no_hidden_row(login, table, column):
    """A cheap function in a condition is called before the policy's, unless the database prevents it."""
    analyst = login("millrace_analyst", departments=["Legal"])
    seen = []
    with analyst.connect() as connection:  # rolled back, so that the role can be dropped
        connection.exec_driver_sql(
            "CREATE FUNCTION pg_temp.peek(text, text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE NOTICE 'seen: %%', $1; RETURN true; END $$"
        )
        connection.connection.driver_connection.add_notice_handler(lambda notice: seen.append(notice.message_primary))
        connection.exec_driver_sql(f"SELECT count(*) FROM clean.{table} WHERE pg_temp.peek(department, {column})")
    assert set(seen) == {"seen: Legal"}


def test_questions_see_everybody_unless_their_row_is_taken_away(company):
    everybody = one(company.engine, "SELECT count(*) FROM clean.staff")
    assert one(company.reader, "SELECT count(*) FROM clean.staff") == everybody
    with company.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE governance.row_access SET department = 'Legal' WHERE role_name = 'ask_reader'"
        )
    try:
        assert rows(company.reader, "SELECT DISTINCT department FROM clean.staff") == [("Legal",)]
    finally:
        with company.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE governance.row_access SET department = '*' WHERE role_name = 'ask_reader'"
            )


def test_policies_are_asked_once_a_query(company):
    with company.reader.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT count(*) FROM clean.leave_taken WHERE department = 'Legal'"
        ).scalar_one()[0]["Plan"]
    nodes = list(_nodes(plan))
    asked = [node for node in nodes if node.get("Parent Relationship") == "InitPlan"]
    assert asked
    assert all(node["Actual Loops"] <= 1 for node in asked)
    assert not any(node["Actual Loops"] for node in nodes if node.get("Parent Relationship") == "SubPlan"), (
        "who sees everybody pays for no list of persons"
    )


def _nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def test_joins_that_a_question_does_not_use_are_still_removed(company):
    with company.reader.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN (FORMAT JSON) SELECT count(*) FROM clean.staff WHERE city = 'Moscow'"
        ).scalar_one()[0]["Plan"]
    assert {node["Relation Name"] for node in _nodes(plan) if "Relation Name" in node} == {"employees"}


def test_publishing_by_the_owner_is_not_held_back(company):
    with company.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM governance.row_access WHERE role_name = 'ask_reader'")
    run = pipeline.start_run(company.engine, "demo")
    assert pipeline.publish(company.engine, run).written == 0
    with company.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO governance.row_access VALUES ('ask_reader', '*')")
        with pytest.raises(sa.exc.IntegrityError, match="foreign key"), connection.begin_nested():
            connection.exec_driver_sql("INSERT INTO clean.leave VALUES (999999, 999999, 'sick', '2024-01-01', 1)")


ELSEWHERE = ("raw.employees", "conformed.employees", "governance.decisions", "governance.row_access", "ask.questions")
DONE = ("ledger", "review", "quarantine", "matches", "runs", "quality")


@pytest.mark.parametrize("group", ["millrace_analyst", "millrace_personal", "millrace_steward"])
def test_nobody_but_the_owner_reads_elsewhere_or_writes_records(login, group):
    reader = login(group, departments=["*"])
    for table in (*ELSEWHERE, *(() if group == "millrace_steward" else [f"governance.{name}" for name in DONE])):
        with refused():
            rows(reader, f"SELECT 1 FROM {table}")
    for statement in (
        "UPDATE clean.employees SET city = NULL",
        "UPDATE clean.people SET city = NULL",
        "DELETE FROM clean.salaries",
        "INSERT INTO clean.locations VALUES ('X', 'Y')",
        "INSERT INTO governance.row_access VALUES (current_user, '*')",
        "UPDATE governance.ledger SET after = NULL",
        "CREATE TABLE clean.own (i int)",
    ):
        with refused("permission denied|must be owner"), reader.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture
def waiting(company):
    """A doubtful cell and a doubtful pair."""
    with company.engine.begin() as connection:
        review = connection.exec_driver_sql(
            "INSERT INTO governance.review (run_id, table_name, row_key, column_name, before, after, rule, step, confidence) "
            "VALUES (1, 'employees', 999999, 'city', 'Kasan', 'Kazan', 'spelling.word', 14, 0.5) RETURNING review_id"
        ).scalar_one()
        connection.exec_driver_sql(
            "INSERT INTO governance.matches (left_key, right_key, probability, run_id) VALUES (999998, 999999, 0.7, 1)"
        )
    yield review
    with company.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM governance.review WHERE row_key = 999999")
        connection.exec_driver_sql("DELETE FROM governance.matches WHERE right_key = 999999")


def test_a_steward_decides_under_the_own_name_and_changes_nothing_else(company, login, waiting):
    steward = login("millrace_steward")
    for name in DONE:
        rows(steward, f"SELECT * FROM governance.{name}")
    with steward.begin() as connection:
        who = connection.exec_driver_sql("SELECT session_user").scalar_one()
        connection.exec_driver_sql(
            "UPDATE governance.review SET decision = 'set', decided_value = 'Kazan', decided_by = 'somebody else' "
            f"WHERE review_id = {waiting}"
        )
        connection.exec_driver_sql("UPDATE governance.matches SET decision = 'same' WHERE right_key = 999999")
    decided = rows(
        company.engine, f"SELECT decision, decided_value, decided_by FROM governance.review WHERE review_id = {waiting}"
    )
    assert decided == [("set", "Kazan", who)]
    assert rows(company.engine, "SELECT decision, decided_by FROM governance.matches WHERE right_key = 999999") == [
        ("same", who)
    ]
    with steward.begin() as connection:
        connection.exec_driver_sql(f"UPDATE governance.review SET decision = NULL WHERE review_id = {waiting}")
    assert rows(company.engine, f"SELECT decided_by FROM governance.review WHERE review_id = {waiting}") == [(None,)]
    for column in ("after", "before", "confidence", "retired_run_id", "row_key"):
        with refused(), steward.begin() as connection:
            connection.exec_driver_sql(f"UPDATE governance.review SET {column} = NULL WHERE review_id = {waiting}")
    with refused(), steward.begin() as connection:
        connection.exec_driver_sql("DELETE FROM governance.review")
    with refused(), steward.begin() as connection:
        connection.exec_driver_sql("UPDATE governance.matches SET probability = 1")


@pytest.mark.parametrize("decision", ["accept", "set"])
def test_a_national_id_cannot_be_decided_into_the_list(company, login, waiting, decision):
    steward = login("millrace_steward")
    with company.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE governance.review SET column_name = 'national_id' WHERE row_key = 999999")
    with refused("A national id is corrected in the ERP"), steward.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE governance.review SET decision = '{decision}', decided_value = '12345678901' WHERE review_id = {waiting}"
        )
    with steward.begin() as connection:
        connection.exec_driver_sql(f"UPDATE governance.review SET decision = 'keep' WHERE review_id = {waiting}")


def test_the_owner_decides_in_the_name_that_is_given(company, waiting):
    with company.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE governance.review SET decision = 'keep', decided_by = 'ayse' WHERE row_key = 999999"
        )
    assert one(company.engine, "SELECT decided_by FROM governance.review WHERE row_key = 999999") == "ayse"


def test_a_steward_sees_all_departments_masked(company, login):
    steward = login("millrace_steward")
    assert one(steward, "SELECT count(*) FROM clean.people") == one(
        company.engine, "SELECT count(*) FROM clean.employees"
    )
    assert (
        one(steward, "SELECT count(*) FROM clean.people WHERE email NOT LIKE '***@%%' OR national_id !~ '^[*]+..$'")
        == 0
    )


@pytest.mark.parametrize(
    ("role", "department", "sentence"),
    [
        ("nobody_known", "Legal", "There is no role 'nobody_known'; create it before you say what it sees"),
        ("ask_reader", "Leagl", r"There is no department 'Leagl'; allowed are \* for all and .*Legal"),
    ],
)
def test_access_to_what_is_not_there_is_told(company, role, department, sentence):
    with refused(sentence), company.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO governance.row_access VALUES (%s, %s)", (role, department))


def test_the_catalogue_describes_every_column_in_three_languages(company):
    said = {row[:2]: row[2:] for row in rows(company.reader, "SELECT * FROM clean.catalogue")}
    for table in TABLES:
        for column in table.columns:
            kind, personal, *languages = said[table.name, column.name]
            assert (kind, personal) == (column.kind, column.personal)
            if column.name != "employee_id":
                assert all(languages), (table.name, column.name)
    assert said["people", "national_id"][:2] == ("national_id", True)
    assert said["staff", "birth_date"][:2] == ("date", True)
    assert said["staff", "age"][:2] == ("number", False)
    assert all(all(said["people", name][2:]) for name in ("employee_id", "city", "phone"))


def test_questions_are_not_about_the_catalogue_or_masked_people(company):
    assert not {"catalogue", "people"} & Catalog.read(company.reader).tables.keys()
