"""A month that a question names is all of its days: June 2022 is not the first of June.

Small models write a day for it, or the month beside it, and are sure of that. Other parts of days are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.items import Item
from nl2sql.guard import Checked, again

_DAY: Final = re.compile(r"(\d{4})-\d\d-\d\d")
_BEGINNING: Final = re.compile(r"(\d{4})-(\d\d)-?%")
_NUMBER: Final = re.compile(r"\d+")
_YEARS: Final = range(1900, 2100)
_LAST_DAY: Final = 31
_MONTHS: Final = 12


def with_month_as_asked(checked: Checked, items: Sequence[Item]) -> Checked:
    """The statement with the whole month where it has one day of it, or another month, and the question names no day."""
    asked = _month_of(items)
    if asked is None:
        return checked
    year, month = asked
    slips = [one for one in checked.tree.find_all(exp.EQ, exp.Like) if _is_slip(one, year, month)]
    if len(slips) != 1:
        return checked
    column = slips[0].this
    after = f"{year + month // _MONTHS}-{month % _MONTHS + 1:02}-01"
    whole = exp.and_(
        exp.GTE(this=column.copy(), expression=exp.Literal.string(f"{year}-{month:02}-01")),
        exp.LT(this=column.copy(), expression=exp.Literal.string(after)),
    )
    slips[0].replace(exp.paren(whole))  # it may be denied
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


def _is_slip(comparison: exp.Expr, year: int, month: int) -> bool:
    text = comparison.expression
    if not isinstance(comparison.this, exp.Column) or not isinstance(text, exp.Literal):
        return False
    if isinstance(comparison, exp.EQ):
        day = _DAY.fullmatch(text.name)
        return day is not None and int(day[1]) == year
    beginning = _BEGINNING.fullmatch(text.name)
    return beginning is not None and int(beginning[1]) == year and int(beginning[2]) != month
