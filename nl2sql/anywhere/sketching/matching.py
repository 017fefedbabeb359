"""Conditions with values and without: this country, both of two genres, none of those, nothing there.

Conditions with numbers are `conditions`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import FLAGS, name_words
from nl2sql.anywhere.sketching.averages import Averages
from nl2sql.anywhere.sketching.draft import FAR
from nl2sql.catalog import Column
from nl2sql.text import fold
from nl2sql.thesaurus import is_verb
from nl2sql.values import Link


class Matching(Averages):
    """Adds conditions with values."""

    def _read_values(self) -> None:
        by_column: dict[str, list[tuple[str, bool]]] = {}
        for place, item in enumerate(self._items):
            if not item.links:
                continue
            item.is_used = True
            named = self._named_by(item)
            path = named[0].domain
            for other in self._items:  # "in the category Books" names the column of the value as well
                if abs(self._items.index(other) - place) <= 1 and (
                    path in other.columns or (other.table == path.partition(".")[0] and other.table != self._main)
                ):
                    other.is_used = True
            denial = next(
                (other for other in self._items[:place][::-1] if not other.is_needless or other.cue == "not"), None
            )
            denied = item.is_negated or (denial is not None and denial.cue == "not")
            if denial is not None and denial.cue == "not":
                denial.is_used = True
            by_column.setdefault(path, []).append((named[0].value, denied))
        both = [path for path, values in by_column.items() if len(values) == 2 and self._says_both()]  # noqa: PLR2004
        for path in both:
            texts = [exp.Literal.string(value).sql() for value, _ in by_column.pop(path)]
            self._both = self._use(path), texts
        for path, values in by_column.items():
            texts = ["'" + value.replace("'", "''") + "'" for value, _ in values]
            column = self._use(self._key_of_value(path))
            if any(denied for _, denied in values):
                self._where += self._denied(path, column, texts)
            else:
                self._where.append(f"{column} = {texts[0]}" if len(texts) == 1 else f"{column} IN ({', '.join(texts)})")

    def _denied(self, path: str, column: str, texts: Sequence[str]) -> list[str]:
        """None of some values; where rows have several of them, it is none of the rows that have one."""
        table = path.partition(".")[0]
        if table == self._main or column != self._path(path):
            return [f"{column} <> {text}" for text in texts]
        way = self._joins.way(self._main, table)
        if not any(edge.multiplies for edge in way):
            return [f"{column} <> {text}" for text in texts]
        if len(way) > 1 or any(item.table == table for item in self._items):
            raise UnclearError("which rows have none of a value")
        self._tables.remove(table)
        here, there = self._path(way[0].column), self._path(way[0].other)
        source = f"SELECT {there} FROM {written(table, self._catalog)} WHERE"
        return [f"{here} NOT IN ({source} {column} = {text} AND {there} IS NOT NULL)" for text in texts]

    def _named_by(self, item: Item) -> list[Link]:
        """The values that an item means: of the nearest table, and of a column that is named where there are several."""
        best = max(link.score for link in item.links)
        item.links = tuple(link for link in item.links if link.score >= best - 0.03)
        beside = self._after(item)[:1] if item in self._items else []
        tables = [
            other.table for other in beside if any(link.domain.startswith(f"{other.table}.") for link in item.links)
        ]
        if tables and self._language == "en":  # Berlin depots are those in Berlin, whatever else is there
            item.links = tuple(link for link in item.links if link.domain.startswith(f"{tables[0]}."))
        distances = {link: self._joins.distance(self._main, link.domain.partition(".")[0]) for link in item.links}
        nearest = min(distances.values())
        near = [link for link in item.links if distances[link] == nearest]
        named = [link for link in near if any(link.domain in other.columns for other in self._items)] or near
        if len({link.domain.partition(".")[0] for link in named}) == 1:  # a code and a name of one thing
            named = [link for link in named if not self._is_link(link.domain)] or named
        if len({link.domain for link in named}) != 1 or nearest >= FAR:
            raise UnclearError("which column a value is of")
        if self._flag_like(named[0]) is not None:
            raise UnclearError("a value, or what a column says yes to")
        return named

    def _flag_like(self, link: Link) -> Column | None:
        """The column of the main table that says yes or no to what is a value of another one: 3D halls."""
        for column in self._catalog.tables[self._main].columns:
            name = "".join(word for word in name_words(column.name) if word not in FLAGS)
            if column.yes_no is not None and name == fold(link.value) and not link.domain.startswith(f"{self._main}."):
                return column
        return None

    def _key_of_value(self, path: str) -> str:
        """The foreign key of the main table that has the value itself: the origin IST, without joining airports."""
        here = [column for column in self._catalog.tables[self._main].columns if column.references == path]
        chosen = [column for column in here if column.path in self._chosen_keys()]
        if len(here) == 1 or len(chosen) == 1:
            return (chosen or here)[0].path
        return path

    def _none(self) -> str | None:
        cue = self._cued("none")
        denial = self._cued("not")
        if cue is None and denial is not None and any(item.table and not item.is_used for item in self._after(denial)):
            cue = denial
        if cue is None:
            return None
        sides = (self._after(cue), self._before(cue) if self._language == "tr" else [])
        named = ([item for item in side if item.table not in (None, self._main)] for side in sides)
        others = next((side for side in named if side), [])
        if not others:
            return self._none_like(cue) or (None if self._denies_value(cue) else self._empty(cue, denial))
        if len({item.table for item in others}) != 1:
            raise UnclearError("what there is none of")
        other = others[0].table or ""
        edge, *further = self._joins.way(self._main, other)
        if any(one.multiplies for one in further):  # a cinema that has halls may have no screenings
            raise UnclearError("what there is none of")
        for item in (*(item for item in self._items if item.cue == "none" or item is denial), others[0]):
            item.is_used = True
        here, there = self._path(edge.column), self._path(edge.other)
        self._absent = edge.other.partition(".")[0]
        conditions = [*self._of_which(others[0], edge.other.partition(".")[0]), f"{there} IS NOT NULL"]
        table = written(edge.other.partition(".")[0], self._catalog)
        return f"{here} NOT IN (SELECT {there} FROM {table} WHERE {' AND '.join(conditions)})"

    def _of_which(self, item: Item, table: str) -> list[str]:
        """What is said right before a table of which there is none: no 3D hall, no large order."""
        found = []
        for before in self._before(item):
            column = self._catalog.column(before.columns[0]) if before.columns else None
            links = [link for link in before.links if link.domain.partition(".")[0] == table]
            if links and not before.is_used:
                found.append(f"{self._path(links[0].domain)} = {exp.Literal.string(links[0].value).sql()}")
            elif column is not None and column.table == table and column.yes_no is not None and not before.is_used:
                found.append(f"{self._path(column.path)} = {column.yes_no[0]}")
            elif before.links and not before.is_used:
                raise UnclearError("which there is none of")
            else:
                break
            before.is_used, before.links = True, ()
        return found

    def _denies_value(self, cue: Item) -> bool:
        """Turkish 'those who are not from Germany', which denies the value before it."""
        before = self._before(cue)[:1] if self._language == "tr" else []
        if before and before[0].links:
            before[0].is_negated, cue.cue = True, "stop"
            return True
        return False

    def _none_like(self, cue: Item) -> str | None:
        """'Hotels that have no suites', where suites are rooms of a kind."""
        beside = self._before(cue)[:1] if self._language == "tr" else self._after(cue)[:1]
        links = [link for item in beside for link in item.links]
        tables = {link.domain.partition(".")[0] for link in links}
        if len(tables) != 1 or self._main in tables or len({link.domain for link in links}) != 1:
            return None
        edge = self._joins.direct(self._main, tables.pop())
        if not edge.multiplies:
            return None
        for item in (cue, *beside):
            item.is_used, item.links = True, ()
        here, there = self._path(edge.column), self._path(edge.other)
        table = written(edge.other.partition(".")[0], self._catalog)
        value = exp.Literal.string(links[0].value).sql()
        return (
            f"{here} NOT IN (SELECT {there} FROM {table} "
            f"WHERE {self._path(links[0].domain)} = {value} AND {there} IS NOT NULL)"
        )

    def _empty(self, cue: Item, denial: Item | None) -> str:
        """'Patients with no insurance', where that is a column."""
        beside = [*self._after(cue)[:1], *self._before(cue)[:1]]
        for item in beside:
            if item.columns and item.table is None and not item.is_used:
                for used in self._items:
                    used.is_used = used.is_used or used is item or used.cue == "none" or used is denial
                path = self._resolve(item)
                for used in self._items:
                    used.is_used = used.is_used or (used.table is None and path in used.columns)
                return f"{self._use(path)} IS NULL"
        return self._never(cue, denial)

    def _never(self, cue: Item, denial: Item | None) -> str:
        """'Members who never borrowed anything', where only one table tells what members did."""
        keys = [c for c in self._catalog.columns() if (c.references or "").partition(".")[0] == self._main]
        beside = (*self._before(cue), *self._after(cue))
        verbs = [item for item in beside if any(map(is_verb, item.part.english[:1])) and not item.is_name]
        says_never = {"never", "nobody", "no one"} & set(cue.part.english[:2])
        if not verbs and says_never:
            free = [item for item in beside if not (item.is_used or item.is_needless or item.is_name or item.cue)]
            verbs = [item for item in free if item.number is None and not item.links]
        if len(keys) != 1 or len(verbs) != 1:
            raise UnclearError("what there is none of")
        for item in (cue, denial, *verbs):
            if item is not None:
                item.is_used = True
        there = self._path(keys[0].path)
        table = written(keys[0].table, self._catalog)
        return f"{self._path(keys[0].references or '')} NOT IN (SELECT {there} FROM {table} WHERE {there} IS NOT NULL)"
