"""Conditions with numbers: more than, between, in a year, groups of at least so many.

Conditions with averages are `averages`, those with values `matching`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from nl2sql.anywhere.cues import LASTS, MEASURES
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.dates import YEARS, Dates

_ENDS: Final = 2
"""Numbers of a range."""
_UNTIL: Final = ("po",)
"""Russian 'up to' between two numbers, elsewhere 'each'; folded."""
_SIGNS: Final = {"at least": ">=", "at most": "<=", "more": ">", "less": "<"}


class Conditions(Dates):
    """Adds conditions with numbers."""

    def _read_numbers(self) -> None:
        numbers = [item for item in self._items if item.number is not None]
        pair = self._pair(numbers)
        if pair:
            self._between(pair)
        for item in numbers:
            if item not in pair:
                self._read_number(item)
        for path, values in self._equal.items():
            if len(values) == 1:
                self._where.append(f"{self._use(path)} = {values[0]}")
            elif len(values) == _ENDS and self._says_both():
                self._both = self._use(path), values
            else:
                raise UnclearError("one figure that is two")

    def _pair(self, numbers: Sequence[Item]) -> list[Item]:
        """Two numbers that are the ends of a range: between them, or from one to the other."""
        between = self._cued("between")
        if between is not None:
            place = self._items.index(between)
            between.is_used = True
            after = [item for item in numbers if self._items.index(item) > place][:_ENDS]
            before = [item for item in numbers if self._items.index(item) < place][-_ENDS:]
            pair = before if self._language == "tr" else after
            if len(pair) != _ENDS:
                raise UnclearError("between what")
            return pair
        if len(numbers) != _ENDS:
            return []
        first, second = (self._items.index(item) for item in numbers)
        start = self._items[max(0, first - 1) : first]
        inside = self._items[first + 1 : second]
        if not any({"from", "of", "since"} & set(item.part.english[:3]) for item in start):
            return []
        if not all(item.cue == "compare" or item.is_needless or item.part.folded == _UNTIL for item in inside):
            return []
        for item in (*start, *inside):
            item.is_used = item.is_used or item.cue in ("compare", "from start")
            item.cue = "stop" if item.cue == "each" else item.cue
        return list(numbers)

    def _read_number(self, item: Item) -> None:
        operator = self._operator_of(item)
        if operator is not None:
            self._compare(item, operator)
        elif item.number in YEARS and item.part.text.isdigit():
            self._in_year(item)
        elif any(other.cue in ("super", "most", "common", "least") for other in self._items):
            item.is_used = True
            self._limit = int(item.number or 1)
        elif not self._equals(item):
            if item.number != 1:
                raise UnclearError("what a number is for")
            item.is_used = True  # the Turkish article

    def _equals(self, number: Item) -> bool:
        """'8 cylinders': a number beside a figure says how much it is."""
        place = self._items.index(number)
        for item in (*self._items[place + 1 : place + 2], *self._items[max(0, place - 1) : place]):
            if item.columns_of_figures(self._catalog) and item.table is None and not item.is_used:
                number.is_used = item.is_used = True
                self._equal.setdefault(self._resolve(item, figure=True), []).append(_written(number.number))
                return True
        return False

    def _operator_of(self, number: Item) -> Item | None:
        place = self._items.index(number)
        before = self._items[max(0, place - 3) : place][::-1]
        after = self._items[place + 1 : place + 4]
        if self._language != "tr":  # in 2021 or later
            comparing = ("compare", "more", "less")
            after = [item for one, item in pairwise(after) if self._says(one, "or") and item.cue in comparing]
        for item in (*before, *after):
            if item.cue in _SIGNS or item.cue == "compare":
                return item if not item.is_used else None
        return None

    def _compare(self, number: Item, operator: Item) -> None:
        number.is_used = operator.is_used = True
        sign = self._sign(operator)
        if (year := self._year_done(number, operator)) is not None:
            self._where.append(self._comparison(year, sign, number))
        elif operator.scale is not None and operator.scale.columns and not self._is_figure_beside(number):
            named = (
                self._named_when(self._near(number, 2))
                if number.number in YEARS and "date" in operator.scale.columns
                else None
            )
            path, descending = (named, operator.scale.descending) if named else self._by_scale(operator.scale)
            if number.number in YEARS:
                self._spend([number], path)  # the word year beside it
            if descending != operator.scale.descending:  # older than 40 is born before
                sign = _turned(sign)
            for item in self._near(number, 3):  # "40 yaşından büyük", "старше 40 лет" name the column too
                if path in item.columns and item.table is None:
                    item.is_used = True
            self._where.append(self._comparison(path, sign, number))
        elif (measured := self._measured()) is not None:
            self._where.append(self._comparison(measured, sign, number))
            for item in self._near(number, 1):  # the unit
                item.is_used = item.is_used or (item.table is None and measured in item.columns)
        else:
            self._compare_target(number, sign, operator)

    def _year_done(self, number: Item, operator: Item) -> str | None:
        """'Founded before 1960': the year that a verb has as a column."""
        beside = self._after(operator) if self._language == "tr" else self._before(operator)
        follows = self._items.index(operator) > self._items.index(number)
        if number.number not in YEARS or not beside or follows != (self._language == "tr"):
            return None
        paths = beside[0].columns_of_figures(self._catalog)
        names = {name_words(path.partition(".")[2])[-1] for path in paths[:1]}
        if beside[0].table is not None or not names & {*beside[0].part.english[:2], *beside[0].part.folded}:
            return None
        beside[0].is_used = True
        return self._resolve(beside[0], figure=True)

    def _is_figure_beside(self, number: Item) -> bool:
        """'After minute 45': what the number is of stands beside it, and it is no year."""
        return number.number not in YEARS and any(
            item.columns_of_figures(self._catalog) and item.table is None and not item.is_used
            for item in self._near(number, 2)
        )

    def _sign(self, operator: Item) -> str:
        """How a number is compared; 'not' before it turns it around."""
        descending = operator.scale is None or operator.scale.descending
        sign = _SIGNS.get(operator.cue or "") or (">" if descending else "<")
        place = self._items.index(operator)
        denial = self._items[place - 1] if place else None
        if denial is not None and denial.cue == "not":
            denial.is_used = True
            return "<=" if sign == ">" else ">="
        joining = ("or", "and") if self._language == "tr" else ("or",)
        if any(self._says(item, word) for item in self._near(operator, 1) for word in joining):  # in 2021 or later
            return f"{sign}="
        return ">=" if "since" in operator.part.english[:2] else sign

    def _comparison(self, path: str, sign: str, number: Item) -> str:
        """A condition that suits the column's type: a year is no date, and text is compared as text."""
        column = self._catalog.column(path)
        kind = "" if column is None else column.type
        value = _written(number.number)
        if kind in ("date", "timestamp"):
            if number.number not in YEARS:
                raise UnclearError("what day a number is")
            end = "12-31" if sign in (">", "<=") else "01-01"
            value = f"'{int(number.number or 0)}-{end}'"
        elif kind == "text":
            value = f"'{value}'"
        return f"{self._use(path)} {sign} {value}"

    def _compare_target(self, number: Item, sign: str, operator: Item) -> None:
        target = self._target(number)
        average = next((item for item in self._items if item.cue == "avg" and not item.is_used), None)
        target.is_used = True
        if target.table is not None and not target.columns_of_figures(self._catalog):
            self._other = self._done_to(target) if self._is_times(number) else target.table
            self._having = f"COUNT(*) {sign} {_written(number.number)}"
            return
        path = self._resolve(target, figure=True)
        is_pace = operator.scale is not None and operator.scale.reversed == LASTS
        if is_pace and any(self._says_path(path, word) for word in LASTS):
            sign = _turned(sign)  # faster than in 90 days
        if average is None:
            self._where.append(self._comparison(path, sign, number))
            return
        self._other = path.partition(".")[0]
        self._having = f"AVG({self._path(path)}) {sign} {_written(number.number)}"
        named = sum(path in item.columns and item.cue is None for item in self._items)
        for item in self._items:
            if item.cue == "avg" or path in item.columns or item.table == self._other:
                item.is_used = True
        if named > 1 or any(self._says(item, "it") for item in self._items):
            self._also = [f"AVG({self._path(path)})"]

    def _is_times(self, number: Item) -> bool:
        """'More than ten times', where what was done so often is not named."""
        times = [item for item in self._near(number, 1) if self._says(item, "times") or self._says(item, "time")]
        for item in times:
            item.is_used = True
        return bool(times)

    def _done_to(self, target: Item) -> str:
        """The one table whose rows tell what was done to others."""
        keys = [c for c in self._catalog.columns() if (c.references or "").partition(".")[0] == target.table]
        if target.table != self._main:
            return target.table or ""
        if len(keys) != 1:
            raise UnclearError("what was done so often")
        return keys[0].table

    def _measured(self) -> str | None:
        """What a verb of the question measures."""
        for item in self._items:
            for sense in item.part.english[:2]:
                if sense in MEASURES and item.table is None and not item.is_used:
                    item.is_used = True
                    return self._by_scale(MEASURES[sense])[0]
        return None

    def _target(self, number: Item) -> Item:
        """What a number is of: the nearest figure or table that is not spoken for."""
        place = self._items.index(number)
        fitting = [
            item
            for item in self._items
            if (item.table is not None or item.columns_of_figures(self._catalog))
            and not item.is_used
            and item.cue != "counted"
            and (item.table is not None or number.number in YEARS or not any(map(self._is_when, item.columns[:1])))
        ] or [item for item in self._items if item.table == self._main]
        if not fitting:
            raise UnclearError("what a number is of")
        before = next(
            (item for item in self._before(number) if item.cue not in ("compare", "more", "less", *_SIGNS)), None
        )
        if before in fitting and before is not None and before.table is None:
            return before  # a budget over 20
        return min(
            fitting, key=lambda item: abs(self._items.index(item) - place) - 0.5 * (self._items.index(item) > place)
        )

    def _between(self, numbers: Sequence[Item]) -> None:
        for item in numbers:
            item.is_used = True
        low, high = (_written(item.number) for item in numbers)
        if all(item.number in YEARS for item in numbers) and not any(
            item.columns_of_figures(self._catalog)
            and not any(map(self._is_when, item.columns))
            and not self._says(item, "year")
            for item in self._items
        ):
            path = self._year_column(numbers[0])
        else:
            target = self._target(numbers[0])
            target.is_used = True
            path = self._resolve(target, figure=True)
        self._spend(numbers, path)
        column = self._catalog.column(path)
        if column is not None and column.type in ("date", "timestamp"):
            low, high = f"'{low}-01-01'", f"'{high}-12-31'"
        self._where.append(f"{self._use(path)} BETWEEN {low} AND {high}")


def _turned(sign: str) -> str:
    return sign.replace(">", "<") if ">" in sign else sign.replace("<", ">")


def _written(number: float | None) -> str:
    """A number as people write it, without an exponent."""
    value = number or 0.0
    return str(int(value)) if value.is_integer() else str(value)
