"""What may run and what may not, case by case, and that the guard and the database agree."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nl2sql.errors import ExecutionError, GuardError
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.guard_text import MAX_CHARACTERS

CASES = Path(__file__).parent / "cases"


def paragraphs(name):
    text = (CASES / name).read_text(encoding="utf-8")
    return [paragraph.strip() for paragraph in text.split("\n\n")[1:] if paragraph.strip()]


def rejected():
    return [tuple(paragraph.split("\n", 1)) for paragraph in paragraphs("rejected.sql")]


def test_there_are_many_hostile_cases():
    assert len(rejected()) >= 60


@pytest.mark.parametrize(("reason", "statement"), rejected(), ids=[case[1][:60] for case in rejected()])
def test_hostile_statements_are_refused_with_a_reason(reason, statement, index):
    with pytest.raises(GuardError, match=re.escape(reason.removeprefix("-- "))):
        check(statement, index.catalog)


HONEST = [*paragraphs("accepted.sql"), *paragraphs("harmless.sql")]


@pytest.mark.parametrize("statement", HONEST, ids=lambda statement: statement[:60])
def test_honest_statements_pass_and_run(statement, index, company):
    result = execute(company.reader, check(statement, index.catalog))
    assert result.columns


@pytest.mark.parametrize("statement", HONEST, ids=lambda statement: statement[:60])
def test_what_passed_passes_again(statement, index):
    once = check(statement, index.catalog)
    again = check(once.sql, index.catalog)
    assert (again.sql, again.columns) == (once.sql, once.columns)


@given(text=st.text(max_size=80))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_judged_and_never_crashes(text, index):
    for statement in (text, f"SELECT {text} FROM staff", f"SELECT 1 FROM staff WHERE city = '{text}'"):
        try:
            passed = check(statement, index.catalog)
        except GuardError as error:
            assert str(error)  # noqa: PT017 - most raise, and some texts are statements
        else:
            assert passed.tables <= set(index.catalog.tables)


@given(value=st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_quoted_value_stays_a_value(value, index, company):
    statement = "SELECT '" + value.replace("'", "''") + "' AS value"
    assert execute(company.reader, check(statement, index.catalog)).rows == [(value,)]


def test_places_are_named(index):
    with pytest.raises(GuardError, match=r"pg_sleep is not allowed \(line 2, column 25\)"):
        check("SELECT count(*)\nFROM staff WHERE pg_sleep(1)", index.catalog)
    with pytest.raises(GuardError, match=r"not valid SQL at line 1, column \d+"):
        check("SELECT FROM WHERE", index.catalog)
    with pytest.raises(GuardError, match=r"\(line 1, column 12\); staff has employee_id"):
        check("SELECT wages FROM staff", index.catalog)


def test_a_star_is_the_readable_columns(index, company):
    result = execute(company.reader, check("SELECT * FROM employees LIMIT 1", index.catalog))
    assert "last_name" in result.columns
    assert not {"national_id", "email", "phone"} & set(result.columns)


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("SELECT employee_id FROM employees", 10),
        ("SELECT employee_id FROM employees LIMIT 100", 10),
        ("SELECT employee_id FROM employees LIMIT 3", 3),
        ("SELECT employee_id FROM employees FETCH FIRST 50 ROWS ONLY", 10),
        ("SELECT employee_id FROM employees LIMIT (SELECT 200)", 10),
        ("SELECT employee_id FROM employees UNION ALL SELECT 1", 10),
    ],
)
def test_rows_are_limited(statement, rows, index, company):
    result = execute(company.reader, check(statement, index.catalog, max_rows=10))
    assert len(result.rows) == rows
    assert result.is_truncated == (rows == 10)


def test_long_and_deep_statements_are_refused(index):
    with pytest.raises(GuardError, match="10,000 are allowed"):
        check("SELECT " + "1," * MAX_CHARACTERS + "1", index.catalog)
    with pytest.raises(GuardError, match="nested too deeply"):
        check("SELECT " + "(" * 4000 + "1" + ")" * 4000, index.catalog)


def test_an_accidental_product_is_too_expensive(index, company):
    statement = "SELECT count(*) FROM employees a, employees b, employees c, employees d"
    with pytest.raises(ExecutionError, match="too expensive"):
        execute(company.reader, check(statement, index.catalog))


def test_slow_statements_are_stopped(index, company):
    statement = (
        "SELECT count(*) FROM employees a, employees b, employees c WHERE a.last_name || b.last_name > c.last_name"
    )
    with pytest.raises(ExecutionError, match=r"stopped after 0.05 seconds"):
        execute(company.reader, check(statement, index.catalog), timeout_s=0.05, max_cost=1e12)


def test_errors_of_the_database_are_one_sentence(index, company):
    with pytest.raises(ExecutionError, match="The database says: division by zero") as caught:
        execute(company.reader, check("SELECT 1 / 0", index.catalog))
    assert "\n" not in str(caught.value)


def test_a_subquery_compares_its_own_columns_only(index):
    checked = check(
        "SELECT count(*) FROM staff WHERE city = 'Kazan' AND employee_id IN "
        "(SELECT employee_id FROM training_done WHERE course = 'First Aid')",
        index.catalog,
    )
    compared = {(one.path, one.literal.name) for one in checked.comparisons}
    assert compared == {("staff.city", "Kazan"), ("training_done.course", "First Aid")}


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM clean.employees", "SELECT national_id FROM clean.employees", "SELECT * FROM ask.questions"],
)
def test_the_database_refuses_by_itself(statement, company):
    with company.reader.connect() as connection, pytest.raises(Exception, match=r"permission denied|cannot execute"):
        connection.exec_driver_sql(statement)
