"""Groups that have some people and none of others: departments with women but no interns, with staff on A and none on B.

Both are asked of the group and not of one person: somebody is there, and nobody else is. Groups that merely lack some
people are `absence`, those that have nobody but some are `small_words`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.plan import Condition, OneOf, Related
from nl2sql.semantics.absence import group_of
from nl2sql.semantics.facts import LEAVE, OF_PERSONS, PEOPLE, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader

_NONE: Final = (
    "no",
    "none",
    "but none",
    "and none",
    "yet none",
    "nobody",
    "no one",
    "нет",
    "никого",
    "ни одного",
    "ни одной",
)
_NOT: Final = ("not", "not on", "not in", "не")
_PAIR: Final = 2


def find_some_and_none(reader: Reader, facts: Facts) -> None:
    """Take both kinds of people out of the question, which are no conditions on the same person."""
    if reader.language == "tr" or reader.open("subject", LEAVE, TRAINING) or reader.open("column"):
        return
    quantities = reader.quantities
    if quantities.spans or quantities.bounds or quantities.ranks or reader.open("agg") or len(_groups(reader)) != 1:
        return
    group = _groups(reader)[0]
    for number in reader.open("negation"):
        joint = _joint(reader, number)
        some = [value for value in reader.values if group < value.position < number]
        none = [value for value in reader.values if value.position > number]
        if joint is None or not _are_of_group(reader, group, number, some, none):
            continue
        facts.some_and_none = (number, some, none)
        reader.values = []
        reader.use(number, joint, *reader.open("both"))
        reader.names_people = reader.speaks_of_people = True
        return


def _groups(reader: Reader) -> list[int]:
    """Where the groups are asked for: what is named first."""
    return [n for n, piece in enumerate(reader.pieces) if piece.is_open and reader.dim(piece) in TABLES_OF_DIMS][:1]


def _joint(reader: Reader, number: int) -> int | None:
    """The word that joins what there is none of to what there is; it may be part of the negation."""
    if reader.pieces[number].text.lower().startswith(("but ", "and ", "yet ")):
        return number
    place, piece = reader.beside(number, -1)
    return place if piece is not None and piece.has("conjunction", "and") else None


def _are_of_group(reader: Reader, group: int, number: int, some: list[Named], none: list[Named]) -> bool:
    """Whether what is there and what is not are people of one group, and may not be one person."""
    said = reader.pieces[number].text.lower()
    named = {value.attribute for value in (*some, *none)}
    before = [value for value in reader.values if value.position < group]
    if before or not some or not none or not named <= set(OF_PERSONS) or reader.dim(reader.pieces[group]) in named:
        return False
    if said in _NOT:  # on this project and not on that one
        return (
            len(named) == 1
            and len({value.value for value in (*some, *none)}) == _PAIR
            and bool(named & {"project", "city"})
        )
    return said in _NONE


def groups_of_some_and_none(reader: Reader, facts: Facts) -> None:
    """The conditions on the groups.

    Raises:
        NotUnderstoodError: which groups is not said.
    """
    if facts.some_and_none is None:
        return
    place, some, none = facts.some_and_none
    group = group_of(facts)
    if group is None or reader.keys or reader.subject != PEOPLE:
        raise NotUnderstoodError("some and none of others, but in which groups is not said")
    facts.table = TABLES_OF_DIMS[group]
    facts.where.append((place, Related("staff", _conditions(reader, some))))
    facts.where.append((place, Related("staff", _conditions(reader, none), negated=True)))
    facts.anti[PEOPLE] = place
    reader.use(*reader.open("subject", PEOPLE))


def _conditions(reader: Reader, values: list[Named]) -> tuple[Condition, ...]:
    named: dict[str, list[str]] = {}
    for value in values:
        named.setdefault(value.attribute, []).append(value.value)
        value.is_spent = True
    return tuple(OneOf(reader.ref("staff", key), tuple(dict.fromkeys(names))) for key, names in named.items())
