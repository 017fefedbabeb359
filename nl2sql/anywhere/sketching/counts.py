"""Statements that count rows: all of them, those of groups, groups themselves, and what occurs most.

Figures that are no numbers of rows are in `sketch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.leftovers import Leftovers
from nl2sql.thesaurus import is_verb

_ADDED: Final = frozenset(
    [
        "hour", "minute", "day", "quantity", "unit", "piece", "page", "goal", "point", "ticket", "seat", "vote", "passenger",
        "ton", "kilogram", "litre", "hectare", "visitor", "spectator", "viewer", "attendee", "download", "view", "copy",
        "kilometre", "mile", "dose",
    ]
)  # fmt: skip
"""What a row has several of."""


class Counts(Leftovers):
    """Writes statements that count."""

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
