"""People compared with their project: who works in another city than it is in, who was hired after it began."""

from __future__ import annotations

from collections.abc import Iterable

from nl2sql.plan import Compare, Comparison, Ref
from nl2sql.semantics.facts import PROJECT, Facts
from nl2sql.semantics.pieces import Piece
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
_NOT = ("not", "не", "не в", "не на", "isn", "değil", "olmayan")
_OWN = frozenset(("their", "his", "her", "its", "own", "своего", "свой", "своём", "их", "его", "её"))
_POSSESSED = ("projesi", "projeleri", "şantiyesi", "şantiyeleri")
_WITHIN = ("in", "в")
_LOCATIVES = ("de", "da", "deki", "daki")
_REACH = 6
"""Pieces between what is compared."""
_QUIET = ("filler", "work", "conjunction", "negation", "same", "compare", "group")
_SIDES: dict[str, Comparison] = {"after": ">", "before": "<"}


def find_across(reader: Reader, facts: Facts) -> None:
    """Turn what is said of people and of their project into a condition; its words are used."""
    projects = [n for n in reader.open("subject", PROJECT) if _is_own(reader, n)]
    if len(projects) == 1:
        _compare_cities(reader, facts, projects[0])
        _compare_dates(reader, facts, projects[0])


def _is_own(reader: Reader, number: int) -> bool:
    """Whether it is the project of the people."""
    if reader.language == "tr":
        return reader.pieces[number].text.lower().startswith(_POSSESSED)
    place = number - 1
    while place >= 0 and reader.pieces[place].is_filler and reader.pieces[place].text.lower() not in _OWN:
        place -= 1
    return place >= 0 and bool(_OWN & set(reader.pieces[place].text.lower().split()))


def _compare_cities(reader: Reader, facts: Facts, project: int) -> None:
    cities = reader.open("dim", "city")
    if _in_city_of(reader, facts, project):
        return
    words = [n for n, piece in enumerate(reader.pieces) if piece.is_open and _says(reader, n, (*_OTHER, *_SAME))]
    denied = [n for n, piece in enumerate(reader.pieces) if piece.is_open and _says(reader, n, _NOT)]
    if not words:  # не в том городе, where the project is
        denied = [n for n in denied if {"том", "той", "там"} & _following(reader, n)]
    if not cities or not (words or denied):
        return
    near = [n for n in cities if abs(n - project) <= _REACH and not _is_listed(reader, n)]
    marks = words or denied
    mark = min(marks, key=lambda n: abs(n - project))
    first, last = min(mark, project, *near), max(mark, project, *near)
    if not near or last - first > 2 * _REACH or not _is_whole(reader, first, last):
        return
    between = [n for n in denied if first - 2 <= n <= last]
    differs = not words or _says(reader, mark, _OTHER) or bool(between)
    if words and between and _says(reader, mark, _OTHER):
        return  # in no other city
    operator: Comparison = "<>" if differs else "="
    facts.where.append((first, Compare(Ref("staff", "city"), operator, Ref("projects", "city"))))
    reader.use(*(n for n in range(first, last + 1) if reader.pieces[n].is_open), *between)


def _in_city_of(reader: Reader, facts: Facts, project: int) -> bool:
    """Who works in the city of their project; в городе своего проекта, projesinin şehrinde."""
    step = 1 if reader.language == "tr" else -1
    place, city = _noun_beside(reader, project, step)
    if city is None or not city.is_open or not city.has("dim", "city") or _is_listed(reader, place):
        return False
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
        known = piece.has("dim", "city") or piece.has("subject", PROJECT) or any(piece.has(kind) for kind in _QUIET)
        known |= (
            piece.has("asked")
            or piece.text.lower() in ("bir", *_OTHER)
            or piece.has("agg", "distinct")
            or piece.has("ask", "difference")
            or piece.has("event", "start", "end")
        )
        if (
            piece.values
            or (piece.number is not None and piece.text.lower() != "bir")
            or not (known or piece.is_filler or piece.has("time", "during"))
        ):
            return False
    return True


def _compare_dates(reader: Reader, facts: Facts, project: int) -> None:
    """Hired after their project had begun."""
    hires = reader.open("event", "hire")
    times = [n for n in reader.open("time") if _side(reader, n) is not None]
    ends = [n for n in reader.open("event", "start", "end") if not reader.pieces[n].has("event", "hire")]
    if len(hires) != 1 or len(times) != 1 or reader.quantities.spans:
        return
    if not ends and any(
        word in reader.pieces[times[0]].text.lower() for word in ("начал", "start", "beginning", "başla")
    ):
        ends = [times[0]]
    if len(ends) != 1 or abs(ends[0] - project) > _REACH:
        return
    side = _side(reader, times[0])
    if side is None:
        return
    date = "end_date" if reader.pieces[ends[0]].has("event", "end") else "start_date"
    facts.where.append((times[0], Compare(Ref("staff", "hire_date"), side, Ref("projects", date))))
    reader.use(*hires, *times, *ends, project)


def _side(reader: Reader, number: int) -> Comparison | None:
    piece = reader.pieces[number]
    if piece.text.lower().startswith(("после", "до ", "перед")):
        return ">" if piece.text.lower().startswith("после") else "<"
    return _SIDES.get((piece.key("time") or "").removesuffix("_after"))
