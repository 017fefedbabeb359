"""Columns of a plan and the joins that they need, along the keys of the catalogue."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp, parse_one

from nl2sql.catalog import MAIN_VIEW, Catalog
from nl2sql.plan import Ref

PERSON = "employees.employee_id"
_REACHED = "(SELECT {own}.monthly_usd FROM salaries AS {own} WHERE {own}.employee_id = {table}.employee_id{when} ORDER BY {own}.effective_date {way}, {own}.salary_id {way} LIMIT 1)"
_BEFORE = _REACHED.format(
    own="former", table="{table}", way="DESC", when=" AND former.effective_date < {table}.effective_date"
)
_LAST = _REACHED.format(own="last", table="{table}", way="DESC", when="")
_FIRST = _REACHED.format(own="first", table="{table}", way="ASC", when="")
COMPUTED = {
    "salaries.raise_usd": f"{{table}}.monthly_usd - {_BEFORE}",
    "salaries.raise_percent": f"100.0 * ({{table}}.monthly_usd - {_BEFORE}) / NULLIF({_BEFORE}, 0)",
    "staff.first_usd": _FIRST,
    "employees.first_usd": _FIRST,
    "employees.last_usd": _LAST,
    "employees.age": "EXTRACT(YEAR FROM AGE(CURRENT_DATE, {table}.birth_date))",
    "staff.rise_usd": f"{{table}}.monthly_usd - {_FIRST}",
    "staff.rise_percent": f"100.0 * ({{table}}.monthly_usd - {_FIRST}) / NULLIF({_FIRST}, 0)",
    "projects.budget_each": "{table}.budget_usd / NULLIF((SELECT COUNT(*) FROM staff AS member WHERE member.project = {table}.code), 0)",
    "projects.budget_a_day": "1.0 * {table}.budget_usd / NULLIF({table}.end_date - {table}.start_date, 0)",
    "projects.country": "(SELECT site.country FROM locations AS site WHERE site.city = {table}.city)",
    "projects.duration_days": "{table}.end_date - {table}.start_date",
    "contracts.duration_days": "{table}.end_date - {table}.start_date",
    "leave_taken.back_on": "{table}.start_date + {table}.days",
    "projects.running_days": "COALESCE({table}.end_date, CURRENT_DATE) - {table}.start_date",
    "staff.hire_age": "EXTRACT(YEAR FROM AGE({table}.hire_date, {table}.birth_date))",
    "staff.age_decade": "{table}.age / 10 * 10",
}
"""What rows tell though no column says it: a raise is a salary less the one before."""


class UnreachableError(Exception):
    """A plan speaks of a column that no chain of keys leads to."""


class Scope:
    """One FROM: the subject, and the tables that its columns need to be joined."""

    def __init__(self, catalog: Catalog, table: str, alias: str) -> None:
        self._catalog = catalog
        self.table = table
        self.alias = alias
        self._joined: dict[str, tuple[str, str, str]] = {}
        """Table -> (alias joined to, its column, column of the table), in the order of joining."""

    def column(self, ref: Ref) -> exp.Expr:
        """A column, after its table was joined; of bands where they begin."""
        if ref.band is not None:
            width = exp.Literal.number(ref.band)
            place = exp.Floor(this=exp.Div(this=self.column(replace(ref, band=None)), expression=width, typed=True))
            return exp.cast(exp.Mul(this=place, expression=width.copy()), "int")
        if ref.before is not None:
            day = f" AND last.effective_date < DATE '{ref.before.isoformat()}'"
            past = _REACHED.format(own="last", table=self._reach(ref.table), way="DESC", when=day)
            return exp.paren(parse_one(past, dialect="postgres"))
        if formula := COMPUTED.get(f"{ref.table}.{ref.column}"):
            return exp.paren(parse_one(formula.format(table=self._reach(ref.table)), dialect="postgres"))
        if self._catalog.column(f"{ref.table}.{ref.column}") is None:
            raise UnreachableError(f"there is no column {ref.table}.{ref.column}")
        column = exp.column(ref.column, table=self._reach(ref.table))
        return column if ref.part is None else exp.Extract(this=exp.var(ref.part.upper()), expression=column)

    @property
    def is_joined(self) -> bool:
        """Whether columns of other tables are needed."""
        return bool(self._joined)

    def join(self, query: exp.Select) -> exp.Select:
        """Add the joins to a query."""
        for table, (alias, own, key) in self._joined.items():
            condition = exp.EQ(this=exp.column(own, table=alias), expression=exp.column(key, table=table))
            query = query.join(exp.to_table(table), on=condition, join_type="LEFT")
        return query

    def link_to(self, table: str) -> tuple[str, str]:
        """A column of the subject's own that rows of another table point to, and their column; or that of its person."""
        for mine, theirs in _pairs(self._catalog, self.table, table) if table != self.table else ():
            of_person = self._catalog.root(f"{self.table}.{mine}") == PERSON
            if of_person or _is_key(self._catalog, self.table, mine):
                return mine, theirs
        raise UnreachableError(f"no row of {table} belongs to one of {self.table}")

    def _reach(self, table: str) -> str:
        if table == self.table:
            return self.alias
        steps = _path(self._catalog, self.table, table)
        if steps is None:
            raise UnreachableError(f"no chain of keys leads from {self.table} to {table}")
        alias = self.alias
        for own, target, key in steps:
            self._joined.setdefault(target, (alias, own, key))
            alias = target
        return alias


def _path(catalog: Catalog, start: str, goal: str) -> list[tuple[str, str, str]] | None:
    """The shortest chain of keys: (own column, next table, its key) for every step."""
    queue: deque[tuple[str, list[tuple[str, str, str]]]] = deque([(start, [])])
    seen = {start}
    while queue:
        table, steps = queue.popleft()
        if table == goal:
            return steps
        for other in catalog.tables:
            for mine, theirs in _pairs(catalog, table, other):
                if other not in seen and _is_key(catalog, other, theirs):
                    seen.add(other)
                    queue.append((other, [*steps, (mine, other, theirs)]))
    return None


def _pairs(catalog: Catalog, one: str, other: str) -> Iterator[tuple[str, str]]:
    """Columns of two tables that hold the same key."""
    if one not in catalog.tables or other not in catalog.tables:
        return
    keys = _keys(catalog)
    roots = {catalog.root(column.path): column.name for column in reversed(catalog.tables[other].columns)}
    for column in catalog.tables[one].columns:
        root = catalog.root(column.path)
        if root in keys and root in roots:
            yield column.name, roots[root]


def _keys(catalog: Catalog) -> frozenset[str]:
    return frozenset(path for table in catalog.tables.values() for path in catalog.keys(table))


def _is_key(catalog: Catalog, table: str, column: str) -> bool:
    """Whether at most one row of a table has a value of the column."""
    path = f"{table}.{column}"
    return path in catalog.keys(catalog.tables[table]) or (table == MAIN_VIEW and catalog.root(path) == PERSON)
