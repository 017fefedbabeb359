"""Conditions with the average of all rows.

Conditions with numbers are `conditions`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.sketching.conditions import Conditions

_NEAR: Final = 2
"""Items of a question that are not far."""


class Averages(Conditions):
    """Adds conditions with averages."""

    def _read_averages(self) -> None:
        """Older than the average: a figure compared with that of all rows."""
        average = next((item for item in self._items if item.cue == "avg" and not item.is_used), None)
        compare = next(
            (item for item in self._items if item.cue in ("compare", "more", "less") and not item.is_used), None
        )
        if average is None or compare is None:
            return
        explicit = [
            item
            for item in self._items
            if item.columns_of_figures(self._catalog) and not item.is_used and item.table is None
        ]
        beside = [item for item in explicit if 0 < self._items.index(item) - self._items.index(average) <= _NEAR]
        beside += [item for item in self._near(average, 4)[::-1] if item in explicit and item not in beside]
        has_scale = compare.scale is not None and bool(compare.scale.columns)
        if compare.scale is not None and has_scale:
            path, _ = self._by_scale(compare.scale)
            for item in beside[:1]:
                if self._items.index(item) - self._items.index(average) == 1:
                    item.is_used = True
        elif beside:
            path = self._resolve(beside[0], figure=True)
            beside[0].is_used = True
        elif (measured := self._measured()) is not None:
            path = measured
        else:
            raise UnclearError("the average of what")
        average.is_used = compare.is_used = True
        up = compare.cue == "more" or (compare.scale is not None and compare.scale.descending)
        table = written(path.partition(".")[0], self._catalog)
        self._where.append(f"{self._use(path)} {'>' if up else '<'} (SELECT AVG({self._path(path)}) FROM {table})")
