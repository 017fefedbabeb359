"""The values of a plan as SQL: literals, days that depend on today, functions of columns, and what is rounded for people.

How statements are put together of them is `plan_sql`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlglot import exp

from nl2sql.plan import Function, Today, Value

_AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "min": exp.Min,
    "max": exp.Max,
    "avg": exp.Avg,
}


def over_column(function: Function, column: exp.Expr | None) -> exp.Expr:
    """A function of a column; of none, the number of rows."""
    if column is None:
        return exp.Count(this=exp.Star())
    if function == "distinct":
        return exp.Count(this=exp.Distinct(expressions=[column]))
    if function == "median":
        ordered = exp.Order(expressions=[exp.Ordered(this=column, nulls_first=False)])
        return exp.WithinGroup(this=exp.PercentileCont(this=exp.Literal.number("0.5")), expression=ordered)
    return _AGGREGATES[function](this=column)


def literal(value: Value) -> exp.Expr:
    """What a column is compared with."""
    match value:
        case bool():
            raise TypeError("a truth value is no literal of a plan")
        case int() | Decimal():
            return exp.Literal.number(str(value))
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case Today():
            return _today(value)
        case str():
            return exp.Literal.string(value)


def _today(value: Today) -> exp.Expr:
    day: exp.Expr = exp.CurrentDate()
    if value.period != "day":
        day = exp.TimestampTrunc(this=day, unit=exp.var(value.period.upper()))
    for number, unit in ((value.months, "months"), (value.days, "days")):
        if number:
            moved = exp.Interval(this=exp.Literal.string(f"{abs(number)} {unit}"))
            day = (exp.Add if number > 0 else exp.Sub)(this=day, expression=moved)
    day = exp.cast(day, "date")
    return day if value.part is None else exp.Extract(this=exp.var(value.part.upper()), expression=day)


def exact(value: exp.Expr) -> exp.Expr:
    """What is rounded for people, as it is compared."""
    return value.this if isinstance(value, exp.Round) else value


def rounded(value: exp.Expr) -> exp.Expr:
    """To the two decimals that are shown."""
    return exp.Round(this=value, decimals=exp.Literal.number(2))


def percent(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """Per cent of a whole; nothing where there is none."""
    hundredfold = exp.Mul(this=exp.Literal.number("100.0"), expression=part)
    return rounded(exp.Div(this=hundredfold, expression=nonzero(whole), typed=True))


def nonzero(value: exp.Expr) -> exp.Expr:
    """What may be divided by."""
    return exp.Nullif(this=value, expression=exp.Literal.number(0))
