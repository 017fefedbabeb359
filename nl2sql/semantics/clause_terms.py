"""Clauses about contracts, raises and projects as conditions on people: whose contract ends in 2027."""

from __future__ import annotations

from nl2sql.plan import Compare, Condition, Figure, Having, Missing, OneOf, Related, Today
from nl2sql.semantics.clause_parts import KIND, Clause, Parts
from nl2sql.semantics.facts import CONTRACT
from nl2sql.semantics.known_dates import EXPIRED
from nl2sql.semantics.pay import is_percent
from nl2sql.semantics.quantities import whole
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span
from nl2sql.semantics.terms import is_term, lasts
from nl2sql.semantics.timing import period


def of_contract(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """Whose contract ends in 2027, has no end date, is one of several."""
    dates = _dates(reader, parts, clause)
    if len(dates) > max(1, len(clause.spans)):
        raise NotUnderstoodError("dates of contracts, one of them asked for")
    inner: list[Condition] = []
    if clause.values:
        kinds = tuple(dict.fromkeys(value.value for value in clause.values))
        inner.append(OneOf(reader.ref("contracts", KIND[CONTRACT]), kinds))
    for span in clause.spans:
        inner += period(reader, "contracts", span, _nearest(dates, span))
    negated = bool(clause.negated)
    if not clause.spans and dates:
        if set(dates.values()) != {"end"}:
            raise NotUnderstoodError("contracts that begin, but when is not said")
        end = reader.ref("contracts", "end")
        if any(reader.pieces[number].text.lower().startswith(EXPIRED) for number in dates):
            inner.append(Compare(end, "<", Today()))
        else:
            inner.append(Missing(end, negated=not negated))
            negated = False
    for bound in clause.bounds:
        inner += lasts(reader, "contracts", bound) if is_term(reader, bound) else []
    numbers = [bound for bound in clause.bounds if not is_term(reader, bound)]
    if not inner and not numbers:
        raise NotUnderstoodError("contracts, but of which is not said")
    havings: list[Having | None] = [Having(Figure("count"), bound.operator, whole(bound.value)) for bound in numbers]
    if any(bound.high is not None for bound in numbers):
        raise NotUnderstoodError("a range of contracts")
    parts.used.update(dates)
    return [Related("contracts", tuple(inner), negated=negated, having=one) for one in havings or [None]]


def of_raise(reader: Reader, _parts: Parts, clause: Clause) -> list[Condition]:
    """Who got a raise in 2026, of more than ten per cent."""
    inner: list[Condition] = []
    for span in clause.spans:
        if span.low is None and not span.parts and not clause.is_last:
            raise NotUnderstoodError("pay before a raise")
        inner += period(reader, "salaries", span, "date")
    for window in clause.windows:
        inner += window.holds(reader.ref("salaries", "date"))
    for bound in clause.bounds:
        of_percent = is_percent(bound)
        of_money = bound.unit == "usd" or (bound.unit_piece is not None and bound.unit_piece.has("unit", "usd"))
        if bound.high is not None or not (of_percent or of_money):
            raise NotUnderstoodError("a number of raises")
        if bound.unit_piece is not None:
            bound.unit_piece.is_used = True
        ref = reader.ref("salaries", "raise_percent" if of_percent else "raise")
        inner.append(Compare(ref, bound.operator, whole(bound.value)))
    if not clause.bounds:
        inner.append(Compare(reader.ref("salaries", "raise"), ">", 0))
    reader.assume("raise")
    return [Related("salaries", tuple(inner), negated=bool(clause.negated))]


def of_project(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """On projects that began before 2022."""
    dates = _dates(reader, parts, clause)
    if clause.negated or clause.bounds or not clause.spans or not dates:
        raise NotUnderstoodError("projects, but of which is not said")
    parts.used.update(dates)
    return [one for span in clause.spans for one in period(reader, "projects", span, _nearest(dates, span))]


def _dates(reader: Reader, parts: Parts, clause: Clause) -> dict[int, str]:
    """Where something begins or ends in a clause."""
    segments = (clause.segment, *clause.segments)
    return {
        number: "end" if reader.pieces[number].has("event", "end") else "start"
        for number, segment in enumerate(parts.segments)
        if segment in segments and reader.pieces[number].is_open and reader.pieces[number].has("event", "start", "end")
    }


def _nearest(dates: dict[int, str], span: Span) -> str:
    if not dates:
        raise NotUnderstoodError("a period, but of what is not said")
    return dates[min(dates, key=lambda number: abs(number - span.position))]
