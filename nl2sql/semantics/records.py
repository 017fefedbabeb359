"""Rows of any table with the attributes asked for, in the order asked for: contracts, positions, people, leaves.

The head of such a question says whose rows they are; the list of attributes (`columns`) and the order (`sequence`)
are taken out of it, and what is left says which rows.
"""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Missing, Order, Plan, Ref
from nl2sql.semantics.across import find_across
from nl2sql.semantics.bounds import havings
from nl2sql.semantics.clauses import find_clauses
from nl2sql.semantics.columns import Listed
from nl2sql.semantics.conditions import find_conditions
from nl2sql.semantics.each import OfEach
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, TRAINING, Facts
from nl2sql.semantics.heads import TABLES_OF_HEADS, find_head
from nl2sql.semantics.known_dates import find_dates_of_rows
from nl2sql.semantics.named import named_values
from nl2sql.semantics.negations import find_negations
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.reading import read
from nl2sql.semantics.record_columns import OF_CONTRACTS, meant, of_contracts
from nl2sql.semantics.record_order import order_of
from nl2sql.semantics.sequence import Ordering
from nl2sql.semantics.shapes import where_of
from nl2sql.semantics.shown import OF_EVENTS, is_of_position, speaks_of_doers
from nl2sql.semantics.standards import find_standards
from nl2sql.semantics.subject import find_subject

_ASKING = ("who", "list", "which", "what")
_EACH = ("each", "every", "her", "кажд")


def records(reader: Reader, listed: Listed, ordering: Ordering | None, of_each: OfEach | None = None) -> Plan:
    """The plan of such a question.

    Raises:
        NotUnderstoodError: it is none, or not wholly understood.
    """
    owners = {key for n in listed.owners for key in reader.pieces[n].readings.get("subject", ())}
    _refuse_totals(reader, listed)
    reader.use(*listed.items, *listed.owners)
    reader.use(*_every(reader, listed), *_number_of(reader, listed))
    read(reader)
    if reader.keys or reader.quantities.ranks or reader.open("ask", "share", "count", "count_after"):
        raise NotUnderstoodError("no plain rows")
    if any(piece.is_open and piece.has("time", "last") and not piece.has("event") for piece in reader.pieces):
        raise NotUnderstoodError("the last of something")
    named = find_head(reader, listed.items)
    head = _event_of(reader, listed) if named == PEOPLE else named
    if of_each is not None:
        return _of_each(reader, head, listed, ordering, of_each)
    if head in TABLES_OF_HEADS:
        return _of_table(reader, head, listed, ordering)
    facts = _facts(reader, head)
    if RAISE in owners - {head} or (head != PEOPLE and owners - {head, PEOPLE}):
        raise NotUnderstoodError("attributes of what is not said")
    shown: list[str] = []
    for number in listed.items:
        shown += [key for key in meant(reader, facts, number, owners) if key not in shown]
    reader.use(*reader.open("ask", *_ASKING), *reader.open("subject", head), *reader.open("current"))
    if head == PEOPLE:
        return _of_people(reader, facts, shown, ordering, owners)
    names = NAMES if named != head or (head in (LEAVE, TRAINING) and speaks_of_doers(reader)) else _names(head, shown)
    keys = list(dict.fromkeys((*names, *shown)))
    if not keys:
        raise NotUnderstoodError("what is asked for is not said")
    if named != head == CONTRACT and not reader.is_about_leavers:  # whose contracts end: of those who work here
        facts.where.append((-1, Missing(reader.ref("staff", "person"), negated=True)))
    columns = tuple(reader.ref(facts.table, key) for key in keys)
    return _plan(reader, facts, columns, shown, ordering)


def _refuse_totals(reader: Reader, listed: Listed) -> None:
    """The payroll of those who work in Moscow: one sum, and no list of what each of them earns."""
    first = reader.first
    if first in listed.items and reader.pieces[first or 0].readings.get("column") == ("payroll",):
        raise NotUnderstoodError("a total, and no pay of each")


def _every(reader: Reader, listed: Listed) -> list[int]:
    """Every leave, each training: all of them, at the head; the country of each, at the end; the pay of each welder."""
    plain = [n for n, piece in enumerate(reader.pieces) if piece.is_open and not piece.is_filler]
    plain = [n for n in plain if not reader.pieces[n].has("ask", "list")]
    ends = {plain[0], plain[-1]} if plain else set()
    ends |= {number + 1 for number in listed.items}
    each = [n for n in reader.open("group", "before") if n in ends]
    return [n for n in each if reader.pieces[n].text.lower().split()[-1].startswith(_EACH)]


def _event_of(reader: Reader, listed: Listed) -> str:
    """People who took leave, with its start and days: a row is a leave, as a person may have several."""
    values = {value.attribute for value in reader.values}
    kinds = {LEAVE: "leave_type", TRAINING: "course", CONTRACT: "contract_type"}
    spoken = [key for key, kind in kinds.items() if reader.open("subject", key) or (kind in values and key != CONTRACT)]
    if len(spoken) != 1 or reader.open("negation") or reader.quantities.bounds:
        return PEOPLE
    own = OF_EVENTS[spoken[0]]
    items = [reader.pieces[n] for n in listed.items]
    dates = {key for piece in items for key in piece.readings.get("date", ())}
    amounts = {key for piece in items for key in piece.readings.get("column", ()) if key in ("days", "hours")}
    return spoken[0] if (dates | amounts) & set(own) else PEOPLE


def _number_of(reader: Reader, listed: Listed) -> list[int]:
    """The number of days, in a list of attributes, is the days."""
    amounts = [n for n in listed.items if reader.pieces[n].has("column", "days", "hours")]
    before = [reader.beside(n, -1)[0] for n in amounts]
    return [n for n in before if n in reader.open("ask", "count")]


def _facts(reader: Reader, head: str) -> Facts:
    """Which rows are meant."""
    facts = Facts(wants_rows=True)
    reader.head = head
    find_dates_of_rows(reader, facts)
    if head == PEOPLE:
        find_across(reader, facts)
        facts.standards = find_standards(reader)
        find_clauses(reader, facts)
    find_negations(reader, facts)
    facts.events = {number: reader.pieces[number].readings["event"][0] for number in reader.open("event")}
    if head == LEAVE:  # who went away on leave
        reader.use(*[n for n, key in facts.events.items() if key == "left"])
        facts.events = {n: key for n, key in facts.events.items() if key != "left"}
    find_subject(reader, facts)
    facts.shows_events = head in OF_EVENTS
    reader.use(*reader.open("subject", PEOPLE))
    if any(value.attribute == "project_status" for value in reader.values):
        reader.use(*reader.open("subject", PROJECT))
    if any(value.attribute == "contract_type" for value in reader.values):
        reader.use(*reader.open("subject", CONTRACT))
    find_conditions(reader, facts)
    if facts.having:
        raise NotUnderstoodError("a condition on groups, but no groups")
    return facts


def _names(head: str, shown: list[str]) -> tuple[str, ...]:
    """What projects are known by, if nothing else is asked for; events are known by what is asked for alone."""
    if head != PROJECT or {"name", PROJECT} & set(shown):
        return ()
    return (PROJECT, "name")


def _of_people(reader: Reader, facts: Facts, shown: list[str], ordering: Ordering | None, owners: set[str]) -> Plan:
    """People; with dates of their contracts, one row for each of these; with sums of their leave or training."""
    if is_of_position(reader, shown) and ordering is None and not owners:
        refs = tuple(reader.ref(facts.table, key) for key in shown)  # family and level of electricians
        return Plan(facts.table, refs, where=where_of(facts), distinct=True)
    names = [key for key in NAMES if key not in shown]
    if names and not ({"first_name", "last_name"} & set(shown)):
        shown = [*NAMES, *shown]
    contracts = [key for key in shown if key in OF_CONTRACTS]
    if contracts:
        if CONTRACT not in owners and not of_contracts(facts):
            raise NotUnderstoodError("dates of what is not said")
        _join_persons(reader, facts)
    own = {key: reader.ref("contracts" if key in contracts else facts.table, key) for key in shown}
    return _plan(reader, facts, tuple(own.values()), shown, ordering)


def _join_persons(reader: Reader, facts: Facts) -> None:
    """Contracts become the rows, those that were spoken of; of people who work here unless others are asked for."""
    told = of_contracts(facts)
    own = [(place, inner) for place, one in facts.where if one in told for inner in one.where]
    facts.where = [*own, *((place, one) for place, one in facts.where if one not in told)]
    if facts.table == "staff":
        facts.where.append((-1, Missing(reader.ref("staff", "person"), negated=True)))


def _of_each(reader: Reader, head: str, listed: Listed, ordering: Ordering | None, of_each: OfEach) -> Plan:
    """People who work here with the days of leave, the hours of training, the courses that each of them has."""
    if head != PEOPLE:
        raise NotUnderstoodError("figures of each of what is not said")
    bounds = _take_bounds(reader, of_each)
    reader.use(*(reader.open("subject", of_each.subject) if bounds else ()))
    facts = _facts(reader, of_each.subject)
    shown: list[str] = list(NAMES)
    for number in listed.items:
        shown += [key for key in meant(reader, facts, number, set()) if key not in shown]
    reader.use(*reader.open("ask", *_ASKING), *reader.open("current"), *reader.open("agg", "sum"), *reader.open("per"))
    facts.where.append((-1, Missing(reader.ref("staff", "person"), negated=True)))
    figure = Figure("count")
    if of_each.column is not None:
        figure = Figure("sum", reader.ref(facts.table, of_each.column))
    order = Order(figure)
    if ordering is not None and (ordering.by is None or not _names_figure(ordering.by, of_each)):
        by = ordering.by is None and ordering.kind is None
        key, descending = ("", ordering.descending) if by else order_of(reader, facts, shown, ordering)
        order = Order(figure if by else reader.ref(facts.table, key), descending)
    elif ordering is not None:
        order = Order(figure, ordering.descending)
    columns = tuple(reader.ref(facts.table, key) for key in shown)
    having = tuple(one for bound in bounds for one in havings(figure, bound))
    person = reader.ref(facts.table, "person")
    return Plan(facts.table, columns, (figure,), where_of(facts), having, order=order, unseen=(person,))


def _take_bounds(reader: Reader, of_each: OfEach) -> list[Bound]:
    """The numbers that the figure of each person is compared with: their total of hours above 40."""
    taken: list[Bound] = []
    for bound in tuple(reader.quantities.bounds):
        low, _ = reader.around(bound.position)
        columns = [n for n in reader.open("column", of_each.column or "") if low <= n < bound.position]
        unit = bound.unit_piece
        if of_each.column is None and unit is not None and unit.has("subject", of_each.subject):
            unit.is_used = True  # more than two trainings, with their number
            reader.quantities.bounds.remove(bound)
            taken.append(bound)
            continue
        if of_each.column is None or not (columns if unit is None else unit.has("column", of_each.column)):
            continue
        if unit is not None:
            unit.is_used = True
        reader.use(*columns)
        reader.quantities.bounds.remove(bound)
        taken.append(bound)
    return taken


def _names_figure(piece: Piece, of_each: OfEach) -> bool:
    return piece.has("column", of_each.column or "") or piece.has("subject", of_each.subject)


def _plan(reader: Reader, facts: Facts, columns: tuple[Ref, ...], shown: list[str], ordering: Ordering | None) -> Plan:
    contracts = any(ref.table == "contracts" for ref in columns)
    table, where = "contracts" if contracts else facts.table, where_of(facts)
    if ordering is None:
        return Plan(table, columns, where=where, order=Order(columns[0], descending=False))
    key, descending = order_of(reader, facts, shown, ordering)
    ref = reader.ref(table if key in OF_CONTRACTS else facts.table, key)
    return Plan(table, columns, where=where, order=Order(ref, descending))


def _deny_values(reader: Reader) -> None:
    """Positions that are not at specialist level: what stands right beside the negation is denied."""
    step = -1 if reader.language == "tr" else 1
    for number in reader.open("negation"):
        place = reader.beside(number, step)[0]
        denied = [value for value in reader.values if value.position == place]
        for value in denied:
            value.negated = True
        reader.use(*([number] if denied else []))


def _of_table(reader: Reader, head: str, listed: Listed, ordering: Ordering | None) -> Plan:
    """Positions with their family and level, departments with their codes, cities with their countries."""
    table = TABLES_OF_HEADS[head]
    _deny_values(reader)
    if reader.quantities.bounds or reader.quantities.spans or reader.open("negation"):
        raise NotUnderstoodError("a condition that such rows have not")
    reader.subject = head
    shown = [head]
    for number in listed.items:
        piece = reader.pieces[number]
        key = "code" if piece.has("dim", "code") else reader.dim(piece)
        if piece.has("title") or key == head:
            continue
        if key is None or key not in reader.schema[table]:
            raise NotUnderstoodError("an attribute that such rows have not")
        shown.append(key)
    if len(shown) == 1 and ordering is None:
        raise NotUnderstoodError("attributes of what is not said")
    columns = tuple(reader.schema[table][key] for key in dict.fromkeys(shown))
    where = tuple(one for _, one in named_values(reader, table, only=reader.schema[table]))
    if any(not value.is_spent for value in reader.values):
        raise NotUnderstoodError("a condition that such rows have not")
    reader.use(*reader.open("ask", *_ASKING))
    by = columns[0]
    if ordering is not None and ordering.by is not None and not ordering.by.has("title"):
        key = "code" if ordering.by.has("dim", "code") else reader.dim(ordering.by)
        if key not in reader.schema[table]:
            raise NotUnderstoodError("an order of what such rows have not")
        by = reader.schema[table][key or ""]
    elif ordering is not None and ordering.kind not in (None, "alphabet"):
        raise NotUnderstoodError("an order of what such rows have not")
    descending = ordering is not None and ordering.descending
    return Plan(table, columns, where=where, order=Order(by, descending), distinct=head == "country")
