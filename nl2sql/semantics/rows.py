"""Questions for people or projects, one a row: who, which employees, the five oldest."""

from __future__ import annotations

from typing import cast

from nl2sql.persons import NAMES
from nl2sql.plan import (
    Figure,
    Measure,
    Missing,
    Order,
    Plan,
    Ref,
    Related,
    nodes_of,
)
from nl2sql.semantics.contract_lengths import LONG
from nl2sql.semantics.facts import CONTRACT, LEAVE, OF_PEOPLE, PEOPLE, PROJECT, TABLES, TRAINING, Facts
from nl2sql.semantics.measures import column_of, possible_columns
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import keys_of, where_of
from nl2sql.semantics.shown import (
    is_of_position,
    names_person,
    show_columns,
    shown_in_order,
    speaks_of_doers,
    wants_project_name,
)

_IN_TIME = ("последн", "перв", "son", "ilk")
"""First and last, which of amounts are the highest and the lowest."""
_KINDS = ("position", "level", "family")
_BY = ("by", "по")
_ORDERING = ("ask", "agg", "column", "rank", "compare")


def rows_of_projects(reader: Reader, facts: Facts) -> Plan:
    """Projects by code and name."""
    names = tuple(reader.ref("projects", key) for key in ("project", "name"))
    return Plan("projects", names, where=where_of(facts), order=Order(names[0], descending=False))


def rows(reader: Reader, facts: Facts, rank: Rank | None) -> Plan:
    """People, projects or events of people, one a row."""
    if facts.having or (reader.keys and rank is None):
        raise NotUnderstoodError("a condition on groups, but no groups")
    if reader.subject in (LEAVE, TRAINING) and not facts.shows_events:
        return _takers(reader, facts, rank)
    table = facts.table
    _find_each_who(reader, rank)
    ranking = None if rank is None else _ranking(reader, facts, rank, _column_of_rank(reader, rank))
    reader.use(*(_columns_of_order(reader, rank) if rank is not None else []))
    show_columns(reader, facts)
    if ranking is not None:
        reader.use(*reader.open("ask", "much"))
    names = _names(reader, facts)
    columns = tuple(dict.fromkeys((*names, *(reader.ref(table, key) for key in shown_in_order(facts)))))
    if not columns:
        raise NotUnderstoodError("what is asked for is not said")
    if reader.subject == CONTRACT and names and not reader.is_about_leavers:  # of those who work here
        facts.where.append((-1, Missing(reader.ref("staff", "person"), negated=True)))
    if rank is None and is_of_position(reader, facts.shown.values()):
        refs = tuple(reader.ref(table, key) for key in shown_in_order(facts))
        return Plan(table, refs, where=where_of(facts), distinct=True)
    if rank is None or ranking is None:
        return Plan(table, columns, where=where_of(facts), order=Order((names or columns)[-1], descending=False))
    reader.use(*words_of_order(reader))
    ref, descending = ranking
    shown = columns if facts.shows_events else tuple(dict.fromkeys((*columns, ref)))
    return _ranked(reader, facts, rank, shown, Order(ref, descending))


def _ranked(reader: Reader, facts: Facts, rank: Rank, shown: tuple[Ref, ...], order: Order) -> Plan:
    """The first of them, or of each group; all who share a place, unless so many are asked for."""
    table, where, ref = facts.table, where_of(facts), cast("Ref", order.by)
    limit, skip = rank.count or 1, rank.place - 1
    if reader.keys:
        each = keys_of(reader, facts)
        where = (*where, *(Missing(key, negated=True) for key in each))
        return Plan(table, shown, where=where, order=order, limit=limit, skip=skip, each=each)
    known = (*where, Missing(ref, negated=True))
    if rank.count is None or skip:
        return Plan(table, shown, where=known, order=order, limit=limit, skip=skip, equals=True)
    ties = (reader.ref(table, PROJECT if reader.subject == PROJECT else "person"),)
    where = known if rank.attribute == "duration" else where  # what has not ended has no length
    return Plan(table, shown, where=where, order=order, ties=ties, limit=limit)


def _takers(reader: Reader, facts: Facts, rank: Rank | None) -> Plan:
    """Those who took leave or completed a course, each once."""
    show_columns(reader, facts)
    if rank is not None or not (facts.wants_rows or reader.names_people):
        raise NotUnderstoodError("people ranked by what they took")
    columns = (*NAMES, *shown_in_order(facts))
    return Plan(
        facts.table, tuple(reader.ref(facts.table, key) for key in columns), where=where_of(facts), distinct=True
    )


def _names(reader: Reader, facts: Facts) -> tuple[Ref, ...]:
    """What rows are known by: nothing more if one person is named, or if every leave is listed without its person."""
    table = facts.table
    if reader.subject == PROJECT:
        keys = ("name",) if facts.shown and wants_project_name(reader) else ("project", "name")
        return tuple(reader.ref(table, key) for key in keys)
    if names_person(reader) and not facts.shown:
        raise NotUnderstoodError("what of a person is asked for is not said")
    if facts.shown and (names_person(reader) or (facts.shows_events and not _speaks_of_persons(reader))):
        return ()
    kinds = any(value.attribute in ("gender", *_KINDS) for value in reader.values)
    ranked = any(rank.attribute in OF_PEOPLE for rank in reader.quantities.ranks)
    bare = kinds and (ranked or not facts.shown)  # the salary of the oldest welder
    if facts.wants_rows or reader.names_people or bare:
        return tuple(reader.ref(table, key) for key in NAMES)
    if reader.subject == CONTRACT and not facts.shown:
        return tuple(reader.ref(table, key) for key in (*NAMES, "contract_type", *_dates_said(facts)))
    raise NotUnderstoodError("what is asked for is not said")


def _dates_said(facts: Facts) -> list[str]:
    """Which dates of contracts the conditions are about: those that end in 2027, those longer than a year."""
    columns = {ref.column for _, one in facts.where for ref in nodes_of(one) if isinstance(ref, Ref)}
    return [key for key, column in (("start", "start_date"), ("end", "end_date")) if column in columns]


def _speaks_of_persons(reader: Reader) -> bool:
    """Whether a list of leaves or trainings is asked for with whose they are."""
    kinds = (("subject", PEOPLE), ("title", "name"), ("dim", *NAMES))
    if speaks_of_doers(reader) or any(piece.has(*kind) for piece in reader.pieces for kind in kinds):
        return True
    return any(value.attribute in ("position", "gender", "level", "family", "last_name") for value in reader.values)


def _column_of_rank(reader: Reader, rank: Rank) -> str | None:
    """The column that a ranking without one of its own is by: the nearest."""
    columns = reader.open("column")
    if rank.attribute not in (None, "start", "count") or not columns:
        return None
    nearest = min(columns, key=lambda number: abs(number - rank.position))
    possible = possible_columns(reader, reader.pieces[nearest])
    if not possible:
        raise NotUnderstoodError("a figure that the subject has not")
    reader.use(*(n for n in columns if n == nearest or possible_columns(reader, reader.pieces[n])[:1] == possible[:1]))
    return possible[0]


def people_by_events(reader: Reader, facts: Facts, rank: Rank, measure: Measure | None) -> Plan:
    """Those who took the most days, completed the most courses; who was the last to do so."""
    if _is_in_time(reader, rank) and measure is None:
        return _first_in_time(reader, facts, rank)
    if reader.keys or facts.having or rank.attribute not in (None, "days", "count"):
        raise NotUnderstoodError("people ranked by what is not said")
    if any(word in reader.pieces[rank.position].text.lower() for word in LONG):
        return _longest_taken(reader, facts, rank, measure)
    if measure is None and column_of(reader) is not None:
        raise NotUnderstoodError("a figure of a column, but which is not said")
    ahead = reader.beside(rank.position, 1)[1]
    if reader.language != "tr" and ahead is not None and ahead.has("subject", PEOPLE):
        raise NotUnderstoodError("who did something with the most people")
    figure = measure or Figure("count")
    if reader.subject == LEAVE and measure is None and rank.attribute != "count":
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


def _longest_taken(reader: Reader, facts: Facts, rank: Rank, measure: Measure | None) -> Plan:
    """Who took the longest leave, and how long it was: one leave, and not all of a person together."""
    length = reader.ref(facts.table, "days" if reader.subject == LEAVE else "hours")
    if (measure is not None and measure != Figure("sum", length)) or rank.count is not None or rank.place > 1:
        raise NotUnderstoodError("the longest of several, or several of the longest")
    columns = (*(reader.ref(facts.table, key) for key in NAMES), length)
    reader.use(*words_of_order(reader))
    order = Order(length, rank.descending)
    return Plan(facts.table, columns, where=where_of(facts), order=order, limit=1, equals=True)


def _is_in_time(reader: Reader, rank: Rank) -> bool:
    """The first and the last to do something, which of amounts are the highest and the lowest."""
    said = reader.pieces[rank.position].text.lower()
    return rank.attribute in ("start", "tenure") or (rank.attribute is None and said.startswith(_IN_TIME))


def _first_in_time(reader: Reader, facts: Facts, rank: Rank) -> Plan:
    """Who completed a course first or last, and when."""
    if facts.having or column_of(reader) is not None or rank.attribute == "tenure":
        raise NotUnderstoodError("people ranked by what is not said")
    later = rank.descending if rank.attribute == "start" else not rank.descending
    table, date = facts.table, reader.ref(facts.table, "date")
    columns = (*(reader.ref(table, key) for key in NAMES), date)
    order = Order(date, later)
    several = rank.count is not None or rank.place > 1
    person = (reader.ref(table, "person"),) if several else ()
    limit = rank.count or 1
    if reader.keys:
        each = keys_of(reader, facts)
        known = (*where_of(facts), *(Missing(key, negated=True) for key in each))
        return Plan(table, columns, where=known, order=order, limit=limit, skip=rank.place - 1, each=each)
    return Plan(
        table,
        columns,
        where=where_of(facts),
        order=order,
        ties=person,
        limit=limit,
        skip=rank.place - 1,
        equals=not several,
    )


def _ranking(reader: Reader, facts: Facts, rank: Rank, column: str | None) -> tuple[Ref, bool]:
    """The column that rows are ranked by; ages and years of service by their dates, which tell days apart."""
    attribute = rank.attribute
    away = any(isinstance(one, Related) and one.table == TABLES[LEAVE] and not one.negated for _, one in facts.clauses)
    if attribute == "tenure" and away and not reader.said("column", "tenure"):
        raise NotUnderstoodError("the longest on leave, or in the company")
    if attribute in (None, "start", "count") and column is not None:
        attribute = column
    elif attribute in (None, "start", "tenure"):
        dates = [event for event in facts.events.values() if reader.has_attribute(facts.table, event)]
        said = reader.pieces[rank.position].text.lower()
        if attribute is None and not said.startswith(_IN_TIME):
            dates = []
        if not dates and attribute == "start" and reader.subject == PROJECT:
            dates = ["end" if any(value.value == "completed" for value in reader.values) else "start"]
        if not dates and attribute != "tenure":
            raise NotUnderstoodError("a ranking of what is not said")
        if reader.subject in (LEAVE, TRAINING) and any(
            span.low is None and span.high for span in reader.quantities.spans
        ):
            raise NotUnderstoodError("the last before a day, of each or of all")
        reader.use(*facts.events)
        if attribute is None:
            return reader.ref(facts.table, dates[0]), not rank.descending  # the last is the latest
        attribute = attribute if attribute == "tenure" else dates[0]
    if attribute in ("age", "tenure"):
        return reader.ref(facts.table, {"age": "birth", "tenure": "hire"}[attribute]), not rank.descending
    return reader.ref(facts.table, attribute or ""), rank.descending


def _find_each_who(reader: Reader, rank: Rank | None) -> None:
    """Who is the oldest in Moscow and who in Kazan: one of each."""
    asked = [piece for n, piece in enumerate(reader.pieces) if piece.has("ask", "who") and not _is_of_those(reader, n)]
    named: dict[str, set[str]] = {}
    for value in reader.values:
        named.setdefault(value.attribute, set()).add(value.value)
    several = [attribute for attribute, names in named.items() if len(names) > 1]
    if rank is None or len(asked) <= 1:
        return
    if len(several) != 1 or reader.keys:
        raise NotUnderstoodError("who, asked twice")
    reader.keys.append(several[0])


def _is_of_those(reader: Reader, number: int) -> bool:
    """Из тех, кто: those who are so, and nobody is asked for again."""
    behind = reader.pieces[number - 1].text.lower() if number else ""
    return behind.split()[-1:] in (["тех"], ["those"], ["all"], ["всех"])


def _columns_of_order(reader: Reader, rank: Rank) -> list[int]:
    """The oldest by age: what the ranking is by is said once more, and not asked for."""
    found = reader.open("column", rank.attribute) if rank.attribute is not None else []
    return [number for number in found if follows_by(reader, number)]


def follows_by(reader: Reader, number: int) -> bool:
    """By age, по возрасту: an order."""
    before = reader.pieces[number - 1].text.lower() if number else ""
    return before in _BY or reader.pieces[number].text.lower().split()[0] in _BY


def words_of_order(reader: Reader) -> list[int]:
    """The "by" of "the top three by headcount": it says the order, not the groups."""
    found = []
    for number in reader.open("group"):
        step = -1 if reader.pieces[number].has("group", "after") else 1
        place, beside = reader.beside(number, step)
        if beside is not None and any(key in ("course", "leave_type") for key, _ in beside.values):
            beside = reader.beside(place, step)[1] or beside  # by sick days
        if beside is not None and beside.is_used and any(beside.has(kind) for kind in _ORDERING):
            found.append(number)
    return found
