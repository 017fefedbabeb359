"""A statement for a question of a usual kind, composed from its items without a model, in any language.

Only what is wholly understood becomes a statement: an item with no place in it, two ways to join or two columns
that may be meant, and there is none. What the items are is `reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.reading import Item
from nl2sql.anywhere.sketching.leftovers import Leftovers
from nl2sql.catalog import Catalog
from nl2sql.language import Language
from nl2sql.thesaurus import is_verb

_ADDED: Final = frozenset(
    [
        "hour", "minute", "day", "quantity", "unit", "piece", "page", "goal", "point", "ticket", "seat", "vote", "passenger",
        "ton", "kilogram", "litre", "hectare", "visitor", "spectator", "viewer", "attendee", "download", "view", "copy",
        "kilometre", "mile", "dose",
    ]
)  # fmt: skip
"""What a row has several of."""


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


class _Sketch(Leftovers):
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

    def _add_up_figures(self) -> None:
        """'How many hours were worked': not rows are counted, but a figure of theirs is added up."""
        count = self._cued("count")
        is_other = any(self._cued(cue) is not None for cue in ("avg", "min", "max", "sum"))
        if count is None and self._language != "tr" and self._cued("each") is not None and not is_other:
            count = self._cued("counted")  # the number of votes that each party got
        after = self._after(count) if count is not None else []
        counted = [item for item in after if item.cue != "distinct"][:1]
        if count is not None and counted and counted[0].table is None and counted[0].cue is None:
            figures = counted[0].columns_of_figures(self._catalog)
            texts = [c for path in counted[0].columns[:1] if (c := self._catalog.column(path)) and c.type == "text"]
            is_kind = bool(texts) and texts[0].references is None and not texts[0].is_key and texts[0].yes_no is None
            if is_kind:  # how many different nationalities
                self._kinds, counted[0].is_used = texts[0].path, True
            words = {name_words(path.partition(".")[2])[-1] for path in figures[:1]}
            if words & _ADDED and figures[0] == counted[0].columns[0]:
                # 'which hall is the largest, and how many seats does it have' adds nothing up
                ranks = any(item.cue == "super" for item in self._before(count))
                count.cue = "which" if ranks else "sum"

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

    def _read_second_count(self) -> None:
        """'Which courses have at least 8 students, and how many?', the second time that it is counted."""
        last = next(item for item in self._items[::-1] if not item.is_needless)
        counted = next(
            (item for item in self._items if item.cue == "counted" and self._is_compared(self._other, item)), last
        )
        count = self._cued("count") or (counted if counted.cue == "counted" and self._having is not None else None)
        if count is not None:
            count.is_used = True
            self._also.append("COUNT(*)")
            if self._other is None:
                raise UnclearError("how many of what")

    def _grouping(self, *, is_figure: bool) -> list[str] | None:
        each = self._cued("each")
        if each is None:
            return None
        if not is_figure:
            each.is_used = True  # every one of them
            return None
        return self._group(each)

    def _counts(self, counts: Item, figures: Sequence[Item], group: Sequence[str] | None) -> str:
        counts.is_used = True
        if any(item.cue != "sum" for item in figures):
            raise UnclearError("figures beside a number")
        sums = [f"SUM({path})" for item in figures if (path := self._summed_beside(item))]
        if group is None and self._having is not None:
            return self._counted_groups()
        if group is None and sums:
            raise UnclearError("figures beside a number")
        if group is None:
            return self._counted_rows()
        columns = list(dict.fromkeys([*group, *self._more_of_groups(group)]))
        if sums and self._multiplies():
            raise UnclearError("figures over rows that are there several times")
        order = self._sort_groups and f"COUNT(*) {self._sort_groups}"
        return self._select([*columns, "COUNT(*)", *sums], group=columns, order=order)

    def _summed_beside(self, cue: Item) -> str | None:
        """The figure that is added up beside a number of rows; 'in total' of what is counted says nothing."""
        cue.is_used = True
        near = [item for item in self._near(cue, 1) if item.columns_of_figures(self._catalog) and item.cue is None]
        free = [item for item in near if item.table is None and not item.is_used]
        if not free:
            return None
        free[0].is_used = True
        path = self._resolve(free[0], figure=True)
        if path.partition(".")[0] != self._main:
            raise UnclearError("the figure of other rows beside a number")
        return self._path(path)

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

    def _of_both(self, columns: Sequence[str]) -> str:
        """The rows that have one value and those that have the other."""
        assert self._both is not None  # noqa: S101 - for the type checker
        column, values = self._both
        others = list(self._where)
        sides = []
        for value in values:
            self._where = [*others, f"{column} = {value}"]
            sides.append(self._select(columns))
        return " INTERSECT ".join(sides)

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

    def _counted_rows(self) -> str:
        if self._both is not None:
            key = self._key(self._main)
            if key is None:
                raise UnclearError("how many of both")
            return f"SELECT COUNT(*) FROM ({self._of_both([self._path(key)])}) AS counted"
        if self._kinds is not None:
            return self._select([f"COUNT(DISTINCT {self._path(self._kinds)})"])
        key = self._key(self._main) if self._multiplies() else None
        return self._select([f"COUNT(DISTINCT {self._path(key)})" if key else "COUNT(*)"])

    def _counted_groups(self) -> str:
        """How many movies have at least five actors."""
        key = self._key(self._main)
        if key is None or self._other in (None, self._main):
            raise UnclearError("how many groups")
        self._tables.append(self._other or "")
        column = self._path(key)
        groups = self._select([column], group=[column], having=self._having)
        return f"SELECT COUNT(*) FROM ({groups}) AS counted"

    def _grouped_by_other(self) -> str:
        if any(item.cue in ("avg", "sum", "min", "max") and not item.is_used for item in self._items):
            raise UnclearError("figures of groups that are chosen")
        if self._other == self._main:
            group = [self._path(path) for path in self._attributes()]
            if not group:
                raise UnclearError("what is counted for what")
            columns = [*group, *self._also]
            return self._select(columns, group=group, having=self._having, order=self._order, limit=self._limit)
        shown = group = [self._path(path) for path in self._projection()]
        if (self._having or "").startswith("AVG") and any(
            not column.startswith(f"{written(self._main, self._catalog)}.") for column in group
        ):
            raise UnclearError("figures beside an average")
        if self._other is not None and self._other != self._main:
            self._tables.append(self._other)
            key = self._key(self._main)
            group = list(dict.fromkeys([*group, self._path(key)])) if key else group
        return self._select(
            [*shown, *self._also], group=group, having=self._having, order=self._order, limit=self._limit
        )

    def _most_common(self, cue: Item) -> str:
        cue.is_used = True
        columns = [self._path(path) for path in self._attributes()]
        if len(columns) != 1:
            raise UnclearError("the most common what")
        if not any(item.table for item in self._items):
            raise UnclearError("among what")
        return self._select(columns, group=columns, order="COUNT(*) DESC", limit=self._limit or 1)

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

    def _more_of_groups(self, group: Sequence[str]) -> list[str]:
        """Further columns of what is grouped by; its name is there already."""
        found = []
        for item in self._items:
            if item.columns and item.table is None and item.cue is None and not item.is_used:
                item.is_used = True
                if self._says(item, "name") or any(map(is_verb, item.part.english[:1])):
                    continue  # they are called by it already
                path = self._resolve(item)
                if not self._is_link(path):
                    found.append(self._path(path))
        return [column for column in found if column not in group]
