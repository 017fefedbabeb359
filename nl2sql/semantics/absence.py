"""Conditions that no row of something exists: people without leave, departments without a lawyer."""

from __future__ import annotations

from nl2sql.plan import AnyOf, Compare, Condition, Figure, Function, Having, Missing, OneOf, Order, Plan, Related, Today
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, QUALITIES, TABLES, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.known_dates import EXPIRED
from nl2sql.semantics.named import named_values
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.standards import OWN
from nl2sql.semantics.timing import period

_OUTSIDE = (
    "dışında",
    "harici",
    "hariç",
    "вне",
    "кроме",
    "за пределами",
    "outside",
    "except",
    "besides",
    "apart",
    "other",
)

_KINDS = ("gender", "position", "level", "family")
_NONE = frozenset({"no", "has no", "have no", "with no", "had no", "without", "without a", "нет", "без"})
_BESIDE = 2
"""Pieces between a negation and the word that says whose something is."""


def group_of(facts: Facts) -> str | None:
    """The groups that are asked for or counted, if they have a table of their own."""
    asked = (facts.target, facts.counted, PROJECT if facts.table == "projects" else None)
    return next((key for key in asked if key in TABLES_OF_DIMS), None)


def find_groups_without(reader: Reader, facts: Facts) -> None:
    """Departments without a lawyer: no row of such people, not people of other kinds."""
    denied = [value for value in reader.values if value.negated]
    group = group_of(facts)
    of_people = any(value.attribute in _KINDS for value in denied)
    if group is None and of_people and any(map(_says_none, reader.pieces)):
        raise NotUnderstoodError("where there are none of some people, but which groups is not said")
    if denied and _is_of_person(reader, denied):
        return
    if group is None and denied and facts.is_target_asked and not reader.names_people:
        _refuse_denied_places(reader, facts, denied)
    own = (group, "country") if group == "city" else (group,)
    if group is None or not denied or any(value.attribute in own for value in denied) or reader.subject != PEOPLE:
        return
    if len({value.value for value in denied}) > 1 or reader.keys:
        raise NotUnderstoodError("groups without several kinds of people")
    denied[0].negated = False
    facts.anti[PEOPLE] = denied[0].position


def _says_none(piece: Piece) -> bool:
    """No lawyer, нет юриста: none of them, and not somebody else."""
    return piece.has("negation") and piece.text.lower() in _NONE


def _is_of_person(reader: Reader, denied: list[Named]) -> bool:
    """Departments with women who are not interns: not so are the women, whom there are."""
    first = min(value.position for value in denied)
    negations = [n for n in range(first) if reader.pieces[n].has("negation")]
    who = [n for n in range(first) if reader.pieces[n].has("ask", "who")]
    kinds = all(value.attribute in QUALITIES for value in denied)
    return bool(negations and who) and kinds and 0 < who[-1] < negations[-1]


def _refuse_denied_places(reader: Reader, facts: Facts, denied: list[Named]) -> None:
    """Which kinds of leave were not taken in Moscow: not those that were taken elsewhere."""
    excepted = any(
        piece.has("negation", "except") or piece.text.lower().startswith(_OUTSIDE)
        for piece in reader.pieces
        if piece.has("negation")
    )
    if not excepted and any(value.attribute != facts.target for value in denied):
        raise NotUnderstoodError("kinds that there are none of somewhere")


def deny_all(reader: Reader, facts: Facts) -> None:
    """Turn everything that must not exist into conditions."""
    for key, position in facts.anti.items():
        if not (key == PROJECT and _are_countries(facts)):  # of all cities of a country together
            _deny(reader, facts, key, position)


def _deny(reader: Reader, facts: Facts, key: str, position: int) -> None:
    """Turn what must not exist into a condition."""
    condition: Condition
    if key in (LEAVE, TRAINING):
        condition = _no_event(reader, facts, key)
    elif key == PEOPLE:
        group = group_of(facts)
        if group is None:
            raise NotUnderstoodError("nobody, but where is not said")
        facts.table = TABLES_OF_DIMS[group]
        of_people = {value.attribute for value in reader.values} - {group, "project_status", "country"}
        inner = [one for _, one in named_values(reader, "staff", only=of_people)]
        if any(isinstance(one, OneOf) and len(one.values) > 1 for one in inner) and not reader.said(
            "conjunction", "or"
        ):
            raise NotUnderstoodError("nobody of several kinds, or of one of them")  # people on A, but nobody on B
        reader.use(*reader.open("subject", PEOPLE))
        _have_projects(reader, facts, group, position)
        condition = Related("staff", (*inner, *facts.inner), negated=True)
        facts.inner.clear()
    elif key == PROJECT and (reader.subject != PEOPLE or facts.target not in (None, PROJECT)):
        condition = Related("projects", negated=True)
        if reader.said("subject", PEOPLE):
            _have_people(facts, position)
    elif key == "end":
        condition = _no_end(reader, facts.table)
    else:
        if reader.pieces[position].text.lower().startswith(_OUTSIDE):
            raise NotUnderstoodError("outside of what is not said")
        beside = reader.pieces[max(position - _BESIDE, 0) : position + _BESIDE + 1]
        if any(piece.text.lower() in OWN for piece in beside):
            raise NotUnderstoodError("another than one's own")
        condition = Missing(reader.ref(facts.table, key))
    facts.where.append((position, condition))


def _have_projects(reader: Reader, facts: Facts, group: str, position: int) -> None:
    """Cities with projects but no staff."""
    for number, piece in enumerate(reader.pieces[:position]):
        joint = reader.beside(number, 1)[1]
        if piece.has("subject", PROJECT) and joint is not None and joint.has("conjunction", "and"):
            if group != "city" or facts.target != group:
                raise NotUnderstoodError("groups with projects but without people")
            facts.where.append((number, Related("projects")))


def countries_without_projects(reader: Reader, facts: Facts) -> Plan | None:
    """Countries with staff but no project: none of their cities has one."""
    if not _are_countries(facts) or PROJECT not in facts.anti:
        return None
    more = facts.where or facts.having or reader.keys or reader.quantities.ranks
    if more or (facts.counted is not None and facts.target is not None) or _are_of_people(reader):
        raise NotUnderstoodError("countries without projects, and more")
    having: tuple[Having, ...] = (Having(Figure("count", where=(Related("projects"),)), "=", 0),)
    if reader.said("subject", PEOPLE):
        having = (*having, Having(Figure("count", where=(Related("staff"),)), ">", 0))
    country = reader.ref("locations", "country")
    over: Function | None = "count" if facts.counted is not None else None
    order = Order(country, descending=False)
    return Plan("locations", (country,), having=having, order=order, known_keys=True, over=over)


def _are_countries(facts: Facts) -> bool:
    return "country" in (facts.target, facts.counted)


def _are_of_people(reader: Reader) -> bool:
    """Employees in countries without projects: they are asked for, and not the countries."""
    people = [n for n, piece in enumerate(reader.pieces) if piece.has("subject", PEOPLE)]
    groups = [n for n, piece in enumerate(reader.pieces) if piece.has("dim", "country")]
    if not (people and groups):
        return False
    return max(people) > max(groups) if reader.language == "tr" else min(people) < min(groups)


def _no_end(reader: Reader, table: str) -> Condition:
    """Without an end date; those that have not expired yet may have one."""
    end = reader.ref("contracts" if table == "staff" else table, "end")
    expires = any(piece.text.lower().startswith(EXPIRED) for piece in reader.pieces)
    open_ended = AnyOf((Missing(end), Compare(end, ">=", Today()))) if expires else Missing(end)
    return Related("contracts", (open_ended,)) if table == "staff" else open_ended


def _have_people(facts: Facts, position: int) -> None:
    """Cities with staff but no project."""
    if facts.target not in TABLES_OF_DIMS:
        raise NotUnderstoodError("groups with people but without projects")
    facts.where.append((position, Related("staff")))


def _no_event(reader: Reader, facts: Facts, key: str) -> Condition:
    """Without leave, without a training; a period is that of what did not happen, unless people were hired in it."""
    table = TABLES[key]
    if reader.subject != PEOPLE:
        raise NotUnderstoodError("two subjects, one denied")
    inner = [one for _, one in named_values(reader, table, only=("leave_type", "course"))]
    if facts.target in TABLES_OF_DIMS and not reader.speaks_of_people:
        facts.table = TABLES_OF_DIMS[facts.target]  # departments without any training
    if not {"hire", "birth"} & set(facts.events.values()):
        for span in reader.quantities.spans:
            inner += period(reader, table, span, "date")
        reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    return Related(table, tuple(inner), negated=True)
