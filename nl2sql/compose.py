"""From a question to a plan without a model: everything in it is understood, or nothing is answered.

Every piece of the question must become part of the plan; what is left over is what was not understood. How
pieces are cut is `semantics.pieces`, numbers and periods are `semantics.quantities`; the statement of a plan
is `plan_sql`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nl2sql.catalog import Catalog
from nl2sql.grounding import Asked
from nl2sql.language import Language
from nl2sql.plan import Figure, Plan
from nl2sql.plan_joins import UnreachableError
from nl2sql.plan_sql import compile_plan
from nl2sql.semantics.asked_for import check_asked
from nl2sql.semantics.assembly import assemble
from nl2sql.semantics.columns import Listed, find_columns, find_exception
from nl2sql.semantics.each import find_of_each
from nl2sql.semantics.facts import RAISE
from nl2sql.semantics.heeded import check_heeded
from nl2sql.semantics.never_meant import check_meant
from nl2sql.semantics.numbers_kept import check_numbers
from nl2sql.semantics.pieces import Line, Piece, cut
from nl2sql.semantics.quantities import find_quantities
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.reading import read
from nl2sql.semantics.records import records
from nl2sql.semantics.sequence import find_order_by_amount, find_ordering
from nl2sql.semantics.spoken_of import check_spoken_of
from nl2sql.semantics.together import read_together
from nl2sql.semantics.unknowable import find_unknowable

_DATES = ("_date", "_on")
"""How columns with dates end."""
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
    """Read a question as a plan: as rows if it asks for an order of them, else as it stands, or as rows after all."""
    whole = cut(text, asked.words, asked.links, language, asked.persons)
    read_together(whole, text, language)

    def pieces() -> list[Piece]:  # reading uses them up
        return [replace(piece, readings=dict(piece.readings)) for piece in whole]

    if (unknowable := find_unknowable(pieces(), text)) is not None:
        return NotUnderstood((unknowable[1].text,), "something that no table has")
    rows = _Rows(pieces(), text, language)
    found = _read(rows.pieces, text, language, catalog, rows) if rows.are_sure else None
    if isinstance(found, Composed):
        return found
    plain = _read(pieces(), text, language, catalog, None)
    if isinstance(plain, Composed) and (_is_narrow(plain.plan, rows.listed) or _lacks_dates(plain.plan, rows)):
        plain = NotUnderstood((), "attributes that are not shown")
    if isinstance(plain, Composed) or not (rows.listed.items or found):
        return plain
    found = found or _read(rows.pieces, text, language, catalog, rows)
    return found if isinstance(found, Composed) or rows.ordering is not None else plain


def _is_narrow(plan: Plan, listed: Listed) -> bool:
    """Whether less is shown than is listed, or what is listed beside rows without the rows."""
    width = len(plan.columns) + len(plan.measures)
    summed = not plan.columns and all(isinstance(one, Figure) and one.ref is not None for one in plan.measures)
    bare = plan.distinct or summed
    return len(listed.items) > width or (listed.is_added and bare and len(listed.items) == width)


def _lacks_dates(plan: Plan, rows: _Rows) -> bool:
    """Whether a date is listed beside rows, with the start date, and none is shown."""
    dated = any(rows.pieces[number].has("date") for number in rows.listed.items)
    shown = any(ref.column.endswith(_DATES) or ref.part for ref in plan.columns)
    told = rows.listed.is_added or rows.listed.is_possessed
    return told and dated and bool(plan.columns) and not plan.measures and not shown


class _Rows:
    """What a question says of the columns and the order of rows, if it is one for rows."""

    def __init__(self, pieces: list[Piece], text: str, language: Language) -> None:
        self.pieces = pieces
        line = Line(pieces, text)
        self.ordering = find_ordering(line)
        taken = [number for number, piece in enumerate(pieces) if piece.is_used]
        self.of_each = find_of_each(line, language, taken)
        taken += self.of_each.pieces if self.of_each is not None else ()
        taken += find_exception(line)
        self.listed = find_columns(line, language, taken)
        if self.ordering is None and self.of_each is None:
            self.ordering = find_order_by_amount(line, self.listed.items)
        dated = any(pieces[number].has("date") for number in self.listed.items)
        of_pay = any(piece.has("subject", RAISE) for piece in pieces)
        owned = (
            self.listed.is_possessed
            or self.listed.is_apart
            or bool(self.listed.owners and dated)
            or bool(self.listed.items and of_pay)
        )
        self.are_sure = self.ordering is not None or self.of_each is not None or owned
        """Whether the question is read as one for rows before it is as one for figures."""


def _read(
    pieces: list[Piece], text: str, language: Language, catalog: Catalog, rows: _Rows | None
) -> Composed | NotUnderstood:
    said = [replace(piece) for piece in pieces]  # reading changes what they may mean
    if rows is not None:
        Line(pieces, text).use(*(pieces[n] for n in (*rows.listed.items, *rows.listed.owners)))
        if rows.of_each is not None:
            Line(pieces, text).use(*(pieces[n] for n in rows.of_each.pieces))
    quantities = find_quantities(pieces, text)
    try:
        reader = Reader(text, pieces, quantities, language)
        if rows is None:
            read(reader)
            plan = assemble(reader)
        else:
            plan = records(reader, rows.listed, rows.ordering, rows.of_each)
        left = _left_over(pieces)
        if left:
            return NotUnderstood(tuple(left), "words that say something else")
        check_heeded(reader, plan)
        check_asked(reader, plan)
        check_meant(plan)
        check_spoken_of(reader, plan)
        sql = compile_plan(plan, catalog)
        check_numbers(said, sql)
        return Composed(plan, sql, tuple(reader.assumptions), _certainty(reader))
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
