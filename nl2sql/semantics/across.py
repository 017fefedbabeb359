"""People compared with their project: who works in another city than it is in, who was hired after it began."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nl2sql.plan import Compare, Comparison, OneOf, Plan, Ref
from nl2sql.semantics.facts import PROJECT, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.places import find_places_of_projects
from nl2sql.semantics.reader import Reader

_OTHER = (
    "outside",
    "differ",
    "other",
    "another",
    "dışında",
    "farklı",
    "başka",
    "haric",
    "друг",
    "вне",
    "за предел",
    "отлич",
)
_SAME = ("same", "the same", "aynı", "том же", "тот же", "той же", "одном", "совпада")
_NOT = ("not", "не", "не в", "не на", "isn", "aren", "don", "doesn", "değil", "olmayan")
_OWN = frozenset(("their", "his", "her", "its", "own", "своего", "свой", "своём", "их", "его", "её"))
_POSSESSED = ("projesi", "projeleri", "şantiyesi", "şantiyeleri")
_WITHIN = ("in", "в")
_LOCATIVES = ("de", "da", "deki", "daki")
_PLACES = ("city", "country")
_ONES = ("bir", "one")
_ITS_PLACE = re.compile(
    r"\bproject (?:is|itself)\b|\bproject (?:that is )?(?:located|based) in an?\b|"
    r"\bprojenin (?:bulunduğu|olduğu)|\bprojesinin bulunduğu|"
    r"(?:\bсам\w*|\bнаходится|\bид[её]т) (?:проект|объект)|\b(?:проекте|объекте), котор\w+ (?:находится|ид[её]т)",
    re.IGNORECASE,
)
"""The project that people are on, told by where it is."""
_ITS_START = ("его", "its", "onun")
_REACH = 6
"""Pieces between what is compared."""
_QUIET = ("filler", "work", "conjunction", "negation", "same", "compare", "group")
_SIDES: dict[str, Comparison] = {"after": ">", "before": "<"}
_BEGUN = ("начал", "start", "beginning", "başla")


def find_across(reader: Reader, facts: Facts) -> None:
    """Turn what is said of people and of their project into a condition; its words are used."""
    projects = [n for n in reader.open("subject", PROJECT) if _is_own(reader, n)]
    if len(projects) == 1:
        _compare_places(reader, facts, projects[0])
    _compare_dates(reader, facts, projects)
    find_places_of_projects(reader, facts)


def _is_own(reader: Reader, number: int) -> bool:
    """Whether it is the project of the people."""
    start = reader.pieces[number].start
    if PROJECT in reader.keys or any(one.start() <= start < one.end() for one in _ITS_PLACE.finditer(reader.text)):
        return True
    if reader.language == "tr":
        return reader.pieces[number].text.lower().startswith(_POSSESSED)
    place = number - 1
    while place >= 0 and reader.pieces[place].is_filler and reader.pieces[place].text.lower() not in _OWN:
        place -= 1
    return place >= 0 and bool(_OWN & set(reader.pieces[place].text.lower().split()))


def _compare_places(reader: Reader, facts: Facts, project: int) -> None:
    """In another city, in the same country as the project is in."""
    places = reader.open("dim", *_PLACES)
    if _in_city_of(reader, facts, project):
        return
    words = [n for n, piece in enumerate(reader.pieces) if piece.is_open and _says(reader, n, (*_OTHER, *_SAME))]
    denied = [n for n, piece in enumerate(reader.pieces) if piece.is_open and _says(reader, n, _NOT)]
    if not words:  # не в том городе, where the project is
        denied = [n for n in denied if {"том", "той", "там", "их"} & _following(reader, n)]
    if not places or not (words or denied):
        return
    near = [n for n in places if abs(n - project) <= _REACH and not _is_listed(reader, n)]
    marks = words or denied
    mark = min(marks, key=lambda n: abs(n - project))
    first, last = min(mark, project, *near), max(mark, project, *near)
    kinds = {reader.pieces[n].key("dim") for n in near}
    if len(kinds) != 1 or last - first > 2 * _REACH or not _is_whole(reader, first, last):
        return
    between = [n for n in denied if first - 2 <= n <= last]
    differs = not words or _says(reader, mark, _OTHER) or bool(between)
    if words and between and _says(reader, mark, _OTHER):
        return  # in no other city
    operator: Comparison = "<>" if differs else "="
    (kind,) = kinds
    facts.where.append((first, Compare(Ref("staff", kind or ""), operator, Ref("projects", kind or ""))))
    reader.use(*(n for n in range(first, last + 1) if reader.pieces[n].is_open), *between)
    reader.values = [value for value in reader.values if not first <= value.position <= last]  # где идёт проект
    bounds = reader.quantities.bounds
    bounds[:] = [bound for bound in bounds if not first <= bound.position <= last]  # from the one


def _in_city_of(reader: Reader, facts: Facts, project: int) -> bool:
    """Who works in the city of their project; в городе своего проекта, projesinin şehrinde."""
    step = 1 if reader.language == "tr" else -1
    place, city = _noun_beside(reader, project, step)
    if city is None or not city.is_open or not city.has("dim", "city") or _is_listed(reader, place):
        return False
    if any(_says(reader, n, (*_OTHER, *_SAME)) for n in range(max(place - 3, 0), place)):
        return False  # in the same city as their project
    if reader.language == "tr":
        within = city.text.lower().endswith(_LOCATIVES)
    else:
        within = any(piece.text.lower().split()[-1] in _WITHIN for piece in reader.pieces[max(place - 2, 0) : place])
    if within:
        facts.where.append((place, Compare(Ref("staff", "city"), "=", Ref("projects", "city"))))
        reader.use(*(n for n in range(min(place, project), max(place, project) + 1) if reader.pieces[n].is_open))
    return within


def _noun_beside(reader: Reader, number: int, step: int) -> tuple[int, Piece | None]:
    place, piece = reader.beside(number, step)
    while piece is not None and piece.text.lower() in ("of", *_OWN):
        place, piece = reader.beside(place, step)
    return place, piece


def _following(reader: Reader, number: int) -> set[str]:
    return {piece.text.lower() for piece in reader.pieces[number + 1 : number + 3]}


def _is_listed(reader: Reader, number: int) -> bool:
    """An attribute that a list after a mark asks for says nothing of the two."""
    return any(mark in reader.text[: reader.pieces[number].start] for mark in "?:")


def _says(reader: Reader, number: int, beginnings: Iterable[str]) -> bool:
    said = reader.pieces[number].text.lower()
    return any(said == one or (len(one) > 3 and said.startswith(one)) for one in beginnings)  # noqa: PLR2004


def _is_whole(reader: Reader, first: int, last: int) -> bool:
    """Whether nothing else stands between: no value, no number, no other thing."""
    for piece in reader.pieces[first : last + 1]:
        known = piece.has("dim", *_PLACES) or piece.has("subject", PROJECT) or any(piece.has(kind) for kind in _QUIET)
        known |= (
            piece.has("asked")
            or piece.text.lower() in (*_ONES, *_OTHER, *_OWN)
            or piece.has("agg", "distinct")
            or piece.has("ask", "difference")
            or piece.has("event", "start", "end")
            or any(attribute == "project_status" for attribute, _ in piece.values)
        )
        if (
            any(attribute != "project_status" for attribute, _ in piece.values)
            or (piece.number is not None and piece.text.lower() not in _ONES)
            or not (known or piece.is_filler or piece.has("time", "during"))
        ):
            return False
    return True


def _compare_dates(reader: Reader, facts: Facts, projects: Sequence[int]) -> None:
    """Hired after their project had begun, or after one that is named had."""
    hires = reader.open("event", "hire")
    times = [n for n in reader.open("time") if _side(reader, n) is not None]
    if len(hires) != 1 or len(times) != 1 or reader.quantities.spans:
        return
    time, side = times[0], _side(reader, times[0])
    ends = [n for n in reader.open("event", "start", "end") if not reader.pieces[n].has("event", "hire")]
    if not ends and any(word in reader.pieces[time].text.lower() for word in _BEGUN):
        ends = [time]
    if len(ends) != 1 or side is None:
        return
    date = "end_date" if reader.pieces[ends[0]].has("event", "end") else "start_date"
    near = [value for value in reader.values if value.attribute == PROJECT and abs(value.position - time) <= _REACH]
    day = Ref("projects", date)
    other: Ref | Plan = day
    its = [n for n in range(time + 1, ends[0]) if reader.pieces[n].text.lower() in _ITS_START]
    spoken = [n for n in reader.open("subject", PROJECT) if all(abs(n - value.position) > 1 for value in near)]
    if len(near) == 1 and spoken and not projects:
        return  # the people on it, hired before the project began
    if len(near) == 1 and not projects:
        other = Plan("projects", (day,), where=(OneOf(Ref("projects", "code"), (near[0].value,)),))
        reader.values.remove(near[0])
        projects = [n for n in reader.open("subject", PROJECT) if abs(n - near[0].position) == 1]
    elif len(projects) != 1 and not (its and PROJECT in reader.keys):
        return
    if any(abs(ends[0] - n) > _REACH for n in projects):
        return
    facts.where.append((time, Compare(Ref("staff", "hire_date"), side, other)))
    reader.use(*hires, *times, *ends, *projects, *its)


def _side(reader: Reader, number: int) -> Comparison | None:
    piece = reader.pieces[number]
    if piece.text.lower().startswith(("после", "до ", "перед")):
        return ">" if piece.text.lower().startswith("после") else "<"
    return _SIDES.get((piece.key("time") or "").removesuffix("_after"))
