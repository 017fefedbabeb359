"""How old people were when they were hired."""

from __future__ import annotations

from nl2sql.plan import Ref
from nl2sql.semantics.bounds import compares
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_PAY = ("salar", "pay", "wage", "maaş", "ücret", "зарплат", "оклад", "ставк")
_THEN = ("girdiğinde", "başladığında", "alındığında", "katıldığında", "girerken", "başlarken", "girdiği", "alındığı")
_AGES = (14, 80)
"""Numbers that may be ages without a word for it."""


def find_age_at_hire(reader: Reader, facts: Facts) -> None:
    """Who was 40 or older when hired; how old people were then on average."""
    then = [n for n in reader.open("column", "first_salary") if not _has(reader, n, _PAY)]
    then += [n for n in reader.open("event", "hire") if _has(reader, n, _THEN)]
    bounds = [bound for bound in reader.quantities.bounds if _is_age(bound)]
    ages = reader.open("column", "age")
    if (
        len(then) == len(ages) == 1
        and reader.open("agg", "avg", "median", "min", "max")
        and not reader.quantities.bounds
    ):
        reader.pieces[ages[0]].readings = {"column": ("hire_age",)}
        reader.use(*then)
        return
    if not then or not bounds or reader.open("column", "salary", "payroll"):
        return
    if len(bounds) > 1:
        raise NotUnderstoodError("two ages, one of them when hired")
    bound, ref = bounds[0], Ref("staff", "hire_age")
    reader.quantities.bounds.remove(bound)
    facts.clauses += [(bound.position, one) for one in compares(ref, bound)]
    if bound.unit_piece is not None:
        bound.unit_piece.is_used = True
    reader.use(*then, *reader.open("column", "age"))


def _has(reader: Reader, number: int, words: tuple[str, ...]) -> bool:
    return any(word in reader.pieces[number].text.lower() for word in words)


def _is_age(bound: Bound) -> bool:
    unit = bound.unit_piece
    if bound.attribute == "age" or (unit is not None and unit.has("column", "age")):
        return True
    years = unit is None or unit.has("unit", "year")
    return bound.attribute is None and bound.unit is None and years and _AGES[0] <= bound.value <= _AGES[1]
