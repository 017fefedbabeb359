"""Employees with the most trainings, the project with the highest budget: who or which has it, in other words.

Only the words are read anew here; how rows are ranked is `rows`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nl2sql.semantics.facts import PEOPLE, PROJECT, QUALITIES, Facts
from nl2sql.semantics.reader import Reader

_WITH: Final = ("with", "having", "с", "со")


def find_ranked_head(reader: Reader, facts: Facts) -> None:
    """Take what stands at the head for what is asked for, if a superlative tells which of them."""
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
    elif is_told and piece.has("subject", PROJECT):
        _rank_by_budget(reader)


def _rank_by_budget(reader: Reader) -> None:
    """Проект с самым большим бюджетом is самый дорогой."""
    rank = reader.quantities.ranks[0]
    number, piece = reader.beside(rank.position, 1)
    if rank.attribute is None and piece is not None and piece.is_open and piece.has("column", "budget"):
        reader.use(number)
        reader.quantities.ranks[0] = replace(rank, attribute="budget")
