"""Numbers that figures of groups are compared with and whose figure is told right beside them.

Shares (women are more than 30 per cent), gaps (the highest pay less the lowest), extremes (the highest salary is above
5000), and numbers of some beside another figure (more than 12 women, and an average age over 40). Averages, totals and
numbers of everybody are `bounds`.
"""

from __future__ import annotations

from nl2sql.plan import Condition, Figure, Gap, Having, Measure, OneOf, Plan, Share
from nl2sql.semantics.bounds import havings
from nl2sql.semantics.facts import GROUPS, OF_PEOPLE, PEOPLE, QUALITIES, Facts
from nl2sql.semantics.measures import possible_columns
from nl2sql.semantics.pay import is_percent
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.shapes import where_of

_NEAR = 2
_EXTREMES = ("max", "min")


def find_thresholds(reader: Reader, facts: Facts) -> None:
    """Turn such numbers into conditions on groups, and take them from those that are still to be understood."""
    bounds = reader.quantities.bounds
    rows = facts.wants_rows and facts.counted is None
    if facts.anti or rows or not (facts.target or reader.keys or facts.counted in GROUPS):
        return
    alone = len(bounds) == 1
    counts = False
    for bound in tuple(bounds):
        low, high = reader.around(bound.position)
        measure = (
            _share(reader, facts, bound, low, high)
            or _of_extremes(reader, facts, bound, low)
            or (None if alone else _number(reader, facts, bound))
        )
        counts |= isinstance(measure, Figure) and measure.function == "count"
        if measure is not None:
            facts.having += havings(measure, bound)
            bounds.remove(bound)
            if bound.unit_piece is not None:
                bound.unit_piece.is_used = True
    if counts and facts.clauses:
        raise NotUnderstoodError("numbers of some, and something that is said of all or of others")


def _conditions(reader: Reader, facts: Facts, values: list[Named]) -> tuple[Condition, ...]:
    for value in values:
        value.is_spent = True
    return tuple(OneOf(reader.ref(facts.table, one.attribute), (one.value,), one.negated) for one in values)


def _share(reader: Reader, facts: Facts, bound: Bound, low: int, high: int) -> Measure | None:
    """The share of women exceeds 30 per cent; more than 30 per cent of the staff are women."""
    if not is_percent(bound) or reader.subject != PEOPLE or _column(reader, bound, low):
        return None
    words = [n for n in reader.open("ask", "share") if low <= n < high and not reader.pieces[n].has("unit", "percent")]
    near = [one for one in reader.values if low <= one.position < high and one.attribute in QUALITIES]
    if words:
        step = -1 if reader.language == "tr" else 1
        near = [one for one in near if (one.position - words[0]) * step > 0]
        near.sort(key=lambda one: abs(one.position - words[0]))
    elif {one.position < bound.position for one in near} == {True, False}:
        raise NotUnderstoodError("a share of one kind or of another")
    if not near:
        raise NotUnderstoodError("per cent of what is not said")
    first = near[0].position
    chosen = [one for one in near if one.position == first or (not words and len(near) > 1)]
    if len({one.attribute for one in chosen}) < len({(one.attribute, one.value) for one in chosen}):
        raise NotUnderstoodError("a share of several kinds")
    reader.use(*reader.open("ask", "share", "distribution"), *reader.open("unit", "percent"))
    counts = [n for n, piece in enumerate(reader.pieces) if piece.has("ask", "count", "count_after")]
    if facts.counted in (PEOPLE, "?") and counts and all(bound.position < n < high for n in counts):
        facts.counted = None  # 30 per cent of the headcount
    return Share(_conditions(reader, facts, chosen))


def _of_extremes(reader: Reader, facts: Facts, bound: Bound, low: int) -> Measure | None:
    """The highest salary, the age of the oldest, or the gap between the highest and the lowest."""
    ranks = {
        rank.position: rank
        for rank in reader.quantities.ranks
        if low <= rank.position < bound.position and rank.count is None and rank.place == 1
    }
    said = {n: "max" if rank.descending else "min" for n, rank in ranks.items()}
    aggs = reader.open("agg", *_EXTREMES)
    said |= {n: reader.pieces[n].key("agg") or "" for n in aggs if low <= n < bound.position}
    gaps = [n for n in reader.open("ask", "difference", "ratio") if low <= n < bound.position]
    column = _column(reader, bound, low)
    attribute = column[1] if column else next((one.attribute for one in ranks.values() if one.attribute), None)
    if (
        not said
        or attribute in (None, "count")
        or reader.open("agg", "avg", "median", "sum")
        or (not gaps and len(said) > 1)
    ):
        return None
    if any(one.attribute not in (None, attribute) for one in ranks.values()) or (column is None and bound.unit):
        return None
    if gaps and sorted(said.values()) != ["max", "min"]:
        return None
    ref = reader.ref(facts.table, attribute)
    reader.quantities.ranks[:] = [rank for rank in reader.quantities.ranks if rank.position not in said]
    reader.use(*said, *(column[0] if column else []))
    if not gaps:
        return Figure("max" if "max" in said.values() else "min", ref)
    reader.use(*reader.open("ask", "difference", "ratio", "much"), *reader.open("range"))
    is_ratio = any(reader.pieces[n].has("ask", "ratio") for n in gaps)
    return Gap(Figure("max", ref), Figure("min", ref), "/" if is_ratio else "-")


def _column(reader: Reader, bound: Bound, low: int) -> tuple[list[int], str] | None:
    """The one column before a number, perhaps said twice, and what it is."""
    found = [n for n in reader.open("column") if low <= n < bound.position and reader.pieces[n] is not bound.unit_piece]
    keys = [possible_columns(reader, reader.pieces[n]) for n in found]
    if (
        not found
        or any(key[:1] != keys[0][:1] for key in keys)
        or not keys[0]
        or (reader.subject == PEOPLE and keys[0][0] not in OF_PEOPLE)
    ):
        return None
    return found, keys[0][0]


def _number(reader: Reader, facts: Facts, bound: Bound) -> Measure | None:
    """More than twelve women, beside another figure that is not theirs."""
    places = {id(piece): n for n, piece in enumerate(reader.pieces)}
    unit = bound.unit_piece
    if unit is not None and unit.has("subject", PEOPLE) and reader.language != "tr":
        if away := _told_after(facts, places[id(unit)]):
            return Figure("count", where=(away,))
        place = reader.beside(places[id(unit)], 1)[0]  # five people on leave
    elif unit is None and bound.follower is not None:
        place = places[id(bound.follower)]
    else:
        return None
    if bound.unit is not None or reader.subject != PEOPLE:
        return None
    chosen: list[Named] = []
    while here := [one for one in reader.values if one.position == place and one.attribute in QUALITIES]:
        chosen += here
        place = reader.beside(place, 1)[0]
    return Figure("count", where=_conditions(reader, facts, chosen)) if chosen else None


def _told_after(facts: Facts, place: int) -> Condition | None:
    """Не меньше пяти человек в отпуске: what is said right after those who are counted is said of them alone."""
    near = [entry for entry in facts.clauses if 0 < entry[0] - place <= _NEAR and isinstance(entry[1], OneOf)]
    if len(near) != 1:
        return None
    facts.clauses = [entry for entry in facts.clauses if entry not in near]
    facts.where = [entry for entry in facts.where if entry not in near]
    return near[0][1]


def number_of_groups(reader: Reader, facts: Facts) -> Plan | None:
    """How many departments have an average salary above 2000."""
    groups = facts.counted
    if groups not in GROUPS or not facts.having or reader.keys or facts.target is not None or facts.more:
        return None
    if reader.quantities.ranks or reader.open("column"):
        raise NotUnderstoodError("a number of groups")
    reader.use(*reader.open("agg", "distinct"))
    having: tuple[Having, ...] = tuple(facts.having)
    ref = reader.ref(facts.table, groups or "")
    return Plan(facts.table, (ref,), where=where_of(facts), having=having, known_keys=True, over="count")
