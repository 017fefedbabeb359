"""What belongs to which clause about events: periods, numbers, negations and verbs.

Where clauses are is `clause_parts`, what they become is `clauses`.
"""

from __future__ import annotations

from nl2sql.plan import Comparison
from nl2sql.semantics.clause_last import find_since_then, says_since_then
from nl2sql.semantics.clause_order import find_order
from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.clause_scopes import find_scopes
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, RAISE, TRAINING
from nl2sql.semantics.pay import is_percent
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import NotUnderstoodError
from nl2sql.semantics.spans import Span
from nl2sql.semantics.terms import is_term

_UNITS = {LEAVE: ("day", "days"), TRAINING: ("hour", "hours")}
_TIMES = frozenset({"once", "twice", "birden", "дважды", "однажды", "единожды", "bir", "один", "одного"})
_SIDES: dict[str, Comparison] = {"before": "<", "after": ">"}
_ALONE = frozenset({"once", "twice", "дважды", "однажды", "единожды"})
_SMALL = 20
"""Numbers that people may have of something, said without a unit."""


def assign(parts: Parts) -> None:
    """Give every period, number and negation that is not the people's own to a clause."""
    for number in parts.reader.open("negation"):
        _assign_negation(parts, number)
    _find_neither(parts)
    _find_numbers(parts)
    _find_hire(parts)
    find_order(parts)
    _assign_windows(parts)
    for bound in list(parts.reader.quantities.bounds):
        _assign_bound(parts, bound)
    for span in sorted(parts.reader.quantities.spans, key=lambda one: one.position):
        _assign_span(parts, span)
    find_since_then(parts)
    find_scopes(parts)
    for clause in parts.clauses:
        _use_words(parts, clause)


def _assign_windows(parts: Parts) -> None:
    """In the first year after being hired: said of the nearest event that has a day."""
    windows = parts.reader.quantities.windows
    fitting = [one for one in parts.clauses if one.subject in (LEAVE, TRAINING, RAISE)]
    for window in windows if fitting else ():
        min(fitting, key=lambda one: abs(one.first - window.position)).windows.append(window)
    windows[:] = [] if fitting else windows


def denies(parts: Parts) -> bool:
    """Whether a clause is denied."""
    count = len(parts.clauses)
    found = any(_denied_by(parts, number) is not None for number in parts.reader.open("negation"))
    found |= bool(_neither(parts))
    del parts.clauses[count:]
    return found


def _find_numbers(parts: Parts) -> None:
    """Twice, three times: exactly so many; a Turkish "bir" before its noun is an article."""
    reader = parts.reader
    for number, piece in enumerate(reader.pieces):
        clauses = [one for one in parts.clauses if one.segment == parts.segments[number]]
        if not piece.is_open or piece.number is None or piece.number % 1 or not clauses:
            continue
        place, after = reader.beside(number, 1)
        if after is not None and after.is_open and after.has("unit", "times"):
            clauses[0].bounds.append(Bound(number, "=", piece.number, unit_piece=after))
            parts.used.update((number, place))
        elif piece.text.lower() in _ALONE:
            clauses[0].bounds.append(Bound(number, "=", piece.number))
            parts.used.add(number)
        elif piece.text.lower() == "bir" and (parts.clause_at(place) or (after is not None and after.has("filler"))):
            parts.used.add(number)


def _find_hire(parts: Parts) -> None:
    """Before they were hired."""
    reader = parts.reader
    for number in reader.open("time"):
        step = -1 if reader.language == "tr" else 1
        place = number + step
        while 0 <= place < len(reader.pieces) and reader.pieces[place].has("filler"):
            place += step
        hired = reader.pieces[place] if 0 <= place < len(reader.pieces) else None
        key = (reader.pieces[number].key("time") or "").removesuffix("_after")
        if hired is None or not hired.is_open or not hired.has("event", "hire") or key not in _SIDES:
            continue
        clause = min(parts.clauses, key=lambda one: abs(one.first - number))
        if clause.subject in _UNITS:
            clause.against = _SIDES[key]
            parts.used.update((number, place))


def _find_neither(parts: Parts) -> None:
    """Ne … ne de: both are denied."""
    for number, clause in _neither(parts):
        clause.negated.append(number)
        parts.used.add(number)


def _neither(parts: Parts) -> list[tuple[int, Clause]]:
    said = [n for n in parts.reader.open("ask", "what") if parts.reader.pieces[n].text.lower() == "ne"]
    denied = [(n, clause) for n in said if (clause := _clause_after(parts, n, said)) is not None]
    return denied if len(said) > 1 and len(denied) == len(said) else []


def _clause_after(parts: Parts, number: int, said: list[int]) -> Clause | None:
    """The clause that "ne" opens, perhaps with its period first, before it is said again."""
    for place in range(number + 1, min([n for n in said if n > number], default=len(parts.reader.pieces))):
        if clause := parts.clause_at(place):
            return clause
    return None


def _assign_negation(parts: Parts, number: int) -> None:
    clause = _denied_by(parts, number)
    if clause is not None and number not in parts.used:
        if _is_said_both_ways(parts, clause, number):
            raise NotUnderstoodError("those who did, and those who did not")
        clause.negated.append(number)
        parts.used.add(number)


def _is_said_both_ways(parts: Parts, clause: Clause, number: int) -> bool:
    """Zam alan ve almayan: the same event, said and denied."""
    place, joint = parts.reader.beside(number, -1)
    joined = joint is not None and (joint.has("conjunction", "and") or joint.has("conjunction", "or"))
    behind, verb = parts.reader.beside(place, -1)
    said = behind == clause.last or (verb is not None and len(parts.clauses) == 1 and parts.is_verb(behind))
    return joined and said and not (verb is not None and verb.has("negation"))


def _denied_by(parts: Parts, number: int) -> Clause | None:
    """What a negation denies: the clause that comes next, in Turkish the one before the verb."""
    reader, piece = parts.reader, parts.reader.pieces[number]
    if piece.has("negation", "nobody"):
        return None
    steps = [-1, 1] if reader.language == "tr" and not piece.text.lower().startswith("hiç") else [1, -1]
    if reader.language == "tr":
        return next((found for step in steps if (found := _reach(parts, number, step))), None)
    return _reach(parts, number, 1)


def _reach(parts: Parts, number: int, step: int) -> Clause | None:
    """The clause in a direction, if nothing else that may be denied stands before it."""
    reader, places = parts.reader, {value.position for value in parts.reader.values}
    spans = {span.position for span in reader.quantities.spans}
    place, segment, passed = number + step, parts.segments[number], False
    while 0 <= place < len(reader.pieces):
        piece = reader.pieces[place]
        if (clause := parts.clause_at(place)) is not None:
            return _elided(parts, clause, segment) if passed and parts.segments[place] != segment else clause
        if place in places or piece.has("subject", PEOPLE):
            return None
        passed |= place in spans or says_since_then(reader, place)
        if parts.segments[place] != segment and not passed:
            return None
        known = piece.is_used or piece.is_quiet or piece.has("negation") or piece.number is not None
        known |= piece.has("event", "complete", "start") or piece.has("column", "days", "hours")
        known |= piece.has("agg", "distinct", "sum") or piece.has("compare") or piece.has("compare_after")
        known |= piece.has("unit") or piece.is_filler
        known |= says_since_then(reader, place)
        if parts.is_date(place):
            return _of_verb(parts, place, segment)
        if not known:
            return None
        place += step
    return _elided(parts, parts.clauses[-1], segment) if passed and parts.clauses else None


def _elided(parts: Parts, clause: Clause, segment: int) -> Clause | None:
    """But not in 2026: the same as before, in another segment."""
    own = next((one for one in parts.clauses if one.segment == segment), None)
    if own is not None:
        return own
    found = Clause(clause.subject, -1, -1, list(clause.values), segment, clause.joined)
    parts.clauses.append(found)
    return found


def _assign_bound(parts: Parts, bound: Bound) -> None:
    unit, reader = bound.unit_piece, parts.reader
    clause: Clause | None = None
    if raised := _raise_of(parts, bound):
        clause = raised
    elif is_term(reader, bound):
        contracts = [one for one in parts.clauses if one.subject == CONTRACT]
        clause = next((one for one in contracts if one.segment == parts.segments[bound.position]), None)
    elif unit is not None:
        fitting = [one for one in parts.clauses if _is_unit_of(unit, one)]
        clause = min(fitting, key=lambda one: abs(one.first - bound.position), default=None)
    elif bound.attribute is None and bound.unit is None and bound.value <= _SMALL:
        clause = _counted_by(parts, bound)
    if clause is not None:
        clause.bounds.append(bound)
        reader.quantities.bounds.remove(bound)


def _raise_of(parts: Parts, bound: Bound) -> Clause | None:
    """Per cent are those of a raise, dollars if they stand beside it."""
    of_money = bound.unit == "usd" or (bound.unit_piece is not None and bound.unit_piece.has("unit", "usd"))
    raises = [one for one in parts.clauses if one.subject == RAISE]
    near = [one for one in raises if one.segment == parts.segments[bound.position]]
    if is_percent(bound):
        near = near or raises
    elif not of_money:
        return None
    return near[0] if near else None


def _is_unit_of(unit: Piece, clause: Clause) -> bool:
    key, column = _UNITS.get(clause.subject, ("times", "raise"))
    return (
        unit.has("unit", key, "times")
        or unit.has("column", column)
        or unit.has("subject", clause.subject)
        or (clause.subject == TRAINING and unit.has("dim", "course"))
    )


def _counted_by(parts: Parts, bound: Bound) -> Clause | None:
    """More than once; two different courses; at least one sick leave."""
    reader = parts.reader
    if reader.pieces[bound.position].text.lower() in _TIMES and len(parts.clauses) == 1:
        return parts.clauses[0]
    place = bound.position
    for _ in range(3):
        place, piece = reader.beside(place, 1)
        if piece is None:
            return None
        if (clause := parts.clause_at(place)) is not None:
            return clause
        if not (piece.has("agg", "distinct") or (piece.is_used and not piece.values)):
            return None
    return None


def _assign_span(parts: Parts, span: Span) -> None:
    segment = parts.segments[span.position]
    owners = _owners(parts, segment)
    own = next((one for one in parts.clauses if one.segment == segment), None)
    if not owners:
        if own is None:
            own = _inherited(parts, segment)
        if own is None:
            return
        owners = {own.first: own}
    steps = (1, -1) if parts.reader.language == "tr" else (-1, 1)
    for step in steps:
        beside = [place for place in owners if (place - span.position) * step > 0]
        if beside:
            owner = owners[min(beside, key=lambda place: abs(place - span.position))]
            break
    else:
        owner = next(iter(owners.values()))
    if owner is not None:
        owner.spans.append(span)
        owner.segments.add(segment)
        parts.reader.quantities.spans.remove(span)


def _owners(parts: Parts, segment: int) -> dict[int, Clause | None]:
    """What a period in a segment may date: a clause and its verb, or (no clause) a date of the people's own."""
    reader = parts.reader
    places = [n for n, one in enumerate(parts.segments) if one == segment]
    owners: dict[int, Clause | None] = {}
    for place in places:
        if (clause := parts.clause_at(place)) is not None:
            if reader.language != "tr" or not any(parts.is_verb(n) for n in places if n > place):
                owners[place] = clause
        elif parts.is_own(place):
            owners[place] = None
        elif parts.is_verb(place):
            owners[place] = _of_verb(parts, place, segment)
    return {place: owner for place, owner in owners.items() if owner is not None or parts.is_own(place)}


def _of_verb(parts: Parts, place: int, segment: int) -> Clause | None:
    fitting = [one for one in parts.clauses if one.segment == segment]
    return min(fitting, key=lambda one: abs(one.first - place), default=None)


def _inherited(parts: Parts, segment: int) -> Clause | None:
    """A period apart: of the only clause there is, or of that before it."""
    before = [one for one in parts.clauses if one.segment < segment and one.first >= 0]
    if not before:
        later = [one for one in parts.clauses if one.segment > segment]
        return later[0] if len(parts.clauses) == 1 and later else None
    clause = before[-1]
    if not clause.spans:
        return clause if clause is parts.clauses[-1] else None
    return _elided(parts, clause, segment)


def _use_words(parts: Parts, clause: Clause) -> None:
    """Verbs, "both", "in total", "a single": what says no more than the clause does."""
    reader = parts.reader
    others = {one.segment for one in parts.clauses if one is not clause}
    parts.used.update(n for n in range(clause.first, clause.last + 1) if n >= 0)
    for place, segment in enumerate(parts.segments):
        piece = reader.pieces[place]
        if segment not in (clause.segment, *clause.segments) or not piece.is_open:
            continue
        if bool(clause.negated) and piece.has("both"):
            raise NotUnderstoodError("not both, or neither of both")
        several = len(parts.clauses) + len(clause.values) + len(clause.spans) > 1
        if (
            parts.is_verb(place)
            or piece.has("subject", clause.subject)
            or (bool(clause.bounds) and piece.has("agg", "sum"))
            or (bool(clause.negated) and piece.number == 1 and segment not in others)
            or (several and piece.has("both"))
            or (place < clause.first and place > 0 and piece.has("ask", "who") and bool(reader.keys))
            or (clause.subject == RAISE and piece.text.lower() == "by" and _opens_bound(clause, place))
            or (clause.subject == RAISE and piece.has("column", "salary", "payroll") and not reader.open("agg"))
        ):
            parts.used.add(place)


def _opens_bound(clause: Clause, place: int) -> bool:
    """By more than 20 per cent."""
    return any(0 < bound.position - place <= len(_SIDES) for bound in clause.bounds)
