"""So many for each of others: workers per manager, employees per department on average.

A total for each person who has one, training hours per employee, is a figure of `measures`.
"""

from __future__ import annotations

from nl2sql.plan import Condition, Figure, Gap, Missing, OneOf, Plan
from nl2sql.semantics.facts import LEAVE, PARTS, PEOPLE, TABLES, TRAINING, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.shapes import figures

_OF_PERSONS = ("gender", "position", "level", "family", "contract_type")
_PLACES = ("city", "country", "department", "project", "project_status")
_PER = frozenset({"per", "for each", "for every", "per each", "to each", "to every", "başına", "başına düşen"})
_FOR_EACH = ("for each", "for every")
_ONE_OF = ("на одного", "на одну", "на каждого", "на каждую")
_EACH = frozenset({"bir", "her", "her bir"})
_DATIVES = ("e", "a")
_FALLS = ("düş", "karşılık")


def find_denominators(reader: Reader) -> list[Named]:
    """The values that others are counted for each of, which are no conditions on those who are counted."""
    found = [value for value in reader.values if value.attribute in _OF_PERSONS and _word_of(reader, value) is not None]
    if not found:
        return []
    if len({value.value for value in found}) > 1:
        raise NotUnderstoodError("so many for each of several kinds")
    words = [number for value in found if (number := _word_of(reader, value)) is not None]
    if reader.open("subject", LEAVE, TRAINING) or reader.open("column"):
        of_events = bool(reader.open("subject", LEAVE, TRAINING) or reader.open("column", "days", "hours"))
        for number in words:
            if not (of_events and reader.pieces[number].text.lower().startswith(_FOR_EACH)):  # those of each of them
                reader.pieces[number].readings = {"per": ("person",)}  # hours per welder: for each person with some
        return []
    reader.use(*words)
    same = {(value.attribute, value.value) for value in found}  # said twice: one manager (level manager)
    reader.values = [value for value in reader.values if (value.attribute, value.value) not in same]
    return found


def _word_of(reader: Reader, value: Named) -> int | None:
    """The word that says that others are counted for each of a kind."""
    step = 1 if reader.language == "tr" else -1
    number, piece = reader.beside(value.position, step)
    if piece is not None and piece.is_open and (_says_per(piece) or _says_to(reader, number)):
        return number
    number, piece = reader.beside(value.position, -1)
    falls = [n for n, one in enumerate(reader.pieces) if one.text.lower().startswith(_FALLS)]
    if reader.language != "tr" or not falls or piece is None or not piece.is_open:
        return None
    if piece.text.lower() not in _EACH or not value.piece.text.lower().endswith(_DATIVES):
        return None
    reader.use(*falls)
    return number


def _says_to(reader: Reader, number: int) -> bool:
    """The ratio of employees to managers: of all of them, so that no kind stands before."""
    words = reader.open("ask", "ratio")
    before = [value for value in reader.values if value.position < number]
    people = reader.open("subject", PEOPLE)
    if reader.pieces[number].text.lower() != "to" or len(words) != 1 or before or not people or people[0] > number:
        return False
    reader.use(*words)
    return True


def _says_per(piece: Piece) -> bool:
    return piece.text.lower() in _PER or piece.text.lower().endswith(_ONE_OF)


def ratio(reader: Reader, facts: Facts, denominators: list[Named]) -> Plan:
    """Workers per manager, of every country if groups are asked for."""
    if reader.subject != PEOPLE or facts.table != "staff" or facts.having or reader.quantities.ranks:
        raise NotUnderstoodError("so many for each of others, and more")
    if facts.counted not in (None, "?", PEOPLE) or facts.wants_rows or facts.shown:
        raise NotUnderstoodError("so many of what for each is not said")
    if facts.target is not None:
        reader.keys.append(facts.target)
        facts.target = None
    own: list[Condition] = []
    common = []
    for place, one in facts.where:
        attribute = reader.attribute(one.ref) if isinstance(one, OneOf) else None
        if attribute in _OF_PERSONS:
            own.append(one)
        elif attribute in _PLACES:
            common.append((place, one))
        else:
            raise NotUnderstoodError("so many for each, under a condition on one or on both")
    facts.where = common
    reader.values = [value for value in reader.values if value.attribute not in _OF_PERSONS]
    reader.use(*reader.open("agg", "avg"), *reader.open("group"))
    value = denominators[0]
    others = (OneOf(reader.ref(facts.table, value.attribute), (value.value,)),)
    return figures(reader, facts, Gap(Figure("count", where=tuple(own)), Figure("count", where=others), "/"), None)


def average_number(reader: Reader, facts: Facts) -> Plan | None:
    """How many employees a department has on average."""
    averages = reader.open("agg", "avg")
    keys = [*reader.keys, *([facts.target] if facts.target is not None else [])]
    plain = not (reader.open("column") or reader.open("per") or facts.having or reader.quantities.ranks)
    if not averages or facts.counted not in (PEOPLE, *TABLES) or len(keys) != 1 or not plain or facts.wants_rows:
        return None
    if keys[0] in PARTS:
        raise NotUnderstoodError("an average number in a time, with those without any or not")
    ref = reader.ref(facts.table, keys[0])
    people = facts.counted == PEOPLE and reader.subject != PEOPLE
    counted = Figure("distinct", reader.ref(facts.table, "person")) if people else Figure("count")
    reader.use(*averages, *reader.open("group"))
    reader.keys, facts.target = [], None
    facts.where.append((-1, Missing(ref, negated=True)))
    return figures(reader, facts, Gap(counted, Figure("distinct", ref), "/"), None)
