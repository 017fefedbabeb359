"""Courses and kinds of leave that nobody took: of those that there are, the ones without any such row.

Courses have no table of their own, so that they are those that somebody once completed; what departments and cities
lack is `absence`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.plan import Condition, Figure, Having, Order, Plan
from nl2sql.semantics.facts import LEAVE, OF_PERSONS, PEOPLE, TRAINING
from nl2sql.semantics.named import named_values
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.timing import period

_ANYBODY: Final = ("anyone", "anybody", "by anyone", "by anybody")
_COURSES: Final = ("course", "training", "kurs", "eğitim", "курс", "тренинг")
_PLACED: Final = {"course": "training_done", "leave_type": "leave_taken"}


def of_nobody(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    group = next((n for n, piece in enumerate(reader.pieces) if piece.is_open and _kind(piece) is not None), None)
    anybody = [n for n, piece in enumerate(reader.pieces) if piece.text.lower() in _ANYBODY]
    denied = [n for n in reader.open("negation") if anybody and n < anybody[0]]
    nobody = reader.open("negation", "nobody") or (anybody if denied else [])
    if group is None or not nobody or not _is_plain(reader, group):
        return None
    key = _kind(reader.pieces[group]) or ""
    table = _PLACED[key]
    where: list[Condition] = [one for _, one in named_values(reader, table)]
    for span in reader.quantities.spans:
        where += period(reader, table, span, "date")
    reader.quantities.spans.clear()
    reader.use(
        group, *nobody, *anybody, *reader.open("negation"), *reader.open("subject", PEOPLE), *reader.open("group")
    )
    reader.use(*reader.open("event", "complete"), *reader.open("ask", "which", "what", "list"))
    target = reader.ref(table, key)
    having = (Having(Figure("count", where=tuple(where)), "=", 0),)
    return Plan(table, (target,), having=having, order=Order(target, descending=False), known_keys=True)


def _kind(piece: Piece) -> str | None:
    """Courses, kinds of leave."""
    if piece.has("dim", "leave_type"):
        return "leave_type"
    return "course" if piece.has("subject", TRAINING) and piece.text.lower().startswith(_COURSES) else None


def _is_plain(reader: Reader, group: int) -> bool:
    """Whether they are asked for, and nothing is counted; only people and periods may be told besides."""
    quantities = reader.quantities
    figures = reader.open("agg") or reader.open("column") or reader.open("ask", "count", "count_after", "share", "who")
    people = [value for value in reader.values if value.attribute in (*OF_PERSONS, "country")]
    first = reader.first == group or any(
        reader.beside(n, 1)[0] == group for n in reader.open("ask", "which", "what", "list")
    )
    headed = first if reader.language != "tr" else reader.beside(group, 1)[1] is None or bool(reader.open("ask"))
    others = reader.keys or reader.open("subject", LEAVE, "project", "contract") or len(people) < len(reader.values)
    return headed and not (quantities.bounds or quantities.ranks or figures or others)
