"""Groups as a condition: in the largest department, of the city with the most welders, in departments of over 30 people.

Something else is asked of those in them; which groups they are, is asked in `assembly`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nl2sql.plan import Figure, Missing, OneOf, Order, Plan, Within
from nl2sql.semantics.bounds import havings
from nl2sql.semantics.facts import LEAVE, OF_PEOPLE, PEOPLE, PROJECT, TRAINING, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import Named, Reader

_STAFF: Final = "staff"
_BUDGET: Final = "budget"
_GROUPS: Final = ("department", "position", "city", "country")
_OF_MEMBERS: Final = ("position", "gender", "level", "family")
_BEFORE: Final = ("in", "of", "at", "on", "for", "from", "within", "в", "во", "из", "на")
_WITH: Final = ("with", "having", "where", "с", "со", "где")
_OBLIQUE: Final = re.compile(r"(?!самый).*(ого|ому|ом|ой|ей)")
"""самого большого, but not самый большой."""
_LOCATIVE: Final = re.compile(r".*([dt][ae](ki)?|[ıiuü]n)")
_NUMEROUS: Final = ("most", "fewest", "the most", "the fewest")
_ASKED: Final = ("agg", "column", "subject", "event")
_ASKS: Final = ("count", "count_after", "share", "who", "howlong", "difference")


@dataclass(frozen=True)
class _Phrase:
    """The pieces that say which group it is."""

    dim: int
    pieces: tuple[int, ...]
    members: Named | None = None


def find_inner_groups(reader: Reader, facts: Facts) -> None:
    """Take the words that tell one group by its rank, or several by their size, if something else is asked of them."""
    _find_sized(reader, facts)
    for rank in reader.quantities.ranks:
        if rank.count is not None or rank.place != 1 or rank.attribute not in (None, "count", _BUDGET):
            continue
        by_budget = rank.attribute == _BUDGET or _next_is_budget(reader, rank)
        phrase = _best_funded(reader, rank) if by_budget else _largest(reader, rank) or _with_most(reader, rank)
        if phrase is not None and _asks_more(reader, phrase):
            reader.quantities.ranks.remove(rank)
            reader.use(*phrase.pieces)
            facts.inner_groups.append((phrase.dim, _key(reader, phrase.dim), _plan(reader, rank, phrase)))
            return


def in_inner_groups(reader: Reader, facts: Facts) -> None:
    """Ask only those in the groups."""
    for number, key, plan in facts.inner_groups:
        facts.where.append((number, Within(reader.ref(facts.table, key), plan)))


def _find_sized(reader: Reader, facts: Facts) -> None:
    """How many women there are in departments with more than thirty people: in all of those together."""
    bounds = [one for one in reader.quantities.bounds if one.attribute is None and one.unit is None]
    if len(bounds) != 1 or reader.keys or not _asks_number(reader):
        return
    bound, unit = bounds[0], bounds[0].unit_piece
    dims = [n for n, piece in enumerate(reader.pieces) if _is_group(reader, n) and piece.text.lower() not in _GROUPS]
    # "in the department", in the singular, is one that was told before
    if len(dims) != 1 or unit is None or not unit.has("subject", PEOPLE) or not _is_within(reader, dims[0], dims[0]):
        return
    if (dims[0] > bound.position) != (reader.language == "tr"):
        return  # kaç departmanda: the groups are counted
    first, last = sorted((dims[0], bound.position))
    between = range(first + 1, last)
    if any(reader.pieces[n].values or reader.pieces[n].has("negation") for n in between):
        return
    reader.quantities.bounds.remove(bound)
    reader.use(dims[0], *between)
    unit.is_used = True
    key = _key(reader, dims[0])
    having = tuple(havings(Figure("count"), bound))
    plan = Plan(_STAFF, (reader.ref(_STAFF, key),), having=having, known_keys=True)
    facts.inner_groups.append((dims[0], key, plan))


def _asks_number(reader: Reader) -> bool:
    """Of how many the question is, from its beginning; in Turkish anywhere."""
    return any(n == reader.first or reader.language == "tr" for n in reader.open("ask", "count"))


def _plan(reader: Reader, rank: Rank, phrase: _Phrase) -> Plan:
    if _key(reader, phrase.dim) == PROJECT:
        known = (Missing(reader.ref("projects", _BUDGET), negated=True),)
        order = Order(reader.ref("projects", _BUDGET), rank.descending)
        code = reader.ref("projects", PROJECT)
        return Plan("projects", (code,), where=known, order=order, ties=(code,), limit=1)
    where: tuple[OneOf, ...] = ()
    if phrase.members is not None:
        phrase.members.is_spent = True
        where = (OneOf(reader.ref(_STAFF, phrase.members.attribute), (phrase.members.value,)),)
    key = reader.ref(_STAFF, _key(reader, phrase.dim))
    order = Order(Figure("count"), rank.descending)
    return Plan(_STAFF, (key,), where=where, order=order, limit=1, known_keys=True)


def _largest(reader: Reader, rank: Rank) -> _Phrase | None:
    """In the largest department; the most departments are a number of them."""
    number, piece = reader.beside(rank.position, 1)
    if reader.pieces[rank.position].text.lower() in _NUMEROUS:
        return None
    if piece is None or not _is_group(reader, number) or not _is_within(reader, rank.position, number):
        return None
    return _Phrase(number, (number,))


def _with_most(reader: Reader, rank: Rank) -> _Phrase | None:
    """In the department with the most employees; en çok çalışanı olan departmanda."""
    number, piece = reader.beside(rank.position, 1)
    said = []
    if piece is not None and piece.is_open and piece.has("ask", "count"):
        said.append(number)
        number, piece = reader.beside(number, 1)
    members = next((one for one in reader.values if one.position == number and one.attribute in _OF_MEMBERS), None)
    if piece is None or not (members is not None or (piece.is_open and piece.has("subject", PEOPLE))):
        return None
    if reader.language == "tr":
        dim, beside = reader.beside(number, 1)
        if beside is not None and beside.has("work", "work"):  # olan, olduğu
            dim = reader.beside(dim, 1)[0]
        is_within = _is_group(reader, dim) and _is_within(reader, rank.position, dim)
    else:
        dim, beside = reader.beside(rank.position, -1)
        if beside is not None and beside.text.lower() in _WITH:
            dim = reader.beside(dim, -1)[0]
        between = {piece.text.lower() for piece in reader.pieces[max(dim, 0) + 1 : rank.position]}
        is_within = _is_group(reader, dim) and bool(between & set(_WITH)) and _is_within(reader, dim, dim)
    return _Phrase(dim, (*said, number, dim), members) if is_within else None


def _best_funded(reader: Reader, rank: Rank) -> _Phrase | None:
    """On the project with the highest budget, en yüksek bütçeli projede."""
    said = (reader.beside(rank.position, 1)[0],) if rank.attribute is None else ()
    for step in (1, -1):
        number, piece = reader.beside(rank.position, step)
        while piece is not None and (piece.text.lower() in _WITH or piece.has("known")):
            number, piece = reader.beside(number, step)
        start = rank.position if step == 1 else number
        if piece is not None and piece.is_open and piece.has("subject", PROJECT) and _is_within(reader, start, number):
            own = [n for n in reader.open("subject", PROJECT) if abs(n - rank.position) == 1]  # projenin bütçesi
            return _Phrase(number, (*own, *said, number))
    return None


def _next_is_budget(reader: Reader, rank: Rank) -> bool:
    piece = reader.beside(rank.position, 1)[1]
    return rank.attribute is None and piece is not None and piece.is_open and piece.has("column", _BUDGET)


def _is_group(reader: Reader, number: int) -> bool:
    if not 0 <= number < len(reader.pieces):
        return False
    piece = reader.pieces[number]
    return piece.is_open and not piece.values and piece.has("dim", *_GROUPS)


def _key(reader: Reader, number: int) -> str:
    return reader.dim(reader.pieces[number]) or ""


def _is_within(reader: Reader, start: int, dim: int) -> bool:
    """Whether something is asked within it, and not which it is."""
    if reader.language == "tr":
        piece = reader.pieces[dim]
        return _LOCATIVE.fullmatch(piece.text.lower()) is not None
    said = reader.pieces[start].text.lower()
    if reader.language == "ru" and start != dim and _OBLIQUE.fullmatch(said):
        return True
    before = start - 1
    while before >= 0 and reader.pieces[before].is_filler and reader.pieces[before].text.lower() == "the":
        before -= 1
    return before >= 0 and reader.pieces[before].text.lower() in _BEFORE


def _asks_more(reader: Reader, phrase: _Phrase) -> bool:
    """The average salary, how many women, who: more than the name of the group."""
    others = (piece for number, piece in enumerate(reader.pieces) if piece.is_open and number not in phrase.pieces)
    is_asked = _is_of_members if _key(reader, phrase.dim) == PROJECT else _is_asked
    return any(map(is_asked, others))


def _is_asked(piece: Piece) -> bool:
    return any(map(piece.has, _ASKED)) or piece.has("ask", *_ASKS)


def _is_of_members(piece: Piece) -> bool:
    return piece.has("subject", PEOPLE, LEAVE, TRAINING) or piece.has("column", *OF_PEOPLE)
