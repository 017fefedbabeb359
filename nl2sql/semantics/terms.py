"""Projects and contracts that last longer or shorter than some years or months: from their first day to their last.

In days a length is a column (`bounds`). What has no last day has no length; how long active projects have been running is
told by when they began.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from nl2sql.plan import Compare, Comparison, Condition, Later
from nl2sql.semantics.contract_lengths import LONG
from nl2sql.semantics.facts import CONTRACT, PROJECT, Facts
from nl2sql.semantics.quantities import Bound, is_money
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_MONTHS: Final = {"year": 12, "month": 1}
LASTING: Final = ("last", "süren", "sürmüş", "sürdü", "длив", "длил", "продолжав", "продолжал", "продлив", "продлил")
"""What is said of the length of each, not of all together."""
_YEARS: Final = ("yıl", "sene")
"""How Turkish comparing words begin that have the unit in them."""
_SERVED: Final = ("süredir", "zamandır", "süreyle")
_WORKED: Final = ("work", "employ", "serv", "çalış", "работ", "служ", "here", "with us")
"""What is said of how long people have been here."""
_NEAR: Final = 3
"""Pieces between a number and what is said to last."""
_OTHERS: Final = ("age", "salary", "payroll", "budget")
"""Columns that years or months are not of projects beside."""


def bind_term(reader: Reader, facts: Facts, bound: Bound) -> bool:
    """Make conditions of a number of years or months that projects or contracts last; whether it is one."""
    active = any(value.value == "active" for value in reader.values)
    of_running = reader.subject == PROJECT and (active or bound.attribute == "age")  # older: begun so long ago
    if months_of(bound) is None or reader.subject not in (PROJECT, CONTRACT) or of_running:
        return False
    others = bool(reader.open("column", *_OTHERS)) and not is_term(reader, bound)
    if others or reader.speaks_of_people or reader.is_about_leavers or bound.attribute == "age":
        raise NotUnderstoodError("years of people, or of what they work on")
    reader.use(*reader.open("column", "tenure", "days"))
    facts.where += [(bound.position, one) for one in lasts(reader, facts.table, bound)]
    return True


def months_of(bound: Bound) -> Decimal | None:
    """How many months a number is of, if it is one of years or months."""
    unit = bound.unit_piece
    if unit is None and bound.attribute == "tenure" and bound.word.startswith(_YEARS):
        return bound.value * _MONTHS["year"]
    if unit is None or is_money(bound):
        return None
    return next((bound.value * months for key, months in _MONTHS.items() if unit.has("unit", key)), None)


def is_term(reader: Reader, bound: Bound) -> bool:
    """Whether a number of years or months is said of how long something lasts, and of nobody's age or service."""
    near = reader.pieces[max(bound.position - _NEAR, 0) : bound.position + _NEAR + 1]
    long = any(word in bound.word for word in LONG) or any(
        piece.has("column", "duration") or piece.text.lower().startswith(LASTING) for piece in near
    )
    works = [piece for piece in near if piece.text.lower().startswith(_WORKED) and not piece.has("subject")]
    served = bound.word.endswith(_SERVED) or bool(works)
    return long and not served and months_of(bound) is not None


def lasts(reader: Reader, table: str, bound: Bound) -> list[Condition]:
    """The conditions that the last day is so long after the first."""
    months = months_of(bound)
    if months is None or bound.operator == "=":
        raise NotUnderstoodError("a length of exactly so many years")
    if bound.unit_piece is not None:
        bound.unit_piece.is_used = True
    reader.use(*reader.open("column", "duration"))
    reader.assume("ended")
    bounds: list[tuple[Comparison, Decimal]] = [(bound.operator, months)]
    if bound.high is not None:
        bounds.append(("<=", months / bound.value * bound.high))
    if any(one % 1 for _, one in bounds):
        raise NotUnderstoodError("a part of a month")
    first, last = reader.ref(table, "start"), reader.ref(table, "end")
    return [Compare(last, operator, Later(first, months=int(one))) for operator, one in bounds]
