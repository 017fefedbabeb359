"""A statement for a question of a usual kind, composed from its items without a model, in any language.

Only what is wholly understood becomes a statement: an item with no place in it, two ways to join or two columns
that may be meant, and there is none. What the items are is `reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.counts import Counts
from nl2sql.catalog import Catalog
from nl2sql.language import Language


@dataclass(frozen=True)
class Sketched:
    """A statement, and what it leaves out."""

    sql: str
    unread: tuple[str, ...]
    """Words of the question that have no place in it."""


def sketch(items: Sequence[Item], catalog: Catalog, language: Language) -> Sketched | None:
    """The statement, or nothing if the question is of no usual kind or could mean several."""
    try:
        return _Sketch(list(items), catalog, language).statement()
    except UnclearError:
        return None


class _Sketch(Counts):
    def statement(self) -> Sketched:
        self._read_largest_number()
        self._add_up_figures()
        self._find_main()
        if self._kinds is not None:
            self._use(self._kinds)
        self._read_flags()
        self._read_patterns()
        none = self._none()
        self._read_numbers()
        self._read_averages()
        self._read_values()
        self._read_order()
        self._join_the_rest()
        if none is not None:
            self._where.append(none)
        text = self._count_or_figure() if none is None or self._counting() else self._listed()
        self._spend_repeated(text)
        unread = self._unread()
        if self._limit is not None and "ORDER BY" not in text:
            raise UnclearError("the first of what order")
        return Sketched(text, unread)

    def _count_or_figure(self) -> str:
        counts = self._counting()
        if counts is None:
            self._read_second_count()
        figures = [item for item in self._items if item.cue in ("avg", "sum", "min", "max") and not item.is_used]
        group = self._grouping(is_figure=counts is not None or bool(figures))
        if counts is not None:
            return self._counts(counts, figures, group)
        if self._having is not None or self._other is not None:
            return self._grouped_by_other()
        common = self._cued("common")
        if common is not None:
            return self._most_common(common)
        extremes = [item for item in self._items if item.cue == "super" and not item.is_used]
        if figures or len(extremes) > 1 or self._is_extreme_figure:
            return self._figures([*figures, *extremes], group)
        if group is not None:
            raise UnclearError("groups of what")
        return self._listed()

    def _grouping(self, *, is_figure: bool) -> list[str] | None:
        each = self._cued("each")
        if each is None:
            return None
        if not is_figure:
            each.is_used = True  # every one of them
            return None
        return self._group(each)

    def _listed(self) -> str:
        shown = self._projection()
        spoken = " ".join([*self._where, *(self._path(path) for path in shown), self._order or ""])
        if any(f"{written(table, self._catalog)}." not in spoken for table in self._idle):
            raise UnclearError("what a table is named for")
        if self._order is not None and self._multiplies():
            raise UnclearError("an order of rows that are there several times")
        distinct = self._distinct or (self._order is None and self._multiplies()) or self._is_category(shown)
        columns = [self._path(path) for path in shown]
        if len(columns) == 1 and any(condition.startswith(f"{columns[0]} = '") for condition in self._where):
            raise UnclearError("what is given already")
        if self._both is not None:
            if self._both[0] in columns:
                raise UnclearError("what is given already")
            return self._of_both(columns)
        return self._select(columns, order=self._order, limit=self._limit, distinct=distinct)

    def _join_the_rest(self) -> None:
        """Tables that are named only for being joined: singers who performed in a concert."""
        if self._cued("each") is not None:
            return
        for item in self._items:
            if item.table is not None and not item.is_used:
                item.is_used = True
                if item.table != self._main and item.table not in self._tables:
                    self._tables.append(item.table)
                    if not any(edge.multiplies for edge in self._joins.way(self._main, item.table)):
                        self._idle.append(item.table)

    def _is_category(self, shown: Sequence[str]) -> bool:
        """Whether it is asked for what rows have, not for the rows: which countries, not which singers."""
        names = [column.path for column in self._named(self._main)]
        columns = [self._catalog.column(path) for path in shown]
        return (
            self._cued("which") is not None
            and all(c is not None and c.type == "text" and c.path not in names and not c.is_key for c in columns)
            and len(shown) == 1
        )

    def _figures(self, cues: Sequence[Item], group: Sequence[str] | None) -> str:
        columns: list[str] = []
        for cue in sorted(cues, key=self._items.index):
            item = self._figure_of(cue)
            path = self._resolve(item, figure=True)
            self._begin_at(path)
            cue.is_used = item.is_used = True
            function = {"avg": "AVG", "sum": "SUM", "min": "MIN", "max": "MAX"}.get(cue.cue or "")
            if function is None:
                function = "MAX" if cue.scale is not None and cue.scale.descending else "MIN"
            counted = self._quantity_of(path) if function == "SUM" else None
            value = self._path(path) if counted is None else f"{self._path(path)} * {self._path(counted)}"
            if (column := f"{function}({value})") not in columns:  # "the total sum" is one
                columns.append(column)
        if self._multiplies():
            raise UnclearError("figures over rows that are there several times")
        order = self._sort_groups and f"{columns[0]} {self._sort_groups}"
        return self._select([*(group or ()), *columns], group=group or (), order=order)

    def _quantity_of(self, path: str) -> str | None:
        """How many pieces have a price, in the same rows."""
        table, _, column = path.partition(".")
        if name_words(column)[-1] != "price":
            return None
        return next((c.path for c in self._catalog.tables[table].columns if name_words(c.name)[-1] == "quantity"), None)

    def _begin_at(self, path: str) -> None:
        """Join from the rows that have the figure, so that none of them is there several times."""
        table = path.partition(".")[0]
        if table != self._main and self._multiplies():
            self._tables.append(self._main)
            self._main = table

    def _group(self, cue: Item) -> list[str]:
        for item in self._items:
            if item.cue == "each":
                item.is_used = True
        behind = self._language == "tr" and cue.part.text.lower() in ("göre", "başına")
        self._forget_figures()
        for item in self._before(cue) if behind else self._after(cue):
            if item.table == self._main and self._counting() is None:
                return [self._path(path) for path in self._name_columns(self._main)]
            if item.is_name and (item.table != self._main):
                item.is_used = True
                if item.table is not None:
                    self._tables.append(item.table)
                    return [self._path(path) for path in self._name_columns(item.table)]
                return [self._path(self._resolve(item))]
        raise UnclearError("each of what")

    def _forget_figures(self) -> None:
        """What is added up is no group: a Turkish word for region is one for area, too."""
        cues = [item for item in self._items if item.cue in ("avg", "sum") and not item.is_used]
        added = {path for cue in cues for path in self._figure_of(cue).columns[:1]}
        for item in self._items:
            others = tuple(path for path in item.columns if path not in added)
            if item.table is None and item.cue is None and others and len(others) < len(item.columns):
                item.columns = others if item.columns[0] not in added else item.columns
