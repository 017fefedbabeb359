"""Whether rows are asked for, of which attributes are shown: people, projects, each leave or training.

Which attributes those are is `shown`; what else may be asked for is `target`.
"""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import CONTRACT, LEAVE, OF_PEOPLE, PEOPLE, PROJECT, QUALITIES, TRAINING, Facts
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.shown import (
    OF_EVENTS,
    asks_by_itself,
    dates_shown,
    is_after_colon,
    is_of_events,
    names_person,
    wants_project_name,
    words_shown,
)
from nl2sql.semantics.subject import asks_who, typed


def lists(reader: Reader, facts: Facts, dims: list[int], *, names: bool, of_people: bool) -> bool:
    """Whether rows are asked for of which attributes are shown: people, projects, each leave."""
    counts_names = any(reader.dim(reader.pieces[n]) in NAMES for n in dims)
    figures = reader.open("agg") or reader.open("ask", "share", "difference", "ratio")
    if facts.counted is not None or figures or counts_names:
        return False
    dates, words = dates_shown(reader, facts), words_shown(reader, facts)
    found = bool(dims or dates or words)
    if names_person(reader):
        return found or bool(reader.open("column"))
    if reader.keys and not reader.quantities.ranks:
        return False
    asked = first_asked(reader)
    if reader.subject == PROJECT:
        return _lists_projects(reader, dims, dates, asked)
    asks_people = asks_who(reader) or names or (of_people and asked is not None and is_people(reader, asked))
    if reader.subject in OF_EVENTS and reader.subject != CONTRACT:
        said = {*dates.values(), *words.values()}
        facts.shows_events = _lists_events(reader, dims, said, asks_people=asks_people)
        return facts.shows_events or (asks_people and bool(dims))
    return found and (asks_people or (of_people and _begins_with_people(reader, dims, dates, words, asked)))


def _begins_with_people(
    reader: Reader, dims: list[int], dates: dict[int, str], words: dict[int, str], asked: int | None
) -> bool:
    """Lawyers in Russia with the type and the start date of their contract; the five oldest with their city."""
    several = len(dims) + len(words) > 1 or bool(set(dates) - set(reader.open("ask", "when")))
    first = _first_noun(reader, -1) if several and asked is None else None
    return ranks_people(reader, by_column=True) or (first is not None and is_people(reader, first))


def _lists_events(reader: Reader, dims: list[int], said: set[str], *, asks_people: bool) -> bool:
    """Each leave, each training: who, what and when, or two of them."""
    own = {typed(reader, reader.dim(reader.pieces[n]) or "") for n in dims} | said
    own = {"date" if key in ("start", "complete") else key for key in own if is_of_events(reader, key)}
    whose = asks_people or any(is_after_colon(reader, n) for n in reader.open("ask", "who"))
    if not (said or whose or any(is_after_colon(reader, n) for n in dims)):
        return False  # which course took the most hours
    column = _has_own_column(reader) and not (reader.quantities.ranks or (whose and reader.quantities.bounds))
    return len(own) + whose + column > 1


def _lists_projects(reader: Reader, dims: list[int], dates: dict[int, str], asked: int | None) -> bool:
    """Which projects, and in what city; not: in which city are projects."""
    if asked is not None:
        return reader.pieces[asked].has("subject", PROJECT)
    ranked = [reader.beside(rank.position, 1)[1] for rank in reader.quantities.ranks]
    if any(piece is not None and piece.has("subject", PROJECT) for piece in ranked):
        return True
    return bool(set(dates) - set(reader.open("ask", "when"))) or (bool(dims) and wants_project_name(reader))


def first_asked(reader: Reader) -> int | None:
    """What stands after "which" or "list": the first thing that rows may be of."""
    for number in reader.open("ask", "which", "list"):
        if reader.pieces[number].has("asked") and not asks_by_itself(reader, number):
            continue
        if (place := _first_noun(reader, number)) is not None:
            return place
    return None


def _first_noun(reader: Reader, number: int) -> int | None:
    """The first thing after a piece that rows may be of; figures are none."""
    place, piece = reader.beside(number, 1)
    while piece is not None and not (piece.has("subject") or reader.dim(piece) or is_people(reader, place)):
        if piece.is_open and (piece.has("column") or piece.has("agg")):
            return None
        place, piece = reader.beside(place, 1)
    return None if piece is None else place


def is_people(reader: Reader, place: int) -> bool:
    """Whether a piece says people: the noun, or a kind of them."""
    if reader.pieces[place].has("subject", PEOPLE) or reader.is_participle(reader.pieces[place]):
        return True
    return any(value.position == place and value.attribute in QUALITIES for value in reader.values)


def _has_own_column(reader: Reader) -> bool:
    """Whether the days of each leave, the hours of each training are asked for."""
    own = {LEAVE: "days", TRAINING: "hours"}.get(reader.subject)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    return own is not None and any(reader.pieces[n] not in units for n in reader.open("column", own))


def ranks_people(reader: Reader, *, by_column: bool = False) -> bool:
    """The five oldest employees, not the highest number of employees."""
    ranks = reader.quantities.ranks
    return not reader.open("agg") and any(
        rank.attribute in OF_PEOPLE or (rank.count and not by_column) for rank in ranks
    )
