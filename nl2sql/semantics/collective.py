"""The youngest team, the most crowded project: who is many is young, old or well paid on average, or counted.

Rankings themselves are `ranks`; which groups are ranked is `assembly`.
"""

from __future__ import annotations

from nl2sql.semantics.facts import OF_PEOPLE, PEOPLE, PROJECT
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_PLACES = ("city", "country", "department", "project")


def find_collectives(reader: Reader) -> None:
    """Words for many at once, right beside a superlative about people, say that an average is meant."""
    for rank in reader.quantities.ranks:
        if rank.attribute not in OF_PEOPLE or rank.count is not None:
            continue
        for step in (1, -1):
            place, piece = reader.beside(rank.position, step)
            behind = reader.beside(place, 1)[1]
            is_one = step == 1 and behind is not None and behind.has("subject", PEOPLE)  # the youngest team member
            if piece is not None and piece.is_open and piece.has("collective") and not is_one:
                piece.readings = {"agg": ("avg",), "collective": ("people",)}
                break


def read_crowded(reader: Reader) -> None:
    """The most crowded project: the one with the most people, who are counted."""
    for rank in reader.quantities.ranks:
        place, piece = reader.beside(rank.position, 1)
        if rank.attribute == "count" and piece is not None and piece.is_open and piece.has("subject", PROJECT):
            if any(value.attribute in _PLACES for value in reader.values):
                raise NotUnderstoodError("projects of a place, or their people there")
            reader.pieces[place].readings = {"dim": (PROJECT,)}
