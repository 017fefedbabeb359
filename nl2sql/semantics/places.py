"""Where projects are, as a condition on people: on projects located in Russia, in cities with an active project.

People work in places of their own; a place is that of the project only where the question says so of it.
"""

from __future__ import annotations

from nl2sql.plan import Missing, OneOf, Plan, Ref, Within
from nl2sql.semantics.facts import PROJECT, Facts
from nl2sql.semantics.reader import Named, Reader

_PLACES = ("city", "country")
_LOCATIVES = ("deki", "daki", "teki", "taki")
_IN = ("in", "в", "во")
_QUIET = ("filler", "work", "exist", "asked")


def find_places_of_projects(reader: Reader, facts: Facts) -> None:
    """Turn both into conditions; their words are used."""
    projects = reader.open("subject", PROJECT)
    if len(projects) != 1 or not reader.speaks_of_people or PROJECT in reader.keys:
        return
    _with_projects(reader, facts, projects[0])
    places = [value for value in reader.values if value.attribute in _PLACES]
    own = _place_of(reader, projects[0], places)
    behind = reader.beside(projects[0], -1)[1]
    plain = behind is not None and (behind.has("ask") or behind.has("negation"))  # which projects, without a project
    if own is None or (len(places) == 1 and plain):
        return
    owns = [own, *_joined(reader, own, places)]
    reader.values = [value for value in reader.values if value not in owns]
    ends = (projects[0], *(value.position for value in owns))
    reader.use(*range(min(ends), max(ends) + 1))
    facts.where.append((own.position, OneOf(Ref("projects", own.attribute), tuple(one.value for one in owns))))


def _joined(reader: Reader, own: Named, places: list[Named]) -> list[Named]:
    """On projects in Moscow or Kazan: places of the same kind that a word or a comma joins to the first."""
    found, step = [], -1 if reader.language == "tr" else 1  # Rusya ve Türkiye'deki
    end = own.position
    for value in sorted(places, key=lambda one: step * one.position):
        first, last = sorted((end, value.position))
        between = reader.pieces[first + 1 : last]
        joined = all(piece.is_filler or piece.has("conjunction") or piece.text.lower() in _IN for piece in between)
        if step * (value.position - end) > 0 and value.attribute == own.attribute and joined:
            found.append(value)
            end = value.position
    return found


def _place_of(reader: Reader, project: int, places: list[Named]) -> Named | None:
    """On projects located in Russia, Rusya'daki projelerde, за российскими проектами."""
    for value in places:
        before = value.position == project - 1
        if before and (reader.language != "tr" or value.piece.suffix.endswith(_LOCATIVES)):
            return value
        between = range(project + 1, value.position)
        inside = bool(between) and reader.pieces[between[-1]].text.lower() in _IN
        if inside and reader.language != "tr" and all(_is_quiet(reader, n) for n in between):
            return value
    return None


def _with_projects(reader: Reader, facts: Facts, project: int) -> None:
    """In cities with an active project: people who work where there is one."""
    dims = reader.open("dim", *_PLACES)
    if len(dims) != 1:
        return
    place, kind = dims[0], reader.pieces[dims[0]].key("dim") or ""
    if reader.language == "tr":
        inside = reader.pieces[place].text.lower().endswith(_LOCATIVES) and project < place
    else:
        inside = place > 0 and reader.pieces[place - 1].text.lower() in _IN and place < project
    first, last = sorted((place, project))
    statuses = [value for value in reader.values if value.attribute == "project_status"]
    named = {value.position for value in statuses}
    between = [n for n in range(first + 1, last) if n not in named]
    near = all(first - 1 <= n <= last for n in named)
    if not inside or not near or not between or not all(_is_quiet(reader, n) for n in between):
        return
    where = tuple(OneOf(reader.ref("projects", one.attribute), (one.value,)) for one in statuses)
    reader.values = [value for value in reader.values if value not in statuses]
    reader.use(*between, place, project)
    ref = reader.ref("projects", kind)
    within = Plan("projects", (ref,), where=(*where, Missing(ref, negated=True)), distinct=True)
    facts.where.append((place, Within(reader.ref("staff", kind), within)))


def _is_quiet(reader: Reader, number: int) -> bool:
    """Located, there is, where: what only binds the two."""
    piece = reader.pieces[number]
    quiet = any(piece.has(kind) for kind in _QUIET) or piece.text.lower() in (*_IN, "where", "где")
    return quiet and piece.number is None and not piece.values and not piece.has("negation")
