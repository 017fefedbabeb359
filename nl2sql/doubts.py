"""Why a statement of a model may not say what was asked, though it runs: reasons to refuse rather than answer.

Every word that is understood must show in the statement (`evidence`), and what the statement does must be asked for.
That it names the values of the question is seen to in `grounding`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from nl2sql.evidence import ASKED_BY, TABLES, Evidence
from nl2sql.guard import Checked
from nl2sql.semantics.pieces import Piece
from nl2sql.text import fold

_ABOUT: Final[Mapping[str, frozenset[str]]] = {
    "leave": frozenset({"days", "leave_type"}),
    "training": frozenset({"hours", "complete", "course"}),
    "contract": frozenset({"contract_type", "duration"}),
    "raise": frozenset({"raise", "first_salary", "salary"}),
}
"""Subject -> other words that its table may be read for."""
_OF_NOW: Final = ("current", "state", "relative", "tense", "part", "jubilee")
"""Kinds of words that may count from today, as most of those of time do."""
_DENYING: Final = ("negation", "absent", "same", "known", "presence", "universal", "sequence", "comparative")
"""Kinds of words for what is not so."""
_COMPARING: Final = ("comparative", "extremes", "compare", "compare_after")
_DIFFERENCES: Final = ("difference", "growth", "minus", "versus", "much", "howlong")
_MONTHS: Final = "12"
_COUNTS: Final = ("count", "count_after", "share", "distribution", "much", "ratio", "versus", "difference")
_GROUPS: Final = ("distribution", "which", "share", "versus")
_DATES: Final = frozenset({"hire_date", "birth_date", "start_date"})
_AGES: Final = frozenset({"age", "tenure"})
"""What is most where the date is first."""
_FREE: Final = frozenset(map(Decimal, (0, 1, 2, 4, 12, 30, 100, 365)))
"""Numbers of rounding, of months and of percent, which nobody need ask for."""
_OF_PROJECTS: Final = frozenset({"projects", "locations"})
_ALIKE: Final = (
    frozenset({"department", "name"}),
    frozenset({"position", "title"}),
    frozenset({"project", "code"}),
    frozenset({"start_date", "effective_date", "hire_date"}),
)
"""Columns that hold the same under other names."""
_NAMES: Final = frozenset({"first_name", "last_name", "employee_id"})
_BEGINNING: Final = 4
"""Letters that inflection leaves of a name."""
_LAST_DAY: Final = 31
_RELATIVE: Final = ("this", "last", "next", "ago", "today")
_BY: Final = {"service_years": "tenure", "monthly_usd": "salary", "budget_usd": "budget"}
"""Column -> what words that compare or rank by it call it."""
_ENDS: Final = ("rank", "compare", "compare_after")
_STRICT, _LOOSE = frozenset({"gt", "lt"}), frozenset({"ge", "le"})


def doubts(checked: Checked, pieces: Sequence[Piece]) -> list[str]:
    """What speaks against a statement, in English; nothing if it may be an answer.

    Args:
        checked: the statement.
        pieces: the question.
    """
    seen, said = Evidence(checked), _Said(pieces)
    return [
        *_foreign(seen, pieces),
        *_unshown(seen, said),
        *_too_few(seen, pieces),
        *_how_much_more(seen, pieces),
        *_unasked(seen, said),
        *_unasked_figures(seen, said),
        *_inexact(seen, pieces),
        *_turned(seen, pieces),
        *_impossible(seen),
        *_idle(seen),
    ]


@dataclass(frozen=True)
class _Said:
    """A question, as what it may ask for."""

    pieces: Sequence[Piece]

    def has(self, kind: str, *keys: str) -> bool:
        return any(piece.has(kind, *keys) for piece in self.pieces)

    @cached_property
    def times(self) -> set[Decimal]:
        """What numbers may have to be multiplied with: thousands."""
        return {Decimal(1), *(Decimal(key) for piece in self.pieces for key in piece.readings.get("multiplier", ()))}

    @cached_property
    def numbers(self) -> set[Decimal]:
        months = {key[1:] for piece in self.pieces for key in piece.readings.get("calendar", ()) if key[0] == "m"}
        said = {piece.number for piece in self.pieces if piece.number is not None}
        return {number * time for number in said for time in self.times} | set(map(Decimal, months))

    @cached_property
    def counts_from_today(self) -> bool:
        """Whether something is said of now; *in* and *of* are words of time, too."""
        return any(map(self.has, _OF_NOW)) or any(
            set(piece.readings.get("time", ())) - {"during"} for piece in self.pieces
        )

    @cached_property
    def has_several_values(self) -> bool:
        """Whether two values of one attribute are named: Moscow and Kazan may be told apart."""
        named = [attribute for piece in self.pieces for attribute in {attribute for attribute, _ in piece.values}]
        return len(named) > len(set(named))

    def asks_about(self, subject: str) -> bool:
        about = _ABOUT[subject]
        return (
            self.has("subject", subject)
            or any(self.has(kind, *about) for kind in ("column", "event", "dim"))
            or any(attribute in about for piece in self.pieces for attribute, _ in piece.values)
        )

    def asks_for(self, column: str) -> bool:
        """Whether a word asks for a column, names a value of it, or compares or ranks by it."""
        words = (word.split(":") for word in ASKED_BY[column].split())
        if any(self.has(kind, key) for kind, key in words) or self.has("each", column):
            return True
        suffix = f":{_BY.get(column, column)}"
        return any(
            any(attribute == column for attribute, _ in piece.values)
            or any(key.endswith(suffix) for kind in _ENDS for key in piece.readings.get(kind, ()))
            for piece in self.pieces
        )

    def asks_for_number(self, number: Decimal) -> bool:
        """Also next to a number: over 40 is at least 41, and 2025 ends where 2026 begins."""
        if any(abs(number - other) <= 1 or number == other / 100 for other in self.numbers):
            return True
        relative = any(
            piece.has("time", *_RELATIVE) and piece.readings.keys() <= {"time", "filler"} for piece in self.pieces
        )
        return relative or (self.has("calendar") and number <= _LAST_DAY)


def foreign(pieces: Sequence[Piece]) -> list[str]:
    """Words without any meaning; they may be names."""
    return [piece.text for piece in pieces if not piece.readings and not piece.values and piece.number is None]


def _foreign(seen: Evidence, pieces: Sequence[Piece]) -> Iterator[str]:
    """Words without any meaning, if they are no names that the statement looks for."""
    named = {fold(text)[:_BEGINNING] for text in seen.texts}
    yield from (f"{text!r} is not understood" for text in foreign(pieces) if fold(text)[:_BEGINNING] not in named)


def _unshown(seen: Evidence, said: _Said) -> Iterator[str]:
    """Numbers, and words with one meaning, that are not in the statement."""
    for piece in said.pieces:
        if piece.number is None:
            shown = seen.shows(piece)
        else:
            near = {piece.number * time + off for time in said.times for off in (-1, 0, 1)}
            shares = {piece.number / 100, 1 + piece.number / 100}
            shown = piece.number <= 1 or bool(seen.numbers & (near | shares))
        if not shown:
            yield f"{piece.text!r} is not in the statement"


def _too_few(seen: Evidence, pieces: Sequence[Piece]) -> Iterator[str]:
    """An average that is compared with an average takes two."""
    asked = sum(piece.has("agg", "avg") for piece in pieces)
    if 1 < asked > len(list(seen.tree.find_all(exp.Avg))):
        yield f"{asked} averages are asked for"


def _how_much_more(seen: Evidence, pieces: Sequence[Piece]) -> Iterator[str]:
    """Who is above an average, and how many dollars above."""
    said = [piece for piece in pieces if not piece.is_filler]
    beside = [pair for pair in pairwise(said) if any(piece.has("ask", "much") for piece in pair)]
    compared = any(piece.has(kind) for pair in beside for piece in pair for kind in ("compare", "compare_after"))
    if compared and not seen.has(exp.Sub):
        yield "by how much is not in the statement"


def _unasked(seen: Evidence, said: _Said) -> Iterator[str]:
    """What the statement does and no word asks for."""
    yield from (
        f"nothing asks for {number}" for number in sorted(seen.numbers - _FREE) if not said.asks_for_number(number)
    )
    yield from (
        f"nothing asks about {subject}"
        for subject, tables in TABLES.items()
        if tables & seen.tables and not said.asks_about(subject)
    )
    yield from (
        f"nothing asks for {column}" for column in sorted(seen.used & ASKED_BY.keys()) if not said.asks_for(column)
    )
    about_all = said.has("event", "left") or (said.has("event", "hire") and not said.has("current"))
    if "employees" in seen.tables and not about_all:
        yield "nothing asks about those who left"
    if seen.has(exp.CurrentDate) and not said.counts_from_today:
        yield "nothing asks about today"
    groups = any(map(said.has, ("group", "each", "per", "dim", "conjunction", "order"))) or said.has("ask", *_GROUPS)
    if seen.has(exp.Group) and not groups and not said.has_several_values:
        yield "nothing asks for groups"
    counts = any(map(said.has, ("rank", "exist"))) or said.has("ask", *_COUNTS)
    if not counts and any(projection.find(exp.Count) for projection in seen.tree.selects):
        yield "nothing asks for a number"
    figures = said.has("ask", "count", "count_after", "share") or said.has("agg", "avg", "sum")
    if said.has("ask", "who") and not figures and not _NAMES & seen.columns:
        yield "nobody is named"
    ends = said.has("rank") or said.has("agg", "max", "min") or said.has("number")
    if seen.tree.args.get("limit") is not None and not ends:
        yield "nothing asks for the first rows alone"


def _unasked_figures(seen: Evidence, said: _Said) -> Iterator[str]:
    """Averages, differences, years of months, and what is denied, that no word asks for."""
    if seen.denies(of_others=True) and not any(map(said.has, _DENYING)):
        yield "nothing is denied in the question"
    differ = said.has("ask", *_DIFFERENCES) or any(map(said.has, _COMPARING))
    if any(one.find(exp.AggFunc) for one in seen.tree.find_all(exp.Sub)) and not differ:
        yield "nothing asks for a difference"
    yearly = said.has("yearly") or said.has("unit", "year") or said.has("per")
    if any(_MONTHS in (one.left.name, one.right.name) for one in seen.tree.find_all(exp.Mul)) and not yearly:
        yield "nothing asks for a whole year"
    if seen.has(exp.Avg) and not said.has("agg", "avg", "median"):
        yield "nothing asks for an average"


def _inexact(seen: Evidence, pieces: Sequence[Piece]) -> Iterator[str]:
    """At least, where more was asked for, and the like."""
    strict, loose = seen.has(exp.GT, exp.LT), seen.has(exp.GTE, exp.LTE, exp.Between)
    for piece in pieces:
        for kind in ("compare", "compare_after"):
            end = (piece.key(kind) or "").partition(":")[0]
            unlike = (end in _STRICT and loose and not strict) or (end in _LOOSE and strict and not loose)
            if unlike and len(piece.readings) == 1:
                yield f"{piece.text!r} has the end with it or not, unlike the statement"


def _turned(seen: Evidence, pieces: Sequence[Piece]) -> Iterator[str]:
    """A ranking by age from the wrong end."""
    order = seen.tree.args.get("order")
    if order is None or seen.tree.args.get("limit") is None:
        return
    first = order.expressions[0]
    is_date = isinstance(first.this, exp.Column) and first.this.name in _DATES
    for piece in pieces:
        for key in piece.readings.get("rank", ()):
            end, _, attribute = key.partition(":")
            if attribute in _AGES and bool(first.args.get("desc")) != ((end == "max") != is_date):
                yield f"{piece.text!r} is ranked from the other end"


def _impossible(seen: Evidence) -> Iterator[str]:
    """What nobody means: a column that is one value and none, OR beside AND, any row anywhere, a budget a person."""
    if any(isinstance(side, exp.And) for either in seen.tree.find_all(exp.Or) for side in (either.left, either.right)):
        yield "it is not said what belongs together by OR"
    for where in seen.tree.find_all(exp.Where):
        parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else []
        equal = {part.this.sql() for part in parts if isinstance(part, exp.EQ)}
        empty = {part.this.sql() for part in parts if isinstance(part, exp.Is)}
        yield from (f"{column} cannot be a value and none" for column in sorted(equal & empty))
    shown = [figure.unalias().sql() for figure in seen.tree.selects]
    yield from (f"{figure} is shown twice" for figure in sorted({one for one in shown if shown.count(one) > 1}))
    for scope in traverse_scope(seen.tree):
        if isinstance(scope.expression.parent, exp.Exists) and not any(
            column.table for column in scope.external_columns
        ):
            yield "EXISTS has nothing to do with the row"
    added = [column.name for figure in seen.tree.find_all(exp.Sum, exp.Avg) for column in figure.find_all(exp.Column)]
    if "budget_usd" in added and seen.has(exp.Join) and seen.tables - _OF_PROJECTS:
        yield "it adds the budget of a project once a person"


def _idle(seen: Evidence) -> Iterator[str]:
    """Comparisons that come out the same whatever the data is."""
    for pair in seen.tree.find_all(exp.Sub, exp.Div):
        if pair.left == pair.right:
            yield f"{pair.sql()} says nothing"
    for pair in seen.tree.find_all(exp.GT, exp.LT):
        sides = {type(pair.left), type(pair.right)}
        if sides == {exp.Sum, exp.Avg} and pair.left.this == pair.right.this:
            yield f"{pair.sql()} is so of every group"
    for pair in seen.tree.find_all(exp.EQ, exp.NEQ):
        names = {side.name for side in (pair.left, pair.right) if isinstance(side, exp.Column)}
        if len(names) > 1 and not any(names <= alike for alike in _ALIKE):
            yield f"{pair.sql()} compares what cannot be the same"
