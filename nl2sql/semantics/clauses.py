"""Clauses about events as conditions on people: who took leave in 2025, welders without First Aid.

Each becomes a condition that such rows belong to a person, or that none does, before the rest of the question is
read, so that the rest is an ordinary question about people.
"""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import Compare, Condition, Figure, OneOf, Ref, Related
from nl2sql.semantics.at_hire import find_age_at_hire
from nl2sql.semantics.away import is_away_now
from nl2sql.semantics.bounds import compares, havings, is_of_one, with_none
from nl2sql.semantics.clause_last import afterwards, find_last
from nl2sql.semantics.clause_order import in_order
from nl2sql.semantics.clause_owners import assign, denies
from nl2sql.semantics.clause_parts import KIND, Clause, Parts
from nl2sql.semantics.clause_terms import of_contract, of_project, of_raise
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, TABLES, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.focus import is_about_people, is_headed_by_people
from nl2sql.semantics.quantities import ONLY
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span
from nl2sql.semantics.states import away_on, is_state
from nl2sql.semantics.timing import period

_AMOUNT = {LEAVE: "days", TRAINING: "hours"}
_BESIDE = 2
"""Pieces between "different" and the courses that it is said of."""


def find_clauses(reader: Reader, facts: Facts) -> None:
    """Turn clauses about events into conditions, if the question is about people."""
    find_age_at_hire(reader, facts)
    if reader.open("subject", RAISE) or reader.head not in (None, PEOPLE):
        return
    parts = Parts(reader)
    find_last(parts)
    if not parts.clauses or not (
        reader.head
        or facts.has_opposite
        or reader.open("negation", "nobody")
        or is_about_people(reader, parts.anchors(), denied=denies(parts))
    ):
        return
    _read_verbs(reader, parts)
    reader.names_people |= is_headed_by_people(reader, parts.anchors())
    assign(parts)
    _check(parts)
    nobody = bool(reader.open("negation", "nobody")) or _is_of_groups(reader, facts, parts)
    for clause in parts.clauses:
        if nobody:
            clause.negated.clear()  # nobody took leave: said once more in Russian and Turkish
        place = clause.first if clause.first >= 0 else (clause.negated or [0])[0]
        facts.clauses += [(place, one) for one in _all_conditions(reader, parts, clause)]
    if nobody:
        facts.inner, facts.clauses = [one for _, one in facts.clauses], []
    reader.use(*parts.used)
    bounds = reader.quantities.bounds
    told = [reader.pieces[n] for clause in parts.clauses for n in range(max(clause.first, 0), clause.last + 1)]
    bounds[:] = [replace(bound, follower=None) if bound.follower in told else bound for bound in bounds]
    for clause in parts.clauses:
        for value in clause.values:
            value.is_spent = True
    spent = [value for value in reader.values if value.is_spent]
    reader.values = [value for value in reader.values if value not in spent]


def _is_of_groups(reader: Reader, facts: Facts, parts: Parts) -> bool:
    """Departments without sick leave: where nobody took any, not where somebody did not."""
    places = [n for n, piece in enumerate(reader.pieces) if not (piece.is_filler or piece.has("ask"))]
    if not places:
        return False
    head = reader.pieces[places[-1 if reader.language == "tr" else 0]]
    denied = [clause for clause in parts.clauses if clause.negated]
    groups = head.is_open and reader.dim(head) in TABLES_OF_DIMS and not head.has("subject")
    if not groups or reader.speaks_of_people or len(denied) != 1 or len(parts.clauses) != 1:
        return False
    facts.anti[PEOPLE] = denied[0].negated[0]
    return True


def _all_conditions(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """Those of a clause, with those of others that date it."""
    if clause.dates_other:
        return []
    made = _conditions(reader, parts, clause)
    if clause.is_last:
        made += _none_later(reader, parts, clause)
    if clause.after is not None:
        return in_order(reader, clause, made, _conditions(reader, parts, clause.after[1]))
    return made


def _none_later(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    if len(clause.spans) != 1 or clause.negated or clause.bounds or clause.windows:
        raise NotUnderstoodError("somebody's last of what is not said")
    return _conditions(reader, parts, replace(clause, spans=[afterwards(clause)], negated=[clause.first]))


def _read_verbs(reader: Reader, parts: Parts) -> None:
    """Who completed Fire Safety: no status of projects, though one may be spoken of beside it."""
    step = -1 if reader.language == "tr" else 1
    for value in tuple(reader.values):
        verb = value.attribute == "project_status" and value.piece.has("event", "complete")
        if verb and parts.clause_at(reader.beside(value.position, step)[0]) is not None:
            reader.values.remove(value)
            value.piece.is_used = False


def _check(parts: Parts) -> None:
    """Nothing is said twice of one event: what is left over from one clause is not another."""
    for clause in parts.clauses:
        said = clause.values or clause.spans or clause.bounds or clause.negated or clause.against
        same = [one for one in parts.clauses if one is not clause and one.subject == clause.subject]
        if not said and any(one.segment == clause.segment for one in same):
            raise NotUnderstoodError("one event twice")


def _conditions(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """The conditions of one clause; "A and B" and "in 2025 and in 2026" are two."""
    others = {CONTRACT: of_contract, RAISE: of_raise, PROJECT: of_project}
    if build := others.get(clause.subject):
        return build(reader, parts, clause)
    if away := is_away_now(reader, parts, clause):
        return away
    table = TABLES[clause.subject]
    periods = _periods(reader, parts, clause)
    kind = reader.ref(table, KIND[clause.subject])
    names = [value.value for value in clause.values if value not in clause.excepted]
    denied = tuple(value.value for value in clause.excepted)
    kinds: list[tuple[Condition, ...]] = [(OneOf(kind, tuple(dict.fromkeys(names))),)] if names else [()]
    negated = bool(clause.negated)
    if len(set(names)) > 1 and clause.joined == "and" and not negated:
        kinds = [(OneOf(kind, (name,)),) for name in dict.fromkeys(names)]
    if denied:
        kinds = [(*one, OneOf(kind, denied, negated=True)) for one in kinds]
    found: list[Condition] = []
    if clause.against is not None:
        hired = Compare(reader.ref(table, "date"), clause.against, Ref("employees", "hire_date"))
        periods = [(*one, hired) for one in periods]
    within = [one for window in clause.windows for one in window.holds(reader.ref(table, "date"))]
    periods = [(*one, *within) for one in periods]
    for one in kinds:
        for together in periods:
            found += _related(reader, parts, clause, (*one, *together), negated=negated)
    if names and _says_only(reader, clause):
        if negated or clause.bounds or len(periods) > 1:
            raise NotUnderstoodError("only, and more")
        rest = OneOf(kind, tuple(dict.fromkeys(names)), negated=True)
        found.append(Related(table, (rest, *periods[0]), negated=True))
    return found


def _periods(reader: Reader, parts: Parts, clause: Clause) -> list[tuple[Condition, ...]]:
    """The conditions of each period; both in 2025 and in 2026 are two, the March of 2025 is one."""
    table = TABLES[clause.subject]
    whole_spans = [span for span in clause.spans if not span.parts]
    found = [
        tuple(away_on(reader, span) if is_state(parts, clause, span) else period(reader, table, span, "date"))
        for span in clause.spans
    ]
    if any(_joins_years(reader, span) for span in clause.spans):
        raise NotUnderstoodError("in both years, or in one of them")
    if len(whole_spans) <= 1:
        return [tuple(one for conditions in found for one in conditions)]
    pieces = reader.pieces[whole_spans[0].position : whole_spans[-1].position]
    joined = any(piece.has("conjunction", "and") or piece.has("both") for piece in pieces)
    if not joined or len(whole_spans) < len(clause.spans) or clause.negated:
        raise NotUnderstoodError("several periods of one event")
    return found


def _joins_years(reader: Reader, span: Span) -> bool:
    """Took leave in 2025 and 2026: in both of them, or in the time that they make."""
    behind = reader.beside(span.position, -1)[1]
    place, joint = reader.beside(span.position, 1)
    year = reader.beside(place, 1)[1]
    joined = joint is not None and joint.has("conjunction", "and") and joint.is_used
    opened = behind is not None and (behind.has("range") or behind.has("time", "since"))
    return joined and not opened and year is not None and year.number is not None and year.is_used


def _says_only(reader: Reader, clause: Clause) -> bool:
    behind = range(max(clause.first - 2, 0), clause.first)
    return any(reader.pieces[n].text.lower() in ONLY for n in behind)


def _related(
    reader: Reader, parts: Parts, clause: Clause, where: tuple[Condition, ...], *, negated: bool
) -> list[Condition]:
    table = TABLES[clause.subject]
    if not clause.bounds:
        return [Related(table, where, negated=negated)]
    found: list[Condition] = []
    per = _same(reader, parts, clause)
    for bound in clause.bounds:
        if bound.unit_piece is not None:
            bound.unit_piece.is_used = True
        amount = _AMOUNT[clause.subject]
        unit = bound.unit_piece
        ref = reader.ref(table, amount)
        of_amount = unit is not None and (unit.has("unit", "day", "hour") or unit.has("column", amount))
        if of_amount and is_of_one(reader, bound):
            found.append(Related(table, (*where, *compares(ref, bound)), negated=negated))
            continue
        measure = Figure("sum", ref) if of_amount else _number(reader, parts, clause)
        if not of_amount and bound.operator == ">=" and bound.value == 1 and bound.high is None:
            found.append(Related(table, where, negated=negated))
            continue
        found += [
            with_none(Related(table, where, negated=negated, having=one, per=per)) for one in havings(measure, bound)
        ]
    return found


def _same(reader: Reader, parts: Parts, clause: Clause) -> tuple[Ref, ...]:
    """The same course more than once."""
    said = [number for number in reader.open("same") if parts.segments[number] == clause.segment]
    if not said or any(bound.unit_piece is not None and bound.unit_piece.has("unit", "day") for bound in clause.bounds):
        return ()
    parts.used.update(said)
    return (reader.ref(TABLES[clause.subject], KIND[clause.subject]),)


def _number(reader: Reader, parts: Parts, clause: Clause) -> Figure:
    """Rows, or different courses."""
    distinct = [
        number
        for number in reader.open("agg", "distinct")
        if parts.segments[number] == clause.segment and abs(number - clause.first) <= _BESIDE
    ]
    if not distinct:
        return Figure("count")
    parts.used.update(distinct)
    return Figure("distinct", reader.ref(TABLES[clause.subject], KIND[clause.subject]))
