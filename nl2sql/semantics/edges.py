"""The first and the last day of something, of all or of every group: date of the first hire in each department.

A question for who or what was first or last shows rows instead, and is none of these.
"""

from __future__ import annotations

from typing import cast

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Function, Plan
from nl2sql.semantics.facts import CONTRACT, PEOPLE, PROJECT, Facts
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import figures

_FIRST, _LAST = ("ilk", "перв"), ("son", "последн")
"""How words begin that are about time and say of amounts that they are high or low."""
_IN_TIME = ("ilk", "son", "перв", "последн", "раньше", "позже", "first", "last", "late", "recent", "earl")
"""What is in words for those who were hired first and last, and not in those for who serves longest."""
_OWN = {PEOPLE: "hire", PROJECT: "start", CONTRACT: "start"}
"""The date that is meant if only "the first" is said of it."""
_DATES_OF_PEOPLE = {"start": "hire", "any": "hire"}
_BOTH = "both"
_ROWS = ("who", "which", "much", "share", "difference", "ratio", "growth", "versus")


def find_edges(reader: Reader, facts: Facts) -> None:
    """Find which days are asked for, and mark all that says so as used."""
    dates = [*reader.open("ask", "when"), *reader.open("date")]
    edges = _edges(reader)
    said = dates or (reader.open("extremes") and facts.events)
    if not edges or not said or facts.counted is not None or _asks_for_rows(reader, dates):
        return
    attributes = {key for number in dates if (key := _attribute(reader, facts, number)) is not None}
    events = {_own(reader, key) for key in facts.events.values()}
    events = {key for key in events if reader.has_attribute(facts.table, key)}
    found = attributes or events or {_OWN.get(reader.subject, "date")}
    if len(found) > 1:
        return
    ref = reader.ref(facts.table, found.pop())
    facts.days = tuple(Figure(cast("Function", name), ref) for name in _in_order(edges))
    ranks = reader.quantities.ranks
    ranks[:] = [rank for rank in ranks if rank.position not in edges]
    reader.use(*edges, *dates, *facts.events)
    reader.use(
        *reader.open("subject", PEOPLE, reader.subject), *reader.open("current"), *reader.open("ask", "list", "what")
    )


def _edges(reader: Reader) -> dict[int, str]:
    """Words for the first and the last, and the function that each is; none if there are other rankings."""
    found = dict.fromkeys(reader.open("edge", "first"), "min") | dict.fromkeys(reader.open("edge", "last"), "max")
    found |= dict.fromkeys(reader.open("extremes"), _BOTH)
    for rank in reader.quantities.ranks:
        name = _function(reader, rank)
        if name is None:
            return {}
        found[rank.position] = name
    return found


def _in_order(edges: dict[int, str]) -> list[str]:
    """The functions as they are asked for; the first stands before the last if one phrase says both."""
    names = [("min", "max") if name == _BOTH else (name,) for _, name in sorted(edges.items())]
    return list(dict.fromkeys(name for pair in names for name in pair))


def _function(reader: Reader, rank: Rank) -> str | None:
    if rank.count is not None or rank.place > 1:
        return None
    said = reader.pieces[rank.position].text.lower()
    if rank.attribute == "start":
        return "max" if rank.descending else "min"
    if rank.attribute == "tenure" and reader.subject == PEOPLE and any(word in said for word in _IN_TIME):
        return "min" if rank.descending else "max"  # who serves longest came first
    if rank.attribute is not None:
        return None
    return "min" if said.startswith(_FIRST) else "max" if said.startswith(_LAST) else None


def _asks_for_rows(reader: Reader, dates: list[int]) -> bool:
    """Whether names, things or other figures are asked for as well."""
    edges = reader.open("edge")
    figures = [n for n in (*reader.open("agg"), *reader.open("column")) if n not in edges]
    dims = [n for n in reader.open("dim") if not reader.pieces[n].has("subject")]
    people = {value.attribute for value in reader.values} & set(NAMES)
    before = any(span.low is None and span.high is not None and not span.parts for span in reader.quantities.spans)
    listed = any(_is_listed(reader, number) for number in dates)
    return bool(figures or dims or people or before or listed or reader.open("title") or reader.open("ask", *_ROWS))


def _is_listed(reader: Reader, number: int) -> bool:
    """The course and the date: the date is one of several attributes of a row."""
    for step in (-1, 1):
        place, piece = reader.beside(number, step)
        further = reader.beside(place, step)[1] if piece is not None and piece.has("conjunction", "and") else None
        if further is not None and (further.has("subject") or further.has("dim")):
            return True
    return False


def _own(reader: Reader, key: str) -> str:
    return _DATES_OF_PEOPLE.get(key, key) if reader.subject == PEOPLE else key


def _attribute(reader: Reader, facts: Facts, number: int) -> str | None:
    """The date that a word for it names; when, and a date alone, name none."""
    keys = reader.pieces[number].readings.get("date", ())
    named = [_own(reader, key) for key in keys if key != "any"]
    fitting = [key for key in named if reader.has_attribute(facts.table, key)]
    if named and not fitting and "date" not in reader.schema[facts.table]:
        raise NotUnderstoodError("a date that the subject has not")
    return fitting[0] if fitting else "date" if named else None


def days(reader: Reader, facts: Facts) -> Plan:
    """Those days, of all or of every group."""
    facts.more += facts.days[1:]
    return figures(reader, facts, facts.days[0], None)
