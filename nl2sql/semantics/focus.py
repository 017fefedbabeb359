"""Whether a question that speaks of leave, training, contracts or raises asks about people or about those events.

How many people took leave asks about people; how many leaves they took, on which days and of which kind, does not.
Only then do such words make conditions on people, which is `clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from nl2sql.persons import NAMES
from nl2sql.semantics.comparing import find_comparing
from nl2sql.semantics.contract_lengths import names_contract
from nl2sql.semantics.counted import asks_twice, find_counted
from nl2sql.semantics.facts import CONTRACT, PARTS, PEOPLE, PROJECT, QUALITIES, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Named, Reader
from nl2sql.semantics.shares import is_share_of_all
from nl2sql.semantics.subject import asks_who

_TAKERS = re.compile(r"(an|en)l[ae]r(ın|in)?$")
_HOLDERS = re.compile(
    r"\bтех,? (?:у кого|ч(?:ей|ья|ьи|ь[её]))\b|\bу скольких\b|\bthose whose\b|\bhow many have\b|\bkaçının\b",
    re.IGNORECASE,
)
_OWNED, _BEING = ("sözleşmesi", "kontratı"), ("olan", "süren")
_OF_EVENTS = ("course", "leave_type")
_PAY = ("salary", "first_salary", "payroll", "age", "tenure")
_EACH = ("each", "every", "of each", "of every", "in each", "in every", "кажд", "в каждом", "у каждого")
_COMPARING = ("when", "difference", "ratio", "howlong")
_REACH = 3
"""Pieces between "than" and the period that it compares with."""
_OWN_DATES = ("hire", "birth", "left")


def is_about_people(reader: Reader, anchors: Collection[int], *, denied: bool) -> bool:
    """Whether people are counted, listed or measured, given where events are spoken of."""
    if _asks_about_events(reader, anchors):
        return False
    if _is_share_of_contracts(reader) or is_share_of_all(reader):
        return False
    counted = _counted(reader)
    if counted == PEOPLE:
        return True
    if counted == "?":
        people = _has_values_of_people(reader) or _is_left(reader) or _speaks_of_people(reader, anchors)
        return denied or people or _names_takers(reader)
    if counted is not None:
        return False
    return (
        denied
        or _measures_people(reader)
        or bool(reader.open("ask", "share") and _is_share_of_people(reader, anchors))
        or bool(asks_who(reader))
        or is_headed_by_people(reader, anchors)
    )


def _asks_about_events(reader: Reader, anchors: Collection[int]) -> bool:
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    columns = [n for n in reader.open("column", "days", "hours") if reader.pieces[n] not in units]
    columns = [n for n in columns if not reader.pieces[n].has("column", *_PAY)]
    dated = any(piece.is_open and piece.has("event", *_OWN_DATES) for piece in reader.pieces)
    kinds = {value.value for value in reader.values if value.attribute in _OF_EVENTS}
    return (
        bool(set(reader.keys) & set(_OF_EVENTS))
        or (asks_twice(reader) and len(kinds) > 1)
        or (bool(set(reader.keys) & set(PARTS)) and not dated)
        or bool(columns)
        or any(not reader.pieces[n].has("agg", "distinct") for n in reader.open("ask", *_COMPARING))
        or bool(reader.open("ask", "versus") and _compares_events(reader))
        or _compares_periods(reader)
        or any(reader.dim(reader.pieces[n]) in _OF_EVENTS for n in _asked_for(reader))
        or any(reader.pieces[n] not in units and not _is_numbered(reader, n) for n in reader.open("unit", "times"))
        or bool(reader.open("column", "raise") and reader.open("ask", "much"))
        or _ranks_events(reader, anchors)
    )


def _compares_events(reader: Reader) -> bool:
    """2025 versus 2026, sick leave versus annual; men and women are people."""
    kinds = {value.value for value in reader.values if value.attribute in _OF_EVENTS}
    return len(kinds) > 1 or bool(reader.quantities.spans)


def _compares_periods(reader: Reader) -> bool:
    """Fewer people were trained in 2025 than in 2024; their number fell: two periods of what happened."""
    places = [span.position for span in reader.quantities.spans]
    if len(places) < 2:  # noqa: PLR2004
        return False
    than = [one.start for one in find_comparing(reader) if one.step == 1]
    return bool(reader.open("ask", "growth")) or any(0 < place - start <= _REACH for start in than for place in places)


def _is_numbered(reader: Reader, number: int) -> bool:
    """Three times; of how many times nothing is known."""
    behind = reader.beside(number, -1)[1]
    return behind is not None and behind.number is not None


def _asked_for(reader: Reader) -> list[int]:
    """What stands right beside which."""
    found = []
    for number in reader.open("ask", "which", "what"):
        place, piece = reader.beside(number, 1)
        if piece is not None and piece.is_open:
            found.append(place)
    return found


def _ranks_events(reader: Reader, anchors: Collection[int]) -> bool:
    """Who took the most leave; the longest leave."""
    for rank in reader.quantities.ranks:
        beside = reader.beside(rank.position, 1)[0]
        if beside in anchors or rank.attribute in ("days", "count", "start"):
            return True
        own = rank.attribute in _PAY or reader.open("column", *_PAY)
        if not own and not (reader.names_people and reader.keys) and not _is_group_asked(reader):
            return True
    return False


def _is_group_asked(reader: Reader) -> bool:
    """Which department has the most people."""
    return reader.names_people and any(
        reader.dim(reader.pieces[n]) not in (None, PROJECT, *_OF_EVENTS) for n in _asked_for(reader)
    )


def _counted(reader: Reader) -> str | None:
    """What is counted, without making anything of it yet."""
    used = [piece.is_used for piece in reader.pieces]
    each, facts = reader.wants_each, Facts()
    find_counted(reader, facts)
    reader.wants_each = each
    for piece, was in zip(reader.pieces, used, strict=True):
        piece.is_used = was
    return facts.counted


def _speaks_of_people(reader: Reader, anchors: Collection[int]) -> bool:
    """Сколько принятых в 2020 году сотрудников брали отпуск: people stand before what they did."""
    people = reader.open("subject", PEOPLE)
    return bool(people) and reader.language != "tr" and people[0] < min(anchors)


def _has_values_of_people(reader: Reader) -> bool:
    return any(_is_of_people(value) for value in reader.values)


def _is_of_people(value: Named) -> bool:
    """A welder is one of the people, an intern too; a fixed-term contract is not."""
    return value.attribute in QUALITIES and not names_contract(value)


def _names_takers(reader: Reader) -> bool:
    """İzin kullananların sayısı, число тех, у кого кончается договор: those who took it are counted."""
    return any(_is_taker(reader, piece) for piece in reader.pieces) or _HOLDERS.search(reader.text) is not None


def _is_taker(reader: Reader, piece: Piece) -> bool:
    verb = piece.has("work", "take") or piece.has("event", "complete")
    verb |= _owns_contract(reader, piece)
    return reader.language == "tr" and verb and _TAKERS.search(piece.text.lower()) is not None


def _owns_contract(reader: Reader, piece: Piece) -> bool:
    """Sözleşmesi biten, sözleşmesi bir yıldan uzun olan: whoever has it."""
    owned = any(one.has("subject", CONTRACT) and one.text.lower().startswith(_OWNED) for one in reader.pieces)
    is_so = any(word.startswith(_BEING) for word in piece.text.lower().split())
    return owned and (is_so or piece.has("event", "start", "end"))


def _is_left(reader: Reader) -> bool:
    return any(piece.is_open and piece.has("event", "left") for piece in reader.pieces)


def _measures_people(reader: Reader) -> bool:
    """Average salary, the oldest: figures and orders that only people have."""
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    columns = [n for n in reader.open("column", *_PAY) if reader.pieces[n] not in units]
    columns = [n for n in columns if not reader.pieces[n].has("column", "days", "hours", "raise")]
    ranks = [rank.attribute for rank in reader.quantities.ranks]
    return bool(columns) or any(key in _PAY and (key != "tenure" or reader.names_people) for key in ranks)


def _is_share_of_people(reader: Reader, anchors: Collection[int]) -> bool:
    """What share of welders; the events themselves stand right beside the word for a share."""
    step = -1 if reader.language == "tr" else 1
    beside = [reader.beside(number, step)[1] for number in reader.open("ask", "share")]
    each = any(piece is not None and piece.text.lower().startswith(_EACH) for piece in beside)
    if not (reader.speaks_of_people or _is_left(reader) or reader.language == "tr" or each):
        return False
    return all(reader.beside(number, step)[0] not in anchors for number in reader.open("ask", "share"))


def _is_share_of_contracts(reader: Reader) -> bool:
    """What percentage of contracts: they stand right beside the word for a share."""
    step = -1 if reader.language == "tr" else 1
    beside = [reader.beside(number, step)[1] for number in reader.open("ask", "share")]
    return any(piece is not None and piece.has("subject", CONTRACT) and not piece.values for piece in beside)


def is_headed_by_people(reader: Reader, anchors: Collection[int]) -> bool:
    """Welders who took sick leave, not sick leave of welders: what comes first, in Turkish last."""
    names = reader.open("dim", *NAMES) or reader.open("ask", "list")
    numbers = list(range(len(reader.pieces)))
    people = {value.position for value in reader.values if _is_of_people(value)}
    people |= {*reader.open("subject", PEOPLE), *reader.open("event", "left")}
    takers = {n for n in numbers if reader.pieces[n].is_open and _is_taker(reader, reader.pieces[n])}
    for number in reversed(numbers) if reader.language == "tr" else numbers:
        if number in takers:
            return True
        if number in anchors and number not in people:
            return False
        if number in people:
            return reader.language != "tr" or _follows_participle(reader, number) or bool(names)
    return False


def _follows_participle(reader: Reader, number: int) -> bool:
    """İzin kullanan kaynakçılar: a verb stands before the people."""
    behind: Piece | None = reader.beside(number, -1)[1]
    return behind is not None and (
        behind.has("event", "complete")
        or behind.has("take")
        or behind.has("negation")
        or behind.has("column", "raise")
        or _owns_contract(reader, behind)
    )
