"""The figure that a question asks for: a number of what, or which function of which column."""

from __future__ import annotations

import re
from dataclasses import replace

from nl2sql.plan import Figure, Function, Gap, Measure, Related
from nl2sql.semantics.facts import (
    CONTRACT,
    LEAVE,
    OF_PEOPLE,
    PARTS,
    PEOPLE,
    PROJECT,
    QUALITIES,
    RAISE,
    TABLES,
    TABLES_OF_DIMS,
    TRAINING,
    Facts,
)
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_SUMMED = ("days", "hours", "payroll", "duration")
"""Attributes whose figure without a word for it is the total."""
_OF_SUBJECT = {
    PEOPLE: OF_PEOPLE,
    RAISE: ("raise", "raise_percent"),
    LEAVE: ("days",),
    TRAINING: ("hours",),
    PROJECT: ("budget", "budget_a_day", "duration"),
    CONTRACT: ("duration",),
}
_LENGTHS = {LEAVE: "days", TRAINING: "hours", PROJECT: "duration", CONTRACT: "duration"}
"""What a length is measured in."""
_EACH = re.compile(r"(for |of |для |у |по )?(each|every|her|кажд\w+) ", re.IGNORECASE)


def find_measure(reader: Reader, facts: Facts, rank: Rank | None) -> Measure | None:
    """The figure, or `None` if the question asks for none by name."""
    aggs = reader.open("agg")
    if facts.counted in ("days", "hours"):
        function: Function = "avg" if reader.open("agg", "avg") else "sum"
        if (
            rank is not None
            and facts.target is None
            and rank.attribute in (None, facts.counted)
            and rank.count is None
            and not facts.wants_rows
        ):
            function = "max" if rank.descending else "min"
            reader.quantities.ranks.clear()
        reader.use(*reader.open("agg", "avg", "sum"), *reader.open("column", facts.counted))
        length = "duration" if facts.counted == "days" and _LENGTHS.get(reader.subject) == "duration" else facts.counted
        reader.use(*reader.open("column", length))
        return _per_person(reader, facts, Figure(function, reader.ref(facts.table, length)))
    of_people = facts.counted == PROJECT and reader.subject == PEOPLE  # the projects that such people are on
    if facts.counted is not None and (of_people or facts.counted not in (PEOPLE, "?", *TABLES)):
        return _distinct(reader, facts, facts.counted)
    if facts.also:
        raise NotUnderstoodError("a number of several things")
    if column := column_of(reader):
        if facts.counted is not None:
            raise NotUnderstoodError("a number and a figure")
        return _of_column(reader, facts, column, aggs, rank)
    if facts.counted is not None:
        reader.use(*reader.open("agg", "sum", "distinct"))
        return _per_person(reader, facts, count(reader, facts))
    return None


def column_of(reader: Reader) -> str | None:
    """The one column that is spoken of and that the subject has."""
    pieces = [reader.pieces[number] for number in reader.open("column")]
    if not pieces:
        return None
    readings = [possible_columns(reader, piece) for piece in pieces]
    keys = {found[0] for found in readings if found}
    if not all(readings) or not keys:
        raise NotUnderstoodError("a figure that the subject has not")
    if keys == {"salary", "payroll"}:
        return "salary" if reader.open("agg", "avg", "median", "max", "min") else "payroll"
    if len(keys) > 1:
        raise NotUnderstoodError("several figures")
    return keys.pop()


def possible_columns(reader: Reader, piece: Piece, *subjects: str) -> list[str]:
    """The columns of the subject that a word may mean, its own first."""
    possible = [key for subject in (reader.subject, *subjects) for key in _OF_SUBJECT.get(subject, ())]
    alias = _LENGTHS.get(reader.subject, "")
    lengths = ("duration", "days") if alias == "duration" else ("duration",)
    said = [alias if key in lengths else key for key in piece.readings["column"]]
    return [key for key in said if key in possible]


def count(reader: Reader, facts: Facts) -> Figure:
    """A number of people or of rows."""
    if reader.subject in (PEOPLE, PROJECT):
        return Figure("count")
    people = facts.counted == PEOPLE
    if facts.counted == "?":
        people = any(value.attribute in ("gender", "position", "level", "family") for value in reader.values)
    return Figure("distinct", reader.ref(facts.table, "person")) if people else Figure("count")


def _distinct(reader: Reader, facts: Facts, counted: str) -> Figure:
    if counted in PARTS or counted in reader.keys:
        raise NotUnderstoodError("a number of groups")
    reader.use(*reader.open("agg", "distinct", "sum"))
    if PEOPLE in facts.anti and counted in TABLES_OF_DIMS:
        return Figure("count")
    people = reader.said("subject", PEOPLE)  # in how many countries there are some of them
    plain = not facts.where and not reader.keys and facts.target is None and reader.subject == PEOPLE and not people
    if plain and counted in (*TABLES_OF_DIMS, "country"):
        facts.table = TABLES_OF_DIMS.get(counted, "locations")
    return Figure("distinct", reader.ref(facts.table, counted))


def _of_column(reader: Reader, facts: Facts, column: str, aggs: list[int], rank: Rank | None) -> Measure | None:
    if rank is not None and rank.place > 1:
        aggs = [number for number in aggs if not reader.pieces[number].has("agg", "distinct")]
    functions = list(dict.fromkeys(reader.pieces[number].key("agg") or "" for number in aggs))
    if len(functions) > 1 and "sum" in functions:
        functions.remove("sum")
    if len(functions) > 1:
        raise NotUnderstoodError("several kinds of figures")
    asks_which = reader.subject == PROJECT and bool(reader.open("ask", "which", "list", "who"))
    single = facts.target is None and not facts.wants_rows and not asks_which
    function: Function
    if functions:
        function = functions[0]  # type: ignore[assignment]
    elif rank is not None and single and rank.attribute in (None, column) and rank.count is None and rank.place == 1:
        if column in ("days", "hours") and reader.keys and reader.names_people:
            raise NotUnderstoodError("who has the most in every group, or the most that anyone has at once")
        function = "max" if rank.descending else "min"
        reader.quantities.ranks.clear()
    elif column in _summed(reader) or (column == "budget" and _is_total_budget(reader, asks_which=asks_which)):
        function = "sum"
    else:
        return None
    reader.use(*aggs, *reader.open("column"), *reader.open("ask", "much"))
    return _per_person(reader, facts, Figure(function, reader.ref(facts.table, column)))


def _summed(reader: Reader) -> tuple[str, ...]:
    """A project's budget for a day is one for every project."""
    return (*_SUMMED, "budget_a_day") if PROJECT in reader.keys else _SUMMED


def _budget_each(reader: Reader, facts: Facts, figure: Figure) -> Figure:
    """A project's budget for each of its people."""
    if figure.ref is None or figure.ref.column != "budget_usd":
        raise NotUnderstoodError("a figure for each person that is not the budget")
    if PROJECT not in reader.keys and not _names_one_project(reader):
        reader.keys.append(PROJECT)
    reader.use(*reader.open("group"), *reader.open("subject", PEOPLE))
    each = reader.ref(facts.table, "budget_each")
    facts.where.append((-1, Related("staff")))
    return Figure("sum", each)


def _is_total_budget(reader: Reader, *, asks_which: bool) -> bool:
    """How much the budgets are, unless those of projects that are listed; of one project; for each person."""
    return bool(reader.open("ask", "much") and not asks_which) or bool(reader.open("per")) or _names_one_project(reader)


def _names_one_project(reader: Reader) -> bool:
    return len({value.value for value in reader.values if value.attribute == PROJECT}) == 1


def _is_of_those_who(reader: Reader) -> bool:
    """Employees who were trained: the number of hours is that of each of them."""
    people = [n for n in reader.open("ask", "who") if (one := reader.beside(n, -1)[1]) and one.has("subject", PEOPLE)]
    return bool(people) and reader.subject in (LEAVE, TRAINING)


def each_of_people(reader: Reader) -> list[int]:
    """Where each employee or each welder is spoken of, whether a figure is theirs or something was done by them."""
    people = [n for n, one in enumerate(reader.pieces) if one.has("per") or one.has("subject", PEOPLE)]
    kinds = {value.position for value in reader.values if value.attribute in QUALITIES}
    words = [n for n, one in enumerate(reader.pieces) if one.has("group", "before") and _EACH.match(f"{one.text} ")]
    return [n for n in people if _EACH.match(reader.pieces[n].text)] + [
        n for n in words if reader.beside(n, 1)[0] in kinds
    ]


def _per_person(reader: Reader, facts: Facts, figure: Figure) -> Measure:
    """A total for each person who has one; so many trainings on average are those of each, too."""
    per = reader.open("per")
    if figure.function == "avg" or reader.open("agg", "avg"):
        per += [n for n in each_of_people(reader) if n not in per]
    if figure.function == "avg" and facts.counted in ("days", "hours") and _is_of_those_who(reader):
        per += reader.open("ask", "who")  # of each who was trained
    if figure.ref is None and reader.subject in (LEAVE, TRAINING) and (per or reader.speaks_of_people):
        per += reader.open("agg", "avg")
    if not per:
        return figure
    reader.use(*per)
    if reader.subject == PEOPLE:
        if figure.ref is None:
            raise NotUnderstoodError("a number of people for each of whom")
        return replace(figure, function="avg")
    if reader.subject == PROJECT:
        return _budget_each(reader, facts, figure)
    total = figure if figure.ref is None or figure.function == "distinct" else replace(figure, function="sum")
    return Gap(total, Figure("distinct", reader.ref(facts.table, "person")), "/")
