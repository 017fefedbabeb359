"""The attribute that a question asks for: its groups of a certain rank or size, or its different values.

Which attribute that is, is `target`.
"""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import Figure, Measure, Order, Plan
from nl2sql.semantics.both import groups_of_both
from nl2sql.semantics.facts import LEAVE, OF_PEOPLE, PARTS, PEOPLE, PROJECT, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.measures import column_of, count
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.rows import rows_of_projects, words_of_order
from nl2sql.semantics.shapes import keys_of, where_of

_TABLES_OF_VALUES = {
    "contract_type": "contracts",
    "leave_type": "leave_taken",
    "course": "training_done",
    "family": "positions",
    "level": "positions",
    "country": "locations",
}


def groups_asked_for(reader: Reader, facts: Facts, rank: Rank | None, measure: Measure | None) -> Plan:
    """Groups of a certain rank or size: which city has the most, departments with more than."""
    target = facts.target or ""
    reader.keys.append(target)
    if rank is not None and rank.attribute not in (None, "count"):
        measure = _mean_of(reader, facts, rank, measure) or _ranked(reader, facts, rank)
    measure = _told_before(reader, facts, measure)
    if measure is None and (column := column_of(reader)):
        if column != "budget":
            raise NotUnderstoodError("a figure of a column, but which is not said")
        reader.use(*reader.open("column"))
        measure = Figure("sum", reader.ref(facts.table, column))
    if facts.counted == target:
        raise NotUnderstoodError("a number of groups")
    if (
        measure is None
        and reader.subject == LEAVE
        and rank is not None
        and rank.attribute != "count"
        and _is_leave_taken(reader)
    ):
        reader.assume("leave")
        measure = Figure("sum", reader.ref(facts.table, "days"))
    told = measure
    measure = measure or _number_ranked(reader, facts, rank)
    reader.use(*words_of_order(reader))
    again = [*reader.open("ask", "much"), *reader.open("agg", "sum")] if facts.having else []
    reader.use(*again)  # … with the amount
    order, limit, skip = Order(measure), None, 0
    if rank is not None:
        order, limit, skip = Order(measure, rank.descending), rank.count or 1, rank.place - 1
    shown: tuple[Measure, ...] = (measure,)
    if facts.having and rank is None:
        shown = tuple(dict.fromkeys(one.measure for one in facts.having))
        if told is not None and told not in shown:
            shown = (told, *shown) if again else (told,)
        order = Order(shown[0])
    keys = keys_of(reader, facts)
    equals = rank is not None and (rank.count is None or skip > 0)
    where, having = where_of(facts), tuple(facts.having)
    return Plan(facts.table, keys, shown, where, having, order, limit=limit, skip=skip, equals=equals, known_keys=True)


def values_asked_for(reader: Reader, facts: Facts) -> Plan:
    """The different values: which types of contract there are, which cities have welders."""
    target = facts.target or ""
    if target in PARTS or column_of(reader) is not None:
        raise NotUnderstoodError("a list of what is not said")
    table = facts.table
    anti = bool({PEOPLE, PROJECT} & facts.anti.keys())
    if anti and target == PROJECT:
        return rows_of_projects(reader, facts)
    if (anti or not facts.where) and target in TABLES_OF_DIMS:
        table = TABLES_OF_DIMS[target]
    elif not facts.where and target in _TABLES_OF_VALUES:
        table = _TABLES_OF_VALUES[target]  # which types of contract there are
    elif not facts.where and reader.subject == PEOPLE:
        raise NotUnderstoodError("a list of what is not said")
    ref = reader.ref(table, target)
    if both := groups_of_both(reader, facts, ref):
        return replace(both, order=Order(ref, descending=False))
    return Plan(
        table, (ref,), where=where_of(facts), distinct=True, order=Order(ref, descending=False), known_keys=True
    )


def _told_before(reader: Reader, facts: Facts, measure: Measure | None) -> Measure | None:
    """Hangi şehirlerde ortalama izin 10 günün üzerinde, kaç gün: the average that was compared, and no sum."""
    compared = [
        one.measure for one in facts.having if isinstance(one.measure, Figure) and one.measure.function == "avg"
    ]
    if not isinstance(measure, Figure) or measure.function != "sum" or reader.said("agg", "sum"):
        return measure
    return compared[0] if len(compared) == 1 and compared[0].ref == measure.ref else measure


def _number_ranked(reader: Reader, facts: Facts, rank: Rank | None) -> Measure:
    """The course with the fewest people: of different ones, if a word for people stands beside the ranking."""
    beside = [] if rank is None else [reader.beside(rank.position, step)[1] for step in (1, -1)]
    if reader.subject in (LEAVE, TRAINING) and any(one is not None and one.has("subject", PEOPLE) for one in beside):
        return Figure("distinct", reader.ref(facts.table, "person"))
    return count(reader, facts)


def _is_leave_taken(reader: Reader) -> bool:
    """Whether the most leave is the most days of it: so in Turkish, and in English for what is not plural."""
    plural = any(piece.text.lower().endswith("leaves") for piece in reader.pieces)
    return reader.language == "tr" or (reader.language == "en" and not plural)


def _mean_of(reader: Reader, facts: Facts, rank: Rank, measure: Measure | None) -> Measure | None:
    """The youngest team, and what its average age is: the same figure, said twice."""
    if not isinstance(measure, Figure) or measure.function not in ("avg", "median") or rank.attribute not in OF_PEOPLE:
        return None
    return measure if measure.ref == reader.ref(facts.table, rank.attribute) else None


def _ranked(reader: Reader, facts: Facts, rank: Rank) -> Measure:
    """The figure that a superlative is about: the best paid position, the youngest staff on average."""
    averages = reader.open("agg", "avg")
    plain = rank.attribute == "days" or (rank.attribute == "salary" and not reader.speaks_of_people)
    if not plain and not averages:
        raise NotUnderstoodError("a group by the rank of its members")
    reader.use(*averages, *reader.open("column", rank.attribute or ""))
    return Figure("sum" if rank.attribute == "days" else "avg", reader.ref(facts.table, rank.attribute or ""))
