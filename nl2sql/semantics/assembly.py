"""The plan of a question whose pieces are known: one figure, figures of groups, values, or rows."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from nl2sql.plan import (
    Condition,
    Figure,
    Function,
    Gap,
    Measure,
    Missing,
    OfTotal,
    OneOf,
    Order,
    Part,
    Plan,
    Ref,
    Related,
    Share,
)
from nl2sql.semantics.conditions import date_of, find_conditions
from nl2sql.semantics.measures import column_of, count, find_measure
from nl2sql.semantics.quantities import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.subject import (
    LEAVE,
    NAMES,
    PARTS,
    PEOPLE,
    PROJECT,
    TABLES,
    TABLES_OF_DIMS,
    TRAINING,
    Facts,
    find_facts,
)

_QUALITIES = ("gender", "contract_type", "status", "level", "family", "leave_type", "course")
"""What a share is likelier of than of a place."""
_PAIR = 2
_IN_TIME = ("последн", "перв", "son", "ilk")
"""First and last, which of amounts are the highest and the lowest."""
_AMONG = frozenset({"among", "amongst", "within", "среди", "между", "arasında", "içinde", "arasındaki", "içindeki"})
_COPULAS = frozenset(
    {
        "are",
        "is",
        "have",
        "has",
        "hold",
        "holds",
        "work",
        "works",
        "составляют",
        "являются",
        "имеют",
        "работает",
        "работают",
    }
)
"""What stands between those of whom a share is and those who make it."""
_ORDERING = ("ask", "agg", "column", "rank", "compare")


def assemble(reader: Reader) -> Plan:
    """The plan of a question.

    Raises:
        NotUnderstoodError: the pieces do not make a whole.
    """
    facts = find_facts(reader)
    find_conditions(reader, facts)
    distribution = reader.open("ask", "distribution")
    if distribution and not reader.keys and facts.target is not None:
        reader.keys.append(facts.target)
        facts.target = None
    reader.use(*distribution)
    plan = _special(reader, facts) or _plain(reader, facts)
    if facts.target is not None and not plan.columns and facts.target != facts.counted:
        raise NotUnderstoodError("an attribute that is not asked for")
    reader.use(*reader.open("ask", "who", "list", "which", "what"), *reader.open("order"))
    return plan


def _special(reader: Reader, facts: Facts) -> Plan | None:
    """Questions that a word says the kind of."""
    for keys, build in ((("share",), _share), (("difference", "ratio"), _gap), (("when",), _when)):
        numbers = reader.open("ask", *keys)
        if numbers:
            reader.use(*numbers)
            return build(reader, facts, numbers[0])
    return None


def _plain(reader: Reader, facts: Facts) -> Plan:
    rank = _rank(reader)
    measure = find_measure(reader, facts, rank)
    rank = _rank(reader)  # a highest salary is a figure and no ranking
    if facts.target is not None and (rank is not None or facts.having):
        return _target(reader, facts, rank, measure)
    if facts.target is not None and measure is None:
        return _distinct(reader, facts)
    if facts.target is not None:
        if facts.target == PROJECT or (facts.counted is not None and not facts.is_target_asked):
            raise NotUnderstoodError("an attribute, but for what is not said")
        reader.keys.append(facts.target)
    if rank is not None and facts.wants_rows and reader.subject in (LEAVE, TRAINING) and not facts.shown:
        return _people_by_events(reader, facts, rank, measure)
    if measure is not None and (facts.wants_rows or facts.shown):
        raise NotUnderstoodError("a figure and rows")
    if measure is not None:
        if (facts.having and not reader.keys) or (rank is not None and (not reader.keys or rank.attribute)):
            raise NotUnderstoodError("a ranking or a condition of what is not said")
        return _figures(reader, facts, measure, rank)
    if reader.keys and not facts.wants_rows and rank is None and column_of(reader) is None:
        facts.counted = facts.counted or PEOPLE
        return _figures(reader, facts, count(reader, facts), None)
    return _rows(reader, facts, rank)


def _rank(reader: Reader) -> Rank | None:
    ranks = reader.quantities.ranks
    if reader.subject in (LEAVE, TRAINING):  # the longest leave, not those who served longest
        ranks = [replace(rank, attribute=None) if rank.attribute == "tenure" else rank for rank in ranks]
    if len(ranks) <= 1:
        return ranks[0] if ranks else None
    counts = {rank.count for rank in ranks if rank.count}
    telling = [rank for rank in ranks if rank.count is None or rank.attribute]
    if len(counts) == 1 and len(telling) == 1:
        return replace(telling[0], count=counts.pop())
    raise NotUnderstoodError("two rankings")


def _keys(reader: Reader, facts: Facts) -> tuple[Ref, ...]:
    found = []
    for key in reader.keys:
        if key in PARTS:
            dates = [event for event in facts.events.values() if reader.has_attribute(facts.table, event)]
            found.append(reader.ref(facts.table, dates[0] if dates else "date", cast("Part", key)))
        else:
            found.append(reader.ref(facts.table, key))
    return tuple(found)


def _where(facts: Facts) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys(condition for _, condition in facts.where))


# -- figures -----------------------------------------------------------------------------------------------


def _figures(reader: Reader, facts: Facts, measure: Measure, rank: Rank | None) -> Plan:
    where = _where(facts)
    for attribute in _compared(reader):
        ref = reader.ref(facts.table, attribute)
        if attribute not in reader.keys:
            reader.keys.append(attribute)
        if attribute == "gender":
            where = tuple(one for one in where if getattr(one, "ref", None) != ref)
    keys = _keys(reader, facts)
    order, limit, skip = None, None, 0
    if rank is not None:
        order, limit, skip = Order(measure, rank.descending), rank.count or 1, rank.place - 1
    elif keys:
        order = Order(keys[0], descending=False) if keys[0].part else Order(measure)
    return Plan(facts.table, keys, (measure,), where, tuple(facts.having), order, limit, skip, known_keys=bool(keys))


def _compared(reader: Reader) -> list[str]:
    """Attributes of which several values are to be told apart: men and women; Moscow versus Istanbul."""
    named: dict[str, set[str]] = {}
    for value in reader.values:
        if not value.negated:
            named.setdefault(value.attribute, set()).add(value.value)
    versus = reader.open("ask", "versus")
    reader.use(*versus)
    several = [attribute for attribute, names in named.items() if len(names) > 1]
    versus = versus or [0] * reader.wants_each
    if versus and not several and not reader.keys:
        raise NotUnderstoodError("a comparison of what is not said")
    return several if versus else [attribute for attribute in several if attribute == "gender"]


def _share(reader: Reader, facts: Facts, position: int) -> Plan:
    """Per cent of those who meet a condition, of all or of a total."""
    column = None if facts.counted in (PEOPLE, *TABLES) else column_of(reader)
    column = facts.counted if facts.counted in ("days", "hours") else column
    figure = Figure("count")
    if column in ("salary", "payroll", "days", "hours", "budget"):
        figure = Figure("sum", reader.ref(facts.table, "salary" if column == "payroll" else column))
    elif column is not None:
        raise NotUnderstoodError("a share of a figure that has no total")
    reader.use(*reader.open("column"), *reader.open("agg", "sum"))
    if facts.target is not None:
        reader.keys.append(facts.target)
    tested = _tested(reader, facts, position)
    if tested is None:
        if not reader.keys:
            raise NotUnderstoodError("a share of what is not said")
        return _figures(reader, facts, OfTotal(figure), _rank(reader))
    chosen = tuple(one for place, one in facts.where if place == tested)
    facts.where = [(place, one) for place, one in facts.where if place != tested]
    if reader.subject in (LEAVE, TRAINING) and column is None and facts.counted is None and reader.speaks_of_people:
        chosen = _had(reader, facts, chosen)
    return _figures(reader, facts, Share(chosen, figure), _rank(reader))


def _had(reader: Reader, facts: Facts, chosen: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The share of people who have such a row, of all people."""
    table = facts.table
    inner = [*chosen, *(one for _, one in facts.where if getattr(one, "ref", Ref("", "")).column in _OF_EVENTS)]
    outer = [(place, one) for place, one in facts.where if one not in inner]
    facts.where = []
    for place, one in outer:
        if not isinstance(one, OneOf):
            raise NotUnderstoodError("a share of people with a condition that is not theirs")
        attribute = next(key for key, ref in reader.schema[table].items() if ref.column == one.ref.column)
        facts.where.append((place, replace(one, ref=reader.ref("staff", attribute))))
    facts.table, reader.subject = "staff", PEOPLE
    return (Related(table, tuple(inner)),)


_OF_EVENTS = ("start_date", "completed_on", "course", "leave_type", "days", "hours")


def _tested(reader: Reader, facts: Facts, position: int) -> int | None:
    """Where the condition stands that a share is of; the others say of whom."""
    places = list(dict.fromkeys(place for place, _ in facts.where))
    if reader.subject in (LEAVE, TRAINING) and reader.speaks_of_people:
        own = [place for place, one in facts.where if isinstance(one, OneOf) and one.ref.column in _OF_EVENTS]
        return own[0] if len(own) == 1 else None
    if len(places) <= 1:
        return places[0] if places else None
    spans = {span.position for span in reader.quantities.spans}
    values = [place for place, one in facts.where if isinstance(one, OneOf) and one.ref.column in _QUALITIES]
    others = [place for place, one in facts.where if not isinstance(one, OneOf) and place not in spans]
    rest = [place for place in places if place not in spans]
    for candidates in (values, others, rest):
        found = sorted(set(candidates))
        if found:
            return found[0] if len(found) == 1 else _tested_by_order(reader, position, found)
    raise NotUnderstoodError("a share of what is not said")


def _tested_by_order(reader: Reader, position: int, places: list[int]) -> int:
    """Women among engineers; of engineers, those who are women."""
    first, last = places[0], places[-1]
    if len(places) > _PAIR:
        raise NotUnderstoodError("a share with several conditions")
    between = {piece.text.lower() for piece in reader.pieces[first + 1 : last]}
    if reader.language == "tr":
        beside = {place: reader.pieces[place + 1 : place + 2] for place in places}
        of_whom = [place for place, next_ in beside.items() if next_ and next_[0].text.lower() in _AMONG]
        if len(of_whom) == 1:
            return next(place for place in places if place not in of_whom)
        if first < position < last:
            return last
        raise NotUnderstoodError("a share with two conditions")
    if between & _AMONG:
        return first
    if between & _COPULAS or reader.pieces[last].text.lower() in _COPULAS:
        return last
    raise NotUnderstoodError("a share with two conditions")


def _gap(reader: Reader, facts: Facts, _position: int) -> Plan:
    """The average salary of men less that of women; the highest salary less the lowest."""
    is_ratio = any(piece.has("ask", "ratio") and not piece.has("ask", "difference") for piece in reader.pieces)
    column = column_of(reader) if facts.counted not in (PEOPLE, "?") else None
    aggs = reader.open("agg")
    functions = {reader.pieces[number].key("agg") or "" for number in aggs}
    reader.use(*aggs, *reader.open("column"), *reader.open("ask", "much"))
    reader.use(*reader.open("compare"), *reader.open("compare_after"), *reader.open("group"), *reader.open("range"))
    attribute = "salary" if column == "payroll" else column
    extremes = {"max" if rank.descending else "min" for rank in reader.quantities.ranks} | functions & {"max", "min"}
    ranks = len(reader.quantities.ranks) + len(functions & {"max", "min"})
    if attribute is not None and extremes == {"max", "min"} and ranks == _PAIR and facts.target is None:
        reader.quantities.ranks.clear()
        ref = reader.ref(facts.table, attribute)
        return _figures(reader, facts, Gap(Figure("max", ref), Figure("min", ref)), None)
    groups: dict[str, list[str]] = {}
    for value in reader.values:
        groups.setdefault(value.attribute, []).append(value.value)
    pairs = [(key, names) for key, names in groups.items() if len(names) == _PAIR]
    if len(pairs) != 1 or facts.target is not None or reader.keys or len(functions) > 1 or reader.quantities.ranks:
        raise NotUnderstoodError("a difference of what is not said")
    key, names = pairs[0]
    ref = reader.ref(facts.table, key)
    figure = count(reader, facts)
    if attribute is not None:
        function = cast("Function", functions.pop() if functions else "avg")
        figure = Figure(function, reader.ref(facts.table, attribute))
    first, second = (replace(figure, where=(OneOf(ref, (name,)),)) for name in names)
    where = tuple(one for one in _where(facts) if getattr(one, "ref", None) != ref)
    return Plan(facts.table, measures=(Gap(first, second, "/" if is_ratio else "-"),), where=where)


def _when(reader: Reader, facts: Facts, _position: int) -> Plan:
    """When a project began or ended; when something was last."""
    rank = _rank(reader)
    if rank is not None and rank.attribute in (None, "start") and rank.count is None and not reader.keys:
        attribute = date_of(reader, facts, rank.position)
        reader.use(*facts.events)
        function: Function = "max" if rank.descending else "min"
        return Plan(facts.table, measures=(Figure(function, reader.ref(facts.table, attribute)),), where=_where(facts))
    dates = [event for event in facts.events.values() if reader.has_attribute("projects", event)]
    others = [event for event in facts.events.values() if event not in dates and event != "complete"]
    projects = [value.value for value in reader.values if value.attribute == PROJECT]
    if len(set(dates)) > 1 or others or not projects or reader.keys or reader.quantities.spans or not facts.events:
        raise NotUnderstoodError("when something was that has no date")
    reader.use(*facts.events)
    where = (OneOf(reader.ref("projects", PROJECT), tuple(dict.fromkeys(projects))),)
    return Plan("projects", (reader.ref("projects", dates[0] if dates else "end"),), where=where)


# -- values and rows ---------------------------------------------------------------------------------------


def _target(reader: Reader, facts: Facts, rank: Rank | None, measure: Measure | None) -> Plan:
    """Groups of a certain rank or size: which city has the most, departments with more than."""
    target = facts.target or ""
    reader.keys.append(target)
    if rank is not None and rank.attribute not in (None, "count"):
        measure = _ranked(reader, facts, rank)
    if measure is None and (column := column_of(reader)):
        if column != "budget":
            raise NotUnderstoodError("a figure of a column, but which is not said")
        reader.use(*reader.open("column"))
        measure = Figure("sum", reader.ref(facts.table, column))
    if facts.counted == target:
        raise NotUnderstoodError("a number of groups")
    if measure is None and reader.subject == LEAVE and rank is not None and _is_leave_taken(reader):
        measure = Figure("sum", reader.ref(facts.table, "days"))
    measure = measure or count(reader, facts)
    reader.use(*_of_order(reader))
    order, limit, skip = Order(measure), None, 0
    if rank is not None:
        order, limit, skip = Order(measure, rank.descending), rank.count or 1, rank.place - 1
    shown: tuple[Measure, ...] = (measure,)
    if facts.having and rank is None:
        shown = tuple(dict.fromkeys(one.measure for one in facts.having))
        order = Order(shown[0])
    keys = _keys(reader, facts)
    return Plan(facts.table, keys, shown, _where(facts), tuple(facts.having), order, limit, skip, known_keys=True)


def _is_leave_taken(reader: Reader) -> bool:
    """Whether the most leave is the most days of it: so in Turkish, and in English for what is not plural."""
    plural = any(piece.text.lower().endswith("leaves") for piece in reader.pieces)
    return reader.language == "tr" or (reader.language == "en" and not plural)


def _of_order(reader: Reader) -> list[int]:
    """The "by" of "the top three by headcount": it says the order, not the groups."""
    found = []
    for number in reader.open("group"):
        step = -1 if reader.pieces[number].has("group", "after") else 1
        beside = reader.beside(number, step)[1]
        if beside is not None and beside.is_used and any(beside.has(kind) for kind in _ORDERING):
            found.append(number)
    return found


def _ranked(reader: Reader, facts: Facts, rank: Rank) -> Measure:
    """The figure that a superlative is about: the best paid position, the youngest staff on average."""
    averages = reader.open("agg", "avg")
    plain = rank.attribute == "days" or (rank.attribute == "salary" and not reader.speaks_of_people)
    if not plain and not averages:
        raise NotUnderstoodError("a group by the rank of its members")
    reader.use(*averages, *reader.open("column", rank.attribute or ""))
    return Figure("sum" if rank.attribute == "days" else "avg", reader.ref(facts.table, rank.attribute or ""))


def _distinct(reader: Reader, facts: Facts) -> Plan:
    target = facts.target or ""
    if target in PARTS or column_of(reader) is not None:
        raise NotUnderstoodError("a list of what is not said")
    table = facts.table
    anti = bool({PEOPLE, PROJECT} & facts.anti.keys())
    if anti and target == PROJECT:
        return _rows_of_projects(reader, facts)
    if (anti or not facts.where) and target in TABLES_OF_DIMS:
        table = TABLES_OF_DIMS[target]
    elif not facts.where and reader.subject == PEOPLE:
        raise NotUnderstoodError("a list of what is not said")
    ref = reader.ref(table, target)
    return Plan(table, (ref,), where=_where(facts), distinct=True, order=Order(ref, descending=False), known_keys=True)


def _rows_of_projects(reader: Reader, facts: Facts) -> Plan:
    names = tuple(reader.ref("projects", key) for key in ("project", "name"))
    return Plan("projects", names, where=_where(facts), order=Order(names[0], descending=False))


def _rows(reader: Reader, facts: Facts, rank: Rank | None) -> Plan:
    """People or projects, one a row."""
    if facts.having or (reader.keys and rank is None):
        raise NotUnderstoodError("a condition on groups, but no groups")
    table, column = facts.table, column_of(reader)
    if reader.subject == PROJECT:
        names = tuple(reader.ref(table, key) for key in ("project", "name"))
    elif facts.wants_rows or (reader.speaks_of_people and (rank is not None or facts.where)):
        names = tuple(reader.ref(table, key) for key in NAMES)
    else:
        raise NotUnderstoodError("what is asked for is not said")
    if reader.subject in (LEAVE, TRAINING):
        if rank is not None or column is not None:
            raise NotUnderstoodError("people ranked by what they took")
        return Plan(table, names, where=_where(facts), distinct=True)
    reader.use(*reader.open("column"))
    names = (*names, *(reader.ref(table, key) for key in facts.shown))
    if facts.shown and not facts.wants_rows:
        raise NotUnderstoodError("attributes of what is not said")
    if rank is None:
        shown = () if column is None else (reader.ref(table, "salary" if column == "payroll" else column),)
        return Plan(table, (*names, *shown), where=_where(facts), order=Order(names[-1], descending=False))
    ref, descending = _ranking(reader, facts, rank, column)
    order = Order(ref, descending)
    if reader.keys:
        each, where = (
            _keys(reader, facts),
            (*_where(facts), *(Missing(key, negated=True) for key in _keys(reader, facts))),
        )
        return Plan(table, (*names, ref), where=where, order=order, limit=rank.count or 1, each=each)
    beside = () if column in (None, "payroll") else (reader.ref(table, column),)
    shown = tuple(dict.fromkeys((*names, ref, *beside)))
    return Plan(table, shown, where=_where(facts), order=order, limit=rank.count or 1, skip=rank.place - 1)


def _people_by_events(reader: Reader, facts: Facts, rank: Rank, measure: Measure | None) -> Plan:
    """Those who took the most days, completed the most courses."""
    if reader.keys or facts.having or rank.attribute not in (None, "days", "count"):
        raise NotUnderstoodError("people ranked by what is not said")
    if measure is None and column_of(reader) is not None:
        raise NotUnderstoodError("a figure of a column, but which is not said")
    figure = measure or Figure("count")
    if reader.subject == LEAVE and measure is None:  # the most leave is the most days of it
        figure = Figure("sum", reader.ref(facts.table, "days"))
    reader.use(*_of_order(reader))
    names = tuple(reader.ref(facts.table, key) for key in NAMES)
    order = Order(figure, rank.descending)
    unseen = (reader.ref(facts.table, "person"),)
    return Plan(facts.table, names, (figure,), _where(facts), (), order, rank.count or 1, rank.place - 1, unseen=unseen)


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
        if not dates and attribute != "tenure":
            raise NotUnderstoodError("a ranking of what is not said")
        reader.use(*facts.events)
        if attribute is None:
            return reader.ref(facts.table, dates[0]), not rank.descending  # the last is the latest
        attribute = attribute if attribute == "tenure" else dates[0]
    if attribute in ("age", "tenure"):
        return reader.ref(facts.table, {"age": "birth", "tenure": "hire"}[attribute]), not rank.descending
    return reader.ref(facts.table, "salary" if attribute == "payroll" else attribute or ""), rank.descending
