"""Conditions of a question: its values, numbers and periods, each with the column that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from nl2sql.plan import (
    AgainstPeers,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Figure,
    Function,
    Having,
    Measure,
    Missing,
    OneOf,
    Plan,
    Related,
    Today,
)
from nl2sql.semantics.pay import bind_raise, find_raises, find_rises, is_percent
from nl2sql.semantics.periods import Span
from nl2sql.semantics.quantities import Bound, whole
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.subject import (
    CONTRACT,
    LEAVE,
    PARTS,
    PEOPLE,
    PROJECT,
    RAISE,
    TABLES,
    TABLES_OF_DIMS,
    TRAINING,
    Facts,
)

_USD = ("salary", "payroll", "budget")
_UNITS = {"usd": _USD, "day": ("days",), "hour": ("hours",), "year": ("age", "tenure")}
"""Unit of a number -> attributes that are measured in it."""
_AGE_WORDS = ("over", "under", "above", "below")
_LIKELY_AGES = (16, 75)
"""Numbers that people may be "over" without a word of age."""
_EVENT_COLUMNS = ("leave_type", "start_date", "days", "course", "completed_on", "hours")
"""What is said of leave and training, not of the person."""
_OWN = frozenset(
    {"own", "their", "his", "her", "kendi", "kendilerinin", "свой", "своего", "своей", "своему", "своём", "своем", "их"}
)
_PEERS = ("department", "position", "city", "country", "project", "level", "family")
"""Attributes that people share with those they are compared with."""
_BOTH = 2
_BESIDE = 2
"""Pieces between an average and its column."""


def find_conditions(reader: Reader, facts: Facts) -> None:
    """Turn values, numbers, periods and negations into conditions."""
    if reader.subject == PEOPLE and "left" in facts.events.values():
        facts.where.append((-1, OneOf(reader.ref("employees", "status"), ("left",))))
        reader.use(*[number for number, key in facts.events.items() if key == "left"])
    if reader.subject == RAISE and reader.open("column", "raise"):
        find_raises(reader, facts)
    find_rises(reader, facts)
    _find_takers(reader, facts)
    _find_both(reader, facts)
    _find_groups_without(reader, facts)
    for key, position in facts.anti.items():
        _deny(reader, facts, key, position)
    facts.where += _values(reader, facts.table)
    for bound in reader.quantities.bounds:
        _bind(reader, facts, bound)
    _find_average(reader, facts)
    _find_periods(reader, facts)
    for number, key in facts.events.items():
        if _is_understood(reader, facts, key):
            reader.use(number)
    if reader.subject in (CONTRACT, PROJECT) and facts.events:
        reader.use(*reader.open("intent", "future"))  # what is planned will begin or end
    if reader.quantities.spans or reader.quantities.bounds:
        reader.use(*reader.open("inclusive"))
    if reader.subject == CONTRACT and facts.wants_rows:
        _relate_contracts(reader, facts)


def _find_periods(reader: Reader, facts: Facts) -> None:
    """Every period with the date that it is about; two of one date would exclude each other."""
    if _compares_years(reader, facts):
        return
    dated: set[str] = set()
    for span in reader.quantities.spans:
        attribute = date_of(reader, facts, span.position)
        if attribute in dated and not span.parts:
            raise NotUnderstoodError("two periods of one date")
        if attribute == "birth" and isinstance(span.low, Today):
            raise NotUnderstoodError("birthdays, not births")
        dated |= set() if span.parts else {attribute}
        facts.where += [(span.position, one) for one in _period(reader, facts.table, span, attribute)]


def _compares_years(reader: Reader, facts: Facts) -> bool:
    """Two years side by side, or one less the other."""
    spans = reader.quantities.spans
    versus = reader.open("ask", "versus")
    apart = reader.open("ask", "difference", "ratio")
    years = [
        span.low.year for span in spans if isinstance(span.low, date) and span.high == date(span.low.year + 1, 1, 1)
    ]
    if len(spans) != 2 or len(set(years)) != 2 or not (versus or apart):  # noqa: PLR2004
        return False
    attributes = {date_of(reader, facts, span.position) for span in spans}
    if len(attributes) != 1:
        return False
    attribute = attributes.pop()
    ref = reader.ref(facts.table, attribute, "year")
    reader.use(*[number for number, key in facts.events.items() if reader.has_attribute(facts.table, key)])
    if apart:
        facts.years = tuple(Compare(ref, "=", year) for year in _later_first(reader, years))
        reader.use(*versus)
        return True
    reader.use(*versus)
    facts.where.append((spans[0].position, AnyOf(tuple(Compare(ref, "=", year) for year in years))))
    facts.dated = attribute
    if "year" not in reader.keys:
        reader.keys.append("year")
    return True


def _later_first(reader: Reader, years: list[int]) -> list[int]:
    """Changed from 2025 to 2026: the later less the earlier; more than in 2025: as said."""
    compared = reader.open("compare") or reader.open("compare_after")
    reader.use(*compared)
    if len(compared) > 1:
        raise NotUnderstoodError("a difference of years and more")
    return years if compared else sorted(years, reverse=True)


def date_of(reader: Reader, facts: Facts, position: int) -> str:
    """The attribute that a period is about: the nearest event's, else the subject's own date."""
    fitting = {number: key for number, key in facts.events.items() if reader.has_attribute(facts.table, key)}
    if fitting:
        return fitting[min(fitting, key=lambda number: abs(number - position))]
    if "date" in reader.schema[facts.table]:
        return "date"
    raise NotUnderstoodError("a period, but of what is not said")


def _values(reader: Reader, table: str, *, only: Iterable[str] | None = None) -> list[tuple[int, Condition]]:
    """One condition for every attribute whose values are named, and where it is said."""
    groups: dict[tuple[str, bool], list[tuple[int, str]]] = {}
    for value in reader.values:
        if not value.is_spent and (only is None or value.attribute in only):
            groups.setdefault((value.attribute, value.negated), []).append((value.position, value.value))
            value.is_spent = True
    named = {attribute for attribute, _ in groups}
    if "position" in named and named & {"level", "family"}:
        raise NotUnderstoodError("a position of another level")  # seniors included: of that kind, or all of that level?
    return [
        (members[0][0], OneOf(reader.ref(table, attribute), tuple(dict.fromkeys(name for _, name in members)), negated))
        for (attribute, negated), members in groups.items()
    ]


def _period(reader: Reader, table: str, span: Span, attribute: str) -> list[Condition]:
    ref = reader.ref(table, attribute)
    found: list[Condition] = []
    if span.low is not None:
        found.append(Compare(ref, ">=", span.low))
    if span.high is not None:
        found.append(Compare(ref, "<", span.high))
    return [*found, *(Compare(replace(ref, part=part), "=", number) for part, number in span.parts)]


def _is_understood(reader: Reader, facts: Facts, key: str) -> bool:
    """Whether an event dates something, or says again what the subject is."""
    ranked = any(rank.attribute in ("start", None) for rank in reader.quantities.ranks)
    dated = bool(reader.quantities.spans) or bool({*reader.keys, facts.target} & set(PARTS)) or ranked
    again = {TRAINING: ("complete", "start", "end", "left"), LEAVE: ("start", "complete")}
    return key in again.get(reader.subject, ()) or (dated and reader.has_attribute(facts.table, key))


def _find_takers(reader: Reader, facts: Facts) -> None:
    """The average age of those who took parental leave: a figure of people who have such a row."""
    columns = [reader.pieces[number] for number in reader.open("column", "salary", "payroll", "age", "tenure")]
    columns = [piece for piece in columns if not piece.has("column", "days", "hours")]
    if reader.subject not in (LEAVE, TRAINING) or not columns or facts.anti or reader.open("column", "days", "hours"):
        return
    table = facts.table
    inner: list[Condition] = [one for _, one in _values(reader, table, only=("leave_type", "course"))]
    for span in reader.quantities.spans:
        inner += _period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    facts.where.append((-1, Related(table, tuple(inner))))
    facts.table, reader.subject = "staff", PEOPLE
    facts.events.clear()


def _find_both(reader: Reader, facts: Facts) -> None:
    """People who completed First Aid and Fire Safety have rows of both."""
    if reader.subject not in (LEAVE, TRAINING) or not (facts.counted == PEOPLE or facts.wants_rows):
        return
    own = [value for value in reader.values if value.attribute in ("leave_type", "course")]
    both = reader.open("both")
    if len({value.value for value in own}) < _BOTH or any(piece.has("conjunction", "or") for piece in reader.pieces):
        return
    if any(value.negated for value in own):
        reader.use(*reader.open("ask", "versus"), *reader.open("conjunction"))
    reader.use(*both)
    table = facts.table
    inner: list[Condition] = []
    for span in reader.quantities.spans:
        inner += _period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    for value in own:
        value.is_spent = True
        kind = OneOf(reader.ref(table, value.attribute), (value.value,))
        facts.where.append((value.position, Related(table, (kind, *inner), negated=value.negated)))
    facts.table, reader.subject = "employees", PEOPLE


def _group(facts: Facts) -> str | None:
    """The groups that are asked for or counted, if they have a table of their own."""
    asked = (facts.target, facts.counted, PROJECT if facts.table == "projects" else None)
    return next((key for key in asked if key in TABLES_OF_DIMS), None)


def _find_groups_without(reader: Reader, facts: Facts) -> None:
    """Departments without a lawyer: no row of such people, not people of other kinds."""
    denied = [value for value in reader.values if value.negated]
    group = _group(facts)
    if group is None or not denied or any(value.attribute == group for value in denied) or reader.subject != PEOPLE:
        return
    if len({value.value for value in denied}) > 1 or reader.keys:
        raise NotUnderstoodError("groups without several kinds of people")
    denied[0].negated = False
    facts.anti[PEOPLE] = denied[0].position


def _relate_contracts(reader: Reader, facts: Facts) -> None:
    """People whose contract ends: those who work here and have such a contract, each once."""
    own = [one for _, one in facts.where if getattr(one, "ref", None) and one.ref.table == "contracts"]  # type: ignore[union-attr]
    others = []
    for place, one in facts.where:
        if one not in own:
            if not isinstance(one, OneOf):
                raise NotUnderstoodError("people by their contracts and by more")
            attribute = next(key for key, ref in reader.schema["contracts"].items() if ref == one.ref)
            others.append((place, replace(one, ref=reader.ref("staff", attribute))))
    facts.table, reader.subject = "staff", PEOPLE
    facts.where = [*others, (0, Related("contracts", tuple(own)))]


# -- what must not exist -----------------------------------------------------------------------------------


def _deny(reader: Reader, facts: Facts, key: str, position: int) -> None:
    condition: Condition
    if key in (LEAVE, TRAINING):
        condition = _no_event(reader, facts, key)
    elif key == PEOPLE:
        group = _group(facts)
        if group is None:
            raise NotUnderstoodError("nobody, but where is not said")
        facts.table = TABLES_OF_DIMS[group]
        of_people = {value.attribute for value in reader.values} - {group, "project_status", "country"}
        inner = [one for _, one in _values(reader, "staff", only=of_people)]
        reader.use(*reader.open("subject", PEOPLE))
        condition = Related("staff", tuple(inner), negated=True)
    elif key == PROJECT and (reader.subject != PEOPLE or facts.target not in (None, PROJECT)):
        condition = Related("projects", negated=True)
    elif key == "end" and facts.table == "staff":
        condition = Related("contracts", (Missing(reader.ref("contracts", key)),))
    else:
        condition = Missing(reader.ref(facts.table, key))
    facts.where.append((position, condition))


def _no_event(reader: Reader, facts: Facts, key: str) -> Condition:
    """Without leave, without a training; a period is that of what did not happen, unless people were hired in it."""
    table = TABLES[key]
    if reader.subject != PEOPLE:
        raise NotUnderstoodError("two subjects, one denied")
    inner = [one for _, one in _values(reader, table, only=("leave_type", "course"))]
    if facts.target in TABLES_OF_DIMS and not reader.speaks_of_people:
        facts.table = TABLES_OF_DIMS[facts.target]  # departments without any training
    if not {"hire", "birth"} & set(facts.events.values()):
        for span in reader.quantities.spans:
            inner += _period(reader, table, span, "date")
        reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    return Related(table, tuple(inner), negated=True)


# -- numbers -----------------------------------------------------------------------------------------------


def _bind(reader: Reader, facts: Facts, bound: Bound) -> None:
    """A number that a column, a figure of a group or a number of related rows is compared with."""
    unit = bound.unit_piece
    if unit is not None:
        unit.is_used = True
    if _bind_to_subject(reader, facts, bound):
        return
    attribute, place = _column(reader, bound)
    grouped = facts.target is not None or bool(reader.keys) or facts.counted in TABLES_OF_DIMS
    if attribute is None:
        counts = unit is not None and (unit.has("subject") or unit.has("unit", "times"))
        counts |= unit is None and reader.subject in (LEAVE, TRAINING) and (facts.counted == PEOPLE or facts.wants_rows)
        counts |= bound.follower is not None and bool(bound.follower.values) and grouped  # more than ten welders
        if not counts and not (grouped and facts.counted):
            raise NotUnderstoodError("a number of what is not said")
        _count(reader, facts, bound, (unit.key("subject") if unit is not None else None) or PEOPLE)
        return
    aggs = [n for n in reader.open("agg", "avg", "sum", "median") if place is not None and abs(n - place) <= _BESIDE]
    reader.use(*([] if place is None else [place]))
    if attribute in ("days", "hours"):
        reader.use(*reader.open("column", "duration"))  # lasted, süren
    column = "salary" if attribute == "payroll" else attribute
    if grouped and (aggs or attribute in ("days", "hours", "payroll")):
        function: Function = reader.pieces[aggs[0]].key("agg") if aggs else "sum"  # type: ignore[assignment]
        reader.use(*aggs, *reader.open("agg", "sum"))
        facts.having += _havings(Figure(function, reader.ref(facts.table, column)), bound)
    elif attribute in ("days", "hours") and (facts.counted == PEOPLE or facts.wants_rows):
        _relate(reader, facts, bound, Figure("sum", reader.ref(facts.table, attribute)))
    else:
        ref = reader.ref(facts.table, column)
        facts.where.append((bound.position, Compare(ref, bound.operator, whole(bound.value))))
        if bound.high is not None:
            facts.where.append((bound.position, Compare(ref, "<=", whole(bound.high))))


def _bind_to_subject(reader: Reader, facts: Facts, bound: Bound) -> bool:
    """What a number says of projects and of raises, which need no column to be named."""
    unit = bound.unit_piece
    if reader.subject == PROJECT and (bound.attribute == "tenure" or (unit is not None and unit.has("unit", "year"))):
        _bind_length(reader, facts, bound)
    elif reader.subject == RAISE:
        bind_raise(reader, facts, bound)
    elif is_percent(bound):
        raise NotUnderstoodError("per cent of what is not said")
    else:
        return False
    return True


def _bind_length(reader: Reader, facts: Facts, bound: Bound) -> None:
    """Running for more than four years: begun before the day four years ago."""
    earlier: dict[Comparison, Comparison] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
    if bound.high is not None or bound.operator not in earlier or bound.value % 1:
        raise NotUnderstoodError("a length of projects")
    day = Today("day", -12 * int(bound.value))
    reader.use(*reader.open("column", "tenure", "duration"))
    condition = Compare(reader.ref(facts.table, "start"), earlier[bound.operator], day)
    facts.where.append((bound.position, condition))


def _column(reader: Reader, bound: Bound) -> tuple[str | None, int | None]:
    """The attribute that a number is compared with, and the piece that says so, if another than the unit does."""
    unit = bound.unit_piece
    if bound.attribute == "age" or (unit is not None and unit.has("column", "age")):
        return "age", None
    wanted = _wanted(bound)
    if wanted and bound.attribute not in wanted:
        bound = replace(bound, attribute=None)  # longer than ten days
    if unit is not None and unit.has("subject") and not wanted:
        return None, None
    columns = [
        number
        for number in reader.open("column")
        if not wanted or any(reader.pieces[number].has("column", key) for key in wanted)
    ]
    if bound.unit is None and bound.unit_piece is None and bound.word in _AGE_WORDS and bound.value <= _LIKELY_AGES[1]:
        columns = [n for n in columns if not reader.pieces[n].has("column", "salary", "payroll", "first_salary")]
    if columns:
        nearest = min(columns, key=lambda number: abs(number - bound.position))
        keys = reader.pieces[nearest].readings["column"]
        return next(key for key in keys if not wanted or key in wanted), nearest
    return _likely(reader, bound, wanted), None


def _likely(reader: Reader, bound: Bound, wanted: tuple[str, ...]) -> str | None:
    """The attribute that a number is about when no word says so."""
    if wanted == _USD:
        return "budget" if reader.subject == PROJECT else "salary"
    if bound.attribute is not None:
        return bound.attribute
    is_age = _LIKELY_AGES[0] <= bound.value <= _LIKELY_AGES[1]
    if wanted == _UNITS["year"]:
        works = reader.language == "tr" or any(piece.has("work", "work") for piece in reader.pieces)
        return "age" if is_age and bound.high is not None else "tenure" if works else None
    if wanted:
        return wanted[-1]
    is_bare = bound.unit_piece is None and not (bound.follower is not None and bound.follower.values)
    return "age" if is_age and is_bare and bound.word in _AGE_WORDS and reader.subject == PEOPLE else None


def _wanted(bound: Bound) -> tuple[str, ...]:
    if bound.unit is not None:
        return _UNITS[bound.unit]
    unit = bound.unit_piece
    if unit is None:
        return ()
    if unit.has("column", "days", "hours"):
        return (unit.key("column") or "",)
    return next((columns for key, columns in _UNITS.items() if unit.has("unit", key)), ())


def _havings(measure: Measure, bound: Bound) -> list[Having]:
    first = Having(measure, bound.operator, whole(bound.value))
    return [first] if bound.high is None else [first, Having(measure, "<=", whole(bound.high))]


def _count(reader: Reader, facts: Facts, bound: Bound, counted: str) -> None:
    """More than twenty employees: of a group; more than two trainings: of a group or of a person."""
    if facts.target is not None or reader.keys or facts.counted in TABLES_OF_DIMS:
        people = counted == PEOPLE and reader.subject in (LEAVE, TRAINING, CONTRACT)
        measure = Figure("distinct", reader.ref(facts.table, "person")) if people else Figure("count")
        facts.having += _havings(measure, bound)
    elif reader.subject in (LEAVE, TRAINING, CONTRACT, RAISE):
        _relate(reader, facts, bound, Figure("count"))
    else:
        raise NotUnderstoodError("so many of what is not said")


def _relate(reader: Reader, facts: Facts, bound: Bound, measure: Measure) -> None:
    """People with so many rows of another table; all else in the question is about those rows or about them."""
    table = facts.table
    said = [one for _, one in facts.where]
    for span in reader.quantities.spans:
        said += _period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    mine = tuple(one for one in said if _is_of_event(one, table))
    others = [(0, _of_person(reader, one, table)) for one in said if not _is_of_event(one, table)]
    having = _havings(measure, bound)
    facts.table, reader.subject = "employees", PEOPLE
    facts.where = [*others, *((bound.position, Related(table, mine, having=one)) for one in having)]


def _is_of_event(condition: Condition, table: str) -> bool:
    ref = getattr(condition, "ref", None)
    return ref is not None and ref.table == table and ref.column in _EVENT_COLUMNS


def _of_person(reader: Reader, condition: Condition, table: str) -> Condition:
    """The same condition on the person whose row it was."""
    if not isinstance(condition, OneOf) or condition.ref.table != table:
        return condition
    attribute = next(key for key, ref in reader.schema[table].items() if ref.column == condition.ref.column)
    return replace(condition, ref=reader.ref("employees", attribute))


def _find_average(reader: Reader, facts: Facts) -> None:
    """Above the average salary, older than the average."""
    for kind, step in (("compare", 1), ("compare_after", -1)):
        for number in reader.open(kind):
            place, average = reader.beside(number, step)
            if average is None or not average.has("agg", "avg") or not average.is_open:
                continue
            operator, _, attribute = (reader.pieces[number].key(kind) or "").partition(":")
            columns = sorted(reader.open("column"), key=lambda n: abs(n - number))
            if not attribute and not columns:
                raise NotUnderstoodError("an average of what is not said")
            attribute = attribute or reader.pieces[columns[0]].key("column") or ""
            reader.use(number, place, *[n for n in columns if reader.pieces[n].has("column", attribute)])
            ref = reader.ref(facts.table, attribute)
            above: Comparison = ">" if operator in ("gt", "ge") else "<"
            own = _own_group(reader, facts)
            if own is not None:
                facts.where.append((number, AgainstPeers(ref, above, reader.ref(facts.table, own))))
                continue
            mean = Plan(facts.table, measures=(Figure("avg", ref),))
            facts.where.append((number, Compare(ref, above, mean)))


def _own_group(reader: Reader, facts: Facts) -> str | None:
    """Than the average of their own department; averages of what is not the whole company are not understood."""
    said = {piece.text.lower() for piece in reader.pieces}
    if not said & _OWN:
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
