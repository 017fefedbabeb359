"""Figures by their place in an order: the third highest salary, the ten highest."""

from __future__ import annotations

from nl2sql.plan import Missing, Order, Plan
from nl2sql.semantics.facts import PEOPLE, Facts
from nl2sql.semantics.measures import column_of
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import where_of


def nth(reader: Reader, facts: Facts, rank: Rank) -> Plan:
    """The third highest salary: of different ones."""
    column = column_of(reader)
    if column not in ("salary", "age", "tenure") or rank.attribute not in (None, column) or reader.keys:
        raise NotUnderstoodError("a place in an order of what is not said")
    reader.use(*reader.open("column"), *reader.open("agg", "distinct"))
    ref = reader.ref(facts.table, column)
    known = (*where_of(facts), Missing(ref, negated=True))
    order = Order(ref, rank.descending)
    return Plan(
        facts.table, (ref,), where=known, distinct=True, order=order, limit=rank.count or 1, skip=rank.place - 1
    )


def highest(reader: Reader, facts: Facts, rank: Rank) -> Plan | None:
    """The ten highest salaries: each as often as somebody has it."""
    column = column_of(reader) if rank.count and reader.subject == PEOPLE and not reader.keys else None
    if column is None or rank.attribute not in (None, column) or facts.shown or facts.target is not None:
        return None
    reader.use(*reader.open("column"))
    ref = reader.ref(facts.table, column)
    known = (*where_of(facts), Missing(ref, negated=True))
    return Plan(facts.table, (ref,), where=known, order=Order(ref, rank.descending), limit=rank.count)
