"""Words that turn a meaning must turn the plan: a negation, how many, both of two, an average of averages.

Every piece of a question is made something of before; here is what a plan must show for pieces that are easily
taken for a part of something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise

from nl2sql.plan import Compare, Figure, Missing, OneOf, Plan, Related
from nl2sql.semantics.facts import PEOPLE
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_OF = ("от", "из")
_BY_PERSON = ("employee", "person")
"""In the singular, those by whom figures are told apart, not those by whom something was done."""
_EXTREMES = ("min", "max")


def check_heeded(reader: Reader, plan: Plan) -> None:
    """Refuse a plan that passes over a word that turns the meaning.

    Raises:
        NotUnderstoodError: nothing is denied, counted or averaged twice, though the question says so.
    """
    nodes = list(_nodes(plan))
    if any(_only_denies(piece) for piece in reader.pieces) and not any(_denies(node) for node in nodes):
        raise NotUnderstoodError("a negation that denies nothing")
    of_columns = any(piece.has("column") for piece in reader.pieces)
    if not of_columns and reader.said("ask", "count") and not (plan.measures or plan.over):
        raise NotUnderstoodError("how many, but of what is not said")
    first = next((piece for piece in reader.pieces if not piece.is_filler), None)
    if not plan.columns and all(isinstance(one, Figure) for one in plan.measures):
        extremes = any(isinstance(one, Figure) and one.function in _EXTREMES for one in plan.measures)
        _refuse_each_person(reader, extremes=extremes)
        if first is not None and first.has("edge") and not extremes:
            raise NotUnderstoodError("the first or the last of what is summed")
    means = {node for node in nodes if isinstance(node, Figure) and node.function == "avg"}
    if len(means) <= 1 and _says_mean_of_means(reader, compares=sum(isinstance(node, Plan) for node in nodes) > 1):
        raise NotUnderstoodError("an average of averages")


def _refuse_each_person(reader: Reader, *, extremes: bool) -> None:
    """The last training of each employee: one for each of them, and not of all."""
    for number, piece in enumerate(reader.pieces):
        after = reader.beside(number, 1)[1]
        if not extremes and not (after is not None and after.text.lower() in _BY_PERSON and piece.text.lower() == "by"):
            continue
        if piece.has("group", "before") and after is not None and after.has("subject", PEOPLE):
            raise NotUnderstoodError("something of each of the people, and no groups of them")


def _nodes(node: object) -> Iterator[object]:
    """Everything that a plan is made of."""
    if isinstance(node, tuple):
        for one in node:
            yield from _nodes(one)
    elif is_dataclass(node):
        yield node
        for part in fields(node):
            yield from _nodes(getattr(node, part.name))


def _only_denies(piece: Piece) -> bool:
    return piece.readings.keys() == {"negation"} and not piece.values


def _denies(node: object) -> bool:
    if isinstance(node, OneOf | Related):
        return node.negated or (isinstance(node, Related) and node.having is not None)
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
