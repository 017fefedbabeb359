"""The attributes that a question tells groups by: by city, per department, şehre göre, по городам."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import OF_PERSONS
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_GENITIVES, _THEIRS, _PLURALS = ("ların", "lerin"), ("ları", "leri"), ("lar", "ler")
_BACK = 3
_TIMES = ("year", "quarter", "month")
_PERIODS = ("years", "months", "yıllar", "aylar", "годам", "месяцам")
_DONE = re.compile(r"\b(taken|used|spent|completed|attended|done|finished|passed)\b", re.IGNORECASE)
_PARTS_OF_EVENTS = {"year": "year", "год": "year", "yıl": "year", "month": "month", "месяц": "month"}


def read_keys(reader: Reader) -> None:
    """By city, per department, şehre göre, her şehirde, по городам."""
    for number in reader.open("group", "before"):
        _read_key_after(reader, number)
    for number in reader.open("order", "sorted"):
        found = _dims_from(reader, reader.beside(number, 1)[0], 1)  # rank the cities by …
        if found and reader.language != "tr":
            reader.use(number)
            _add_keys(reader, found)
    for number in reader.open("each"):
        key = reader.pieces[number].key("each")
        rate = _is_rate(reader) or bool(reader.open("column", "age", "tenure"))
        if key is not None and not (key in _TIMES and rate):
            reader.keys += [key] * (key not in reader.keys)
            reader.use(number)
    if reader.language == "tr":
        _read_owners(reader)
    for number in reader.open("group", "after"):
        found = _dims_from(reader, reader.beside(number, -1)[0], -1)
        if found:
            reader.use(number)
            _add_keys(reader, list(reversed(found)))


def _read_owners(reader: Reader) -> None:
    """Departmanların en kıdemlileri, en eski çalışanları: those of every department."""
    for number in reader.open("dim"):
        place, best = reader.beside(number, 1)
        if best is None or not any(rank.position == place and rank.count is None for rank in reader.quantities.ranks):
            continue
        people = reader.beside(place, 1)[1]
        theirs = best if best.text.lower().endswith(_THEIRS) else people
        owned = theirs is best or (people is not None and people.has("subject", "people"))
        of_all = reader.pieces[number].text.lower().endswith(_GENITIVES)
        if of_all and owned and theirs is not None and theirs.text.lower().endswith(_THEIRS):
            _add_keys(reader, [number])


def _read_key_after(reader: Reader, number: int) -> None:
    """By city, by year of hire."""
    ahead, piece = reader.beside(number, 1)
    found = _dims_from(reader, _past_values(reader, ahead), 1)
    if piece is not None and piece.is_open and (part := _part_of_event(piece)):
        reader.use(number)
        reader.keys += [part] * (part not in reader.keys)
    elif found and piece is not None:
        reader.use(number)
        _add_keys(reader, found)
    elif piece is not None and reader.language == "en" and piece.has("subject", "people"):
        reader.use(number)  # taken by employees
    elif ahead in _people_named(reader) and reader.pieces[number].text.lower() == "by" and _is_done(reader, number):
        reader.use(number)  # taken by men
    elif reader.language == "tr" and (before := _plural_before(reader, number)) is not None:
        reader.use(number)
        _add_keys(reader, [before])
    elif _counts_each(reader, number, ahead):
        reader.pieces[number].readings = {"per": ("person",)}


def _plural_before(reader: Reader, number: int) -> int | None:
    """Pozisyonlar ve her birinde kaç kişi çalıştığı: of each of what stands before."""
    said = reader.pieces[number].text.lower()
    places = range(max(number - _BACK, 0), number)
    dims = [n for n in places if reader.dim(reader.pieces[n]) and reader.pieces[n].text.lower().endswith(_PLURALS)]
    several = len({value.value for value in reader.values}) > 1
    return dims[-1] if said.startswith("her biri") and dims and not several else None


def _people_named(reader: Reader) -> list[int]:
    return [value.position for value in reader.values if value.attribute in (*OF_PERSONS, *NAMES)]


def _is_done(reader: Reader, number: int) -> bool:
    """Whether something was done by those: leave taken, courses completed, hours spent on them."""
    before = reader.pieces[:number]
    return any(
        piece.has("work", "take") or piece.has("event", "complete") or _DONE.search(piece.text) for piece in before
    )


def _counts_each(reader: Reader, number: int, ahead: int) -> bool:
    """Per ill person: for each of those who have some."""
    named = {value.position for value in reader.values}
    person = reader.beside(ahead, 1)[1]
    said = reader.pieces[number].text.lower()
    return said == "per" and ahead in named and person is not None and person.has("subject", "people")


def _past_values(reader: Reader, number: int) -> int:
    """For every ongoing project: what stands between says which of them."""
    named = {value.position for value in reader.values if value.attribute not in ("gender", "position")}
    place = number
    while place in named:
        place = reader.beside(place, 1)[0]
    inside = place != number and place < len(reader.pieces) and reader.pieces[place].is_open
    return place if inside and reader.dim(reader.pieces[place]) is not None else number


def _dims_from(reader: Reader, number: int, step: int) -> list[int]:
    """Attributes in a row, joined by "and" or commas."""
    found: list[int] = []
    if 0 <= number < len(reader.pieces) and step == 1 and reader.pieces[number].has("event"):
        number = reader.beside(number, 1)[0]  # by birth year
    while 0 <= number < len(reader.pieces):
        piece = reader.pieces[number]
        key = reader.dim(piece)
        again = step == 1 and key in [reader.dim(reader.pieces[n]) for n in found]
        if not piece.is_open or key is None or again:
            break  # her projede, projenin bulunduğu şehirde
        found.append(number)
        ahead, joint = reader.beside(number, step)
        if joint is not None and joint.has("conjunction", "and"):
            further, other = reader.beside(ahead, step)
            if other is not None and other.is_open and reader.dim(other) is not None:
                reader.use(ahead)
                number = further
                continue
        one, other = sorted((reader.pieces[number], joint or piece), key=lambda each: each.start)
        comma = joint is not None and "," in reader.text[one.end : other.start]
        number = ahead if comma else -1
    return found


def _add_keys(reader: Reader, numbers: Sequence[int]) -> None:
    for number in numbers:
        key = reader.dim(reader.pieces[number])
        if key in ("month", "year") and _is_rate(reader):
            by = number > 0 and reader.pieces[number - 1].text.lower() == "by"
            if by or reader.pieces[number].text.lower().startswith(_PERIODS):
                raise NotUnderstoodError("pay over the years, of which today's alone is known")
            key = None  # a salary per month is what salaries are
        if key is not None and key not in reader.keys:
            reader.keys.append(key)
        reader.use(number)


def _is_rate(reader: Reader) -> bool:
    return bool(reader.open("column", "salary", "payroll")) and not reader.open("event")


def _part_of_event(piece: Piece) -> str | None:
    """By year of hire: the year is part of the phrase."""
    said = piece.text.lower() if piece.has("event") else ""
    return next((part for word, part in _PARTS_OF_EVENTS.items() if word in said), None)
