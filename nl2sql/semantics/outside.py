"""Numbers outside of a range: under 30 or over 60, of which one holds, as both cannot."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from nl2sql.plan import AnyOf, Compare
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import Reader

_BELOW, _ABOVE = ("<", "<="), (">", ">=")


def join_outside(reader: Reader, facts: Facts) -> None:
    """Make one condition of two that exclude each other, unless the two sides are compared or told apart."""
    if reader.said("ask", "difference", "ratio", "share", "versus", "distribution") or reader.said("distinct"):
        return
    said = {bound.position for bound in reader.quantities.bounds}
    numbers = [(place, one) for place, one in facts.where if place in said and isinstance(one, Compare)]
    for first, second in combinations(numbers, 2):
        if _are_outside(first[1], second[1]) or _are_outside(second[1], first[1]):
            rest = [entry for entry in facts.where if entry not in (first, second)]
            places = (first[0], second[0])
            reader.use(*(n for n in reader.open("conjunction", "or") if min(places) < n < max(places)))
            facts.where = [*rest, (first[0], AnyOf((first[1], second[1])))]
            return


def _are_outside(low: Compare, high: Compare) -> bool:
    """Whether one is below a number, and the other above one that is no lower."""
    if low.ref != high.ref or low.operator not in _BELOW or high.operator not in _ABOVE:
        return False
    ends = (low.value, high.value)
    numbers = [Decimal(end) for end in ends if isinstance(end, int | Decimal)]
    return len(numbers) == len(ends) and numbers[0] <= numbers[1]
