"""What a question is about: whose rows, what is counted, which attribute's values are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nl2sql.plan import Condition, Having, Measure
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

PEOPLE, LEAVE, TRAINING, CONTRACT, RAISE, PROJECT = "people", "leave", "training", "contract", "raise", "project"
TABLES = {
    PEOPLE: "staff",
    LEAVE: "leave_taken",
    TRAINING: "training_done",
    CONTRACT: "contracts",
    RAISE: "salaries",
    PROJECT: "projects",
}
TABLES_OF_DIMS = {"department": "departments", "position": "positions", "city": "locations", "project": "projects"}
"""Tables with one row for each value of an attribute."""
PARTS = ("year", "quarter", "month")
NAMES = ("first_name", "last_name")
_OF_PEOPLE = ("salary", "first_salary", "payroll", "age", "tenure")
"""Attributes that say that people are meant."""
_EVIDENCE = {
    # subject -> attributes of values, columns, unit
    LEAVE: (("leave_type",), ("days",), "day"),
    TRAINING: (("course",), ("hours",), "hour"),
    PROJECT: (("project_status",), ("budget",), None),
    RAISE: ((), ("raise",), None),
}
_TYPES = {LEAVE: "leave_type", CONTRACT: "contract_type", PEOPLE: "contract_type", TRAINING: "course"}
"""What "by type" means."""
_COMING = ("приш", "прих", "join", "katıl", "enter")
_BUT = ("but", "но", "ama", "fakat")
_REACH = 5
"""Pieces between a word and what it is about."""
_ASKING = ("how many", "kaç", "сколько")
"""Asked twice, they ask for two numbers."""
OF_PERSONS = ("gender", "position", "level", "family", "contract_type", "status", "department", "project", "city")
"""Attributes of people, whose values a group may lack: departments without women."""
_DENIED_DIMS = ("patronymic", "department", "position", "city", "gender")


@dataclass
class Facts:
    """What is known of a question while its plan is put together."""

    counted: str | None = None
    """A subject, an attribute, "?" if it is not said, or `None` if nothing is counted."""
    target: str | None = None
    """The attribute whose values are asked for: which city."""
    is_target_asked: bool = False
    """Whether "which" stands before it."""
    wants_rows: bool = False
    shown: list[str] = field(default_factory=list)
    """Attributes to show beside the names of people."""
    events: dict[int, str] = field(default_factory=dict)
    """Where something is said to be hired, born, begun, ended, completed."""
    anti: dict[str, int] = field(default_factory=dict)
    """What must not exist, and where that is said."""
    table: str = ""
    where: list[tuple[int, Condition]] = field(default_factory=list)
    """Conditions and where they are said."""
    having: list[Having] = field(default_factory=list)
    years: tuple[Condition, ...] = ()
    """Two years whose figures are subtracted or divided."""
    dated: str | None = None
    """The date that years as groups are of, if it is not the first that is spoken of."""
    more: list[Measure] = field(default_factory=list)
    """Figures beside the first: the lowest and the highest salary."""


def find_facts(reader: Reader) -> Facts:
    """Find out what a question is about."""
    facts = Facts()
    _find_negations(reader, facts)
    _find_counted(reader, facts)
    facts.events = {number: reader.pieces[number].readings["event"][0] for number in reader.open("event")}
    _find_subject(reader, facts)
    _find_target(reader, facts)
    return facts


# -- what is denied ----------------------------------------------------------------------------------------


def _find_negations(reader: Reader, facts: Facts) -> None:
    """Bind every negation to the value, the event or the attribute that it denies."""
    steps = (-1, 1) if reader.language == "tr" else (1, -1)
    # "hiç … olmayan" denies once: the word that says how comes after the one that says what
    for number in sorted(reader.open("negation"), key=lambda n: reader.pieces[n].has("negation", "never")):
        piece = reader.pieces[number]
        if piece.is_used:
            continue
        if piece.has("negation", "nobody"):
            facts.anti[PEOPLE] = number
        if piece.has("negation", "never", "nobody") and facts.anti:
            reader.use(number)
            continue
        order = steps[::-1] if piece.text.lower().startswith("hiç") else steps  # it comes first, as in other languages
        if not (any(_deny(reader, facts, number, step) for step in order) or facts.anti):
            raise NotUnderstoodError("a negation of what is not said")
        behind = reader.beside(number, -1)[1]
        if behind is not None and behind.text.lower() in _BUT and not any(value.negated for value in reader.values):
            raise NotUnderstoodError("something that is there but lacks another")
        reader.use(number)


def _deny(reader: Reader, facts: Facts, number: int, step: int) -> bool:
    place = number
    for _ in range(_REACH):
        place, piece = reader.beside(place, step)
        if piece is None:
            return False
        if piece.has("negation"):
            reader.use(place)
        elif named := [value for value in reader.values if value.position == place]:
            return _deny_value(reader, facts, number, named[0].attribute)
        elif piece.is_used or (piece.is_quiet and not piece.has("subject")):
            continue
        elif reader.dim(piece) in TABLES_OF_DIMS and _is_asked_which(reader, place):
            facts.anti[PEOPLE] = number  # hangi pozisyonlar yok
            return True
        elif key := _denied(reader, piece):
            facts.anti[key] = number
            reader.use(place)
            return True
        elif not piece.has("event"):
            return False
    return False


def _deny_value(reader: Reader, facts: Facts, number: int, attribute: str) -> bool:
    """Never had sick leave is about leave; not in Moscow or Kazan is about both cities."""
    for subject in (LEAVE, TRAINING):
        if attribute in _EVIDENCE[subject][0] and _has_others(reader, number, attribute):
            return True
        if attribute in _EVIDENCE[subject][0]:
            facts.anti[subject] = number
            reader.use(*reader.open("subject", subject))
            return True
    if reader.pieces[number].has("negation", "never") and attribute not in OF_PERSONS:
        return False
    for value in reader.values:
        value.negated |= value.attribute == attribute
    return True


def _has_others(reader: Reader, number: int, attribute: str) -> bool:
    """First Aid but not Fire Safety: only what stands beside the negation is denied."""
    own = sorted((value for value in reader.values if value.attribute == attribute), key=lambda one: one.position)
    if len({value.value for value in own}) != 2 or not own[0].position < number or own[0].negated:  # noqa: PLR2004
        return False
    if reader.language != "tr" and number > own[1].position:
        return False
    if reader.language != "tr" and any(piece.has("negation") for piece in reader.pieces[: own[0].position]):
        raise NotUnderstoodError("several denied, or one of them")
    if reader.language == "tr" and not own[1].position < number:
        raise NotUnderstoodError("several denied, or one of them")
    own[1].negated = True
    return True


def _is_asked_which(reader: Reader, place: int) -> bool:
    behind = reader.beside(place, -1)[1]
    return behind is not None and behind.has("ask", "which") and reader.language == "tr"


def _denied(reader: Reader, piece: Piece) -> str | None:
    """What a piece says must not exist: training, projects, an end date, a patronymic."""
    if piece.has("event", "end") and reader.open("subject", CONTRACT, PROJECT):
        return "end"
    if piece.has("subject", LEAVE, TRAINING, PEOPLE, PROJECT):
        return piece.key("subject")
    return piece.key("dim") if piece.has("dim", *_DENIED_DIMS) else None


# -- what is counted ---------------------------------------------------------------------------------------


def _find_counted(reader: Reader, facts: Facts) -> None:
    """What "how many" counts: people, trainings, cities, days."""
    for kind, step in (("count", 1), ("count_after", -1)):
        for number in reader.open("ask", kind):
            piece = reader.pieces[number]
            reader.use(number)
            reader.wants_each |= (
                facts.counted is not None and kind == "count" and reader.pieces[number].text.lower() in _ASKING
            )
            if facts.counted is None:
                facts.counted = "people" if piece.has("subject", PEOPLE) else _counted_from(reader, number, step)


def _counted_from(reader: Reader, number: int, step: int) -> str | None:
    place, passed, distinct = number, False, "farklı" in reader.pieces[number].text.lower()
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    for _ in range(_REACH):
        place, piece = reader.beside(place, step)
        if piece is None:
            break
        if piece in units:
            continue
        if piece.is_open and (piece.has("unit", "usd") or (piece.has("unit", "year") and not piece.has("column"))):
            reader.use(place)
            return None  # how many dollars asks how much
        if piece.is_used or (piece.is_quiet and not _names_something(piece)):
            passed |= bool(piece.values) or piece.number is not None or piece.has("compare")
            continue
        if piece.has("agg", "distinct", "sum") and not piece.has("column"):
            reader.use(place)
            distinct |= piece.has("agg", "distinct")
        elif piece.has("column", "days", "hours"):
            reader.use(place)
            return piece.key("column")
        elif piece.has("subject") or reader.dim(piece) is not None:
            if passed and not piece.has("subject"):
                return "?"  # women in departments: women are counted
            reader.use(place)
            return (
                "course" if distinct and piece.has("subject", TRAINING) else piece.key("subject") or reader.dim(piece)
            )
        else:
            return None if not passed and (piece.has("agg") or piece.has("column")) else "?"
    columns = [reader.pieces[n] for n in reader.open("column") if reader.pieces[n] not in units]
    summed = any(piece.has("column", "days", "hours", "payroll") for piece in columns)
    return None if not passed and columns and (summed or reader.open("agg") or reader.quantities.ranks) else "?"


def _names_something(piece: Piece) -> bool:
    return any(piece.has(kind) for kind in ("subject", "dim", "column", "agg"))


# -- whose rows --------------------------------------------------------------------------------------------


def _find_subject(reader: Reader, facts: Facts) -> None:
    people = _speaks_of_people(reader, facts)
    events = set(facts.events.values())
    leave, training = _speaks_of(reader, facts, LEAVE), _speaks_of(reader, facts, TRAINING)
    if leave and training:
        raise NotUnderstoodError("both leave and training")
    if leave or training:
        reader.subject = LEAVE if leave else TRAINING
    elif _speaks_of(reader, facts, RAISE):
        reader.subject = RAISE
    elif _is_about_contracts(reader, facts, events, people=people):
        reader.subject = CONTRACT
    elif not people and (
        _speaks_of(reader, facts, PROJECT) or (facts.counted == "days" and _is_length_of_project(reader))
    ):
        reader.subject = PROJECT
    else:
        reader.subject = PEOPLE
    facts.table = TABLES[reader.subject]
    # taken: leave is taken, people are taken on
    meant = {PEOPLE: "hire", LEAVE: "complete", TRAINING: "complete"}.get(reader.subject, "")
    facts.events |= {
        number: meant
        for number in facts.events
        if reader.pieces[number].has("event", meant) or _came_to(reader, facts, number)
    }
    events = set(facts.events.values())
    reader.is_about_leavers = "left" in events
    if (
        reader.subject == PEOPLE
        and ("left" in events or ("hire" in events and not _needs_staff(reader)))
        and not ("left" not in events and any(piece.has("current") for piece in reader.pieces))
    ):
        facts.table = "employees"
    reader.keys = [_typed(reader, key) for key in reader.keys]
    if reader.subject == PEOPLE and facts.table == "employees" and "department_code" in reader.keys:
        facts.table = "staff"


def _speaks_of(reader: Reader, facts: Facts, subject: str) -> bool:
    """Whether a question speaks of a subject, in what remains of it or in what it counts."""
    if subject in facts.anti:
        return False
    attributes, columns, unit = _EVIDENCE.get(subject, ((), (), None))
    units = [bound.unit_piece for bound in reader.quantities.bounds if bound.unit_piece is not None]
    if subject == LEAVE and _is_length_of_project(reader):
        columns, unit = (), None
    return (
        facts.counted in (subject, *columns, *attributes)
        or any(value.attribute in attributes for value in reader.values)
        or any(key in attributes for key in reader.keys)
        or any(key != "course" and reader.open("dim", key) for key in attributes)
        or bool(reader.open("subject", subject))
        or (subject == PROJECT and bool(reader.open("dim", "project_status")))
        or bool(columns and reader.open("column", *columns) and not _is_length_of_service(reader, columns))
        or any(one.has("subject", subject) or (unit is not None and one.has("unit", unit)) for one in units)
    )


def _is_length_of_project(reader: Reader) -> bool:
    """Whether days are those that a project or a contract lasts."""
    projects = bool(reader.open("subject", PROJECT, CONTRACT)) or any(
        value.attribute in (PROJECT, "project_status") for value in reader.values
    )
    leave = bool(reader.open("subject", LEAVE)) or any(value.attribute == "leave_type" for value in reader.values)
    return projects and not leave and not reader.speaks_of_people


def _is_length_of_service(reader: Reader, columns: Iterable[str]) -> bool:
    """Whether "how long" asks about people, since no leave is spoken of."""
    pieces = [reader.pieces[number] for number in reader.open("column", *columns)]
    return all(piece.has("column", "tenure") for piece in pieces) and not reader.open("subject", LEAVE)


def _speaks_of_people(reader: Reader, facts: Facts) -> bool:
    quantities = reader.quantities
    return (
        _speaks_of(reader, facts, PEOPLE)
        or bool(_asks_who(reader) or reader.open("column", *_OF_PEOPLE))
        or any(rank.attribute in _OF_PEOPLE and not _is_length_of_project(reader) for rank in quantities.ranks)
        or any(bound.attribute in _OF_PEOPLE and not _is_length_of_project(reader) for bound in quantities.bounds)
        or any(value.attribute in ("gender", "position", "status", "level", "family") for value in reader.values)
    )


def _is_about_contracts(reader: Reader, facts: Facts, events: set[str], *, people: bool) -> bool:
    typed = any(value.attribute == "contract_type" for value in reader.values)
    if facts.counted == CONTRACT or (typed and facts.counted == "?" and events and events <= {"end", "start"}):
        return True
    if not (reader.open("subject", CONTRACT) or "contract_type" in reader.keys):
        return False
    return bool(events & {"end", "start"}) or not (people or facts.counted or "contract_type" in reader.keys)


def _needs_staff(reader: Reader) -> bool:
    """Whether people hired once are asked for something that is known of those who work here only."""
    return (
        any(rank.attribute for rank in reader.quantities.ranks)
        or bool(reader.open("column", *_OF_PEOPLE) or reader.open("agg"))
        or any(value.attribute == "contract_type" for value in reader.values)
    )


def _came_to(reader: Reader, facts: Facts, number: int) -> bool:
    """Who joined or came to a course joined no company."""
    said = reader.pieces[number].text.lower()
    return reader.subject == TRAINING and facts.events[number] == "hire" and said.startswith(_COMING)


def _typed(reader: Reader, key: str) -> str:
    if key == "code":
        return PROJECT if reader.subject == PROJECT else "department_code"
    if key == "status" and reader.subject == PROJECT:
        return "project_status"
    if key != "type":
        return key
    if reader.subject not in _TYPES:
        raise NotUnderstoodError("types of what is not said")
    return _TYPES[reader.subject]


# -- what is asked for -------------------------------------------------------------------------------------


def _find_target(reader: Reader, facts: Facts) -> None:
    """The attribute whose values are asked for, or whether rows are."""
    people = reader.open("subject", PEOPLE)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    dims = [n for n, piece in enumerate(reader.pieces) if piece.is_open and reader.dim(piece) and piece not in units]
    names = [n for n in dims if reader.dim(reader.pieces[n]) in NAMES and not _groups_names(reader)]
    reader.use(*names)
    dims = [n for n in dims if n not in names and _may_be_target(reader, facts, n)]
    first = min(reader.open("ask", "which", "list"), default=-1)
    of_people = people and first >= 0 and reader.beside(first, 1)[0] in people
    if dims and not reader.keys and (of_people or _asks_who(reader)):
        # employees and their departments; who earns most, and in which department
        facts.shown = [_typed(reader, reader.dim(reader.pieces[n]) or "") for n in dims]
        reader.use(*dims)
    elif dims and not reader.keys:
        facts.is_target_asked = any(0 < dims[0] - n <= 2 for n in reader.open("ask", "which"))  # noqa: PLR2004
        facts.target = _typed(reader, reader.dim(reader.pieces[dims[0]]) or "")
        reader.use(dims[0])
    of_people = bool(people) or any(
        value.attribute in ("gender", "position", "level", "family", "contract_type", "status")
        for value in reader.values
    )
    listed = bool(reader.open("ask", "list", "which")) and of_people
    facts.wants_rows = facts.target is None and (
        bool(_asks_who(reader) or names)
        or (bool(reader.open("ask", "list")) and _ranks_people(reader))
        or (listed and not _is_figure_of_people(reader, people))
        or (bool(people) and _ranks_people(reader))
    )
    reader.use(*people, *reader.open("subject", reader.subject), *reader.open("current"))
    if any(value.attribute == "project_status" for value in reader.values) or reader.open("column", "budget"):
        reader.use(*reader.open("subject", PROJECT))
    for part, columns in (("month", ("salary", "payroll")), ("year", ("age", "tenure"))):
        if reader.open("column", *columns) or any(bound.unit == "usd" for bound in reader.quantities.bounds):
            reader.use(*reader.open("dim", part))  # in years, a month: what they are measured in
    if any(value.attribute == "contract_type" for value in reader.values) or "contract_type" in reader.keys:
        reader.use(*reader.open("subject", CONTRACT))


def _groups_names(reader: Reader) -> bool:
    """The most common surname, names of more than ten people: people are counted by their names."""
    return any(rank.attribute == "count" for rank in reader.quantities.ranks) or any(
        bound.unit_piece is not None and bound.unit_piece.has("subject", PEOPLE) for bound in reader.quantities.bounds
    )


def _asks_who(reader: Reader) -> bool:
    """Who, at the beginning: "people who work" asks nothing."""
    first = next((number for number, piece in enumerate(reader.pieces) if not piece.is_filler), 0)
    return any(
        number == first or reader.language == "tr" or _follows_groups(reader, number)
        for number in reader.open("ask", "who")
    )


def _follows_groups(reader: Reader, number: int) -> bool:
    """For every department, who …: of every one."""
    behind = reader.beside(number, -1)[0]
    return (
        bool(reader.keys)
        and behind >= 0
        and reader.pieces[behind].is_used
        and reader.dim(reader.pieces[behind]) is not None
    )


def _may_be_target(reader: Reader, facts: Facts, number: int) -> bool:
    piece = reader.pieces[number]
    key = reader.dim(piece)
    asked = reader.open("ask", "which", "list")
    units = [bound.unit_piece for bound in reader.quantities.bounds if bound.unit_piece is not None]
    ranked = bool(reader.quantities.ranks) or any(unit.has("subject") for unit in units)
    if key in PARTS:
        return any(0 < number - other <= 2 for other in reader.open("ask", "which"))  # noqa: PLR2004
    if key == PROJECT:
        # of active projects: a condition, not what is asked for
        told = any(value.attribute == "project_status" for value in reader.values)
        told |= reader.subject == PEOPLE and bool(reader.open("column", "budget"))
        asked = [other for other in asked if 0 < number - other <= 2 or reader.pieces[other].has("ask", "list")]  # noqa: PLR2004
        return reader.subject != PROJECT and (bool(asked) or ranked or not told)
    if key == "course" and piece.has("subject", TRAINING):
        return facts.counted != TRAINING and bool(asked or ranked) and TRAINING not in facts.anti
    return True


def _is_figure_of_people(reader: Reader, people: list[int]) -> bool:
    """Show the highest salary of employees in Moscow: a figure, though people are spoken of."""
    columns = reader.open("column")
    ranks = [rank for rank in reader.quantities.ranks if rank.count is None and rank.attribute is None]
    if reader.open("agg"):
        return bool(columns)
    return bool(columns and ranks) and bool(people) and ranks[0].position < columns[0] < people[0]


def _ranks_people(reader: Reader) -> bool:
    """The five oldest employees, not the highest number of employees."""
    ranks = reader.quantities.ranks
    return not reader.open("agg") and any(rank.attribute in _OF_PEOPLE or rank.count for rank in ranks)
