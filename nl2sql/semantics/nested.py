"""Figures over figures: the median number of sick days per person, the total budget of projects with many lawyers.

A question is asked of rows that are figures themselves, of each person or of each project; figures of one table are
`measures`, so many for each of others are `ratios`.
"""

from __future__ import annotations

from typing import cast

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Function, Order, Plan
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TABLES, TRAINING, Facts
from nl2sql.semantics.measures import column_of, each_of_people
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import keys_of, rank_of, where_of

_OF_SUMS = ("salary", "budget")
_RANKED = ("salary", "payroll", "budget", "age", "tenure")
_OTHERS = ("share", "ratio", "difference", "growth")


def figure_over_persons(reader: Reader, facts: Facts) -> Plan | None:
    """The median number of sick days per person: a figure over the total of each who has one."""
    per, functions = reader.open("per"), reader.open("agg", "median", "max", "min")
    keys = reader.keys or facts.target is not None or facts.having or facts.wants_rows
    if not per or len(functions) != 1 or keys or reader.subject not in (LEAVE, TRAINING) or reader.quantities.ranks:
        return None
    column = facts.counted if facts.counted in ("days", "hours") else None
    if column is None and facts.counted not in TABLES:
        column = column_of(reader)
    if column is None and facts.counted is None:
        return None
    reader.use(*per, *functions, *reader.open("column"), *reader.open("agg", "sum"), *reader.open("group"))
    total = Figure("count") if column is None else Figure("sum", reader.ref(facts.table, column))
    function = cast("Function", reader.pieces[functions[0]].key("agg"))
    person = (reader.ref(facts.table, "person"),)
    return Plan(facts.table, measures=(total,), where=where_of(facts), unseen=person, over=function)


def figure_of_each_person(reader: Reader, facts: Facts) -> Plan | None:
    """How many courses each employee completed: the total of everybody who has one, and no mean of them."""
    each = each_of_people(reader)
    rest = reader.open("agg", "avg", "median", "max", "min") or reader.quantities.ranks or reader.open("ask", *_OTHERS)
    if not each or rest or reader.subject not in (LEAVE, TRAINING):
        return None
    if reader.keys or facts.target is not None or facts.having:
        raise NotUnderstoodError("a figure of each of the people in groups")
    column = facts.counted if facts.counted in ("days", "hours") else column_of(reader)
    if column is None and facts.counted is None and not reader.open("ask", "count"):
        return None
    reader.use(*each, *reader.open("column"), *reader.open("ask", "count", "much"), *reader.open("agg", "sum"))
    total = Figure("count") if column is None else Figure("sum", reader.ref(facts.table, column))
    names = tuple(reader.ref(facts.table, key) for key in NAMES)
    person = (reader.ref(facts.table, "person"),)
    order = Order(total, descending=True)
    return Plan(facts.table, names, (total,), where_of(facts), order=order, unseen=person)


def figure_over_ranked(reader: Reader, facts: Facts) -> Plan | None:
    """The total budget of the two most expensive projects, the average pay of the five oldest employees."""
    ranks, functions = reader.quantities.ranks, reader.open("agg", "sum", "avg", "median")
    plain = not (
        reader.keys or facts.having or facts.counted or facts.more or reader.open("ask", "which", "list", "who")
    )
    if len(ranks) != 1 or ranks[0].count is None or len(functions) > 1 or not plain or facts.shown:
        return None
    rank, column = rank_of(reader), column_of(reader)
    if not functions and column != "payroll":
        return None
    column = column or (rank.attribute if rank is not None and rank.attribute in _OF_SUMS else None)
    by = None if rank is None else rank.attribute or column
    if rank is None or column is None or reader.subject not in (PEOPLE, PROJECT) or facts.target not in (None, PROJECT):
        return None
    if by not in _RANKED or (facts.target == PROJECT and reader.subject != PROJECT):
        return None
    facts.target, facts.wants_rows = None, False
    reader.use(*functions, *reader.open("column"), *reader.open("ask", "much"))
    dated = {"age": "birth", "tenure": "hire"}
    order = Order(reader.ref(facts.table, dated.get(by, by)), rank.descending != (by in dated))
    figure = cast("Function", reader.pieces[functions[0]].key("agg") if functions else "sum")
    own = reader.ref(facts.table, column)
    return Plan(facts.table, (own,), where=where_of(facts), order=order, limit=rank.count, over=figure)


def figure_over_projects(reader: Reader, facts: Facts) -> Plan | None:
    """The total budget of the projects with more than three lawyers: one figure over groups of people."""
    functions = reader.open("agg", "sum", "avg", "max", "min", "median")
    columns = reader.open("column", "budget")
    rows = bool(reader.keys or reader.quantities.ranks or reader.open("ask", "which", "list"))
    if facts.target != PROJECT or not facts.having or len(functions) != 1 or not columns or rows:
        return None
    reader.keys.append(PROJECT)
    reader.use(*functions, *columns, *reader.open("ask", "much"))
    budget = Figure("max", reader.ref(facts.table, "budget"))
    function = cast("Function", reader.pieces[functions[0]].key("agg"))
    keys, having = keys_of(reader, facts), tuple(facts.having)
    return Plan(facts.table, keys, (budget,), where_of(facts), having, over=function, known_keys=True)
