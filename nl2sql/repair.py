"""Slips of a statement that have one possible correction, made without asking the model again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nl2sql.anywhere.fit import fit, identifier
from nl2sql.anywhere.misplaced import with_columns_in_place
from nl2sql.catalog import Catalog
from nl2sql.dialects import exact
from nl2sql.guard import Checked, Comparison, again

_PARTS: Final[dict[type[exp.Expr], str]] = {exp.Year: "%Y", exp.Month: "%m", exp.Day: "%d"}


def repaired(sql: str, catalog: Catalog) -> str:
    """The statement with the names of the database and functions that it has; as it is if it cannot be read."""
    try:
        tree = sqlglot.parse_one(sql, dialect=exact(catalog.dialect))
    except (SqlglotError, RecursionError):
        return sql
    if not isinstance(tree, exp.Query):
        return sql
    tree = fit(tree, catalog)
    if catalog.dialect == "sqlite":
        _count_days_of_sqlite(tree, catalog)
    tree = with_columns_in_place(tree, catalog)
    if catalog.dialect == "sqlite":
        tree = _dates_of_sqlite(tree, catalog)
    return tree.sql(dialect=catalog.dialect)


def group_figures(checked: Checked) -> None:
    """Group by the columns beside figures, in place; without it the database would refuse the statement."""
    tree = checked.tree
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or tree.args.get("distinct") is not None:
        return
    projections = [projection.unalias() for projection in tree.selects]
    columns = [projection for projection in projections if isinstance(projection, exp.Column)]
    figures = [
        projection for projection in projections if projection.find(exp.AggFunc) and not projection.find(exp.Window)
    ]
    if columns and figures and len(columns) + len(figures) == len(projections):
        tree.group_by(*(column.copy() for column in columns), copy=False)


def leave_out(checked: Checked, unasked: Sequence[Comparison]) -> Checked:
    """The statement without conditions that nobody asked for; as it is where they are no conditions of their own."""
    changed = replace(checked, tree=checked.tree.copy())
    texts = {comparison.literal.name for comparison in unasked}
    for literal in [found for found in changed.tree.find_all(exp.Literal) if found.is_string and found.name in texts]:
        condition = literal.parent
        around = condition.parent if condition is not None else None
        if not isinstance(condition, exp.EQ) or not isinstance(around, exp.And | exp.Where):
            return checked
        if isinstance(around, exp.And):
            around.replace(around.right if around.left is condition else around.left)
        else:
            around.pop()
    return again(changed)


def _count_days_of_sqlite(tree: exp.Query, catalog: Catalog) -> None:
    """DATEDIFF(day, start, end), in place; sqlglot expects the end first there, and takes it for a unit here."""
    for days in tree.find_all(exp.DateDiff):
        unit = days.args.get("unit")
        if unit is None or days.this.name.lower() not in {"day", "days"}:
            continue
        ends = {column.name for column in catalog.columns() if column.name.lower() == unit.name.lower()}
        if len(ends) == 1:
            days.set("this", exp.column(identifier(ends.pop(), catalog)))
            days.set("unit", None)


def _dates_of_sqlite(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """SQLite has no YEAR, its strftime gives a text, which is never equal to a number, and a day minus a day is nothing."""
    read = {table.name for table in tree.find_all(exp.Table)}
    for less in list(tree.find_all(exp.Sub)):
        if _is_day(less.left, read, catalog) and _is_day(less.right, read, catalog):
            less.replace(exp.DateDiff(this=less.left.copy(), expression=less.right.copy()))
    for node in list(tree.find_all(*_PARTS, exp.Extract)):
        kind = _PARTS.get(type(node)) or _PARTS.get(_named(node.name))
        if kind is None:
            continue
        value = node.expression if isinstance(node, exp.Extract) else node.this
        if isinstance(value, exp.TsOrDsToDate):
            value = value.this
        node.replace(exp.cast(exp.TimeToStr(this=value.copy(), format=exp.Literal.string(kind)), "int"))
    for told in list(tree.find_all(exp.TimeToStr)):
        parent = told.parent
        if isinstance(parent, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between | exp.In):
            others = [other for other in parent.find_all(exp.Literal) if other.find_ancestor(exp.TimeToStr) is None]
            if others and all(not other.is_string for other in others):
                told.replace(exp.cast(told.copy(), "int"))
    return tree


def _is_day(node: exp.Expr, tables: Collection[str], catalog: Catalog) -> bool:
    """Whether a column holds days in every table that has it, or it is the first or last of those."""
    if isinstance(node, exp.Min | exp.Max):
        node = node.this
    if not isinstance(node, exp.Column):
        return False
    found = [column for table in tables if (column := catalog.column(f"{table}.{node.name}"))]
    return bool(found) and all(column.type in ("date", "timestamp") for column in found)


def _named(name: str) -> type[exp.Expr]:
    return {"YEAR": exp.Year, "MONTH": exp.Month, "DAY": exp.Day}.get(name.upper(), exp.Expr)
