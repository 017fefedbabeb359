"""Conditions with days, months and years, and which column has them when the question does not say."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from typing import Final

from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.figures import LIVES
from nl2sql.anywhere.sketching.shown import Shown

YEARS: Final = range(1800, 2101)


class Dates(Shown):
    """Adds conditions with days."""

    def _in_year(self, number: Item) -> None:
        number.is_used = True
        if self._has_year:
            raise UnclearError("two years")
        self._has_year = True
        path = self._year_column(number)
        self._spend([number], path)
        column = self._catalog.column(path)
        value = number.part.text
        month = next((item for item in self._near(number, 2) if item.month), None)
        if month is not None:
            month.is_used = True
            if column is None or column.type not in ("date", "timestamp"):
                raise UnclearError("a month of what day")
            last = monthrange(int(value), month.month)[1]
            start = f"{value}-{month.month:02}"
            self._where.append(f"{self._use(path)} BETWEEN '{start}-01' AND '{start}-{last}'")
            return
        if column is not None and column.type in ("date", "timestamp"):
            self._where.append(f"{self._use(path)} BETWEEN '{value}-01-01' AND '{value}-12-31'")
        else:
            quoted = f"'{value}'" if column is not None and column.type == "text" else value
            self._where.append(f"{self._use(path)} = {quoted}")

    def _year_column(self, number: Item) -> str:
        """The column of a year that is not named: of the nearest table in the question that has one."""
        if (named := self._named_when(self._items)) is not None:
            return named
        for item in self._items:
            if item.table is None and any(self._says_path(path, "year") for path in item.columns):
                item.is_used = True
        wanted = ("date",) if any(item.month for item in self._items) else ("year", "date")
        paths = [
            column.path
            for column in self._catalog.columns()
            if self._is_when(column.path)
            and (column.type in ("date", "timestamp") or any(self._says_path(column.path, word) for word in wanted))
            and not LIVES & set(name_words(column.name))
        ]
        place = self._items.index(number)
        tables = [item for item in self._items if item.table is not None]
        nearest = sorted(tables, key=lambda item: (not self._happens(item), abs(self._items.index(item) - place)))
        for table in dict.fromkeys([*(item.table for item in nearest), self._main]):
            here = [path for path in paths if path.partition(".")[0] == table]
            years = [path for path in here if self._says_path(path, "year")] or here
            own = [path for path in years if table and self._says_path(path, name_words(table)[-1])]
            if len(years) == 1 or len(own) == 1:  # of a loan, the loan_date
                return (years if len(years) == 1 else own)[0]
            if years and all((c := self._catalog.column(path)) and c.type in ("date", "timestamp") for path in years):
                return years[0]  # what begins comes before what ends
            if years:
                break
        else:
            behind = {table for table in self._catalog.tables if self._joins.distance(self._main, table) == 1}
            only = [path for path in paths if path.partition(".")[0] in behind]
            if len(only) == 1:
                return only[0]
        raise UnclearError("which year")

    def _named_when(self, items: Sequence[Item]) -> str | None:
        """The day that a word has as a column: who joined before 2020."""
        for item in items:
            dates = [path for path in item.columns if self._is_when(path)]
            if item.table is None and dates and not self._says(item, "year"):
                item.is_used = True
                return self._resolve(Item(item.part, columns=tuple(dates)))
        return None

    def _happens(self, item: Item) -> bool:
        """Whether rows of a table are what others did: orders have customers."""
        others = {other.table for other in self._items} - {item.table}
        columns = self._catalog.tables[item.table or ""].columns
        return any(column.references and column.references.partition(".")[0] in others for column in columns)

    def _spend(self, numbers: Sequence[Item], path: str) -> None:
        """What stands around a number and names its column is spoken for: released between 2010 and 2015."""
        for item in (other for number in numbers for other in self._near(number, 3)):
            if item.table is None and (path in item.columns or self._says(item, "year")):
                item.is_used = True
