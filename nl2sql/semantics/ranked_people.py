"""Employees with the most trainings, with the highest salary: who has it, in other words.

Only the words are read anew here; how people are ranked is `rows`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.semantics.facts import PEOPLE, QUALITIES, Facts
from nl2sql.semantics.reader import Reader

_WITH: Final = ("with", "having", "с", "со")


def find_ranked_people(reader: Reader, facts: Facts) -> None:
    """Take people at the head for those who are asked for, if a superlative tells which."""
    places = [n for n, piece in enumerate(reader.pieces) if not piece.is_filler or piece.text.lower() in _WITH]
    if len(places) <= 1 or len(reader.quantities.ranks) != 1 or reader.open("agg", "avg", "median"):
        return
    head, second = places[:2]
    is_told = reader.pieces[second].text.lower() in _WITH and reader.quantities.ranks[0].count is None
    piece = reader.pieces[head]
    if is_told and piece.is_open and piece.has("subject", PEOPLE) and not piece.values:
        piece.readings = {"ask": ("who",)}
    elif is_told and any(value.position == head and value.attribute in QUALITIES for value in reader.values):
        facts.wants_people = True
