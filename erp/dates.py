"""Dates as people write them in three languages, to ISO 8601.

The day stands before the month in every format that the company's offices use; a month over 12 shows
that somebody wrote it the American way. What a date may mean (a birth in the future) is `erp.repair`'s.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from erp.letters import fold

_YEAR_FIRST: Final = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:[ T].*)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})(?: ?г\.?| .*)?")
_NAMED: Final = re.compile(r"(?:([^\W\d]+)\.? (\d{1,2})|(\d{1,2}) ([^\W\d]+)) (\d{4})(?: [^\W\d]+\.?)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"\d{5}")
_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""

_MONTHS: Final = {
    fold(name)[:3]: number
    for names in (
        "January February March April May June July August September October November December",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
    )
    for number, name in enumerate(names.split(), 1)
} | {"мая": 5}


def iso_date(text: str, this_year: int) -> str | None:
    """The date as `YYYY-MM-DD`, or `None` if no day is written there.

    Args:
        text: what was typed.
        this_year: two digits of a year mean the last hundred years, this one included.

    >>> iso_date("15 марта 2019 г.", 2026), iso_date("3/4/98", 2026), iso_date("31.02.2020", 2026)
    ('2019-03-15', '1998-04-03', None)
    """
    parts = _parts(text.strip(), this_year)
    if parts is None:
        return None
    year, month, day = parts
    if month > 12 >= day:  # noqa: PLR2004 - months of a year
        month, day = day, month
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _parts(text: str, this_year: int) -> tuple[int, int, int] | None:
    """Year, month and day in whatever order they stand."""
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(text):
        year = int(match[3])
        if len(match[3]) == 2:  # noqa: PLR2004 - digits of a year
            year += (this_year - year) // 100 * 100
        return year, int(match[2]), int(match[1])
    if match := _NAMED.fullmatch(" ".join(text.replace(",", " ").split())):
        month = _MONTHS.get(fold(match[1] or match[4])[:3])
        return (int(match[5]), month, int(match[2] or match[3])) if month else None
    if _SERIAL.fullmatch(text):
        day = _EPOCH + timedelta(days=int(text))
        return day.year, day.month, day.day
    return None
