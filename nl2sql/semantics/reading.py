"""A question's values and groups, read in the order in which one tells the next; what it asks for is `assembly`."""

from __future__ import annotations

import re

from nl2sql.persons import NAMES
from nl2sql.semantics.absorbed import absorb
from nl2sql.semantics.doers import names_doers
from nl2sql.semantics.grouping import read_keys
from nl2sql.semantics.naming import join_alternatives, read_names, read_values, read_workers
from nl2sql.semantics.reader import Reader

_RELATIVE = re.compile(r",(\s*(в|во|на|у|с|со|к|из|для|по|о|за))?$")
_LEAST = ("at least", "en az", "хотя бы", "хоть", "минимум")


def read(reader: Reader) -> None:
    """Find values and groups.

    Raises:
        NotUnderstoodError: a name may be that of several people.
    """
    _read_relatives(reader)
    reader.names_people = bool(reader.open("subject", "people")) or any(
        "kiler" in piece.suffix or reader.is_participle(piece) or (piece.has("rank") and piece.has("subject", "people"))
        for piece in reader.pieces
    )
    read_values(reader)
    reader.speaks_of_people = bool(
        reader.open("subject", "people") or reader.open("ask", "who") or reader.names_people
    ) or any(value.attribute in ("gender", "position", "level", "family", *NAMES) for value in reader.values)
    read_workers(reader)
    absorb(reader)
    reader.names_people |= names_doers(reader)
    _read_at_least_one(reader)
    join_alternatives(reader)
    read_names(reader)
    read_keys(reader)


def _read_relatives(reader: Reader) -> None:
    """Отделы, в которых: such a word asks nothing."""
    for number in reader.open("ask", "which"):
        before = reader.text[: reader.pieces[number].start].rstrip()
        near = reader.pieces[number + 1 : number + 4]
        # cities in which there is a project; people who by profession are none
        of_project = any(piece.has("subject", "project") or piece.text.lower() == "по" for piece in near)
        said = reader.pieces[number].text.lower()
        if not _RELATIVE.search(before) or of_project:
            continue
        if said == "где":
            reader.pieces[number].readings = {"filler": ("filler",)}
        elif said.startswith("котор"):
            del reader.pieces[number].readings["ask"]


def _read_at_least_one(reader: Reader) -> None:
    """With at least one employee over 65: that there is one, and no number for each."""
    for number in reader.open("per"):
        place, behind = reader.beside(number, -1)
        least = behind is not None and (behind.has("compare", "ge") or behind.text.lower() in _LEAST)
        if least:
            reader.use(place, number)
            ranks = reader.quantities.ranks
            ranks[:] = [rank for rank in ranks if rank.position != place]  # en az: no smallest number
            reader.names_people = reader.speaks_of_people = True
