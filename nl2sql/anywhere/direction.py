"""Which end of an order a superlative asks for: the oldest were born first.

Small models take the oldest for those with the highest date of birth, and are sure of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from nl2sql.anywhere.items import Item
from nl2sql.anywhere.naming import name_words
from nl2sql.guard import Checked, again


def with_order_as_asked(checked: Checked, items: Iterable[Item]) -> Checked:
    """The statement with its order turned around if the question asks for the other end of it."""
    scales = [item.scale for item in items if item.cue == "super" and item.scale is not None]
    order, limit = (checked.tree.args.get(part) for part in ("order", "limit"))
    if len(scales) != 1 or order is None or limit is None or len(order.expressions) != 1:
        return checked
    ordered = order.expressions[0]
    if not isinstance(ordered.this, exp.Column):
        return checked
    named = set(name_words(ordered.this.name))
    if named & set(scales[0].reversed):
        descending = not scales[0].descending
    elif named & set(scales[0].columns):
        descending = scales[0].descending
    else:
        return checked
    if bool(ordered.args.get("desc")) == descending:
        return checked
    ordered.set("desc", descending)
    return again(checked)
