"""Conditions about pay over time: raises of salaries, and what people earn against what they began with."""

from __future__ import annotations

from nl2sql.plan import Compare, Missing, Ref
from nl2sql.semantics.comparing import direction_of
from nl2sql.semantics.facts import PEOPLE, RAISE, Facts
from nl2sql.semantics.quantities import Bound, whole
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_RECORDS = ("record", "history", "entr", "row", "kayıt", "kayd", "geçmiş", "запис", "истори")


def find_raises(reader: Reader, facts: Facts) -> None:
    """Raises are those of people who work here now; who got one got more than nothing."""
    if any(span.low is None for span in reader.quantities.spans):
        raise NotUnderstoodError("pay before a raise")
    reader.use(*[n for n in reader.open("column", "salary", "payroll") if not reader.pieces[n].has("column", "raise")])
    facts.where.append((-1, Missing(Ref("staff", "employee_id"), negated=True)))
    reader.assume("raise")
    if facts.counted in (PEOPLE, RAISE) or facts.wants_rows:
        reader.use(*reader.open("column", "raise"))
        if not reader.quantities.bounds or facts.counted == RAISE:
            facts.where.append((-1, Compare(reader.ref("salaries", "raise"), ">", 0)))


def find_average_rise(reader: Reader) -> None:
    """The average increase of salary against the first salary: what people earn less what they began with."""
    firsts = reader.open("column", "first_salary")
    risen = [*reader.open("column", "raise"), *reader.open("ask", "growth")]
    if len(firsts) != 1 or len(risen) != 1 or len(reader.open("agg")) != 1 or not reader.open("agg", "avg", "median"):
        return
    near = [reader.beside(firsts[0], step)[0] for step in (-1, 1)]
    reader.pieces[risen[0]].readings = {"column": ("rise",)}
    reader.use(*firsts, *reader.open("column", "salary"))
    reader.use(*(n for n in (*reader.open("ask", "versus"), *reader.open("group", "after")) if n in near))


def find_rises(reader: Reader, facts: Facts) -> None:
    """Who earns more than when hired, perhaps by so many per cent."""
    firsts = reader.open("column", "first_salary")
    compared = [n for kind in ("compare", "compare_after", "comparative") for n in reader.open(kind, "gt")]
    bounds = [bound for bound in reader.quantities.bounds if is_percent(bound)]
    if not firsts or not (compared or bounds) or reader.subject != PEOPLE:
        return
    reader.use(
        *firsts, *compared, *reader.open("column", "salary"), *[n for n, key in facts.events.items() if key == "hire"]
    )
    grown = reader.open("ask", "growth")
    if any(direction_of(reader.pieces[n].text.lower()) == "<" for n in grown):
        raise NotUnderstoodError("pay that became less")
    reader.use(*grown, *(n + 1 for n in grown if n + 1 in reader.open("group", "before")))  # grown by
    facts.table = "staff"
    if any(piece.has("ask", "count", "count_after") for piece in reader.pieces):
        facts.counted, facts.wants_rows = PEOPLE, False
    if len(bounds) > 1 or len(reader.quantities.bounds) != len(bounds):
        raise NotUnderstoodError("a rise and more")
    for bound in bounds:
        reader.quantities.bounds.remove(bound)
        if bound.unit_piece is not None:
            bound.unit_piece.is_used = True
        ref = Ref("staff", "rise_percent")
        facts.where.append((bound.position, Compare(ref, bound.operator, whole(bound.value))))
    if not bounds:
        facts.where.append((firsts[0], Compare(Ref("staff", "rise_usd"), ">", 0)))


def is_percent(bound: Bound) -> bool:
    """Whether a number is of hundredths."""
    return bound.unit == "percent" or (bound.unit_piece is not None and bound.unit_piece.has("unit", "percent"))


def bind_raise(reader: Reader, facts: Facts, bound: Bound) -> None:
    """A raise of more than 300 dollars, of at least 25 per cent."""
    ref = reader.ref(facts.table, "raise_percent" if is_percent(bound) else _amount(reader))
    if bound.high is not None:
        raise NotUnderstoodError("a range of raises")
    facts.where.append((bound.position, Compare(ref, bound.operator, whole(bound.value))))


def _amount(reader: Reader) -> str:
    """A salary record above 5000 dollars is one of such a salary; a change is one by so much."""
    said = " ".join(piece.text.lower() for piece in reader.pieces if piece.has("subject", RAISE))
    return "salary" if any(word in said for word in _RECORDS) and not reader.said("column", "raise") else "raise"
