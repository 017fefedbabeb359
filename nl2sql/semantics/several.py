"""Several figures that one question asks for: the lowest, the highest and the average pay; headcount and average age.

A list is a row of words for functions, each run of them before the column that they are of (in Turkish perhaps after
it), beside numbers of what is counted. A question that asks for one figure is `measures`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import cast

from nl2sql.plan import Figure, Function
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TABLES, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.measures import count, possible_columns
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_TOTALS = ("payroll", "days", "hours", "budget")
"""Columns whose figure without a word for it is the total."""
_LONG = ("long", "short", "uzun", "kısa", "долг", "длин", "корот", "продолжит")
_LENGTHS = ("days", "hours")
_MOST = ("most", "least", "fewest", "en çok", "en fazla", "en az", "больше всего", "меньше всего")
"""What ranks totals, and no single length."""
_OTHERS = ("share", "difference", "ratio", "growth", "when")
_COUNTED = ("?", PEOPLE, *TABLES)


@dataclass
class _Asked:
    """A column and the functions that are asked of it."""

    position: int
    column: str
    functions: list[str] = field(default_factory=list)


def find_several(reader: Reader, facts: Facts) -> list[Figure]:
    """The figures, or none if the question asks for one or for something else."""
    told_in = facts.counted in _LENGTHS and not reader.has_attribute(facts.table, facts.counted or "")
    if told_in or reader.open("per") or reader.open("range") or reader.open("ask", *_OTHERS):
        return []  # süresi kaç gün: what a length is told in
    if extremes := _longest_and_shortest(reader, facts):
        return extremes
    said = _functions(reader, facts)
    asked = _columns(reader, said)
    if facts.counted in _LENGTHS and not (asked or facts.also) and len(names := _names(reader, said, list(said))) > 1:
        asked = [_Asked(0, facts.counted, names)]  # total and average number of hours
        facts.counted = None
    if not (asked or facts.also) or any(not one.functions or one.column == facts.counted for one in asked):
        return []
    listed = any(len(one.functions) > 1 for one in asked) or len(asked) > 1
    if (facts.wants_rows or facts.shown) and not (said and listed and facts.counted is None):
        return []
    counts = [_number(reader, facts, one) for one in (facts.counted, *facts.also) if one is not None]
    figures = counts + [_figure(reader, facts, one.column, name) for one in asked for name in one.functions]
    if len(figures) == 1 or not _joins(reader):
        return []
    if len(set(figures)) < len(figures):
        raise NotUnderstoodError("one figure twice")
    reader.quantities.ranks[:] = [rank for rank in reader.quantities.ranks if rank.position not in said]
    if reader.quantities.ranks:
        raise NotUnderstoodError("several figures and a ranking")
    facts.wants_rows, reader.wants_each = False, False
    reader.use(*reader.open("column"), *reader.open("agg"), *reader.open("ask", "much"))
    return figures


def _longest_and_shortest(reader: Reader, facts: Facts) -> list[Figure]:
    """The longest and the shortest sick leave: how many days each has."""
    column, ranks = {LEAVE: "days", TRAINING: "hours"}.get(reader.subject), reader.quantities.ranks
    said = [reader.pieces[rank.position].text.lower() for rank in ranks if rank.count in (None, 1) and rank.place == 1]
    lengths = [one for one in said if any(word in one for word in _LONG)]
    if column is None or len(lengths) != len(ranks) or sorted(rank.descending for rank in ranks) != [False, True]:
        return []
    if set(reader.open("column")) - set(reader.open("column", column)) or reader.open("agg"):
        return []
    reader.use(*reader.open("column"), *reader.open("unit"), *reader.open("ask", "count", "howlong", "what"))
    ref = reader.ref(facts.table, column)
    found = [Figure("max" if rank.descending else "min", ref) for rank in ranks]
    ranks.clear()
    facts.wants_rows, facts.counted = False, None
    return found


def _number(reader: Reader, facts: Facts, counted: str) -> Figure:
    """People, rows, or different values: how many employees, leaves, days, cities."""
    if counted in _LENGTHS:
        return Figure("sum", reader.ref(facts.table, counted))
    if counted == PROJECT != reader.subject and {"city", "country"} & set(reader.keys):
        raise NotUnderstoodError("projects in a place, or those of the people there")
    if counted in (*TABLES_OF_DIMS, "country", "course") and counted != reader.subject:
        return Figure("distinct", reader.ref(facts.table, counted))
    if counted not in _COUNTED:
        raise NotUnderstoodError("a number of what is not said")
    return count(reader, replace(facts, counted=counted))


def _functions(reader: Reader, facts: Facts) -> dict[int, str]:
    """Words for functions, and superlatives that say no more than one: the highest, not the five highest."""
    found = {number: reader.pieces[number].key("agg") or "" for number in reader.open("agg")}
    distinct = [number for number, name in found.items() if name == "distinct"]
    for rank in reader.quantities.ranks:
        most = reader.pieces[rank.position].text.lower() in _MOST and bool(reader.open("column", *_LENGTHS))
        if rank.count is None and rank.place == 1 and not most and rank.attribute in (None, *_columns_said(reader)):
            found[rank.position] = "max" if rank.descending else "min"
            if rank.attribute is not None and facts.target is not None:
                del found[rank.position]  # which project has the youngest team
    return {number: name for number, name in sorted(found.items()) if number not in distinct}


def _columns_said(reader: Reader) -> set[str]:
    return {key for number in reader.open("column") for key in possible_columns(reader, reader.pieces[number])[:1]}


def _columns(reader: Reader, said: dict[int, str]) -> list[_Asked]:
    """Every column with its functions; none if a word says what the subject has not."""
    found: list[_Asked] = []
    waiting: list[int] = []
    for number in sorted({*reader.open("column"), *said}):
        if number in said and not (waiting or not found or found[-1].functions or not _follows(reader, number, found)):
            found[-1].functions = [said[number]]
        elif number in said:
            waiting.append(number)
        elif found and not waiting and (same := _said_twice(reader, number, found[-1])):
            found[-1].column, found[-1].position = same, number
        elif (keys := possible_columns(reader, reader.pieces[number])) and _is_listed(reader, said, waiting):
            found.append(_Asked(number, keys[0], _names(reader, said, waiting)))
            waiting = []
        else:
            return []
    told = {one.column for one in found if one.functions}
    found = [one for one in found if one.functions or one.column not in told]  # its length in days
    if waiting and len(found) == 1 and not found[0].functions and _is_listed(reader, said, waiting):
        found[0].functions = _names(reader, said, waiting)  # pay: lowest, highest
        waiting = []
    for number, one in enumerate(found):
        if not one.functions and one.column in _TOTALS:
            one.functions = ["sum"]
        elif not one.functions and number and len(found[number - 1].functions) == 1:
            one.functions = list(found[number - 1].functions)  # average age and salary
    return [] if any(said[number] != "sum" for number in waiting) else found


def _said_twice(reader: Reader, number: int, before: _Asked) -> str | None:
    """Monthly payroll, maaş gideri: two words right after each other for one column."""
    keys = possible_columns(reader, reader.pieces[number])
    if not keys or reader.beside(number, -1)[0] != before.position or _are_joined(reader, before.position, number):
        return None
    if {keys[0], before.column} == {"salary", "payroll"}:
        return "payroll"
    return keys[0] if keys[0] == before.column else None


def _follows(reader: Reader, number: int, found: list[_Asked]) -> bool:
    """Yaş ortalaması: right after the column."""
    return reader.language == "tr" and reader.beside(number, -1)[0] == found[-1].position


def _is_listed(reader: Reader, said: dict[int, str], waiting: list[int]) -> bool:
    """Whether functions in a row are joined; the highest average is no list."""
    return all(_are_joined(reader, *pair) or "sum" in (said[pair[0]], said[pair[1]]) for pair in pairwise(waiting))


def _names(reader: Reader, said: dict[int, str], waiting: list[int]) -> list[str]:
    """The functions of a row; a total that is not joined to another says nothing more: total average."""
    names = [
        said[number]
        for place, number in enumerate(waiting)
        if said[number] != "sum"
        or len(waiting) == 1
        or all(
            _are_joined(reader, *sorted((number, other)))
            for other in waiting[max(place - 1, 0) : place + 2]
            if other != number
        )
    ]
    return list(dict.fromkeys(names))


def _are_joined(reader: Reader, one: int, other: int) -> bool:
    between = reader.text[reader.pieces[one].end : reader.pieces[other].start]
    return "," in between or any(piece.has("conjunction", "and") for piece in reader.pieces[one + 1 : other])


def _joins(reader: Reader) -> bool:
    return any(mark in reader.text for mark in ",;/&+") or any(
        piece.has("conjunction", "and") for piece in reader.pieces
    )


def _figure(reader: Reader, facts: Facts, column: str, name: str) -> Figure:
    return Figure(cast("Function", name), reader.ref(facts.table, column))
