"""Days between two dates: from being hired to the first training, from the end of one project to the start of another.

Such a question is read as a whole: what it has besides the two dates says whose they are. How long leave lasts, and how
long people have worked here, are columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nl2sql.plan import Condition, Figure, Function, Gap, Having, OneOf, Plan, Today
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TABLES, TRAINING
from nl2sql.semantics.quantities import whole
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.standards import OWN

_REACH: Final = 4
"""Pieces between a project and what is said to begin or to end."""
_ABLATIVES: Final = ("dan", "den", "tan", "ten")
_PASSED: Final = ("pass", "elaps", "lie", "lies", "geç", "var", "прош", "проход", "lay")
_IN: Final = "через"
_BUILT: Final = re.compile(
    r"\b(?:take|took|to build|to complete|construction|being built|inşaat\w*|yapım\w*|sür\w+|стро\w+|возвод\w+|дли\w+|продолжал\w+)\b",
    re.IGNORECASE,
)
_BEGUN: Final = re.compile(r"\b(?:начал\w*|start|beginning|окончан\w+|end)\b", re.IGNORECASE)
_LONGER: Final = re.compile(r"\blonger\b|\buzun\b|\bдольше\b|\bдлиннее\b", re.IGNORECASE)
_KINDS: Final = {"leave_type": LEAVE, "course": TRAINING}
_AFTER: Final = ("after", "since", "before")


@dataclass(frozen=True)
class _Day:
    """One of the two dates."""

    position: int
    figure: Figure


def lengths(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    asked = [*reader.open("column", "days", "duration", "tenure"), *reader.open("unit", "day")]
    if not asked or not (
        reader.open("ask", "count", "difference") or reader.open("agg", "avg") or _is_how_long(reader)
    ):
        return None
    projects = [value for value in reader.values if value.attribute == PROJECT]
    if projects and not reader.open("subject", PEOPLE, LEAVE, TRAINING):
        reader.values = [value for value in reader.values if value in projects or not _is_building(value)]
        return _of_projects(reader, projects)
    return None if projects else _of_persons(reader)


def _is_how_long(reader: Reader) -> bool:
    return any(piece.has("column", "days", "tenure") and " " in piece.text for piece in reader.pieces)


# -- projects ----------------------------------------------------------------------------------------------


def _of_projects(reader: Reader, projects: list[Named]) -> Plan | None:
    if len({value.value for value in projects}) != len(projects) or len(projects) > 2:  # noqa: PLR2004 - a pair
        return None
    dates = [*reader.open("event", "start", "end"), *reader.open("date", "start", "end")]
    dates += [n for n in reader.open("time") if _BEGUN.search(reader.pieces[n].text)]  # после начала
    found = [_nearest(reader, value, dates) for value in projects]
    built = _BUILT.search(reader.text) is not None
    both_ends = len({reader.pieces[n].has("event", "end") or reader.pieces[n].has("date", "end") for n in dates}) > 1
    if len(projects) == 1 and ((built and not dates) or both_ends):
        return _duration(reader, projects)
    if len(projects) == 1 or (not dates and not built):
        return None
    if not dates:
        return _duration(reader, projects)
    keys = [key or next(one for one in found if one is not None) for key in found] if any(found) else []
    if not keys:
        return None
    first, second = _in_order(reader, [_day(reader, value, key) for value, key in zip(projects, keys, strict=True)])
    _use(reader, projects)
    return Plan(TABLES[PROJECT], measures=(Gap(second.figure, first.figure),))


def _nearest(reader: Reader, value: Named, dates: list[int]) -> str | None:
    """What is said of a project: that it began, or that it ended."""
    side = 1 if reader.language == "tr" else -1  # the end of it, bitişi
    near = [n for n in dates if abs(n - value.position) <= _REACH]
    near = [n for n in near if (n - value.position) * side > 0] or near
    if not near:
        return None
    piece = reader.pieces[min(near, key=lambda n: abs(n - value.position))]
    ended = piece.has("event", "end") or piece.has("date", "end") or "оконч" in piece.text.lower()
    return "end" if ended else "start"


def _day(reader: Reader, value: Named, key: str) -> _Day:
    return _Day(value.position, Figure("min", reader.ref("projects", key), _is(reader, value)))


def _is(reader: Reader, value: Named) -> tuple[Condition, ...]:
    return (OneOf(reader.ref("projects", PROJECT), (value.value,)),)


def _in_order(reader: Reader, days: list[_Day]) -> list[_Day]:
    """The earlier first: as they are named, unless the later is told by how long after the other it was."""
    times = [n for n in reader.open("time") if any(reader.pieces[n].has("time", k, f"{k}_after") for k in _AFTER)]
    second = reader.pieces[days[1].position]
    if reader.language == "tr":
        later = any(not reader.pieces[n].has("time", "before", "before_after") for n in times) and (
            (second.suffix or second.text.lower()).endswith(_ABLATIVES) or _is_ended_from(reader, days[1].position)
        )
    else:
        later = bool(times) and days[0].position < times[0] < days[1].position
    return days[::-1] if later and not reader.open("range") else days


def _is_ended_from(reader: Reader, position: int) -> bool:
    """Kazan Arena'nın tamamlanmasından kaç gün sonra: what it did stands in the ablative, and not the project."""
    after = reader.beside(position, 1)[1]
    return after is not None and (after.has("date") or after.has("event")) and after.text.lower().endswith(_ABLATIVES)


def _duration(reader: Reader, projects: list[Named]) -> Plan | None:
    """How long it took to build one, and by how much longer than another."""
    figures = [Figure("min", reader.ref("projects", "duration"), _is(reader, value)) for value in projects]
    if len(figures) > 1 and not (reader.open("ask", "difference") or _LONGER.search(reader.text)):
        return None
    _use(reader, projects)
    return Plan(TABLES[PROJECT], measures=(figures[0] if len(figures) == 1 else Gap(figures[0], figures[1]),))


def _is_building(value: Named) -> bool:
    """İstanbul Havalimanı inşaatı, the construction of it: no department; when it ended: no status."""
    return value.attribute == "project_status" or _BUILT.fullmatch(value.piece.text) is not None


def _use(reader: Reader, projects: list[Named]) -> None:
    spans = reader.quantities.spans
    spans[:] = [span for span in spans if (span.low, span.high) != (None, Today())]  # passed: since then, not ago
    if len(reader.values) != len(projects) or reader.keys or reader.quantities.spans or reader.quantities.bounds:
        raise NotUnderstoodError("days between dates of projects, and more")
    reader.values = []
    kinds = ("event", "date", "time", "range", "column", "unit", "compare", "compare_after", "comparative", "work")
    reader.use(
        *(n for n, piece in enumerate(reader.pieces) if piece.is_open and any(piece.has(kind) for kind in kinds)),
        *reader.open("ask", "count", "difference", "howlong"),
        *reader.open("subject", PROJECT),
        *(n for n, piece in enumerate(reader.pieces) if _BUILT.fullmatch(piece.text) or _is_passing(piece.text)),
    )


# -- persons -----------------------------------------------------------------------------------------------


def _of_persons(reader: Reader) -> Plan | None:
    """The days between two events of each person, and their average."""
    events = reader.open("subject", LEAVE, TRAINING)
    kinds = {reader.pieces[n].key("subject") or "" for n in events}
    own = [value for value in reader.values if value.attribute in _KINDS]
    kinds |= {_KINDS[value.attribute] for value in own}
    hires = reader.open("event", "hire")
    both = reader.open("extremes", "both")
    edges = _edges(reader)
    if len(kinds) != 1 or not reader.open("agg", "avg") or not (both or (hires and len(edges) == 1)):
        return None
    (subject,) = kinds
    table = TABLES[subject]
    date, hired = reader.ref(table, "date"), reader.ref(table, "hire")
    if both:
        gap = Gap(Figure("max", date), Figure("min", date))
    else:
        (function,) = edges.values()
        gap = Gap(Figure(function, date), Figure("min", hired))
    having = _numbers(reader, subject)
    if both and not having:
        raise NotUnderstoodError("days between the first and the last, of those who have one or more")
    where = tuple(OneOf(reader.ref(table, value.attribute), (value.value,)) for value in reader.values)
    if (
        len({one.ref for one in where}) < len(where)
        or reader.quantities.spans
        or reader.quantities.bounds
        or reader.keys
    ):
        raise NotUnderstoodError("days between two events, and more")
    reader.values = []
    reader.quantities.ranks.clear()
    said = [*events, *hires, *both, *edges, *reader.open("agg", "avg"), *reader.open("column", "days", "tenure")]
    said += [
        *reader.open("unit"),
        *reader.open("ask", "count", "difference", "who"),
        *reader.open("range"),
        *reader.open("time"),
    ]
    said += [
        *reader.open("subject", PEOPLE),
        *reader.open("event", "complete"),
        *reader.open("per"),
        *reader.open("work"),
    ]
    said += [
        n for n, piece in enumerate(reader.pieces) if _is_passing(piece.text) or piece.text.lower() in ("bir", *OWN)
    ]
    reader.use(*said)
    person = (reader.ref(table, "person"),)
    return Plan(table, measures=(gap,), where=where, having=having, unseen=person, over="avg")


def _edges(reader: Reader) -> dict[int, Function]:
    """The first or the last of the events."""
    found: dict[int, Function] = dict.fromkeys(reader.open("edge", "first"), "min")
    found |= dict.fromkeys(reader.open("edge", "last"), "max")
    for rank in reader.quantities.ranks:
        said = reader.pieces[rank.position].text.lower()
        if said.startswith(("ilk", "перв", "first", "earliest")):
            found[rank.position] = "min"
        elif said.startswith(("son", "последн", "last", "latest")):
            found[rank.position] = "max"
    return found


def _numbers(reader: Reader, subject: str) -> tuple[Having, ...]:
    """For people with more than one course."""
    found = []
    for bound in tuple(reader.quantities.bounds):
        unit = bound.unit_piece
        counts = unit is None or unit.has("subject", subject) or unit.has("dim", "course") or unit.has("unit", "times")
        if counts and bound.high is None and bound.attribute is None and bound.unit is None:
            reader.quantities.bounds.remove(bound)
            reader.use(*(n for n, piece in enumerate(reader.pieces) if piece is unit))
            found.append(Having(Figure("count"), bound.operator, whole(bound.value)))
    return tuple(found)


def _is_passing(said: str) -> bool:
    return said.lower().startswith(_PASSED) or said.lower() == _IN
