"""Pay as it was on a past day, of people who work here today: before the January raise, on 31 December.

It is a figure of them all; conditions on pay would be of today, or of that day, and are not understood.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from nl2sql.plan import Figure, Measure, Plan, Ref
from nl2sql.semantics.facts import PEOPLE, Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_PAY = ("salary", "payroll")
_BEFORE = ("before", "prior", "önce", "до", "перед")
_TODAY = ("today", "bugün", "сегодняшн")
_REACH = 5
_FUNCTIONS = ("avg", "median", "sum", "min", "max")


def find_past_pay(reader: Reader, facts: Facts) -> None:
    """Take the day out of the question, with the raise that it was before."""
    spans = reader.quantities.spans
    columns = [n for n in reader.open("column", *_PAY) if not reader.pieces[n].has("column", "raise")]
    if len(spans) != 1 or not columns or reader.open("event") or reader.keys:
        return
    low, high = spans[0].low, spans[0].high
    raises = reader.open("column", "raise")
    if len(raises) == 1 and (words := _before(reader, raises[0])):
        day = low if isinstance(low, date) else high if low is None else None
        reader.use(*raises, *(n for n in words if reader.pieces[n].is_open))
    else:
        single = isinstance(low, date) and high == low + timedelta(days=1)
        day = high if single and not raises and _is_of_today(reader) else None
    if isinstance(day, date):
        facts.paid_before = day
        spans.clear()
        reader.use(*reader.open("state", "running"))  # salaries in force that day


def _is_of_today(reader: Reader) -> bool:
    """Current employees, today's employees."""
    people = reader.open("subject", PEOPLE)
    today = any(reader.pieces[n - 1].text.lower().startswith(_TODAY) for n in people if n)
    return today or bool(reader.open("current"))


def _before(reader: Reader, number: int) -> list[int]:
    """Words near the raise that say that it is what was before it."""
    near = range(max(number - _REACH, 0), min(number + _REACH, len(reader.pieces)))
    return [n for n in near if any(word in _BEFORE for word in reader.pieces[n].text.lower().split())]


def of_past_pay(plan: Plan, day: date) -> Plan:
    """The plan with pay as it was before a day.

    Raises:
        NotUnderstoodError: it asks for something else than figures of pay.
    """
    figures = [one for one in plan.measures if isinstance(one, Figure) and _is_pay(one)]
    conditions = any(getattr(one, "ref", None) == _PAID for one in plan.where)
    if not figures or len(figures) < len(plan.measures) or conditions or plan.having or plan.columns:
        raise NotUnderstoodError("pay of a past day, but which figure is not said")
    past: tuple[Measure, ...] = tuple(replace(one, ref=replace(_PAID, before=day)) for one in figures)
    return replace(plan, measures=past)


_PAID = Ref("staff", "monthly_usd")


def _is_pay(figure: Figure) -> bool:
    return figure.ref == _PAID and figure.function in _FUNCTIONS
