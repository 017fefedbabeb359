"""What "how many" counts: people, trainings, cities, days."""

from __future__ import annotations

import re

from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, REACH, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Reader

_PEOPLE = ("gender", "position", "family", "level")
_ASKING = ("how many", "kaç", "сколько")
"""Asked twice, they ask for two numbers."""
_OF_EVENTS = ("days", "hours", LEAVE, TRAINING, CONTRACT, PROJECT)
"""What may be counted beside something else."""
_PLURALS = ("ler", "lar")
_VALUES = (*TABLES_OF_DIMS, "country", "course")
_ALSO = (*_OF_EVENTS, PEOPLE, *_VALUES)
_DOERS = re.compile(r"(an|en)l[ae]r(ın|in)$")
_TIMES = ("how many times", "сколько раз", "kaç kez", "kaç kere", "kaç defa")
_OF_EACH = "kaçar"
"""How many of each."""


def find_counted(reader: Reader, facts: Facts) -> None:
    """What "how many" counts: people, trainings, cities, days."""
    for kind, step in (("count", 1), ("count_after", -1)):
        for number in reader.open("ask", kind):
            piece = reader.pieces[number]
            reader.use(number)
            if step == 1 and _asks_pay(reader, number):
                continue
            reader.wants_each |= (
                facts.counted is not None and kind == "count" and reader.pieces[number].text.lower() in _ASKING
            )
            reader.wants_each |= piece.text.lower() == _OF_EACH
            if facts.counted is None and piece.text.lower() in _TIMES:
                facts.counted = _events_of(reader)
            if facts.counted is None and (of_them := _counted_before(reader, number)):
                facts.counted = of_them
            if facts.counted is None and step == -1 and _are_earners(reader, number):
                facts.counted = PEOPLE
            elif facts.counted is None:
                facts.counted = "people" if piece.has("subject", PEOPLE) else _counted_from(reader, number, step)
                facts.also += _counted_besides(reader, facts.counted, number, step)
            else:
                other = _counted_from(reader, number, step)
                facts.also += [other] if other is not None and _is_also_counted(facts, other) else []


def _events_of(reader: Reader) -> str | None:
    """How many times women took each type of leave: how many leaves there were, and not how many women."""
    kinds = {*reader.keys, *(value.attribute for value in reader.values)}
    named = [subject for subject, kind in ((LEAVE, "leave_type"), (TRAINING, "course")) if kind in kinds]
    return named[0] if len(named) == 1 else None


def _asks_pay(reader: Reader, number: int) -> bool:
    """Сколько мы платим сотрудникам: money, and nobody is counted."""
    near = range(number + 1, min(number + 1 + REACH, len(reader.pieces)))
    pays = [n for n in near if reader.pieces[n].has("column", "payroll") and "плат" in reader.pieces[n].text.lower()]
    people = [n for n in near if reader.pieces[n].has("subject", PEOPLE)]
    if not pays or (people and people[0] < pays[0]):
        return False
    reader.use(*(n for n in reader.open("dim", "month") if n in near))
    return True


def _is_also_counted(facts: Facts, other: str) -> bool:
    """Whether what is counted second is another thing: days beside leaves, people beside cities."""
    if other == facts.counted:
        return False
    return (
        other in _OF_EVENTS
        or (other in _VALUES and facts.counted == PEOPLE)
        or (other == PEOPLE and facts.counted in _VALUES)
    )


def _counted_besides(reader: Reader, counted: str | None, number: int, step: int) -> list[str]:
    """The number of cities and employees, şehir ve çalışan sayısı: what "and" joins to what is counted is counted, too."""
    place, first = reader.beside(number, step)
    if counted not in _ALSO or first is None or first.is_open:
        return []
    joint, piece = reader.beside(place, step)
    if piece is None or not piece.has("conjunction", "and"):
        return []
    further, other = reader.beside(joint, step)
    key = None if other is None or not other.is_open else other.key("subject") or reader.dim(other)
    is_sorted = bool(reader.open("order") or reader.open("sequence"))  # cities with numbers, largest first
    heads = reader.language == "tr" and other is not None and other.text.lower().endswith(_PLURALS)  # şehirler ve …
    if key not in _ALSO or key == counted or heads or (key in _VALUES and is_sorted):
        return []
    reader.use(joint, further)
    return [key]


def _counted_before(reader: Reader, number: int) -> str | None:
    """Çalışanların kaçı: how many of what stands before it."""
    place, piece = reader.beside(number, -1)
    if not reader.pieces[number].text.lower().startswith("kaçı") or piece is None:
        return None
    named = [value.attribute for value in reader.values if value.position == place]
    if named:
        return "?" if named[0] in (*_PEOPLE, "status") else None
    if piece.is_open and reader.pieces[number].text.lower() == "kaçı" and reader.dim(piece) in TABLES_OF_DIMS:
        reader.use(place)
        return reader.dim(piece)  # pozisyonlardan kaçı
    found = piece.key("subject") if piece.is_open else None
    if found is not None:
        reader.use(place)
    return found or (PEOPLE if piece.has("event", "hire", "left", "birth") else None)


def _counted_from(reader: Reader, number: int, step: int) -> str | None:
    place, passed, distinct = number, False, "farklı" in reader.pieces[number].text.lower()
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    passed_people = False
    listed = step == 1 and _opens_list(reader, number)
    for _ in range(REACH):
        place, piece = reader.beside(place, step)
        if piece is None or (passed_people and _is_done_by_people(reader, piece)):
            break
        passes = listed and (piece.has("agg") or piece.has("column"))
        told = _is_of_trained(reader, place, piece) or (step == 1 and _is_average_of(reader, place))
        if piece in units or passes or told:
            continue
        if piece.is_open and (piece.has("unit", "usd") or (piece.has("unit", "year") and not piece.has("column"))):
            reader.use(place)
            return None  # how many dollars asks how much
        passed_people |= any(value.position == place and value.attribute in _PEOPLE for value in reader.values)
        if piece.is_used or (piece.is_quiet and not _names_something(piece)):
            passed |= bool(piece.values) or piece.number is not None or piece.has("compare")
            continue
        if piece.has("agg", "distinct", "sum") and not piece.has("column"):
            reader.use(place)
            distinct |= piece.has("agg", "distinct")
        elif column := _counted_column(piece, of_people=passed_people):
            reader.use(*([] if column == RAISE else [place]))
            return column
        elif piece.has("subject") or reader.dim(piece) is not None:
            jobs = reader.dim(piece) == "position" and _is_kind_of_job(reader, place)
            if (passed and not piece.has("subject") and not jobs) or (
                passed_people and piece.has("subject", PROJECT, CONTRACT)
            ):
                return "?"  # women in departments, lawyers on a project: women and lawyers are counted
            reader.use(place)
            return (
                "course" if distinct and piece.has("subject", TRAINING) else piece.key("subject") or reader.dim(piece)
            )
        else:
            return None if not passed and (piece.has("agg") or piece.has("column")) else "?"
    return _of_columns(reader, passed=passed or passed_people)


def _is_average_of(reader: Reader, place: int) -> bool:
    """Сколько в среднем человек: the number of them that there are on average."""
    ahead = reader.beside(place, 1)[1]
    counted = ahead is not None and ahead.has("subject", PEOPLE, TRAINING, LEAVE)
    return counted and reader.pieces[place].has("agg", "avg")


def _are_earners(reader: Reader, number: int) -> bool:
    """Ortalamadan fazla kazananların, sözleşmesi kısa olanların sayısı: those who do are counted, not what they have."""
    before = reader.pieces[number - 1] if number else None
    if before is None or not before.is_open or not _DOERS.search(before.text.lower()):
        return False
    return before.has("column") or (before.has("work") and bool(reader.open("subject", CONTRACT)))


def _is_of_trained(reader: Reader, place: int, piece: Piece) -> bool:
    """The number of trained people: they are counted."""
    after = reader.beside(place, 1)[1]
    return piece.text.lower() == "trained" and after is not None and after.has("subject", PEOPLE)


def _is_kind_of_job(reader: Reader, place: int) -> bool:
    """Specialist-level positions: the level is that of the positions."""
    before = reader.beside(place, -1)[0]
    return reader.language == "en" and any(
        value.position == before and value.attribute in ("level", "family") for value in reader.values
    )


def _counted_column(piece: Piece, *, of_people: bool) -> str | None:
    """Days, hours, and raises unless people who got one are counted."""
    return next(
        (key for key in ("days", "hours", RAISE) if piece.has("column", key) and (key, of_people) != (RAISE, True)),
        None,
    )


def _opens_list(reader: Reader, number: int) -> bool:
    """Number and total budget of projects: what is counted comes after the other figures."""
    ahead = reader.beside(number, 1)[1]
    if ahead is None:
        return False
    return ahead.has("conjunction", "and") or "," in reader.text[reader.pieces[number].end : ahead.start]


def _of_columns(reader: Reader, *, passed: bool) -> str | None:
    """What is counted is not said, unless a figure of a column is asked for instead."""
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    columns = [reader.pieces[n] for n in reader.open("column") if reader.pieces[n] not in units]
    summed = any(piece.has("column", "days", "hours", "payroll") for piece in columns)
    return None if not passed and columns and (summed or reader.open("agg") or reader.quantities.ranks) else "?"


def _is_done_by_people(reader: Reader, piece: Piece) -> bool:
    """Engineers who took leave, welders on leave, not leave of engineers."""
    if reader.language == "ru" and piece.is_open and piece.has("subject", LEAVE, TRAINING):
        return "раз" not in reader.text.lower().split()
    done = piece.has("take") or piece.has("event", "complete") or reader.language == "tr"
    return done and not piece.has("subject", PEOPLE)


def _names_something(piece: Piece) -> bool:
    return any(piece.has(kind) for kind in ("subject", "dim", "column", "agg"))


def asks_twice(reader: Reader) -> bool:
    """How many of these and how many of those."""
    asked = [reader.pieces[number] for number in reader.open("ask", "count")]
    return len([piece for piece in asked if piece.text.lower() in _ASKING]) > 1
