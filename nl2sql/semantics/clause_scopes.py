"""Periods and negations that are said once of two clauses about events, and those whose scope is not clear."""

from __future__ import annotations

from itertools import pairwise

from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.reader import NotUnderstoodError

_APART = frozenset({"but", "with", "но", "с", "а", "ama", "fakat", "ancak"})
_EVER = frozenset({"never", "никогда", "никогда не"})
_NEITHER = frozenset({"neither", "nor", "ни", "ne"})


def find_scopes(parts: Parts) -> None:
    """Give what is said once to all that it is said of.

    Raises:
        NotUnderstoodError: a period may be that of one clause or of two.
    """
    _share_spans(parts)
    _share_negations(parts)
    _check_scopes(parts)


def _share_spans(parts: Parts) -> None:
    """Neither A nor B in 2025 is about one year; who did A and B in 2025 is not clear."""
    for one, two in pairwise(parts.clauses):
        first, second = (one, two) if parts.reader.language != "tr" else (two, one)
        if first.spans or not second.spans or (first.subject != second.subject and not first.negated):
            continue
        words = {parts.reader.pieces[n].text.lower() for n in (*one.negated, *two.negated)}
        if words & _NEITHER:
            first.spans = list(second.spans)


def _share_negations(parts: Parts) -> None:
    """No leave or training; izin de eğitim de almamış: one word denies both."""
    reader = parts.reader
    for one, two in pairwise([clause for clause in parts.clauses if clause.first >= 0]):
        between = range(one.last + 1, two.first)
        first, second = (two, one) if reader.language == "tr" else (one, two)
        pieces = [reader.pieces[n] for n in between]
        if not first.negated or second.negated or any(parts.is_verb(n) for n in between):
            continue
        if not all(piece.has("filler") or piece.has("conjunction") for piece in pieces):
            continue
        if any(piece.text.lower() in _APART for piece in pieces):
            continue
        if second.bounds or first.bounds:
            raise NotUnderstoodError("numbers of what is denied together")
        second.negated = list(first.negated)
        spans = first.spans or second.spans
        first.spans, second.spans = list(spans), list(spans)
        parts.used.update(n for n in between if reader.pieces[n].has("conjunction"))


def _check_scopes(parts: Parts) -> None:
    """In 2026, who took no leave and completed no training; who did both in 2026: is the year that of both?"""
    for one, two in pairwise([clause for clause in parts.clauses if clause.first >= 0]):
        alike = bool(one.negated) == bool(two.negated)
        leading = bool(one.spans) and not two.spans and all(span.position < one.first for span in one.spans)
        trailing = bool(two.spans) and not one.spans and all(span.position > two.last for span in two.spans)
        of_both = alike or (one.subject == two.subject and not _is_ever(parts, two))
        if leading and of_both and parts.reader.language != "tr":
            two.spans = list(one.spans)  # in 2026 sick leave but no annual leave
        elif trailing and one.subject == two.subject and parts.reader.language != "tr":
            one.spans = list(two.spans)  # sick leave but no annual leave in 2025
        elif leading or (trailing and alike):
            raise NotUnderstoodError("a period of one of two events, or of both")


def _is_ever(parts: Parts, clause: Clause) -> bool:
    """Never, никогда: in no year at all, perhaps."""
    return any(parts.reader.pieces[number].text.lower() in _EVER for number in clause.negated)
