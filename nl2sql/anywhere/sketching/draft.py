"""A statement in the making: its tables, conditions and order, and the columns that items name.

What a question is about is `subject`, its conditions `conditions`, figures `figures`; here is what they all build with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nl2sql.anywhere.called import called_by
from nl2sql.anywhere.fit import written
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import Edge, Joins, UnclearError
from nl2sql.anywhere.naming import FLAGS, abbreviates, name_words
from nl2sql.catalog import Catalog, Column
from nl2sql.language import Language

VERBS: Final = {
    **dict.fromkeys(("depart", "take off", "leave"), ("origin", "source", "departure", "from")),
    **dict.fromkeys(("arrive", "land"), ("destination", "arrival", "dest", "to")),
}
"""What tells two keys to the same table apart."""
_GENERAL: Final = frozenset({"number", "code", "date", "year", "name", "type", "kind", "status", "id"})
"""What any table may have: of another than the main one only where that is named."""
FAR: Final = 99


class Draft:
    """A statement in the making, for one question."""

    def __init__(self, items: list[Item], catalog: Catalog, language: Language) -> None:
        self._items, self._catalog, self._language = items, catalog, language
        self._joins = Joins(catalog, self._chosen_keys())
        self._where: list[str] = []
        self._tables: list[str] = []
        self._limit: int | None = None
        self._order: str | None = None
        self._having: str | None = None
        self._other: str | None = None
        """The table that is counted for each row of the main one."""
        self._absent: str | None = None
        """The table that has no row for what is asked for."""
        self._distinct = False
        self._idle: list[str] = []
        """Tables of which every row has one: joining them says nothing by itself."""
        self._has_year = False
        self._is_extreme_figure = False
        """Whether the highest of a figure is asked for, not what has it."""
        self._both: tuple[str, list[str]] | None = None
        """A column and two values, as SQL has them, that must both occur."""
        self._equal: dict[str, list[str]] = {}
        """Columns and the numbers that they are."""
        self._also_shown: list[str] = []
        """Columns that are asked for by a pronoun."""
        self._also: list[str] = []
        """Figures of groups that are asked for beside their names."""
        self._kinds: str | None = None
        """A column whose different values are counted."""
        self._sort_groups: str | None = None
        self._main = ""

    def _select(
        self,
        columns: Sequence[str],
        *,
        group: Sequence[str] = (),
        order: str | None = None,
        having: str | None = None,
        limit: int | None = None,
        distinct: bool = False,
    ) -> str:
        text = f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(columns)} FROM {self._from()}"
        if self._where:
            text += f" WHERE {' AND '.join(self._where)}"
        if group:
            text += f" GROUP BY {', '.join(group)}"
        if having:
            text += f" HAVING {having}"
        if order:
            text += f" ORDER BY {order}"
        return text if limit is None else f"{text} LIMIT {limit}"

    def _from(self) -> str:
        text, joined = written(self._main, self._catalog), {self._main}
        for edge in self._edges():
            table = edge.other.partition(".")[0]
            if table == self._absent:  # in none of what it is joined with
                raise UnclearError("what there is and there is not")
            if table not in joined:
                joined.add(table)
                text += f" JOIN {written(table, self._catalog)} ON {self._path(edge.column)} = {self._path(edge.other)}"
        return text

    def _edges(self) -> list[Edge]:
        """The joins, each table from the nearest one; those that the question names go first."""
        joined, found = [self._main], list[Edge]()
        named = {item.table for item in self._items}
        for table in sorted(dict.fromkeys(self._tables), key=lambda table: table not in named):
            if table in joined:
                continue
            start = min(joined[::-1], key=lambda one: self._joins.distance(one, table))
            for edge in self._joins.way(start, table):
                if edge not in found:
                    found.append(edge)
                    joined.append(edge.other.partition(".")[0])
        if sum(edge.multiplies for edge in found if edge.column.partition(".")[0] == self._main) > 1:
            raise UnclearError("rows of two tables that have nothing to do with each other")
        return found

    def _multiplies(self) -> bool:
        return any(edge.multiplies for edge in self._edges())

    def _resolve(self, item: Item, *, figure: bool = False) -> str:
        """The column that an item names: of the main table if it can be, else of the nearest one."""
        paths = [path for path in item.columns if not self._is_link(path) or self._is_label(path)] or list(item.columns)
        if figure:
            paths = list(item.columns_of_figures(self._catalog))
        if not paths:
            raise UnclearError("what column")
        here = [path for path in paths if path.partition(".")[0] == self._main]
        if here:
            return here[0]
        near = min(self._joins.distance(self._main, path.partition(".")[0]) for path in paths)
        if near >= FAR:
            raise UnclearError("a column that cannot be joined")
        path = next(path for path in paths if self._joins.distance(self._main, path.partition(".")[0]) == near)
        if not figure and _GENERAL & set(item.part.english[:1]) and not self._is_named(path):
            days = [c.path for c in self._catalog.tables[self._main].columns if c.type in ("date", "timestamp")]
            if not self._says(item, "date") or len(days) != 1:
                raise UnclearError("the number of what")
            return days[0]
        self._use(path)
        return path

    def _use(self, path: str) -> str:
        """A column for the statement, its table joined."""
        table = path.partition(".")[0]
        if table not in self._tables:
            self._tables.append(table)
        return self._path(path)

    def _path(self, path: str) -> str:
        table, _, column = path.partition(".")
        return f"{written(table, self._catalog)}.{written(column, self._catalog)}"

    def _is_link(self, path: str) -> bool:
        column = self._catalog.column(path)
        return column is not None and (column.is_key or column.references is not None)

    def _is_label(self, path: str) -> bool:
        """Whether a key of the main table is what its rows are called by: a plate number."""
        column = self._catalog.column(path)
        return column is not None and column.is_key and column.type == "text" and column.table == self._main

    def _is_named(self, path: str) -> bool:
        """Whether the question names the table of a column, or a value of it."""
        table = path.partition(".")[0]
        return table in self._tables or any(
            item.table == table or any(link.domain.startswith(f"{table}.") for link in item.links)
            for item in self._items
        )

    def _key(self, table: str) -> str | None:
        keys = [column for column in self._catalog.tables[table].columns if column.is_key]
        return keys[0].path if len(keys) == 1 else None

    def _named(self, table: str) -> list[Column]:
        return called_by(self._catalog.tables[table])

    def _name_columns(self, table: str) -> list[str]:
        """What rows of a table are called by."""
        named = self._named(table)
        if not named:
            texts = [
                c
                for c in self._catalog.tables[table].columns
                if c.type == "text" and c.references is None and name_words(c.name)[0] not in FLAGS
            ]
            columns = self._catalog.tables[table].columns
            numbers = [c for c in columns if name_words(c.name)[-1] == "number" and c.references is None]
            own = [c for c in texts if name_words(c.name)[-1] == name_words(table)[-1]]
            labels = [c for c in texts if c.is_key and len(name_words(c.name)) > 1 and self._key(table) == c.path]
            named = (own or [c for c in numbers if not c.is_key] or labels or [c for c in texts if not c.is_key])[:1]
        if not named:
            raise UnclearError("what rows are called")
        return [column.path for column in named]

    def _near(self, item: Item, steps: int) -> list[Item]:
        """The items around one, in order."""
        place = self._items.index(item)
        return self._items[max(0, place - steps) : place + steps + 1]

    def _cued(self, cue: str) -> Item | None:
        return next((item for item in self._items if item.cue == cue), None)

    def _after(self, item: Item) -> list[Item]:
        """What follows, without words that say nothing."""
        return [other for other in self._items[self._items.index(item) + 1 :] if not other.is_needless]

    def _before(self, item: Item) -> list[Item]:
        """What stands before, the nearest first."""
        return [other for other in self._items[: self._items.index(item)][::-1] if not other.is_needless]

    def _says(self, item: Item, word: str) -> bool:
        return word in item.part.english[:2] or word in item.part.folded

    def _says_path(self, path: str, word: str) -> bool:
        return any(word == one or abbreviates(one, word) for one in name_words(path.partition(".")[2]))

    def _is_when(self, path: str) -> bool:
        """Whether a column has days or years, not numbers of years."""
        column = self._catalog.column(path)
        if column is None:
            return False
        return column.type in ("date", "timestamp") or (
            name_words(column.name)[-1] in ("year", "date") and not column.name.lower().endswith("years")
        )

    def _says_both(self) -> bool:
        """'Both … and …', 'hem … hem …', 'и …, и …'."""
        if self._cued("both") is not None:
            return True
        ands = [place for place, item in enumerate(self._items) if self._says(item, "and")]
        doubled = sum(
            any(item.links or item.number is not None for item in self._items[place + 1 : place + 4]) for place in ands
        )
        return self._language == "ru" and doubled == 2  # noqa: PLR2004

    def _chosen_keys(self) -> list[str]:
        said = {verb for item in self._items for verb in item.part.english[:2]}
        wanted = {word for verb in said for word in VERBS.get(verb, (verb, f"{verb}er", f"{verb}r", f"{verb}or"))}
        named = {path for item in self._items for path in item.columns[:1]}  # the head, where a key is called chair
        return [
            column.path
            for column in self._catalog.columns()
            if column.references is not None and (wanted & set(name_words(column.name)) or column.path in named)
        ]
