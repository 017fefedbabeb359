"""A month or a year that a question names is all of its days: June 2022 is not the first of June, 2023 is not from 2023 on.

Small models write a day of it, where it begins, or the month beside it, and are sure of that. Other parts of days are left as
they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.items import SENSES, Item
from nl2sql.anywhere.naming import name_words
from nl2sql.guard import Checked, again

_DAY: Final = re.compile(r"(\d{4})-\d\d-\d\d")
_BEGINNING: Final = re.compile(r"(\d{4})-(\d\d)-?%")
_NUMBER: Final = re.compile(r"\d+")
_YEARS: Final = range(1900, 2100)
_LAST_DAY: Final = 31
_MONTHS: Final = 12
_BOUNDING: Final = frozenset({"compare", "more", "less", "at least", "at most", "between"})
_FROM_OR_TO: Final = frozenset({
    "since", "from", "until", "till", "after", "before", "onward", "onwards", "later", "earlier", "through", "up to", "to",
})  # fmt: skip
_NEAR: Final = 3
"""Items around a year that may say that it only bounds, or is that of a day."""
_ENDS: Final = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ)


def with_month_as_asked(checked: Checked, items: Sequence[Item]) -> Checked:
    """The statement with the whole month where it has one day of it, or another month, and the question names no day."""
    asked = _month_of(items)
    if asked is None:
        return checked
    year, month = asked
    slips = [one for one in checked.tree.find_all(exp.EQ, exp.Like) if _is_slip(one, year, month)]
    if len(slips) != 1:
        return checked
    after = f"{year + month // _MONTHS}-{month % _MONTHS + 1:02}-01"
    slips[0].replace(_from_to(slips[0].this, f"{year}-{month:02}-01", after))
    return again(checked)


def with_year_as_asked(checked: Checked, items: Sequence[Item]) -> Checked:
    """The statement with the whole year where it has only its beginning, its end, or a day of it."""
    year = _year_of(items)
    ends = [end for end in checked.tree.find_all(*_ENDS) if isinstance(end.expression, exp.Literal)]
    if year is None or len(ends) != len({end.this.sql() for end in ends}) or checked.tree.find(exp.Between):
        return checked
    slips = [(end, whole) for end in ends if (whole := _whole_year(end, year)) is not None]
    if len(slips) != 1:
        return checked
    end, whole = slips[0]
    end.replace(whole)
    return again(checked)


def _month_of(items: Sequence[Item]) -> tuple[int, int] | None:
    """The year and the month, if a question names one of each and no day beside the month."""
    places = [place for place, item in enumerate(items) if item.month]
    years = [int(item.number) for item in items if item.number is not None and item.number in _YEARS]
    if len(places) != 1 or len(years) != 1:
        return None
    beside = (_NUMBER.match(item.part.text) for item in items[max(places[0] - 2, 0) : places[0] + 3])
    if any(number is not None and int(number[0]) <= _LAST_DAY for number in beside):
        return None  # 1 June, the 5th of June
    return years[0], items[places[0]].month


def _year_of(items: Sequence[Item]) -> int | None:
    """The year, if a question names one, no month or day, and nothing that says from or to when."""
    places = [place for place, item in enumerate(items) if item.number in _YEARS]
    if len(places) != 1 or any(item.month for item in items):
        return None
    beside = items[max(places[0] - _NEAR, 0) : places[0] + _NEAR + 1]
    if any(item.number is not None and item.number <= _LAST_DAY for item in beside):
        return None
    if any(item.cue in _BOUNDING or _FROM_OR_TO & set(item.part.english[:SENSES]) for item in beside):
        return None
    return int(items[places[0]].number or 0)


def _is_slip(comparison: exp.Expr, year: int, month: int) -> bool:
    text = comparison.expression
    if not isinstance(comparison.this, exp.Column) or not isinstance(text, exp.Literal):
        return False
    if isinstance(comparison, exp.EQ):
        return _is_day_of(text, year)
    beginning = _BEGINNING.fullmatch(text.name)
    return beginning is not None and int(beginning[1]) == year and int(beginning[2]) != month


def _whole_year(end: exp.Expr, year: int) -> exp.Expr | None:
    """The condition that holds all of the year, for one that has only an end or a day of it."""
    value = end.expression
    first, after = f"{year}-01-01", f"{year + 1}-01-01"
    is_lower, is_upper = isinstance(end, exp.GT | exp.GTE), isinstance(end, exp.LT | exp.LTE)
    if not value.is_string:
        is_whole = isinstance(end, exp.GTE | exp.LTE) and value.name == str(year) and _is_year(end.this)
        return exp.EQ(this=end.this.copy(), expression=value.copy()) if is_whole else None
    is_day = isinstance(end, exp.EQ) and _is_day_of(value, year)
    if is_day or (is_lower and value.name == first) or (is_upper and value.name in (after, f"{year}-12-31")):
        return _from_to(end.this, first, after)
    return None


def _is_day_of(text: exp.Literal, year: int) -> bool:
    day = _DAY.fullmatch(text.name)
    return day is not None and int(day[1]) == year


def _is_year(counted: exp.Expr) -> bool:
    """Whether numbers are years, and not what else there may be two thousand of."""
    return counted.find(exp.TimeToStr, exp.Year, exp.Extract) is not None or (
        isinstance(counted, exp.Column) and "year" in name_words(counted.name)
    )


def _from_to(day: exp.Expr, first: str, after: str) -> exp.Paren:
    """From a day on and before another; in brackets, since it may be denied."""
    since = exp.GTE(this=day.copy(), expression=exp.Literal.string(first))
    return exp.paren(exp.and_(since, exp.LT(this=day.copy(), expression=exp.Literal.string(after))))
