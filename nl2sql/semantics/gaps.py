"""Differences, ratios and growth: of two values or periods, of the highest and the lowest; groups that differ so."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Function, Gap, Having, Measure, Order, Plan
from nl2sql.semantics.comparing import Comparing, direction_of, find_comparing
from nl2sql.semantics.facts import GROUPS, LEAVE, PEOPLE, TABLES, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.growth import groups_that_grew
from nl2sql.semantics.measures import column_of, count
from nl2sql.semantics.opposites import of_bounds
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.shapes import figures, where_of
from nl2sql.semantics.sides import Sides, of_values, tells_less

Operator = Literal["-", "distance", "/", "%", "growth"]
_PAIR = 2
_DATIVES = ("lara", "lere")
_TO_IT = ("ına", "ine", "una", "üne")
_LESS = (" меньше", " ниже", " моложе", " младше", " less", " fewer", " lower", " younger")
_PERCENT = ("%", "percent", "per cent", "процент", "yüzde")
_MEASURED = {LEAVE: {"days": "gün"}, PEOPLE: {"salary": "dolar", "age": "yaş"}}
"""In Turkish the unit stands within the word that asks for the difference."""
_FUNCTIONS = ("max", "min", "avg", "median")
_FELL = ("fall", "fell", "fallen")
_SUMMED = ("days", "hours", "budget", "payroll")


def gap(reader: Reader, facts: Facts, _position: int, *, operator: Operator | None = None) -> Plan:
    """The average salary of men less that of women; the highest salary less the lowest; growth between years."""
    operator = operator or _operator(reader)
    if operator == "-" and (plan := above_standard(reader, facts) or contrast(reader, facts, shows_gap=True)):
        return plan
    if facts.counted in GROUPS:
        raise NotUnderstoodError("a number of groups and a difference")
    rank = rank_of_gap(reader)
    if (between := _of_functions(reader, facts, operator)) is not None:
        if facts.target is not None:
            reader.keys.append(facts.target)
            facts.target = None
        reader.quantities.ranks.clear()
        return figures(reader, facts, between, rank)
    sides = facts.sides or of_values(reader, facts) or of_bounds(facts)
    if sides is None or [one for one in reader.quantities.ranks if one is not rank]:
        raise NotUnderstoodError("a difference of what is not said")
    comparing = find_comparing(reader)
    sides = _from_larger(reader, facts, comparing, sides, operator) if operator in ("-", "/") else sides
    if any(one.attribute is None for one in comparing):
        reader.use(*(number for one in comparing for number in one.positions if one.attribute is None))
    figure = _figure(reader, facts)
    reader.use(*reader.open("compare"), *reader.open("compare_after"), *reader.open("group"), *reader.open("range"))
    groups = facts.target if rank is None and operator == "-" and not reader.keys else None
    if facts.target is not None:
        reader.keys.append(facts.target)
        facts.target = None
    _drop(reader, facts, sides)
    if operator == "growth":
        reader.use(*reader.open("ask", "share"), *reader.open("unit", "percent"))
    first, second = _both(reader, facts, figure, sides, is_plain=operator == "-" and rank is None)
    if rank is not None and not reader.keys:
        raise NotUnderstoodError("the largest difference, but of which groups is not said")
    ranked: Operator = "distance" if rank is not None and operator == "-" else operator
    difference = Gap(first, second, ranked)
    return groups_that_grew(reader, facts, groups, difference) or figures(reader, facts, difference, rank)


def _from_larger(reader: Reader, facts: Facts, comparing: list[Comparing], sides: Sides, operator: Operator) -> Sides:
    """By how much less women earn than men, by how many hours training fell, is told as a positive number."""
    if reader.language == "tr":  # periods are in order already
        less = facts.sides is None and operator == "-" and tells_less(reader)
    else:
        asked = (piece.text.lower() for piece in reader.pieces if piece.has("ask", "difference"))
        less = [one.operator for one in comparing] == ["<"] or any(one.endswith(_LESS) for one in asked)
        less |= facts.sides is not None and operator == "-" and _tells_fall(reader)
    return replace(sides, first=sides.second, second=sides.first) if less else sides


def above_standard(reader: Reader, facts: Facts) -> Plan | None:
    """Departments with an average salary above the company's, and by how much."""
    told = facts.having[0] if len(facts.having) == 1 else None
    if told is None or not isinstance(told.value, Plan) or not isinstance(told.measure, Figure):
        return None
    if facts.target is None or reader.keys or reader.quantities.ranks or facts.counted is not None:
        raise NotUnderstoodError("groups above a figure, and a difference")
    reader.use(*reader.open("ask", "much"), *reader.open("unit", "usd"), *reader.open("compare_after"))
    target = reader.ref(facts.table, facts.target)
    above = Gap(told.measure, told.value)
    again = sum(piece.has("agg", "avg", "median") for piece in reader.pieces) > _PAIR  # with the average and the …
    shown: tuple[Measure, ...] = (told.measure, above) if again else (above,)
    return Plan(facts.table, (target,), shown, where_of(facts), (told,), Order(above), known_keys=True)


def tells_how_much_more(reader: Reader) -> bool:
    """Kaç dolar üstünde: how much, beside a word that compares."""
    beside = [reader.beside(n, step)[1] for n in reader.open("ask", "much") for step in (-1, 1)]
    return any(one is not None and one.is_open and one.has("compare_after") for one in beside)


def is_ratio_of_two(reader: Reader) -> bool:
    """Mühendislerin kaynakçılara oranı: a Turkish share of one kind to another."""
    words = [n for n, piece in enumerate(reader.pieces) if piece.has("ask", "share")]
    before = sorted((one for one in reader.values if words and one.position < words[0]), key=lambda one: one.position)
    pair = [one for one in before if one.attribute == before[-1].attribute and not one.negated]
    two = len(pair) == _PAIR and pair[0].value != pair[1].value
    to_figure = two and _is_to_figure(reader, words[0])
    return reader.language == "tr" and two and (_said(before[-1]).endswith(_DATIVES) or to_figure)


def _said(value: Named) -> str:
    """A value, or the ending that it has after an apostrophe: Rusya'dakilere."""
    return value.piece.suffix or value.piece.text.lower()


def _is_to_figure(reader: Reader, number: int) -> bool:
    """Uzmanların maaşının işçilerin maaşına oranı: a figure of some to the same of others, and no hundredths."""
    before = reader.beside(number, -1)[1]
    figure = before is not None and (before.has("column") or before.has("agg"))
    return figure and reader.pieces[number - 1].text.lower().endswith(_TO_IT) and "yüzde" not in reader.text.lower()


def _operator(reader: Reader) -> Operator:
    """By how many per cent is told of the second of both."""
    if is_ratio_of_two(reader):
        return "/"
    asked = {key for piece in reader.pieces for key in piece.readings.get("ask", ())}
    if "share" in asked or any(word in reader.text.lower() for word in _PERCENT):
        return "growth"
    return "/" if "ratio" in asked and "difference" not in asked else "-"


def has_both_extremes(reader: Reader) -> bool:
    """Whether the highest and the lowest are spoken of, and nothing else in between."""
    said = [reader.pieces[number].key("agg") or "" for number in reader.open("agg", "max", "min")]
    said += ["max" if rank.descending else "min" for rank in reader.quantities.ranks if rank.count is None]
    return sorted(said) == ["max", "min"]


def _of_functions(reader: Reader, facts: Facts, operator: Operator) -> Gap | None:
    """Two figures of one column: the highest less the lowest, the average less the median."""
    column = column_of(reader) if facts.counted not in (PEOPLE, "?", *TABLES) else None
    said = {number: reader.pieces[number].key("agg") or "" for number in reader.open("agg", *_FUNCTIONS)}
    ranks = [rank for rank in reader.quantities.ranks if rank is not rank_of_gap(reader)]
    said |= {rank.position: "max" if rank.descending else "min" for rank in ranks if rank.attribute in (None, column)}
    names = [said[number] for number in sorted(said)]
    if column is None or len(names) != _PAIR or len(set(names)) != _PAIR or len(said) < len(ranks):
        return None
    smaller = any(piece.has("compare", "lt", "le") and not piece.has("rank") for piece in reader.pieces)
    if smaller or reader.said("compare_after", "lt", "le"):
        raise NotUnderstoodError("a difference told from the smaller side")
    if operator == "-" and set(names) == {"max", "min"}:
        names = ["max", "min"]
    reader.use(*reader.open("agg"), *reader.open("column"), *reader.open("ask", "much"), *reader.open("range"))
    reader.use(*reader.open("compare"), *reader.open("compare_after"), *reader.open("group"))
    reader.quantities.ranks[:] = [rank for rank in reader.quantities.ranks if rank not in ranks]
    ref = reader.ref(facts.table, column)
    first, second = (Figure(cast("Function", name), ref) for name in names)
    return Gap(first, second, operator)


def rank_of_gap(reader: Reader) -> Rank | None:
    """The largest gap: the ranking of groups by it, and no figure that it is between."""
    ranks = reader.quantities.ranks
    if any(rank.place > 1 for rank in ranks):
        return None
    for rank in ranks:
        ahead = reader.beside(rank.position, 1)[1]
        if ahead is not None and ahead.has("ask", "difference", "ratio") and not ahead.has("rank"):
            return rank
    return ranks[-1] if len(ranks) > _PAIR else None


def _both(reader: Reader, facts: Facts, figure: Figure, sides: Sides, *, is_plain: bool) -> tuple[Figure, Figure]:
    """Both figures, which are shown as well where they are compared."""
    first, second = (replace(figure, where=side) for side in (sides.first, sides.second))
    if is_plain and _says_both(reader):
        facts.more += [second, first]
    return first, second


def _tells_fall(reader: Reader) -> bool:
    """By how many hours training dropped: so many less than before."""
    said = [piece.text.lower() for piece in reader.pieces]
    grown = [
        direction_of(one)
        for one, piece in zip(said, reader.pieces, strict=True)
        if piece.has("ask", "growth") or one in _FELL
    ]
    return bool(grown) and set(grown) == {"<"} and any(one.startswith("by how") for one in said)


def _says_both(reader: Reader) -> bool:
    """Compare 2025 with 2024 and give the change: both of them, and the difference."""
    return any(piece.has("ask", "versus") and piece.text.lower() == "compare" for piece in reader.pieces)


def _figure(reader: Reader, facts: Facts) -> Figure:
    """What the two sides are compared by."""
    counted = facts.counted in (PEOPLE, "?", *TABLES)
    column = facts.counted if facts.counted in ("days", "hours") else None if counted else column_of(reader)
    attribute = (_attribute_of_word(reader) or _of_unit(reader)) if column is None and not counted else column
    aggs = reader.open("agg")
    functions = list(dict.fromkeys(reader.pieces[number].key("agg") or "" for number in aggs))
    if column is not None and set(functions) == {"sum", "avg"}:
        functions = ["avg"]
    if len(functions) > 1:
        raise NotUnderstoodError("a difference of several figures")
    reader.use(*aggs, *reader.open("column"), *reader.open("ask", "much"))
    if attribute is None:
        return count(reader, facts)
    default = "sum" if attribute in _SUMMED else "avg"
    function = cast("Function", functions[0] if functions else default)
    return Figure(function, reader.ref(facts.table, attribute))


def _attribute_of_word(reader: Reader) -> str | None:
    """What a comparing word says: older, out-earn."""
    comparing = [one for one in find_comparing(reader) if one.attribute is not None]
    reader.use(*(number for one in comparing for number in one.positions))
    return comparing[0].attribute if len(comparing) == 1 else None


def _of_unit(reader: Reader) -> str | None:
    """Kaç gün fazla: by how many days."""
    said = [piece.text.lower() for piece in reader.pieces if piece.has("ask", "difference")]
    found = [key for key, word in _MEASURED.get(reader.subject, {}).items() if any(word in one.split() for one in said)]
    return found[0] if found else None


def _drop(reader: Reader, facts: Facts, sides: Sides) -> None:
    """A side is neither a condition on all rows nor a group."""
    if sides.attribute is not None:
        reader.values = [value for value in reader.values if value.attribute != sides.attribute]
        ref = reader.ref(facts.table, sides.attribute)
        facts.where = [(place, one) for place, one in facts.where if getattr(one, "ref", None) != ref]


def contrast(reader: Reader, facts: Facts, *, shows_gap: bool = False) -> Plan | None:
    """Departments where women earn more than men, perhaps by how much, perhaps how many such departments."""
    comparing = find_comparing(reader)
    groups = facts.counted if facts.counted in (*TABLES_OF_DIMS, "country", "course") else facts.target
    if groups is None or len(comparing) != 1 or reader.quantities.ranks or reader.keys or facts.having:
        return None
    sides = facts.sides or of_values(reader, facts)
    if sides is None:
        return None
    if _lists_people(reader, sides):
        raise NotUnderstoodError("people compared with the figure of others, or groups by two figures")
    is_counted = groups == facts.counted
    if is_counted:
        facts.counted = None
    word, attribute = comparing[0], comparing[0].attribute
    averages = reader.open("agg", "avg", "median")
    column = column_of(reader) or attribute
    if column is not None and column not in _SUMMED and not averages:
        raise NotUnderstoodError("groups compared by what is not said")
    both = reader.open("both")
    reader.use(*word.positions, *both)
    figure = _figure_of(reader, facts, column)
    beside = [reader.beside(n, step)[1] for n in word.positions for step in (1, -1)]
    if (
        column is None
        and reader.subject in (LEAVE, TRAINING)
        and any(one and one.has("subject", PEOPLE) for one in beside)
    ):
        figure = Figure("distinct", reader.ref(facts.table, "person"))  # trained fewer people
    _drop(reader, facts, sides)
    first, second = (replace(figure, where=side) for side in (sides.first, sides.second))
    difference = Gap(first, second)
    shown: tuple[Measure, ...] = ()
    if both or sides.is_said_twice:
        shown = (first, second)
    if shows_gap:
        shown = (*shown, difference)
        reader.use(*reader.open("ask", "much"))
    target = reader.ref(facts.table, groups)
    having = Having(difference, word.operator, 0)
    order = Order(difference) if shows_gap else Order(target, descending=False)
    where = where_of(facts)
    if is_counted:
        shown = ()
    return Plan(
        facts.table, (target,), shown, where, (having,), order, known_keys=True, over="count" if is_counted else None
    )


def _lists_people(reader: Reader, sides: Sides) -> bool:
    """Which welders earn more than the average lawyer, with names: those who are compared are asked for."""
    named = {value.position for value in reader.values if value.attribute == sides.attribute}
    asked = any(reader.beside(number, 1)[0] in named for number in reader.open("ask", "which"))
    return asked or reader.said("ask", "list") or reader.said("dim", *NAMES)


def _figure_of(reader: Reader, facts: Facts, column: str | None) -> Figure:
    averages = reader.open("agg", "avg", "median")
    function = reader.pieces[averages[0]].key("agg") if averages else "sum"
    reader.use(*reader.open("agg"), *reader.open("column"))
    if column is None:
        return count(reader, facts)
    ref = reader.ref(facts.table, column)
    return Figure(cast("Function", function), ref)
