"""What a question asks for: the values of an attribute, or rows."""

from __future__ import annotations

from nl2sql.semantics.facts import CONTRACT, NAMES, OF_PEOPLE, PARTS, PEOPLE, PROJECT, TRAINING, Facts
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.subject import asks_who, typed

_NEAR = 2
"""Pieces between a word and what it asks for."""


def find_target(reader: Reader, facts: Facts) -> None:
    """The attribute whose values are asked for, or whether rows are."""
    people = reader.open("subject", PEOPLE)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    dims = [n for n, piece in enumerate(reader.pieces) if piece.is_open and reader.dim(piece) and piece not in units]
    names = [n for n in dims if reader.dim(reader.pieces[n]) in NAMES and not _groups_names(reader)]
    reader.use(*names)
    dims = [n for n in dims if n not in names and _may_be_target(reader, facts, n)]
    first = min(reader.open("ask", "which", "list"), default=-1)
    of_people = people and first >= 0 and reader.beside(first, 1)[0] in people
    if dims and not reader.keys and (of_people or asks_who(reader)):
        # employees and their departments; who earns most, and in which department
        facts.shown = [typed(reader, reader.dim(reader.pieces[n]) or "") for n in dims]
        reader.use(*dims)
    elif dims and not reader.keys:
        asked = reader.open("ask", "which")
        if reader.language == "tr":  # … ay hangisi: what comes right before it
            dims = [n for n in dims if n + 1 in asked] or dims
        facts.is_target_asked = any(0 < dims[0] - n <= _NEAR for n in asked)
        facts.target = typed(reader, reader.dim(reader.pieces[dims[0]]) or "")
        reader.use(dims[0])
    of_people = bool(people) or any(
        value.attribute in ("gender", "position", "level", "family", "contract_type", "status")
        for value in reader.values
    )
    listed = bool(reader.open("ask", "list", "which")) and of_people
    facts.wants_rows = facts.target is None and (
        bool(asks_who(reader) or names)
        or (bool(reader.open("ask", "list")) and _ranks_people(reader))
        or (listed and not _is_figure_of_people(reader, people))
        or (bool(people) and _ranks_people(reader))
    )
    reader.use(*people, *reader.open("subject", reader.subject), *reader.open("current"))
    if any(value.attribute == "project_status" for value in reader.values) or reader.open("column", "budget"):
        reader.use(*reader.open("subject", PROJECT))
    for part, columns in (("month", ("salary", "payroll")), ("year", ("age", "tenure"))):
        if reader.open("column", *columns) or any(bound.unit == "usd" for bound in reader.quantities.bounds):
            reader.use(*reader.open("dim", part))  # in years, a month: what they are measured in
    if any(value.attribute == "contract_type" for value in reader.values) or "contract_type" in reader.keys:
        reader.use(*reader.open("subject", CONTRACT))


def _groups_names(reader: Reader) -> bool:
    """The most common surname, names of more than ten people: people are counted by their names."""
    return any(rank.attribute == "count" for rank in reader.quantities.ranks) or any(
        bound.unit_piece is not None and bound.unit_piece.has("subject", PEOPLE) for bound in reader.quantities.bounds
    )


def _may_be_target(reader: Reader, facts: Facts, number: int) -> bool:
    piece = reader.pieces[number]
    key = reader.dim(piece)
    asked = reader.open("ask", "which", "list")
    units = [bound.unit_piece for bound in reader.quantities.bounds if bound.unit_piece is not None]
    ranked = bool(reader.quantities.ranks) or any(unit.has("subject") for unit in units)
    if key in PARTS:
        ranks = [rank.position for rank in reader.quantities.ranks if rank.attribute in (None, "count")]
        near = any(0 < number - other <= _NEAR for other in (*reader.open("ask", "which"), *ranks))
        return near or any(0 < other - number <= _NEAR for other in reader.open("ask", "which") if ranks)
    if key == PROJECT:
        # of active projects: a condition, not what is asked for
        told = any(value.attribute == "project_status" for value in reader.values)
        told |= reader.subject == PEOPLE and bool(reader.open("column", "budget"))
        asked = [other for other in asked if 0 < number - other <= 2 or reader.pieces[other].has("ask", "list")]  # noqa: PLR2004
        return reader.subject != PROJECT and (bool(asked) or ranked or not told)
    if key == "course" and piece.has("subject", TRAINING):
        return facts.counted != TRAINING and bool(asked or ranked) and TRAINING not in facts.anti
    return True


def _is_figure_of_people(reader: Reader, people: list[int]) -> bool:
    """Show the highest salary of employees in Moscow: a figure, though people are spoken of."""
    columns = reader.open("column")
    ranks = [rank for rank in reader.quantities.ranks if rank.count is None and rank.attribute is None]
    if reader.open("agg"):
        return bool(columns)
    return bool(columns and ranks) and bool(people) and ranks[0].position < columns[0] < people[0]


def _ranks_people(reader: Reader) -> bool:
    """The five oldest employees, not the highest number of employees."""
    ranks = reader.quantities.ranks
    return not reader.open("agg") and any(rank.attribute in OF_PEOPLE or rank.count for rank in ranks)
