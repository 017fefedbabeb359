"""Events told one after the other: a raise after a training, sick leave before completing First Aid.

The clause that a word for before or after opens dates the other one, and is no condition of its own.
"""

from __future__ import annotations

from nl2sql.plan import Comparison, Condition, Ordered, Related
from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.facts import LEAVE, RAISE, TABLES, TRAINING
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_SIDES: tuple[tuple[str, Comparison], ...] = (("before", "<"), ("after", ">"))
_DATED = (LEAVE, TRAINING, RAISE)
_VERBS = ("al", "kullan", "tamamla", "bitir", "gör", "çık", "gir", "katıl", "yap", "geç")
_DONE = ("tan", "ten", "dan", "den")
"""How Turkish verbs end before sonra and önce: aldıktan, almadan."""
_PASSED = frozenset({"having", "как", "того", "они", "он", "that", "they", "their"})


def find_order(parts: Parts) -> None:
    """Find the events that only date others."""
    reader = parts.reader
    for number in reader.open("time"):
        piece = reader.pieces[number]
        found = [sign for key, sign in _SIDES if piece.has("time", key, f"{key}_after")]
        if not found or number in parts.used:
            continue
        step = -1 if reader.language == "tr" else 1
        passed, inner = _beside(parts, number, step)
        if inner is None:
            continue
        outer = _dated(parts, inner, number, step)
        if outer is None:
            continue
        if {inner.subject, outer.subject} - set(_DATED) or outer.after is not None:
            raise NotUnderstoodError("the order of events that have no day")
        inner.dates_other = True
        outer.after = (found[0], inner)
        parts.used.update((number, *passed))


def _beside(parts: Parts, number: int, step: int) -> tuple[list[int], Clause | None]:
    """The clause that a word is said of, with the verbs between."""
    reader = parts.reader
    passed: list[int] = []
    place = number + step
    while 0 <= place < len(reader.pieces):
        if (clause := parts.clause_at(place)) is not None:
            return passed, clause
        piece = reader.pieces[place]
        said = piece.text.lower()
        verb = parts.is_verb(place) or piece.has("work", "take")
        verb |= reader.language == "tr" and said.startswith(_VERBS) and said.endswith(_DONE)
        named = piece.is_used and not piece.values and piece.has("subject", *_DATED)  # the First Aid course
        if not (named or verb or piece.has("filler") or said in _PASSED):
            return [], None
        passed += [] if piece.is_used else [place]
        place += step
    return [], None


def _dated(parts: Parts, inner: Clause, number: int, step: int) -> Clause | None:
    """The event that is dated: on the other side of the word, else after the clause that it opens."""
    others = [one for one in parts.clauses if one is not inner and not one.dates_other and one.first >= 0]
    behind = [one for one in others if (one.first - number) * step < 0]
    ahead = [one for one in others if (one.first - number) * step > 0]
    near = behind or ahead
    return min(near, key=lambda one: abs(one.first - number), default=None)


def in_order(reader: Reader, outer: Clause, first: list[Condition], second: list[Condition]) -> list[Condition]:
    """The condition that both events were, in this order."""
    if outer.after is None:
        return first
    operator, inner = outer.after
    one, two = first[0] if len(first) == 1 else None, second[0] if len(second) == 1 else None
    plain = all(
        isinstance(each, Related) and not each.negated and each.having is None and not each.per for each in (one, two)
    )
    if not plain or not isinstance(one, Related) or not isinstance(two, Related):
        raise NotUnderstoodError("the order of events that did not happen, or of several")
    dates = tuple(reader.ref(TABLES[clause.subject], "date") for clause in (outer, inner))
    return [Ordered(one, operator, two, (dates[0], dates[1]))]
