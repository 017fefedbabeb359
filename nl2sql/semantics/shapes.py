"""What plans of figures are made of: their ranking, groups, conditions and order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from nl2sql.plan import (
    Condition,
    Figure,
    Measure,
    Order,
    Part,
    Plan,
    Ref,
    Running,
)
from nl2sql.semantics.apart import told_apart
from nl2sql.semantics.bands import BAND
from nl2sql.semantics.contract_lengths import ranks_length_of_contract
from nl2sql.semantics.facts import CONTRACT, LEAVE, PARTS, PEOPLE, PROJECT, TRAINING, Facts
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_ADDED = ("count", "sum")
_NEAR = 2
_SERVING = re.compile(r"serving|experienced|tenured|senior|kıdemli|deneyimli|tecrübeli|опытн|стаж", re.IGNORECASE)
_LASTED = re.compile(r"\b(took|taken|lasted|süren\w*|sürmüş|sürdü|длил\w+|продлил\w+)\b", re.IGNORECASE)


def rank_of(reader: Reader) -> Rank | None:
    """The one ranking of a question: two words may say it, one of them how many."""
    _find_order(reader)
    ranks = reader.quantities.ranks
    if reader.subject in (LEAVE, TRAINING) and any(_says_tenure(reader, rank) for rank in ranks):
        raise NotUnderstoodError("events of those who are ranked by their service")
    if reader.subject in (LEAVE, TRAINING):  # the longest leave, not those who served longest
        ranks = [replace(rank, attribute=None) if rank.attribute == "tenure" else rank for rank in ranks]
    if reader.subject == PROJECT:  # the oldest project began first
        ranks = [_of_project(reader, rank) for rank in ranks]
    if reader.subject == CONTRACT:
        ranks = [_of_contract(reader, rank) for rank in ranks]
    if reader.subject == PEOPLE:  # the cheapest city is so by its salaries
        if any(rank.attribute == "budget" for rank in ranks) and not reader.said("column"):
            raise NotUnderstoodError("the most expensive, but by what is not said")
        ranks = [replace(rank, attribute=None) if rank.attribute == "budget" else rank for rank in ranks]
    if len(ranks) <= 1:
        return ranks[0] if ranks else None
    counts = {rank.count for rank in ranks if rank.count}
    telling = [rank for rank in ranks if rank.count is None or rank.attribute]
    if len(counts) == 1 and len(telling) == 1:
        return replace(telling[0], count=counts.pop())
    raise NotUnderstoodError("two rankings")


def _says_tenure(reader: Reader, rank: Rank) -> bool:
    """The longest serving employee, en kıdemli: people are ranked, and no leave."""
    return rank.attribute == "tenure" and _SERVING.search(reader.pieces[rank.position].text) is not None


def _of_contract(reader: Reader, rank: Rank) -> Rank:
    """Истекает раньше всех: by that date, and not by how long its holder has been here; the longest contract lasts so."""
    if rank.attribute == "tenure" and reader.pieces[rank.position].has("rank", "min:start", "max:start"):
        return replace(rank, attribute="start", descending=not rank.descending)
    return replace(rank, attribute="duration") if ranks_length_of_contract(reader, rank) else rank


def _of_project(reader: Reader, rank: Rank) -> Rank:
    """The oldest project, the one that runs longest, began first; the one that took or lasted longest has an end."""
    near = range(max(rank.position - _NEAR, 0), min(rank.position + _NEAR + 1, len(reader.pieces)))
    lengths = [n for n in near if reader.pieces[n].has("column", "duration")]
    lasted = bool(lengths) or any(_LASTED.search(reader.pieces[n].text) for n in near)
    # the three that took longest
    asked = reader.said("ask", "which") or rank.count is not None or reader.language == "tr"
    if lasted and rank.attribute in (None, "tenure") and asked:
        reader.use(*lengths)
        return replace(rank, attribute="duration")
    if rank.attribute not in ("age", "tenure"):
        return rank
    return replace(rank, attribute="start", descending=not rank.descending)


def _find_order(reader: Reader) -> None:
    """Starting with the highest: an order of groups, which are in it anyway, and no ranking."""
    for rank in tuple(reader.quantities.ranks):
        place, behind = reader.beside(rank.position, -1)
        if reader.keys and rank.count is None and behind is not None and behind.has("time", "since") and behind.is_open:
            reader.use(place)
            reader.quantities.ranks.remove(rank)


def keys_of(reader: Reader, facts: Facts) -> tuple[Ref, ...]:
    """The columns of the groups."""
    found = []
    for key in reader.keys:
        if key == "age_decade":
            reader.assume("decades")
        if key == BAND and facts.band is not None:
            found.append(facts.band)
        elif key in PARTS:
            dates = [event for event in facts.events.values() if reader.has_attribute(facts.table, event)]
            date = "hire" if facts.table == "staff" and reader.said("column", "first_salary") else "date"
            found.append(reader.ref(facts.table, dates[0] if dates else date, cast("Part", key)))
        else:
            found.append(reader.ref(facts.table, key))
    return tuple(found)


def where_of(facts: Facts) -> tuple[Condition, ...]:
    """The conditions, each once."""
    return tuple(dict.fromkeys(condition for _, condition in facts.where))


def figures(reader: Reader, facts: Facts, measure: Measure, rank: Rank | None) -> Plan:
    """One figure, or one for every group."""
    where = where_of(facts)
    for attribute in told_apart(reader, facts, measure, ranked=rank is not None):
        ref = reader.ref(facts.table, attribute)
        if attribute not in reader.keys:
            reader.keys.append(attribute)
        if attribute == "gender":
            where = tuple(one for one in where if getattr(one, "ref", None) != ref)
    if keys_said := [n for n in reader.open("group") if reader.keys]:
        if any(reader.beside(n, 1)[0] in _places_of_people(reader) for n in keys_said if reader.keys == [facts.target]):
            raise NotUnderstoodError("something of each of the people, and no groups of them")  # her avukatın …
        reader.use(*keys_said)
    if rank is not None and rank.count is not None:
        _refuse_others_ranked(reader, rank)
    keys = keys_of(reader, facts)
    measure = _running(reader, measure, keys)
    if facts.sides is not None and isinstance(measure, Figure):  # periods side by side that no key tells apart
        first, second = (replace(measure, where=side) for side in (facts.sides.first, facts.sides.second))
        measure, facts.more = first, [second, *facts.more]
    order, limit, skip = None, None, 0
    if rank is not None:
        order, limit, skip = Order(measure, rank.descending), rank.count or 1, rank.place - 1
    elif keys:
        in_order = keys[0].part or keys[0].band
        order = Order(keys[0], descending=False) if in_order else Order(measure)
    return Plan(
        facts.table,
        keys,
        tuple(dict.fromkeys((measure, *facts.more))),
        where,
        tuple(facts.having),
        order,
        limit=limit,
        skip=skip,
        equals=rank is not None and (rank.count is None or skip > 0),
        known_keys=bool(keys) and not facts.keeps_unknown,
    )


def _refuse_others_ranked(reader: Reader, rank: Rank) -> None:
    """The top three courses in each department: not the departments are ranked."""
    place, piece = reader.beside(rank.position, 1)
    if piece is not None and piece.number is not None:
        piece = reader.beside(place, 1)[1]
    ranked = None if piece is None else reader.dim(piece)
    if ranked is not None and ranked not in reader.keys:
        raise NotUnderstoodError("some of each group, and not groups")


def _places_of_people(reader: Reader) -> list[int]:
    """Where people are named by what they are."""
    return [value.position for value in reader.values if value.attribute in ("gender", "position")]


def _running(reader: Reader, measure: Measure, keys: tuple[Ref, ...]) -> Measure:
    """A figure added up over time."""
    words = reader.open("running")
    if not words:
        return measure
    if len(keys) != 1 or keys[0].part is None or not isinstance(measure, Figure) or measure.function not in _ADDED:
        raise NotUnderstoodError("a running total of what is not said")
    reader.use(*words)
    return Running(measure, keys[0])
