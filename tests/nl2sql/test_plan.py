"""Every plan that can be built compiles to a statement which the guard lets pass and PostgreSQL runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.index import Index
from nl2sql.plan import (
    AgainstPeers,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Figure,
    Gap,
    Having,
    Later,
    Missing,
    OfTotal,
    OneOf,
    Order,
    Ordered,
    Plan,
    Ref,
    Related,
    Running,
    Share,
    Today,
)
from nl2sql.plan_joins import UnreachableError
from nl2sql.plan_sql import compile_plan
from pipelines.database import Database

NUMBERS = {
    "staff": (Ref("staff", "monthly_usd"), Ref("staff", "age"), Ref("staff", "service_years")),
    "leave_taken": (Ref("leave_taken", "days"), Ref("staff", "age")),
    "training_done": (Ref("training_done", "hours"),),
    "projects": (Ref("projects", "budget_usd"),),
    "employees": (Ref("employees", "employee_id"),),
    "contracts": (Ref("contracts", "contract_id"),),
}
DATES = {
    "staff": (Ref("staff", "hire_date"), Ref("staff", "birth_date")),
    "leave_taken": (Ref("leave_taken", "start_date"), Ref("employees", "hire_date")),
    "training_done": (Ref("training_done", "completed_on"),),
    "projects": (Ref("projects", "start_date"), Ref("projects", "end_date")),
    "employees": (Ref("employees", "hire_date"),),
    "contracts": (Ref("contracts", "end_date"),),
}
TEXTS = {
    "staff": (Ref("staff", "city"), Ref("staff", "project"), Ref("projects", "status")),
    "leave_taken": (Ref("leave_taken", "department"), Ref("positions", "family"), Ref("staff", "contract_type")),
    "training_done": (Ref("training_done", "course"), Ref("positions", "level")),
    "projects": (Ref("projects", "city"), Ref("locations", "country")),
    "employees": (Ref("employees", "department"), Ref("positions", "level"), Ref("locations", "country")),
    "contracts": (Ref("contracts", "contract_type"), Ref("employees", "city"), Ref("locations", "country")),
}
RELATED = {
    "staff": ("leave_taken", "training_done", "contracts"),
    "employees": ("leave_taken", "training", "salaries"),
    "projects": ("staff", "employees"),
}
OPERATORS = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
QUOTES = st.sampled_from(("Moscow", "O'Brien", 'a "b"', "50 %", ":x", "\\", "; DROP TABLE staff --", "Ёлка", "$1"))


@st.composite
def conditions(draw: st.DrawFn, subject: str, depth: int = 2) -> Condition:  # noqa: PLR0911 - one for each kind
    kinds = ["number", "date", "part", "text", "missing", "average"]
    kinds += ["any"] if depth else []
    kinds += ["related"] if depth and subject in RELATED else []
    match draw(st.sampled_from(kinds)):
        case "number":
            value = draw(st.one_of(st.integers(-5, 10**7), st.decimals(0, 9999, places=2)))
            return Compare(draw(st.sampled_from(NUMBERS[subject])), draw(OPERATORS), value)
        case "date":
            day = st.dates(date(1990, 1, 1), date(2030, 1, 1))
            starts = st.sampled_from(("day", "week", "month", "quarter", "year"))
            today = st.builds(Today, starts, st.integers(-60, 24), st.integers(-90, 90))
            return Compare(draw(st.sampled_from(DATES[subject])), draw(OPERATORS), draw(st.one_of(day, today)))
        case "part":
            ref = draw(st.sampled_from(DATES[subject]))
            part = draw(st.sampled_from(("year", "quarter", "month", "day", "isodow")))
            value = draw(st.one_of(st.integers(1, 2026), st.just(Today(part=part))))
            return Compare(Ref(ref.table, ref.column, part), draw(OPERATORS), value)
        case "text":
            names = tuple(draw(st.lists(QUOTES, min_size=1, max_size=3)))
            return OneOf(draw(st.sampled_from(TEXTS[subject])), names, draw(st.booleans()))
        case "missing":
            return Missing(draw(st.sampled_from((*TEXTS[subject], *DATES[subject]))), draw(st.booleans()))
        case "average":
            ref = draw(st.sampled_from(NUMBERS[subject]))
            return Compare(ref, draw(OPERATORS), Plan(subject, measures=(Figure("avg", ref),)))
        case "any":
            several = draw(st.sampled_from([AnyOf, AllOf]))
            return several(tuple(draw(st.lists(conditions(subject, depth - 1), min_size=1, max_size=2))))
        case _:
            table = draw(st.sampled_from(RELATED[subject]))
            having = Having(Figure("count"), draw(OPERATORS), draw(st.integers(0, 9)))
            inner = tuple(draw(st.lists(conditions(table, 0), max_size=2))) if table in NUMBERS else ()
            return Related(table, inner, draw(st.booleans()), draw(st.one_of(st.none(), st.just(having))))


@st.composite
def figures(draw: st.DrawFn, subject: str, *, plain: bool = False) -> Figure:
    where = () if plain else tuple(draw(st.lists(conditions(subject, 0), max_size=2)))
    if draw(st.booleans()):
        return Figure("count", where=where)
    if draw(st.booleans()):
        return Figure("distinct", draw(st.sampled_from(TEXTS[subject])), where)
    function = draw(st.sampled_from(("avg", "median", "sum", "min", "max")))
    return Figure(function, draw(st.sampled_from(NUMBERS[subject])), where, times=draw(st.sampled_from((1, 12))))


@st.composite
def measures(draw: st.DrawFn, subject: str) -> Figure | Share | OfTotal | Gap:
    match draw(st.sampled_from(("figure", "share", "total", "gap"))):
        case "share":
            chosen = tuple(draw(st.lists(conditions(subject, 0), min_size=1, max_size=2)))
            return Share(chosen, draw(figures(subject, plain=True)))
        case "total":
            return OfTotal(Figure("sum", draw(st.sampled_from(NUMBERS[subject]))))
        case "gap":
            return Gap(draw(figures(subject)), draw(figures(subject)), draw(st.sampled_from(("-", "/", "%", "growth"))))
        case _:
            return draw(figures(subject))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    subject = draw(st.sampled_from(sorted(NUMBERS)))
    where = tuple(draw(st.lists(conditions(subject), max_size=3)))
    limit = draw(st.one_of(st.none(), st.integers(1, 20)))
    named = st.lists(st.sampled_from(TEXTS[subject]), max_size=2, unique_by=lambda ref: ref.column)
    if draw(st.booleans()):
        shown = tuple(draw(named)) or TEXTS[subject][:1]
        is_distinct = draw(st.booleans())
        by = draw(st.sampled_from(shown if is_distinct else (*NUMBERS[subject], *DATES[subject])))
        order = draw(st.one_of(st.none(), st.builds(Order, st.just(by), st.booleans())))
        return Plan(subject, shown, where=where, order=order, limit=limit, distinct=is_distinct)
    keys = tuple(draw(named))
    found = tuple(draw(st.lists(measures(subject), min_size=1, max_size=2)))
    having = st.builds(Having, figures(subject), OPERATORS, st.integers(0, 1000))
    ordered = Order(found[0], draw(st.booleans())) if keys else None
    return Plan(
        subject,
        keys,
        found,
        where,
        tuple(draw(st.lists(having, max_size=1))),
        ordered,
        limit=limit,
        known_keys=bool(keys),
    )


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(plan=plans())
def test_every_plan_runs(plan: Plan, company: Database, index: Index) -> None:
    execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog))


def test_values_are_literals(company: Database, index: Index) -> None:
    plan = Plan("staff", measures=(Figure("count"),), where=(OneOf(Ref("staff", "city"), ("x' OR 'a' = 'a",)),))
    assert execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows == [(0,)]


@pytest.mark.parametrize(
    "plan",
    [
        Plan(
            "employees",
            (Ref("employees", "hire_date", "year"),),
            (Running(Figure("count"), Ref("employees", "hire_date", "year")),),
        ),
        Plan(
            "staff",
            measures=(Figure("count"),),
            where=(AgainstPeers(Ref("staff", "monthly_usd"), ">", Ref("staff", "department")),),
        ),
        Plan("salaries", measures=(Figure("avg", Ref("salaries", "raise_usd")),)),
        Plan("projects", (Ref("projects", "code"),), (Figure("sum", Ref("projects", "budget_each")),)),
    ],
    ids=["running", "peers", "raises", "budget for each"],
)
def test_what_no_column_holds_is_reckoned(plan: Plan, company: Database, index: Index) -> None:
    rows = execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows
    assert any(cell for row in rows for cell in row)


def test_equals_share_the_first_place(company: Database, index: Index) -> None:
    salary = Ref("staff", "monthly_usd")
    best = Plan("staff", (Ref("staff", "employee_id"), salary), order=Order(salary), limit=1, equals=True)
    rows = execute(company.reader, check(compile_plan(best, index.catalog), index.catalog)).rows
    highest = Plan("staff", measures=(Figure("max", salary),))
    most = execute(company.reader, check(compile_plan(highest, index.catalog), index.catalog)).rows[0][0]
    assert len(rows) > 1
    assert {pay for _, pay in rows} == {most}


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (Plan("staffs", measures=(Figure("count"),)), "no table staffs"),
        (Plan("staff", (Ref("staff", "shoe"),)), "no column staff.shoe"),
        (Plan("departments", (Ref("projects", "name"),)), "no chain of keys"),
        (Plan("staff", measures=(Figure("count"),), where=(Related("locations"),)), "no row of locations"),
    ],
)
def test_what_cannot_be_reached_is_said(plan: Plan, reason: str, index: Index) -> None:
    with pytest.raises(UnreachableError, match=reason):
        compile_plan(plan, index.catalog)


def test_numbers_keep_their_digits(index: Index) -> None:
    plan = Plan(
        "staff", measures=(Figure("count"),), where=(Compare(Ref("staff", "monthly_usd"), ">", Decimal("2500.50")),)
    )
    assert "> 2500.50" in compile_plan(plan, index.catalog)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        # another table joined inside is not the one outside
        (
            Related(
                "training_done",
                (Compare(Ref("training_done", "completed_on"), "<", Ref("employees", "hire_date")),),
            ),
            "SELECT count(DISTINCT e.employee_id) FROM clean.employees e JOIN clean.training t"
            " ON t.employee_id = e.employee_id AND t.completed_on < e.hire_date",
        ),
        (
            Related("training_done", having=Having(Figure("count"), ">", 1), per=(Ref("training_done", "course"),)),
            "SELECT count(DISTINCT employee_id) FROM (SELECT employee_id FROM clean.training"
            " GROUP BY employee_id, course HAVING count(*) > 1) twice",
        ),
    ],
    ids=["compared with the person's own day", "the same course"],
)
def test_people_by_their_rows(condition: Related, rows: str, company: Database, index: Index) -> None:
    plan = Plan("employees", measures=(Figure("count"),), where=(condition,))
    found = execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows
    with company.engine.connect() as connection:
        assert found == [tuple(connection.execute(sa.text(rows)).one())]
    assert found != [(0,)]


def test_cities_where_nobody_took_leave(company: Database, index: Index) -> None:
    took = Related("leave_taken", (OneOf(Ref("leave_taken", "leave_type"), ("parental",)),))
    plan = Plan("locations", (Ref("locations", "city"),), where=(Related("staff", (took,), negated=True),))
    found = {city for (city,) in execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows}
    known = (
        "SELECT city FROM clean.locations WHERE city NOT IN (SELECT s.city FROM clean.staff s"
        " JOIN clean.leave l ON l.employee_id = s.employee_id WHERE leave_type = 'parental')"
    )
    with company.engine.connect() as connection:
        assert found == set(connection.execute(sa.text(known)).scalars())


def test_groups_are_compared_with_a_figure_of_all(company: Database, index: Index) -> None:
    average = Figure("avg", Ref("staff", "age"))
    department = Ref("staff", "department")
    above = Having(average, ">", Plan("staff", measures=(average,)))
    plan = Plan("staff", (department,), (average,), having=(above,), known_keys=True)
    found = {row[0] for row in execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows}
    with company.reader.connect() as connection:
        averages = connection.execute(sa.text("SELECT department, avg(age) FROM staff GROUP BY department")).all()
        whole = connection.execute(sa.text("SELECT avg(age) FROM staff")).scalar_one()
    assert found == {name for name, age in averages if age > whole}
    assert found

    counted = compile_plan(replace(plan, over="count"), index.catalog)
    assert execute(company.reader, check(counted, index.catalog)).rows == [(len(found),)]


def test_events_in_order_are_those_of_one_person(company: Database, index: Index) -> None:
    leave, training = Related("leave_taken"), Related("training_done")
    dates = (Ref("leave_taken", "start_date"), Ref("training_done", "completed_on"))
    numbers = []
    for condition in (Ordered(leave, "<", training, dates), Ordered(leave, ">=", training, dates)):
        plan = Plan("staff", (Ref("staff", "employee_id"),), where=(condition,))
        numbers.append(
            {row[0] for row in execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows}
        )
    both = Plan("staff", (Ref("staff", "employee_id"),), where=(leave, training))
    expected = {row[0] for row in execute(company.reader, check(compile_plan(both, index.catalog), index.catalog)).rows}
    assert numbers[0] | numbers[1] == expected
    assert numbers[0] != expected


def test_a_day_may_be_counted_from_another(company: Database, index: Index) -> None:
    def hired(months: int) -> int:
        later = Later(Ref("staff", "birth_date"), months=months)
        where = (Compare(Ref("staff", "hire_date"), ">=", later),)
        plan = Plan("staff", measures=(Figure("count"),), where=where)
        return int(execute(company.reader, check(compile_plan(plan, index.catalog), index.catalog)).rows[0][0])

    assert hired(0) > hired(12 * 40) > hired(12 * 80) == 0


def test_bands_begin_at_multiples_of_their_width_and_lose_nobody(company: Database, index: Index) -> None:
    bands = (Ref("staff", "monthly_usd", band=500),)
    sql = check(compile_plan(Plan("staff", bands, (Figure("count"),)), index.catalog), index.catalog).sql
    with company.reader.connect() as connection:
        rows = connection.execute(sa.text(sql)).all()
        everybody = connection.execute(sa.text("SELECT count(*) FROM staff WHERE monthly_usd IS NOT NULL")).scalar_one()
    assert len(rows) > 1
    assert all(start % 500 == 0 for start, _ in rows)
    assert sum(number for _, number in rows) == everybody
