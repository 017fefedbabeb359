"""What is compared with a figure and no number: above the average, less than the average intern, more than Moscow.

The values that tell whose figure it is are no conditions on what is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nl2sql.plan import (
    AgainstPeers,
    Compare,
    Condition,
    Figure,
    Function,
    Having,
    OneOf,
    Plan,
)
from nl2sql.semantics.comparing import Comparing, find_comparing
from nl2sql.semantics.facts import PEOPLE, PROJECT, TABLES_OF_DIMS, Facts
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader

OWN = frozenset(
    {"own", "their", "his", "her", "kendi", "kendilerinin", "свой", "своего", "своей", "своему", "своём", "своем", "их"}
)
_PEERS = ("department", "position", "city", "country", "project", "level", "family")
"""Attributes that people share with those they are compared with."""
_FUNCTIONS = ("avg", "median")
_SUMS = ("days", "hours", "budget", "payroll")
_PLACES = ("city", "country", "department", "project")
_WITHIN = frozenset({"in", "on", "at", "в", "во", "на", "по"})
_LOCATIVES = ("da", "de", "ta", "te")
_THAN = "чем"
"""What a comma stands before in Russian."""
_OF_OWN = re.compile(
    r"\bсредн\w+ (зарплат\w+ |возраст\w* |стаж\w* )?по (отделу|должности|городу|стране|проекту)\b", re.IGNORECASE
)
"""Above the average of the department: in the singular, that of one's own."""
_WHOLE = ("company", "overall", "firm", "whole", "şirket", "genel", "компани", "общ", "фирм", "предприят")


@dataclass
class Standard:
    """A figure that something is compared with."""

    comparing: Comparing
    function: Function | None = None
    attribute: str | None = None
    values: list[Named] = field(default_factory=list)
    """Whose figure it is; everybody's if there are none."""
    is_whole: bool = False
    """Whether it is said to be that of the whole company."""
    peers: str | None = None
    """What those share whose figure it is, if the figure is called by it: the department average."""
    pieces: list[int] = field(default_factory=list)


def find_standards(reader: Reader) -> list[Standard]:
    """Find them, and take their values out of those that are conditions."""
    found = []
    for comparing in find_comparing(reader):
        standard = _standard(reader, comparing)
        if standard is None:
            continue
        taken = {id(value) for value in standard.values}
        reader.values = [value for value in reader.values if id(value) not in taken]
        reader.use(*comparing.positions, *standard.pieces)
        found.append(standard)
    return found


def _standard(reader: Reader, comparing: Comparing) -> Standard | None:
    standard = Standard(comparing, attribute=comparing.attribute)
    place = comparing.start + comparing.step
    named = {value.position: value for value in reader.values}
    while 0 <= place < len(reader.pieces) and not _is_cut(reader, place, comparing.step):
        piece = reader.pieces[place]
        standard.is_whole |= piece.text.lower().startswith(_WHOLE)
        if place in named:
            if comparing.step == -1 and _is_where(piece.suffix or piece.text.lower()):
                break
            if comparing.step == -1 and any(one.attribute == named[place].attribute for one in standard.values):
                break  # kadınlar … erkeklerden fazla: who is compared, not with whom
            standard.values.append(named[place])
        elif piece.is_open and piece.has("agg", *_FUNCTIONS):
            if standard.function is not None:
                break  # the figure that is compared: whose average age is above the average
            standard.function = "avg" if piece.has("agg", "avg") else "median"
            standard.pieces.append(place)
        elif piece.is_open and piece.has("column") and standard.attribute in (None, piece.key("column")):
            standard.attribute = piece.key("column")
            standard.pieces.append(place)
        elif _tells_whose(reader, standard, place):
            standard.pieces.append(place)
        elif piece.text.lower() in OWN or not (piece.is_filler or piece.is_used or piece.is_quiet):
            break
        place += comparing.step
    return standard if _is_told(reader, standard) else None


def _is_cut(reader: Reader, place: int, step: int) -> bool:
    """Whether a comma or a full stop lies between a piece and the one before it on the way."""
    one, other = sorted((reader.pieces[place], reader.pieces[place - step]), key=lambda piece: piece.start)
    if other.text.lower().startswith(_THAN):
        return False
    return any(mark in reader.text[one.end : other.start] for mark in ",.;:?")


def _is_where(text: str) -> bool:
    return text.endswith(_LOCATIVES)


def _tells_whose(reader: Reader, standard: Standard, place: int) -> bool:
    """One, people, those of the department: whose figure it is."""
    piece = reader.pieces[place]
    if standard.peers is None and _is_of_peers(reader, place):
        standard.peers = reader.dim(piece)
        return True
    is_people = standard.comparing.step == 1 and piece.has("subject", PEOPLE)
    return piece.is_open and (is_people or piece.text.lower() in ("bir", "один", "одного"))


def _is_told(reader: Reader, standard: Standard) -> bool:
    """Whether it is a figure, and not the other half of a pair: departments where women are younger than men."""
    attributes = {value.attribute for value in standard.values}
    if standard.is_whole and standard.function is None and not attributes and reader.open("agg", "avg"):
        standard.function = "avg"  # more on average than the company as a whole
    others = {value.attribute for value in reader.values if value not in standard.values}
    dims = {reader.dim(piece) for piece in reader.pieces if piece.is_open} | set(reader.keys)
    if len(attributes) > 1 and standard.function is None:
        return False
    if attributes & others and dims - {None} - {"course"}:
        return False
    other = reader.open("agg", *(name for name in (*_FUNCTIONS, "max", "min") if name != standard.function))
    if reader.open("ask", "difference") and other and not (attributes or standard.is_whole):
        return False  # by how much the average is above the median
    if standard.function is not None:
        _refuse_doubtful(reader, standard)
        return True
    return len(standard.values) == 1 and bool(attributes & dims)


def _refuse_doubtful(reader: Reader, standard: Standard) -> None:
    """How many earn above the average in Moscow: those there, or those anywhere?"""
    others = [value for value in reader.values if value not in standard.values]
    for value in standard.values:
        before = reader.pieces[value.position - 1].text.lower() if value.position else ""
        if not others and value.attribute in _PLACES and before in _WITHIN and not reader.keys:
            dims = {reader.dim(piece) for piece in reader.pieces if piece.is_open}
            if not dims - {None}:
                raise NotUnderstoodError("an average in a place, or those in that place")


def apply_standards(reader: Reader, facts: Facts) -> None:
    """Conditions on rows, or on groups if their figures are compared."""
    if facts.standards and reader.subject == PROJECT and reader.keys == [PROJECT]:
        reader.keys = []  # above the average of projects
    for standard in facts.standards:
        grouped = facts.target is not None or bool(reader.keys) or facts.counted in (*TABLES_OF_DIMS, "country")
        aggs = reader.open("agg", "avg", "sum", "median")
        attribute = standard.attribute or _attribute(reader)
        own = _own_group(reader, facts, standard) if standard.function is not None else None
        if own is None and grouped and (aggs or attribute is None or not reader.names_people):
            _compare_groups(reader, facts, standard, attribute)
            continue
        if attribute is None:
            raise NotUnderstoodError("an average of what is not said")
        reader.use(*reader.open("column", attribute))
        ref = reader.ref(facts.table, attribute)
        position, operator = standard.comparing.positions[0], standard.comparing.operator
        if own is not None:
            if standard.function != "avg" or standard.values:
                raise NotUnderstoodError("a median of one's own group")
            facts.where.append((position, AgainstPeers(ref, operator, reader.ref(facts.table, own))))
            continue
        where = _conditions(reader, facts.table, standard)
        if standard.function is None:
            if reader.subject != PROJECT:
                raise NotUnderstoodError("compared with a figure that is not said")
            plan = Plan(facts.table, (ref,), where=where)
        else:
            table = ref.table if attribute == "budget" else facts.table  # a budget counts once, not once a person
            plan = Plan(table, measures=(Figure(standard.function, ref),), where=where)
        facts.where.append((position, Compare(ref, operator, plan)))


def _attribute(reader: Reader) -> str | None:
    columns = reader.open("column")
    keys = {reader.pieces[number].key("column") for number in columns}
    return keys.pop() if len(keys) == 1 else None


def _conditions(reader: Reader, table: str, standard: Standard) -> tuple[Condition, ...]:
    named: dict[str, list[str]] = {}
    for value in standard.values:
        named.setdefault(value.attribute, []).append(value.value)
    return tuple(OneOf(reader.ref(table, key), tuple(dict.fromkeys(names))) for key, names in named.items())


def _compare_groups(reader: Reader, facts: Facts, standard: Standard, attribute: str | None) -> None:
    """Cities with more people than Moscow; departments whose average age is above that of the company."""
    aggs = reader.open("agg", "avg", "sum", "median")
    figure = Figure("count") if reader.subject in (PEOPLE, PROJECT) or facts.counted != PEOPLE else None
    if attribute is not None:
        said = reader.pieces[aggs[0]].key("agg") if aggs else standard.function
        function = said or ("sum" if attribute in _SUMS else None)
        if function is None:
            raise NotUnderstoodError("groups compared by a figure that is not said")
        figure = Figure(function, reader.ref(facts.table, attribute))  # type: ignore[arg-type]
    elif figure is None:
        figure = Figure("distinct", reader.ref(facts.table, "person"))
    if figure.ref is None and standard.function is not None:
        raise NotUnderstoodError("an average number")
    same = {value.attribute for value in standard.values} & {facts.target, facts.counted, *reader.keys}
    others = tuple(one for _, one in facts.where)
    if others and not (same or standard.values or standard.is_whole):
        raise NotUnderstoodError("above the average of all, or of those who are spoken of")
    reader.use(*aggs, *reader.open("column"), *reader.open("subject", PEOPLE))
    where = (*(others if same else ()), *_conditions(reader, facts.table, standard))
    whole = Plan(facts.table, measures=(figure,), where=where)
    facts.having.append(Having(figure, standard.comparing.operator, whole))


def _is_of_peers(reader: Reader, place: int) -> bool:
    """The department average, departman ortalaması: an attribute right before the average."""
    ahead = reader.beside(place, 1)[1]
    return reader.dim(reader.pieces[place]) in _PEERS and ahead is not None and ahead.has("agg", *_FUNCTIONS)


def _own_group(reader: Reader, facts: Facts, standard: Standard) -> str | None:
    """Than the average of their own department; of what is one's own otherwise is not understood."""
    if standard.peers is not None and facts.table == "staff":
        facts.wants_rows |= facts.target is None and facts.counted is None and not reader.keys
        return standard.peers
    said = {piece.text.lower() for piece in reader.pieces}
    if not said & OWN and not _OF_OWN.search(reader.text):
        return None
    for key in (facts.target, *reader.keys):
        if key in _PEERS and facts.table == "staff":
            facts.target = None
            reader.keys = [other for other in reader.keys if other != key]
            return key
    for number in reader.open("dim", *_PEERS):
        if facts.table == "staff":
            reader.use(number)
            return reader.dim(reader.pieces[number])
    raise NotUnderstoodError("an average of one's own, but of which group is not said")
