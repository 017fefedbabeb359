"""What a question asks for: the values of an attribute, or rows."""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import CONTRACT, PARTS, PEOPLE, PROJECT, QUALITIES, TRAINING, Facts
from nl2sql.semantics.listing import first_asked, lists, ranks_people
from nl2sql.semantics.quantities import is_money
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.shown import dates_shown, is_listed_name, is_of_events, show, words_shown
from nl2sql.semantics.subject import asks_who, typed

_COURSES = ("courses", "kurslar", "курсы")
_NEAR = 2
"""Pieces between a word and what it asks for."""


def find_target(reader: Reader, facts: Facts) -> None:
    """The attribute whose values are asked for, or whether rows are, and what of each row."""
    people = reader.open("subject", PEOPLE)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    dims = [n for n, piece in enumerate(reader.pieces) if piece.is_open and reader.dim(piece) and piece not in units]
    names = [n for n in dims if reader.dim(reader.pieces[n]) in NAMES and not _groups_names(reader)]
    titles = [n for n in reader.open("title", "name") if reader.subject != PROJECT and is_listed_name(reader, n)]
    reader.use(*names)
    dims = [n for n in dims if n not in names and _may_be_target(reader, facts, n)]
    dims, titles = _named_projects(reader, dims, titles)
    of_people = bool(people) or any(value.attribute in QUALITIES for value in reader.values)
    of_people |= any(reader.is_participle(piece) for piece in reader.pieces)
    rows = lists(reader, facts, dims, names=bool(names or titles), of_people=of_people)
    if rows:
        found = {n: typed(reader, reader.dim(reader.pieces[n]) or "") for n in dims}
        show(reader, facts, found | dates_shown(reader, facts) | words_shown(reader, facts))
        facts.shows_events |= any(is_of_events(reader, key) for key in facts.shown.values())
    elif dims and not reader.keys:
        asked = reader.open("ask", "which")
        if reader.language == "tr":  # … ay hangisi: what comes right before it
            dims = [n for n in dims if n + 1 in asked] or dims
        facts.is_target_asked = any(0 < dims[0] - n <= _NEAR for n in asked)
        facts.target = _target(reader, dims[0])
        reader.use(dims[0])
    told = reader.language == "tr" and bool(reader.open("ask", "distribution"))  # çalışan dağılımını göster: groups
    shows = facts.counted is None and bool(reader.open("ask", "list")) and not told
    listed = (bool(reader.open("ask", "which")) or shows) and of_people
    facts.wants_rows = facts.target is None and (
        bool(asks_who(reader) or names or rows or facts.wants_people)
        or (bool(reader.open("ask", "list")) and ranks_people(reader))
        or (listed and not _is_figure_of_people(reader, people or _places_of_people(reader)))
        or (bool(people) and ranks_people(reader))
    )
    reader.use(*people, *reader.open("subject", reader.subject), *reader.open("current"))
    if any(value.attribute == "project_status" for value in reader.values) or _speaks_of_budgets(reader):
        reader.use(*reader.open("subject", PROJECT))
    for part, columns in (("month", ("salary", "payroll")), ("year", ("age", "tenure"))):
        if reader.open("column", *columns) or any(is_money(bound) for bound in reader.quantities.bounds):
            reader.use(*reader.open("dim", part))  # in years, a month: what they are measured in
    if any(value.attribute == "contract_type" for value in reader.values) or "contract_type" in reader.keys:
        reader.use(*reader.open("subject", CONTRACT))


def _named_projects(reader: Reader, dims: list[int], titles: list[int]) -> tuple[list[int], list[int]]:
    """Which project, and its name: the name is asked for and not the code as well."""
    named = [n for n in dims if reader.dim(reader.pieces[n]) == "project_name"]
    plain = [n for n in dims if reader.dim(reader.pieces[n]) == PROJECT]
    if reader.subject == PROJECT:
        reader.use(*named)
        return [n for n in dims if n not in named], titles
    if named and plain:
        reader.use(*plain)
        return [n for n in dims if n not in plain], titles
    return dims, [] if dims and dims[0] in plain and reader.beside(dims[0], -1)[0] in reader.open("ask") else titles


def _target(reader: Reader, number: int) -> str:
    """The attribute whose values are asked for: of projects their names, if those are spoken of."""
    key = typed(reader, reader.dim(reader.pieces[number]) or "")
    names = reader.open("title") if key == PROJECT and reader.subject != PROJECT else []
    reader.use(*names)
    return "project_name" if names else key


def _groups_names(reader: Reader) -> bool:
    """The most common surname, names of more than ten people: people are counted by their names."""
    return any(rank.attribute == "count" for rank in reader.quantities.ranks) or any(
        bound.unit_piece is not None and bound.unit_piece.has("subject", PEOPLE) for bound in reader.quantities.bounds
    )


def _may_be_target(reader: Reader, facts: Facts, number: int) -> bool:
    piece = reader.pieces[number]
    key = reader.dim(piece)
    asked = reader.open("ask", "which", "list")
    units = [bound.unit_piece for bound in reader.quantities.bounds if bound.unit_piece is not None]
    ranked = bool(reader.quantities.ranks) or any(unit.has("subject") for unit in units)
    if key in PARTS:
        ranks = [rank.position for rank in reader.quantities.ranks if rank.attribute in (None, "count")]
        near = any(0 < number - other <= _NEAR for other in (*reader.open("ask", "which"), *ranks))
        near |= bool(reader.quantities.ranks or reader.quantities.bounds) and _is_headed(reader, number)
        return near or any(0 < other - number <= _NEAR for other in reader.open("ask", "which") if ranks)
    if key == PROJECT:
        # of active projects: a condition, not what is asked for
        told = any(value.attribute == "project_status" for value in reader.values)
        told |= reader.subject == PEOPLE and _speaks_of_budgets(reader) and not counts_kind(reader)
        asked = [other for other in asked if 0 < number - other <= 2 or reader.pieces[other].has("ask", "list")]  # noqa: PLR2004
        return reader.subject != PROJECT and (bool(asked) or ranked or not told)
    if key == "course" and piece.has("subject", TRAINING):
        follows = reader.language == "tr" and number + 1 in asked  # kurslar hangileri
        asked = asked if first_asked(reader) == number or follows else []
        before = reader.pieces[number - 1] if number else None
        of_hours = before is not None and before.has("column", "hours") and bool(reader.open("subject", PEOPLE))
        if not asked and (asks_who(reader) or of_hours):
            return False  # who completed the most courses, employees by their hours of training
        headed = number == 0 and bool(reader.open("agg")) and piece.text.lower().startswith(_COURSES)
        return facts.counted != TRAINING and bool(asked or ranked or headed) and TRAINING not in facts.anti
    return True


def _is_headed(reader: Reader, number: int) -> bool:
    """The month with the most leave, name the month: the first word, but for one that says to tell it."""
    told = reader.beside(number, -1)[1]
    second = told is not None and told.has("ask", "list") and reader.beside(number, -1)[0] == reader.first
    return (number == reader.first or second) and reader.language != "tr"  # ayda: a month, of what is paid


def counts_kind(reader: Reader) -> bool:
    """Projects with more than three lawyers: so many of a kind in each."""
    places = _places_of_people(reader)
    followers = [
        bound.follower for bound in reader.quantities.bounds if bound.unit is None and bound.unit_piece is None
    ]
    return any(reader.pieces[place] is follower for place in places for follower in followers)


def _speaks_of_budgets(reader: Reader) -> bool:
    return bool(reader.open("column", "budget")) or any(one.attribute == "budget" for one in reader.quantities.bounds)


def _places_of_people(reader: Reader) -> list[int]:
    """Where people are spoken of by what they are: electricians."""
    return [value.position for value in reader.values if value.attribute in QUALITIES]


def _is_figure_of_people(reader: Reader, people: list[int]) -> bool:
    """Show the highest salary of employees in Moscow: a figure, though people are spoken of."""
    columns = reader.open("column")
    ranks = [rank for rank in reader.quantities.ranks if rank.count is None and rank.attribute is None]
    if reader.open("agg"):
        return bool(columns)
    return bool(columns and ranks) and bool(people) and ranks[0].position < columns[0] < people[0]
