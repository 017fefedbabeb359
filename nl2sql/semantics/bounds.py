"""What each number of a question is compared with: a column, a figure of a group, a number of rows."""

from __future__ import annotations

import re
from dataclasses import replace

from nl2sql.plan import (
    AllOf,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Figure,
    Function,
    Having,
    Measure,
    OneOf,
    Ref,
    Related,
    Today,
)
from nl2sql.semantics.ages import counts_kind
from nl2sql.semantics.bound_columns import column_of_bound, follows_column, said_before
from nl2sql.semantics.facts import CONTRACT, GROUPS, LEAVE, PEOPLE, PROJECT, QUALITIES, RAISE, TRAINING, Facts
from nl2sql.semantics.pay import bind_raise, is_percent
from nl2sql.semantics.quantities import Bound, whole
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.terms import LASTING, bind_term
from nl2sql.semantics.timing import date_of, period

_EVENT_COLUMNS = ("leave_type", "start_date", "days", "course", "completed_on", "hours")
"""What is said of leave and training, not of the person."""
_LONGER = ("longer", "shorter", "uzun", "kısa", "длин", "коро", "продолж", "длительн")
_AT_ONCE = re.compile(
    r"\b(at once|in one go|at a time|(tek|bir) (seferde|defada|kerede)|за (один )?раз|одним разом|чем на (?=\d))",
    re.IGNORECASE,
)
_MORE: dict[Comparison, Comparison] = {"<": ">=", "<=": ">"}
_NEAR = 4
_WEEK = 7
_LEAST_PAY = 100
"""From which on a number before "a month" is no number of months."""
_OF_DAYS = ("week", "month")
_BESIDE = 2
"""Pieces between an average and its column."""


def is_of_one(reader: Reader, bound: Bound) -> bool:
    """A leave longer than ten days, one that lasted more than ten days; more than ten days are those of all together."""
    if any(word in bound.word for word in _LONGER) or _AT_ONCE.search(reader.text):
        return True
    near = reader.pieces[max(bound.position - _NEAR, 0) : bound.position + _NEAR + 1]
    return any(piece.text.lower().startswith(LASTING) for piece in near)


def bind(reader: Reader, facts: Facts, bound: Bound) -> None:
    """A number that a column, a figure of a group or a number of related rows is compared with."""
    if bind_term(reader, facts, bound):
        return
    bound = _in_days(reader, bound)
    unit = bound.unit_piece
    if unit is not None:
        unit.is_used = True
    if _bind_to_subject(reader, facts, bound):
        return
    attribute, place = column_of_bound(reader, bound)
    grouped = _is_grouped(reader, facts)
    attribute = attribute or _counted_length(facts, bound, grouped=grouped) or said_before(reader, facts, bound)
    if attribute is None:
        _bind_number(reader, facts, bound, grouped=grouped)
        return
    aggs = _aggs(reader, bound, attribute, place, grouped=grouped)
    reader.use(*([] if place is None else [place]))
    if attribute == "payroll" and place is not None:
        reader.use(*(n for n in reader.open("column", "salary") if abs(n - place) == 1))  # monthly payroll
    if attribute in ("days", "hours"):
        reader.use(*reader.open("column", "duration"))  # lasted, süren
    column = "salary" if attribute == "payroll" else attribute
    summed = attribute == "payroll" or (attribute in ("days", "hours") and not is_of_one(reader, bound))
    if grouped and (aggs or summed):
        function: Function = reader.pieces[aggs[0]].key("agg") if aggs else "sum"  # type: ignore[assignment]
        sums = [n for n in reader.open("agg", "sum") if not (n > bound.position and reader.is_apart(bound.position, n))]
        reader.use(*aggs, *sums)
        facts.having += havings(Figure(function, reader.ref(facts.table, column)), bound)
    elif attribute in ("days", "hours") and not facts.shows_events and _is_of_persons(reader, facts, bound):
        _relate(reader, facts, bound, Figure("sum", reader.ref(facts.table, attribute)))
    else:
        if attribute in ("days", "hours"):
            _refuse_doubtful_totals(reader, facts, each=not summed)
        ref = reader.ref(facts.table, column)
        facts.where += [(bound.position, one) for one in compares(ref, bound)]


def _bind_number(reader: Reader, facts: Facts, bound: Bound, *, grouped: bool) -> None:
    """A number of no column: so many people, events or cities."""
    unit = bound.unit_piece
    if grouped and _counts_values(reader, facts, bound):
        return
    counts = unit is not None and (unit.has("subject") or unit.has("unit", "times"))
    counts |= unit is None and reader.subject in (LEAVE, TRAINING) and (facts.counted == PEOPLE or facts.wants_rows)
    counts |= unit is None and grouped and _is_of_everybody(reader, bound)
    counts |= bound.follower is not None and bool(bound.follower.values) and grouped  # more than ten welders
    if not counts and not (grouped and facts.counted):
        raise NotUnderstoodError("a number of what is not said")
    _count(reader, facts, bound, (unit.key("subject") if unit is not None else None) or PEOPLE)


def _counts_values(reader: Reader, facts: Facts, bound: Bound) -> bool:
    """Positions in only one city, departments with people in more than five cities: different ones."""
    unit = bound.unit_piece
    if unit is None or not unit.has("dim") or unit.has("subject"):
        return False
    attribute = reader.dim(unit) or ""
    if attribute in (facts.target, *reader.keys) or reader.subject not in (PEOPLE, LEAVE, TRAINING):
        raise NotUnderstoodError("a number of groups in groups of their own")
    facts.having += havings(Figure("distinct", reader.ref(facts.table, attribute)), bound)
    return True


def _is_of_persons(reader: Reader, facts: Facts, bound: Bound) -> bool:
    """Whether a number is of all days or hours of a person: those are counted or asked for, or it is said in total."""
    totals = reader.open("agg", "sum")
    shown = any(n > bound.position + 1 for n in (*totals, *reader.open("column", "days", "hours")))
    plain = facts.counted is None and facts.target is None and not shown and not is_of_one(reader, bound)
    if totals and plain and reader.names_people:
        facts.wants_rows = True
    if facts.wants_rows and facts.counted is None:
        reader.use(*totals[:1])
    return facts.counted == PEOPLE or facts.wants_rows


def _in_days(reader: Reader, bound: Bound) -> Bound:
    """Weeks have seven days; how many a month has is not said."""
    unit = bound.unit_piece
    if unit is None or not unit.has("unit", *_OF_DAYS):
        return bound
    paid = bound.unit == "usd" or (bound.value >= _LEAST_PAY and bool(reader.open("column", "salary", "payroll")))
    if unit.has("unit", "month") and paid:
        unit.is_used = True
        return replace(bound, unit="usd", unit_piece=None)  # $2,000 a month
    if unit.has("unit", "month"):
        raise NotUnderstoodError("months of what is not said")
    unit.readings = {"unit": ("day",)}
    high = bound.high * _WEEK if bound.high is not None else None
    return replace(bound, value=bound.value * _WEEK, high=high)


def _counted_length(facts: Facts, bound: Bound, *, grouped: bool) -> str | None:
    """Число дней отпуска превысило 150: what is asked for is what is compared as well."""
    bare = grouped and bound.unit_piece is None
    return facts.counted if bare and facts.counted in ("days", "hours") else None


def _refuse_doubtful_totals(reader: Reader, facts: Facts, *, each: bool) -> None:
    """Employees with more than 40 hours: in all, or in one training?"""
    if facts.shows_events and reader.open("agg", "sum"):
        raise NotUnderstoodError("a total of rows that are listed one by one")
    if not each and reader.names_people and not (facts.wants_rows or facts.counted):
        raise NotUnderstoodError("so much of each person, or of each event")


def _aggs(reader: Reader, bound: Bound, attribute: str, place: int | None, *, grouped: bool) -> list[int]:
    """Where the function is said of the figure that a number is compared with."""
    near = bound.position - 1 if place is None and attribute == "age" else place  # an average age over 40
    aggs = [n for n in reader.open("agg", "avg", "sum", "median") if near is not None and abs(n - near) <= _BESIDE]
    others = reader.open("agg", "avg", "median")
    alone = len(others) == len(reader.quantities.bounds) == 1 and not set(reader.open("column")) - {place}
    if aggs or not (grouped and alone):
        return aggs
    return [n for n in others if not reader.is_apart(bound.position, n)]  # more than 1900 a month on average


def _is_of_everybody(reader: Reader, bound: Bound) -> bool:
    """Сотрудников меньше 100, женщин больше десяти: people stand before the number."""
    low, _ = reader.around(bound.position)
    kind = reader.beside(reader.beside(bound.position, -1)[0], -1)[0]
    of_kind = any(value.position == kind and value.attribute in QUALITIES for value in reader.values)
    return of_kind or any(piece.has("subject", PEOPLE) for piece in reader.pieces[low : bound.position])


def _bind_to_subject(reader: Reader, facts: Facts, bound: Bound) -> bool:
    """What a number says of projects, of raises and of a kind of people, which need no column to be named."""
    unit = bound.unit_piece
    of_days = unit is not None and unit.has("unit", "day")
    of_years = bound.attribute == "tenure" or (unit is not None and unit.has("unit", "year"))
    if reader.subject in (PROJECT, CONTRACT) and of_days:
        reader.use(*reader.open("column", "tenure", "duration", "days"))
        facts.where += [(bound.position, one) for one in compares(reader.ref(facts.table, "duration"), bound)]
    elif reader.subject == PROJECT and of_years:
        _bind_length(reader, facts, bound)
    elif reader.subject == RAISE:
        bind_raise(reader, facts, bound)
    elif is_percent(bound):
        raise NotUnderstoodError("per cent of what is not said")
    elif _is_grouped(reader, facts) and counts_kind(bound) and not follows_column(reader, bound):
        _count(reader, facts, bound, PEOPLE)
    else:
        return False
    return True


def _is_grouped(reader: Reader, facts: Facts) -> bool:
    return facts.target is not None or bool(reader.keys) or facts.counted in GROUPS


def _bind_length(reader: Reader, facts: Facts, bound: Bound) -> None:
    """Running for more than four years: begun before the day four years ago."""
    earlier: dict[Comparison, Comparison] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
    if bound.high is not None or bound.operator not in earlier or bound.value % 1:
        raise NotUnderstoodError("a length of projects")
    day = Today("day", -12 * int(bound.value))
    reader.use(*reader.open("column", "tenure", "duration"))
    condition = Compare(reader.ref(facts.table, "start"), earlier[bound.operator], day)
    facts.where.append((bound.position, condition))


def compares(ref: Ref, bound: Bound) -> list[Condition]:
    """A column within a bound; between two numbers are two conditions."""
    first = Compare(ref, bound.operator, whole(bound.value))
    return [first] if bound.high is None else [first, Compare(ref, "<=", whole(bound.high))]


def havings(measure: Measure, bound: Bound) -> list[Having]:
    """A group's figure within a bound."""
    first = Having(measure, bound.operator, whole(bound.value))
    return [first] if bound.high is None else [first, Having(measure, "<=", whole(bound.high))]


def with_none(related: Related) -> Related:
    """At most two trainings: not more than two, so that those without any have so few, too."""
    having = related.having
    if having is None or having.operator not in _MORE or related.per:
        return related
    more = replace(having, operator=_MORE[having.operator])
    return replace(related, negated=not related.negated, having=more)


def _count(reader: Reader, facts: Facts, bound: Bound, counted: str) -> None:
    """More than twenty employees: of a group; more than two trainings: of a group or of a person."""
    if facts.target is not None or reader.keys or facts.counted in GROUPS:
        people = counted == PEOPLE and reader.subject in (LEAVE, TRAINING, CONTRACT)
        measure = Figure("distinct", reader.ref(facts.table, "person")) if people else Figure("count")
        facts.having += havings(measure, bound)
    elif reader.subject in (LEAVE, TRAINING, CONTRACT, RAISE):
        _relate(reader, facts, bound, Figure("count"))
    else:
        raise NotUnderstoodError("so many of what is not said")


def _relate(reader: Reader, facts: Facts, bound: Bound, measure: Measure) -> None:
    """People with so many rows of another table; all else in the question is about those rows or about them."""
    table = facts.table
    said = [one for _, one in facts.where]
    for span in reader.quantities.spans:
        said += period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    mine = tuple(one for one in said if _is_of_event(one, table))
    others = [(0, _of_person(reader, one, table)) for one in said if not _is_of_event(one, table)]
    having = havings(measure, bound)
    facts.table, reader.subject = "employees", PEOPLE
    facts.where = [*others, *((bound.position, with_none(Related(table, mine, having=one))) for one in having)]


def _is_of_event(condition: Condition, table: str) -> bool:
    if isinstance(condition, AnyOf | AllOf):
        return all(_is_of_event(one, table) for one in condition.conditions)
    ref = getattr(condition, "ref", None)
    return ref is not None and ref.table == table and ref.column in _EVENT_COLUMNS


def _of_person(reader: Reader, condition: Condition, table: str) -> Condition:
    """The same condition on the person whose row it was."""
    if not isinstance(condition, OneOf) or condition.ref.table != table:
        return condition
    return replace(condition, ref=reader.ref("employees", reader.attribute(condition.ref)))
