"""Words that turn a meaning must turn the plan: a negation, how many, both of two, an average of averages.

Every piece of a question is made something of before; here is what a plan must show for pieces that are easily
taken for a part of something else.
"""

from __future__ import annotations

import re
from itertools import pairwise

from nl2sql.persons import NAMES
from nl2sql.plan import AgainstPeers, Compare, Figure, Having, Missing, OneOf, Order, Plan, Ref, Related, nodes_of
from nl2sql.semantics.away import says_away, says_kind_of_away
from nl2sql.semantics.both import says_both
from nl2sql.semantics.facts import CONTRACT, GROUPS, PEOPLE, QUALITIES
from nl2sql.semantics.measures import each_of_people
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_OF = ("от", "из")
_BY_PERSON = ("employee", "person")
"""In the singular, those by whom figures are told apart, not those by whom something was done."""
_EXTREMES = ("min", "max")
_OWN = frozenset({"own", "kendi", "своём", "своем", "своей", "своего"})
_OF_THEM = "kaçı"
_ENDS = 2
"""Of one period."""


def check_heeded(reader: Reader, plan: Plan) -> None:
    """Refuse a plan that passes over a word that turns the meaning.

    Raises:
        NotUnderstoodError: nothing is denied, counted or averaged twice, though the question says so.
    """
    nodes = list(nodes_of(plan))
    for check in (
        _denied,
        _only,
        _where,
        _away,
        _both,
        _of_both,
        _number,
        _of_them,
        _each,
        _each_person,
        _means,
        _most,
        _sorted,
        _own,
    ):
        if reason := check(reader, plan, nodes):
            raise NotUnderstoodError(reason)


def _denied(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    denies = any(piece.readings.keys() == {"negation"} and not piece.values for piece in reader.pieces)
    return "a negation that denies nothing" if denies and not any(map(_denies, nodes)) else None


def _only(reader: Reader, _plan: Plan, _nodes: list[object]) -> str | None:
    """Whose only contract is an internship."""
    only = any(one.text.lower() == "only" and two.has("subject", CONTRACT) for one, two in pairwise(reader.pieces))
    return "the only contract, and no other before" if only else None


def _where(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    first = next((piece for piece in reader.pieces if not piece.readings.keys() <= {"filler"} or piece.values), None)
    shown = any(isinstance(node, Ref) and node.column in ("city", "country") for node in nodes)
    asked = first is not None and first.is_open and first.has("asked", "city")
    return "where, but no place is shown" if asked and not shown else None


def _away(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """In how many departments somebody is on leave."""
    told = any(isinstance(node, Ref) and node.column in ("start_date", "days", "leave_type") for node in nodes)
    dated = any(isinstance(node, Ref) and node.column in ("start_date", "back_on", "days") for node in nodes)
    of_kind = says_kind_of_away(reader) and not dated
    doubtful = plan.subject == "leave_taken" and (of_kind or (says_away(reader) and not told))
    return "who is away now, or ever was" if doubtful else None


def _both(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    several = any(isinstance(one, OneOf) and len(one.values) > 1 and not one.negated for one in plan.where)
    return "both of two, and not one of them" if several and plan.distinct and says_both(reader) else None


def _of_both(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    """Hem yıllık hem hastalık izni: two that are named, of which one alone came into the plan."""
    named = {value for node in nodes if isinstance(node, OneOf) for value in node.values}
    periods = {node.value for node in nodes if isinstance(node, Compare)}
    missed = reader.open("both") and len(named) <= 1 and len(periods) <= _ENDS
    return "both of two, but one alone is known" if missed else None


def _lists_names(plan: Plan) -> bool:
    """Whether nothing but the names of people is shown."""
    return bool(plan.columns) and all(ref.column in NAMES for ref in plan.columns)


def _number(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    of_columns = any(piece.has("column") for piece in reader.pieces) and not _lists_names(plan)
    missed = (
        not of_columns
        and reader.said("ask", "count")
        and not (plan.measures or plan.over or reader.said("ask", "growth"))
    )
    return "how many, but of what is not said" if missed else None


def _of_them(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Kaç kaynakçı var, kaçı kadın: two numbers."""
    asked = [piece for piece in reader.pieces if piece.has("ask", "count")]
    again = [piece for piece in asked[1:] if piece.text.lower().startswith(_OF_THEM)]
    if not again or asked[0].text.lower().startswith(_OF_THEM):
        return None
    parted = re.search(r",|\bve\b", reader.text[asked[0].end : again[0].start]) is not None
    return "how many, and how many of them" if parted and len(plan.measures) <= 1 else None


def _each(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """The last training of each employee: one for each of them, and not of all."""
    if plan.columns or not all(isinstance(one, Figure) for one in plan.measures):
        return None
    extremes = any(isinstance(one, Figure) and one.function in _EXTREMES for one in plan.measures)
    for number, piece in enumerate(reader.pieces):
        after = reader.beside(number, 1)[1]
        if not extremes and not (after is not None and after.text.lower() in _BY_PERSON and piece.text.lower() == "by"):
            continue
        if piece.has("group", "before") and after is not None and after.has("subject", PEOPLE):
            return "something of each of the people, and no groups of them"
    first = reader.pieces[reader.first] if reader.first is not None else None
    return (
        "the first or the last of what is summed" if first is not None and first.has("edge") and not extremes else None
    )


def _each_person(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """The last training of each employee: their names, or how many they are, must come into it."""
    told = any(isinstance(node, Ref) and node.column in (*NAMES, "employee_id") for node in nodes)
    missed = plan.subject in ("leave_taken", "training_done") and each_of_people(reader) and not told
    return "something of each of the people, who are not told apart" if missed else None


def _means(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    means = {node for node in nodes if isinstance(node, Figure) and node.function == "avg"}
    compares = sum(isinstance(node, Plan) for node in nodes) > 1
    return "an average of averages" if len(means) <= 1 and _says_mean_of_means(reader, compares=compares) else None


def _most(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """In the city with the most welders: they are counted, whatever else is asked."""
    ranked = [n for n, piece in enumerate(reader.pieces) if {"max", "min"} & set(piece.readings.get("rank", ()))]
    beside = [piece for n in ranked if (piece := reader.beside(n, 1)[1]) is not None]
    people = {value.position for value in reader.values if value.attribute in QUALITIES}
    counted = any(piece.has("subject", PEOPLE) or reader.pieces.index(piece) in people for piece in beside)
    functions = {node.function for node in nodes if isinstance(node, Figure)}
    missed = counted and functions and not functions & {"count", "distinct"} and isinstance(plan.order, Order)
    return "most of them, but they are not counted" if missed else None


def _sorted(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Projects over five million, largest first: in that order, and not in that of their names."""
    by = plan.order.by if plan.order is not None else None
    by_name = isinstance(by, Ref) and by.column in (*NAMES, "name", "title")
    said = any(piece.key("sequence") in ("asc", "desc") for piece in reader.pieces if piece.has("sequence"))
    return "an order of what is not said" if said and by_name else None


def _own(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """The highest paid of their own department: each department has its own."""
    owned = any(
        piece.text.lower() in _OWN
        and (after := reader.beside(number, 1)[1]) is not None
        and not after.values
        and reader.dim(after) in GROUPS
        for number, piece in enumerate(reader.pieces)
    )
    ranked = plan.order is not None and plan.limit is not None and not plan.each
    peers = any(isinstance(node, AgainstPeers) for node in nodes)
    return "of their own group, but all are ranked together" if owned and ranked and not peers else None


def _denies(node: object) -> bool:
    if isinstance(node, OneOf | Related):
        return node.negated or (isinstance(node, Related) and node.having is not None)
    if isinstance(node, Having):
        return node.operator == "=" and node.value == 0
    return (isinstance(node, Missing) and not node.negated) or (isinstance(node, Compare) and node.operator == "<>")


def _says_mean_of_means(reader: Reader, *, compares: bool) -> bool:
    """The average of the departments' average salaries: nothing else is said between the two words."""
    means = [
        number for number, piece in enumerate(reader.pieces) if piece.has("agg", "avg") and not piece.has("collective")
    ]
    between = [reader.pieces[one + 1 : two] for one, two in pairwise(means)]
    return any(
        all(map(_names_figure, pieces)) and (not compares or any(piece.text.lower() in _OF for piece in pieces))
        for pieces in between
    )


def _names_figure(piece: Piece) -> bool:
    named = piece.has("dim") or piece.has("column") or piece.has("subject") or piece.has("group")
    return named or piece.has("filler") or piece.text.lower() in _OF
