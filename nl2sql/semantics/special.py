"""Questions that a word says the kind of: shares, dates of something. Differences and ratios are `gaps`."""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import (
    Figure,
    Gap,
    Missing,
    OfTotal,
    OneOf,
    Plan,
    Ref,
    Share,
)
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, TABLES, TRAINING, Facts
from nl2sql.semantics.gaps import gap
from nl2sql.semantics.measures import column_of
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import figures, rank_of, where_of
from nl2sql.semantics.shares import AMONG, COPULAS, is_share_of_all, told_of_whole
from nl2sql.semantics.sides import of_values
from nl2sql.semantics.standards import WHOLE

_QUALITIES = ("gender", "contract_type", "status", "level", "family", "leave_type", "course")
"""What a share is likelier of than of a place."""
_DATIVES = ("lara", "lere")
_PAIR = 2
_REACH = 6
"""Pieces between "among" and the clause that it opens."""
_OF, _TO = frozenset({"of", "от"}), frozenset({"to", "от", "к"})
_OF_EVENTS = ("start_date", "completed_on", "course", "leave_type", "days", "hours")


def share(reader: Reader, facts: Facts, position: int) -> Plan:
    """Per cent of those who meet a condition, of all or of a total."""
    if any(getattr(one, "ref", Ref("", "")).column == "age" for _, one in facts.where):
        reader.use(*reader.open("column", "age"))  # 60 and older: a condition, not a figure
    _find_ends(reader, facts)
    if (part := _of_whole_mean(reader, facts)) is not None:
        return figures(reader, facts, part, None)
    if reader.open("agg", "avg", "median") and reader.open("column") and (sides := of_values(reader, facts)):
        facts.sides = (
            replace(sides, first=sides.second, second=sides.first) if _is_whole_first(reader, position) else sides
        )
        return gap(reader, facts, position, operator="%")
    column = None if facts.counted in (PEOPLE, *TABLES) else column_of(reader)
    column = facts.counted if facts.counted in ("days", "hours") else column
    figure = Figure("count")
    if column in ("salary", "payroll", "days", "hours", "budget"):
        figure = Figure("sum", reader.ref(facts.table, column))
    elif column is not None:
        raise NotUnderstoodError("a share of a figure that has no total")
    reader.use(*reader.open("column"), *reader.open("agg", "sum"))
    if facts.target is not None:
        reader.keys.append(facts.target)
        facts.target = None
    if two := _two_values(reader):
        return _share_of_two(reader, facts, position, two, figure)
    tested = _tested_unless_each(reader, facts, position, of_people=column is None)
    if tested is None:
        return _of_total(reader, facts, figure)
    chosen = tuple(one for place, one in facts.where if place == tested)
    facts.where = [(place, one) for place, one in facts.where if place != tested]
    of_events = reader.subject in (LEAVE, TRAINING) and column is None and facts.counted is None
    if of_events and _is_of_people(reader, position):
        raise NotUnderstoodError("a share of people, but of what they did is not clear")
    facts.more += [figure] * (column is None and _is_beside_number(reader, position))
    return figures(reader, facts, Share(chosen, figure), rank_of(reader))


def _is_beside_number(reader: Reader, position: int) -> bool:
    """Headcount and share of women: both are asked for."""
    joint, piece = reader.beside(position, -1)
    behind = reader.beside(joint, -1)[1] if piece is not None and piece.has("conjunction", "and") else None
    return behind is not None and behind.has("ask", "count")


def _of_whole_mean(reader: Reader, facts: Facts) -> Gap | None:
    """The average salary of London as per cent of the average of the whole company."""
    means = reader.open("agg", "avg")
    whole = any(piece.text.lower().removeprefix("of the ").startswith(WHOLE) for piece in reader.pieces)
    column = column_of(reader) if len(means) == _PAIR and whole and facts.where and not reader.keys else None
    if column is None or facts.counted is not None:
        return None
    if any(isinstance(one, OneOf) and len(one.values) > 1 for _, one in facts.where):
        raise NotUnderstoodError("a part of the whole, or each of several")
    reader.use(*means, *reader.open("column"))
    mean = Figure("avg", reader.ref(facts.table, column))
    part = replace(mean, where=where_of(facts))
    facts.where.clear()
    return Gap(part, mean, "%")


def _of_total(reader: Reader, facts: Facts, figure: Figure) -> Plan:
    """The share of every group in all."""
    if not reader.keys:
        raise NotUnderstoodError("a share of what is not said")
    if reader.subject in (LEAVE, TRAINING) and reader.said("subject", PEOPLE):
        raise NotUnderstoodError("a share of all people, or of all who did something")
    return figures(reader, facts, OfTotal(figure), rank_of(reader))


def _tested_unless_each(reader: Reader, facts: Facts, position: int, *, of_people: bool) -> int | None:
    """The share of each kind of leave in all of a year is of no condition."""
    tested = _tested(reader, facts, position, of_people=of_people)
    spans = {span.position for span in reader.quantities.spans}
    return None if tested in spans and _is_of_each(reader, position) else tested


def _is_of_each(reader: Reader, position: int) -> bool:
    """Whether a share is that of every group: those stand right beside the word for a share."""
    step = -1 if reader.language == "tr" else 1
    place, piece = reader.beside(position, step)
    if piece is not None and piece.has("group"):
        piece = reader.beside(place, step)[1]
    return piece is not None and reader.dim(piece) in reader.keys


def _is_whole_first(reader: Reader, position: int) -> bool:
    """What per cent of men's pay women get: of the one that is named first."""
    places = sorted(value.position for value in reader.values)
    first, last = places[0], places[-1]
    before = {piece.text.lower() for piece in reader.pieces[position:first]}
    between = {piece.text.lower() for piece in reader.pieces[first:last]}
    of = bool(before & _OF) or reader.pieces[position].text.lower().endswith(" of")
    return reader.language != "tr" and position < first and of and not between & _TO


def _share_of_two(reader: Reader, facts: Facts, position: int, two: str, figure: Figure) -> Plan:
    """The share of men and of women, each; in Turkish, of one to the other."""
    second = max(reader.values, key=lambda value: value.position).piece.text.lower()
    if reader.language == "tr" and figure.ref is None and (not reader.keys or second.endswith(_DATIVES)):
        return gap(reader, facts, position, operator="/")
    if reader.keys:
        raise NotUnderstoodError("a share of several values in groups")
    reader.keys.append(two)
    ref = reader.ref(facts.table, two)
    facts.where = [(place, one) for place, one in facts.where if getattr(one, "ref", None) != ref]
    return figures(reader, facts, OfTotal(figure), rank_of(reader))


def _two_values(reader: Reader) -> str | None:
    """The attribute of which just two values are named, neither of them denied."""
    named: dict[str, set[str]] = {}
    for value in reader.values:
        named.setdefault(value.attribute, set()).add(value.value)
    pairs = [attribute for attribute, names in named.items() if len(names) == _PAIR]
    joined = any(piece.has("conjunction", "or") for piece in reader.pieces)
    return pairs[0] if len(pairs) == 1 and pairs[0] == "gender" and not joined else None


def _find_ends(reader: Reader, facts: Facts) -> None:
    """The share of contracts that have an end date."""
    ends = [number for number, key in facts.events.items() if key == "end" and reader.pieces[number].is_open]
    if ends and reader.subject == CONTRACT and not facts.where:
        reader.use(*ends)
        facts.where.append((ends[0], Missing(reader.ref(facts.table, "end"), negated=True)))


def _is_of_people(reader: Reader, position: int) -> bool:
    """Whether a share is of people, not of trainings or of leave: those stand right beside the word."""
    if reader.speaks_of_people:
        return True
    if is_share_of_all(reader):
        return False
    step = -1 if reader.language == "tr" else 1
    beside = reader.beside(position, step)[1]
    return not (beside is None or beside.has("subject") or beside.has("column") or beside.has("agg"))


def _tested(reader: Reader, facts: Facts, position: int, *, of_people: bool) -> int | None:
    """Where the condition stands that a share is of; the others say of whom."""
    places = list(dict.fromkeys(place for place, _ in facts.where))
    if facts.clauses and (clause := _tested_clause(reader, facts, position)) is not None:
        return clause
    clauses = {place for place, _ in facts.clauses}
    places = [place for place in places if place not in clauses]
    if of_people and reader.subject in (LEAVE, TRAINING) and _is_of_people(reader, position):
        own = [place for place, one in facts.where if isinstance(one, OneOf) and one.ref.column in _OF_EVENTS]
        return own[0] if len(own) == 1 else None
    if len(places) <= 1:
        return places[0] if places else None
    spans = {span.position for span in reader.quantities.spans}
    if (
        of_people
        and (told := told_of_whole(reader, position, [n for n in places if n not in spans and n >= 0], spans))
        is not None
    ):
        return told
    inner = [span.position for span in reader.quantities.spans if span.parts and not span.low]
    if len(inner) == 1 and len(spans) > 1:
        return inner[0]  # of a year's leave, that of the summer
    values = [place for place, one in facts.where if isinstance(one, OneOf) and one.ref.column in _QUALITIES]
    others = [place for place, one in facts.where if not isinstance(one, OneOf) and place not in (*spans, *clauses)]
    rest = [place for place in places if place not in spans]
    for candidates in (values, others, rest):
        found = sorted(set(candidates))
        if found:
            return found[0] if len(found) == 1 else _tested_by_order(reader, position, found)
    raise NotUnderstoodError("a share of what is not said")


def _tested_clause(reader: Reader, facts: Facts, position: int) -> int | None:
    """The clause that a share is of: what is said last, in Turkish after the word for a share if anything is."""
    clauses = {place for place, _ in facts.clauses}
    said = {place for place, _ in facts.where if place >= 0}
    after = {place for place in said if place > position}
    if reader.language == "tr":
        last = max(after or said)
    else:
        last = max(said)
        if last < position:  # of those who took leave, what share is
            raise NotUnderstoodError("a share of what is not said")
    if reader.language == "tr" and not after and last not in clauses and max(clauses) < last < position:
        raise NotUnderstoodError("a share of what is not said")
    if last not in clauses:
        return None
    behind = {piece.text.lower() for piece in reader.pieces[max(last - _REACH, 0) : last]}
    if behind & AMONG and reader.language != "tr":
        if len(said) > _PAIR:
            raise NotUnderstoodError("a share among those who did something, with several conditions")
        return min(said) if len(said) == _PAIR else None
    if reader.language == "tr" and not after and _is_participle_of_people(reader, last, position):
        raise NotUnderstoodError("a share of what is not said")
    return last


def _is_participle_of_people(reader: Reader, first: int, position: int) -> bool:
    """İzin kullanan kadınların oranı: of the women, or of all who took leave?"""
    return any(first < value.position < position for value in reader.values)


def _tested_by_order(reader: Reader, position: int, places: list[int]) -> int:
    """Women among engineers; of engineers, those who are women."""
    first, last = places[0], places[-1]
    if len(places) > _PAIR:
        raise NotUnderstoodError("a share with several conditions")
    between = {piece.text.lower() for piece in reader.pieces[first + 1 : last]}
    if reader.language == "tr":
        beside = {place: reader.pieces[place + 1 : place + 2] for place in places}
        of_whom = [place for place, next_ in beside.items() if next_ and next_[0].text.lower() in AMONG]
        if len(of_whom) == 1:
            return next(place for place in places if place not in of_whom)
        if first < position < last:
            return last
        raise NotUnderstoodError("a share with two conditions")
    if between & AMONG:
        return first
    if between & COPULAS or reader.pieces[last].text.lower() in COPULAS:
        return last
    raise NotUnderstoodError("a share with two conditions")


def when(reader: Reader, facts: Facts, _position: int) -> Plan:
    """When a project began or ended; first and last days are `edges`."""
    if facts.target == "course":
        facts.target = None  # the last training: none of its courses is asked for
    if rank_of(reader) is not None:
        raise NotUnderstoodError("when something was that is ranked")
    dates = [event for event in facts.events.values() if reader.has_attribute("projects", event)]
    others = [event for event in facts.events.values() if event not in dates and event != "complete"]
    projects = [value.value for value in reader.values if value.attribute == PROJECT]
    if len(set(dates)) > 1 or others or not projects or reader.keys or reader.quantities.spans or not facts.events:
        raise NotUnderstoodError("when something was that has no date")
    reader.use(*facts.events)
    where = (OneOf(reader.ref("projects", PROJECT), tuple(dict.fromkeys(projects))),)
    return Plan("projects", (reader.ref("projects", dates[0] if dates else "end"),), where=where)
