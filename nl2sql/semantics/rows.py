"""Questions for people or projects, one a row: who, which employees, the five oldest."""

from __future__ import annotations

from nl2sql.plan import (
    Figure,
    Measure,
    Missing,
    Order,
    Plan,
    Ref,
)
from nl2sql.semantics.facts import LEAVE, NAMES, PROJECT, TRAINING, Facts
from nl2sql.semantics.measures import column_of
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import keys_of, where_of

_IN_TIME = ("последн", "перв", "son", "ilk")
"""First and last, which of amounts are the highest and the lowest."""
_ORDERING = ("ask", "agg", "column", "rank", "compare")


def rows_of_projects(reader: Reader, facts: Facts) -> Plan:
    """Projects by code and name."""
    names = tuple(reader.ref("projects", key) for key in ("project", "name"))
    return Plan("projects", names, where=where_of(facts), order=Order(names[0], descending=False))


def rows(reader: Reader, facts: Facts, rank: Rank | None) -> Plan:
    """People or projects, one a row."""
    if facts.having or (reader.keys and rank is None):
        raise NotUnderstoodError("a condition on groups, but no groups")
    table, column = facts.table, column_of(reader)
    if reader.subject == PROJECT:
        names = tuple(reader.ref(table, key) for key in ("project", "name"))
    elif facts.wants_rows or (reader.names_people and (rank is not None or facts.where)):
        names = tuple(reader.ref(table, key) for key in NAMES)
    else:
        raise NotUnderstoodError("what is asked for is not said")
    if reader.subject in (LEAVE, TRAINING):
        if rank is not None or column is not None:
            raise NotUnderstoodError("people ranked by what they took")
        return Plan(table, names, where=where_of(facts), distinct=True)
    reader.use(*reader.open("column"), *(reader.open("ask", "much") if rank is not None else []))
    names = (*names, *(reader.ref(table, key) for key in (*facts.shown, *_dates_shown(reader, facts))))
    if len(names) > len(NAMES) and not facts.wants_rows and reader.subject != PROJECT:
        raise NotUnderstoodError("attributes of what is not said")
    if rank is None:
        shown = () if column is None else (reader.ref(table, "salary" if column == "payroll" else column),)
        return Plan(table, (*names, *shown), where=where_of(facts), order=Order(names[-1], descending=False))
    reader.use(*words_of_order(reader))
    ref, descending = _ranking(reader, facts, rank, column)
    order = Order(ref, descending)
    if reader.keys:
        each, where = (
            keys_of(reader, facts),
            (*where_of(facts), *(Missing(key, negated=True) for key in keys_of(reader, facts))),
        )
        return Plan(
            table, (*names, ref), where=where, order=order, limit=rank.count or 1, skip=rank.place - 1, each=each
        )
    beside = () if column in (None, "payroll") else (reader.ref(table, column),)
    shown = tuple(dict.fromkeys((*names, ref, *beside)))
    ties = (reader.ref(table, PROJECT if reader.subject == PROJECT else "person"),)
    where, skip = where_of(facts), rank.place - 1
    if rank.count is None and not skip:
        return Plan(table, shown, where=(*where, Missing(ref, negated=True)), order=order, limit=1, equals=True)
    return Plan(table, shown, where=where, order=order, ties=ties, limit=rank.count or 1, skip=skip)


def _dates_shown(reader: Reader, facts: Facts) -> list[str]:
    """With their hire dates: unless that word says only what a period is about."""
    said = [n for n, key in facts.events.items() if key == "hire" and _says_date(reader.pieces[n].text.lower())]
    if not said or (reader.quantities.spans and len([key for key in facts.events.values() if key == "hire"]) == 1):
        return []
    reader.use(*said)
    return ["hire"]


def _says_date(text: str) -> bool:
    return any(word in text for word in ("date", "tarih", "дат"))


def people_by_events(reader: Reader, facts: Facts, rank: Rank, measure: Measure | None) -> Plan:
    """Those who took the most days, completed the most courses."""
    if reader.keys or facts.having or rank.attribute not in (None, "days", "count"):
        raise NotUnderstoodError("people ranked by what is not said")
    if measure is None and column_of(reader) is not None:
        raise NotUnderstoodError("a figure of a column, but which is not said")
    figure = measure or Figure("count")
    if reader.subject == LEAVE and measure is None:
        reader.assume("leave")
        figure = Figure("sum", reader.ref(facts.table, "days"))
    reader.use(*words_of_order(reader))
    names = tuple(reader.ref(facts.table, key) for key in NAMES)
    order = Order(figure, rank.descending)
    unseen = (reader.ref(facts.table, "person"),)
    return Plan(
        facts.table,
        names,
        (figure,),
        where_of(facts),
        (),
        order,
        limit=rank.count or 1,
        skip=rank.place - 1,
        equals=rank.count is None and rank.place == 1,
        unseen=unseen,
    )


def _ranking(reader: Reader, facts: Facts, rank: Rank, column: str | None) -> tuple[Ref, bool]:
    """The column that rows are ranked by; ages and years of service by their dates, which tell days apart."""
    attribute = rank.attribute
    if attribute in (None, "start", "count") and column is not None:
        attribute = column
    elif attribute in (None, "start", "tenure"):
        dates = [event for event in facts.events.values() if reader.has_attribute(facts.table, event)]
        said = reader.pieces[rank.position].text.lower()
        if attribute is None and not said.startswith(_IN_TIME):
            dates = []
        if not dates and attribute == "start" and reader.subject == PROJECT:
            dates = ["start"]
        if not dates and attribute != "tenure":
            raise NotUnderstoodError("a ranking of what is not said")
        reader.use(*facts.events)
        if attribute is None:
            return reader.ref(facts.table, dates[0]), not rank.descending  # the last is the latest
        attribute = attribute if attribute == "tenure" else dates[0]
    if attribute in ("age", "tenure"):
        return reader.ref(facts.table, {"age": "birth", "tenure": "hire"}[attribute]), not rank.descending
    return reader.ref(facts.table, "salary" if attribute == "payroll" else attribute or ""), rank.descending


def words_of_order(reader: Reader) -> list[int]:
    """The "by" of "the top three by headcount": it says the order, not the groups."""
    found = []
    for number in reader.open("group"):
        step = -1 if reader.pieces[number].has("group", "after") else 1
        beside = reader.beside(number, step)[1]
        if beside is not None and beside.is_used and any(beside.has(kind) for kind in _ORDERING):
            found.append(number)
    return found
