"""From a question to a plan without a model: everything in it is understood, or nothing is answered.

Every piece of the question must become part of the plan; what is left over is what was not understood. How
pieces are cut is `semantics.pieces`, numbers and periods are `semantics.quantities`; the statement of a plan
is `plan_sql`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nl2sql.catalog import Catalog
from nl2sql.grounding import Asked
from nl2sql.language import Language
from nl2sql.plan import Plan
from nl2sql.plan_joins import UnreachableError
from nl2sql.plan_sql import compile_plan
from nl2sql.semantics.assembly import assemble
from nl2sql.semantics.pieces import Piece, cut
from nl2sql.semantics.quantities import find_quantities
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_USUAL = 0.95
_PASSED, _CORRECTED, _ASSUMED = 0.98, 0.9, 0.92
"""What is left of the certainty for each."""


@dataclass(frozen=True)
class Composed:
    """A question that was understood."""

    plan: Plan
    sql: str
    assumptions: tuple[str, ...] = ()
    """In the asker's language."""
    certainty: float = 1.0
    """From 0 to 1: what was passed over, corrected or assumed makes it less."""


@dataclass(frozen=True)
class NotUnderstood:
    """A question that was not understood wholly."""

    words: tuple[str, ...]
    """What was left over."""
    reason: str
    """In English, for the log."""


def compose(text: str, language: Language, asked: Asked, catalog: Catalog) -> Composed | NotUnderstood:
    """Read a question as a plan."""
    pieces = cut(text, asked.words, asked.links, language, asked.persons)
    quantities = find_quantities(pieces, text)
    try:
        reader = Reader(text, pieces, quantities, language)
        reader.read()
        plan = assemble(reader)
        left = _left_over(pieces)
        if left:
            return NotUnderstood(tuple(left), "words that say something else")
        return Composed(plan, compile_plan(plan, catalog), tuple(reader.assumptions), _certainty(reader))
    except NotUnderstoodError as error:
        return NotUnderstood(tuple(_left_over(pieces)), str(error))
    except UnreachableError as error:
        return NotUnderstood((), str(error))


def _left_over(pieces: Sequence[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_open and not piece.is_quiet]


def _certainty(reader: Reader) -> float:
    """Less for every word that was known but said nothing, that was corrected, and for every assumption."""
    passed = sum(piece.is_open and not piece.is_filler for piece in reader.pieces)
    corrected = sum(piece.is_corrected for piece in reader.pieces)
    doubts = _PASSED**passed * _CORRECTED**corrected * _ASSUMED ** len(reader.assumptions)
    return round(_USUAL * doubts, 3)
