"""Turkish participles that stand for people: 2700 dolardan fazla kazananlar, izinde olanlar, hiç eğitim almayanlar."""

from __future__ import annotations

from typing import Final

from nl2sql.semantics.facts import CONTRACT, GROUPS, PROJECT, RAISE
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.shown import DOERS

_OF_PEOPLE: Final = ("column", "work", "negation", "compare_after", "event")
_FIGURES: Final = ("count", "count_after", "share", "difference", "ratio", "distribution", "versus", "growth", "when")
_TOGETHER: Final = "birlikte"
"""Maaşlarıyla birlikte: with their pay, and no sum."""
_OTHERS: Final = (PROJECT, CONTRACT, RAISE)


def names_doers(reader: Reader) -> bool:
    """Whether such a word is all that says whose rows are asked for: nothing else is, and no figure."""
    if reader.language != "tr" or reader.keys:
        return False
    plural = any(
        DOERS.search(piece.text.lower()) and (piece.values or any(piece.has(kind) for kind in _OF_PEOPLE))
        for piece in reader.pieces
        if not piece.has("subject")
    )
    summed = [n for n in reader.open("agg") if reader.pieces[n].text.lower() != _TOGETHER]
    others = (
        [n for n in reader.open("subject", *_OTHERS) if not _is_lacked(reader, n)]
        or reader.open("ask", *_FIGURES)
        or summed
    )
    groups = any(reader.dim(reader.pieces[n]) in GROUPS for n in (*reader.open("dim"), *reader.open("each")))
    statuses = any(value.attribute == "project_status" for value in reader.values)
    return plural and not (others or groups or statuses or reader.open("column", "budget", "days", "hours"))


def _is_lacked(reader: Reader, number: int) -> bool:
    """Projesi olmayanlar, projede çalışmayanlar: what those people have not."""
    ahead = reader.beside(number, 1)[1]
    return ahead is not None and ahead.has("negation")
