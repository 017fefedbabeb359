"""Which figure is meant: by an adjective, by a function that is over it, or by a word for what comes in.

Conditions with figures are `conditions`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.anywhere.cues import Scale
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.draft import Draft

_REVENUE: Final = frozenset({"revenue", "income", "takings", "proceeds", "earnings", "turnover"})
_PAID: Final = frozenset({"price", "paid", "amount", "total", "fee", "cost"})
LIVES: Final = frozenset({"birth", "death"})
"""Days that are meant only when they are named."""


class Figures(Draft):
    """Finds figures."""

    def _by_scale(self, scale: Scale) -> tuple[str, bool]:
        """The column that an adjective is about, and whether more of it is more so."""
        ways = ((scale.columns, scale.descending), (scale.reversed, not scale.descending))
        tables = list(dict.fromkeys([self._main, *(item.table for item in self._items if item.table is not None)]))
        said = {word for item in self._items for sense in item.part.english[:2] for word in sense.split()}
        lives = LIVES if "year" in scale.columns and not said & {*LIVES, "born", "die"} else frozenset[str]()
        for table, (words, descending) in ((table, way) for table in tables for way in ways):
            for word in words:
                here = [
                    column.path
                    for column in self._catalog.tables[table].columns
                    if (self._says_path(column.path, word) or (word == "date" and column.type in ("date", "timestamp")))
                    and column.references is None
                    and not column.is_key
                    and not lives & set(name_words(column.name))
                ]
                if len(here) == 1:
                    return here[0], descending
                if here:
                    raise UnclearError("which column an adjective is about")
        return self._behind(scale), scale.descending

    def _behind(self, scale: Scale) -> str:
        """The one column of a neighbouring table that an adjective may be about."""
        beside = [table for table in self._catalog.tables if self._joins.distance(self._main, table) == 1]
        paths = [
            column.path
            for table in beside
            for column in self._catalog.tables[table].columns
            if column.references is None and any(self._says_path(column.path, word) for word in scale.columns)
        ]
        if len(paths) != 1:
            raise UnclearError("what an adjective is about")
        return paths[0]

    def _figure_of(self, cue: Item) -> Item:
        """The figure that a function is over: the next one named, or the one named before."""
        named = [item for item in self._items if item.columns_of_figures(self._catalog) and item.table is None]
        figures = [item for item in named if item.cue not in ("avg", "sum", "min", "max") or self._is_called(item)]
        if not figures:
            return self._revenue() or self._only_figure(cue)
        place = self._items.index(cue)
        return min(
            figures, key=lambda item: abs(self._items.index(item) - place) + 2 * (self._items.index(item) < place)
        )

    def _revenue(self) -> Item | None:
        """'The takings of the tickets': what was paid for them."""
        for item in self._items:
            if _REVENUE & set(item.part.english[:2]) and not item.is_used:
                tables = [other.table for other in self._items if other.table is not None]
                paths = [
                    column.path
                    for table in dict.fromkeys(tables)
                    for column in self._catalog.tables[table].columns
                    if _PAID & set(name_words(column.name)) and column.type in ("integer", "numeric")
                ]
                if len(paths) != 1:
                    raise UnclearError("what comes in")
                item.columns = (paths[0],)
                return item
        return None

    def _is_called(self, item: Item) -> bool:
        """Whether a word that adds up is the name of a column, too: the amount."""
        senses = set(item.part.english[:2])
        return any(senses & set(name_words(path.partition(".")[2])) for path in item.columns[:1])

    def _only_figure(self, cue: Item) -> Item:
        """'The total of the fines': the one figure that a table has."""
        beside = [item for side in (self._after(cue), self._before(cue)) for item in side if item.table][:1]
        for item in beside:
            own = self._catalog.tables[item.table].columns if item.table else ()
            figures = Item(item.part, columns=tuple(column.path for column in own)).columns_of_figures(self._catalog)
            if len(figures) == 1:
                return Item(item.part, columns=figures)
        raise UnclearError("the figure of what")
