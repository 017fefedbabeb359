"""Groups whose figure became less or more from one period to another: departments where training hours went down."""

from __future__ import annotations

from nl2sql.plan import Gap, Having, Order, Plan
from nl2sql.semantics.comparing import direction_of
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.shapes import where_of


def groups_that_grew(reader: Reader, facts: Facts, group: str | None, growth: Gap) -> Plan | None:
    """Those groups alone, if a word says which way it went and nothing asks by how much."""
    said = [piece.text.lower() for piece in reader.pieces if piece.has("ask", "growth")]
    operator = direction_of(said[0]) if len(said) == 1 else None
    if group is None or operator is None or reader.said("ask", "difference", "much", "share"):
        return None
    target = reader.ref(facts.table, group)
    having = (Having(growth, operator, 0),)
    order = Order(target, descending=False)
    return Plan(facts.table, (target,), where=where_of(facts), having=having, order=order, known_keys=True)
