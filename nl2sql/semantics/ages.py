"""Numbers that are ages without a word for it: employees under 40, and not a headcount under 40."""

from __future__ import annotations

from nl2sql.semantics.facts import PEOPLE, QUALITIES
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Reader

AGE_WORDS = ("over", "under", "above", "below")
LIKELY_AGES = (16, 75)
"""Numbers that people may be "over" without a word of age."""


def counts_kind(bound: Bound) -> bool:
    """More than three lawyers, whatever else is spoken of."""
    kinds = {attribute for attribute, _ in bound.follower.values} if bound.follower is not None else set()
    return bound.unit is None and bound.unit_piece is None and bound.attribute is None and bool(kinds & set(QUALITIES))


def is_of_people_aged(reader: Reader, bound: Bound) -> bool:
    """The leave of employees under 40, the courses of welders over 50: the people stand right before the word."""
    likely = LIKELY_AGES[0] <= bound.value <= LIKELY_AGES[1] and bound.word in AGE_WORDS
    if not likely or bound.unit is not None or bound.unit_piece is not None:
        return False
    word = reader.beside(bound.position, -1)[0]
    place, piece = reader.beside(word, -1)
    if piece is None or (counts_kind(bound) and _is_right_after(reader, bound)):
        return False
    kinds = {value.attribute for value in reader.values if value.position == place}
    return bool(kinds & set(QUALITIES)) or (piece.has("subject", PEOPLE) and not piece.has("ask"))


def _is_right_after(reader: Reader, bound: Bound) -> bool:
    """Over 60 interns, and not: over 60 with permanent contracts."""
    start = bound.follower.start if bound.follower is not None else 0
    return not reader.text[reader.pieces[bound.position].end : start].strip()


def is_of_headcount(reader: Reader, bound: Bound) -> bool:
    """A headcount under 40: how many there are, and not how old they are."""
    behind = reader.beside(reader.beside(bound.position, -1)[0], -1)[1]
    return behind is not None and behind.has("ask", "count")
