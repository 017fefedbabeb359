"""A statement for a question of a usual kind, composed from its items without a model, in any language.

Only what is wholly understood becomes a statement: an item with no place in it, two ways to join or two columns
that may be meant, and there is none. What the items are is `reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nl2sql.catalog import Catalog, Column
from nl2sql.cues import HIGH, MEASURES, Scale
from nl2sql.fit import written
from nl2sql.joins import Edge, Joins, UnclearError
from nl2sql.language import Language
from nl2sql.lexicon import lemmas
from nl2sql.linking import name_words
from nl2sql.reading import Item
from nl2sql.thesaurus import translations

_NAMES: Final = ("name", "title", "model", "label")
_VERBS: Final = {
    **dict.fromkeys(("depart", "take off", "leave"), ("origin", "source", "departure", "from")),
    **dict.fromkeys(("arrive", "land"), ("destination", "arrival", "dest", "to")),
}
"""What tells two keys to the same table apart."""
_SOFT: Final = frozenset(
    """release perform supply pay use sell give place put buy make do hold teach write produce publish release play study attend
    participate live reside work visit own have serve offer belong come cost born win receive run direct sing locate
    located called named title stay earn cover lead manage take enroll register treat drive fly call hire""".split()
)
"""Verbs that join what they stand between; how tables are joined says the same."""
_YEARS: Final = range(1800, 2101)
_SIGNS: Final = {"at least": ">=", "at most": "<=", "more": ">", "less": "<"}
_FAR: Final = 99


def _is_verb(english: str) -> bool:
    """Whether the dictionary has a word as a verb: its Turkish one is an infinitive."""
    return any(word.endswith(("mek", "mak")) for word in translations(english, "tr"))


def sketch(items: Sequence[Item], catalog: Catalog, language: Language) -> str | None:
    """The statement, or nothing if anything of the question is not understood."""
    try:
        return _Sketch(list(items), catalog, language).statement()
    except UnclearError:
        return None


class _Sketch:
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
        self._distinct = False
        self._has_year = False
        self._both: tuple[str, list[str]] | None = None
        """A column and two values that must both occur."""
        self._also_shown: list[str] = []
        """Columns that are asked for by a pronoun."""
        self._also: list[str] = []
        """Figures of groups that are asked for beside their names."""
        self._sort_groups: str | None = None
        self._main = ""

    # ---------------------------------------------------------------- the statement

    def statement(self) -> str:
        self._find_main()
        none = self._none()
        self._read_numbers()
        self._read_averages()
        self._read_values()
        self._read_order()
        self._join_the_rest()
        text = self._count_or_figure() if none is None else self._listed(where=none)
        self._check_all_used()
        if self._limit is not None and "ORDER BY" not in text:
            raise UnclearError("the first of what order")
        return text

    def _count_or_figure(self) -> str:
        counts = self._counting()
        also = self._cued("count")
        if counts is None and also is not None:
            also.is_used = True
            self._also.append("COUNT(*)")
            if self._other is None:
                raise UnclearError("how many of what")
        figures = [item for item in self._items if item.cue in ("avg", "sum", "min", "max") and not item.is_used]
        each = self._cued("each")
        if each is not None and counts is None and not figures:
            each.is_used = True  # every one of them
            each = None
        group = self._group(each) if each is not None else None
        common = self._cued("common")
        if counts is not None:
            counts.is_used = True
            for item in figures:  # "in total" of what is counted says nothing
                if item.cue == "sum":
                    item.is_used = True
            if group is not None:
                group = list(dict.fromkeys([*group, *self._more_of_groups(group)]))
                return self._select([*group, "COUNT(*)"], group=group, order=self._sort_groups and f"COUNT(*) {self._sort_groups}")
            return self._counted_rows()
        if self._having is not None or self._other is not None:
            return self._grouped_by_other()
        if common is not None:
            return self._most_common(common)
        extremes = [item for item in self._items if item.cue == "super" and not item.is_used]
        if figures or len(extremes) > 1:
            return self._figures([*figures, *extremes], group)
        if group is not None:
            raise UnclearError("groups of what")
        return self._listed()

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

    def _listed(self, where: str | None = None) -> str:
        if where is not None:
            self._where.append(where)
        shown = self._projection()
        distinct = self._distinct or (self._order is None and self._multiplies()) or self._is_category(shown)
        columns = [self._path(path) for path in shown]
        if len(columns) == 1 and any(condition.startswith(f"{columns[0]} = '") for condition in self._where):
            raise UnclearError("what is given already")
        if self._both is not None:
            column, values = self._both
            where = list(self._where)
            sides = []
            for value in values:
                self._where = [*where, f"{column} = '{value.replace(chr(39), chr(39) * 2)}'"]
                sides.append(self._select(columns))
            return " INTERSECT ".join(sides)
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

    def _is_category(self, shown: Sequence[str]) -> bool:
        """Whether it is asked for what rows have, not for the rows: which countries, not which singers."""
        names = self._name_columns(self._main)
        columns = [self._catalog.column(path) for path in shown]
        return self._cued("which") is not None and all(
            c is not None and c.type == "text" and c.path not in names and not c.is_key for c in columns
        ) and len(shown) == 1

    def _counted_rows(self) -> str:
        key = self._key(self._main) if self._multiplies() else None
        return self._select([f"COUNT(DISTINCT {self._path(key)})" if key else "COUNT(*)"])

    def _grouped_by_other(self) -> str:
        if any(item.cue in ("avg", "sum", "min", "max") and not item.is_used for item in self._items):
            raise UnclearError("figures of groups that are chosen")
        if self._other == self._main:
            group = [self._path(path) for path in self._attributes()]
            if not group:
                raise UnclearError("what is counted for what")
            return self._select(group, group=group, having=self._having, order=self._order, limit=self._limit)
        group = [self._path(path) for path in self._projection()]
        if (self._having or "").startswith("AVG") and any(not column.startswith(f"{written(self._main, self._catalog)}.") for column in group):
            raise UnclearError("figures beside an average")
        if self._other is not None and self._other != self._main:
            self._tables.append(self._other)
            key = self._key(self._main)
            group = list(dict.fromkeys([*group, self._path(key)])) if key else group
        key = self._key(self._main)
        shown = [column for column in group if key is None or column != self._path(key)] or group
        return self._select([*shown, *self._also], group=group, having=self._having, order=self._order, limit=self._limit)

    def _most_common(self, cue: Item) -> str:
        cue.is_used = True
        columns = [self._path(path) for path in self._attributes()]
        if len(columns) != 1:
            raise UnclearError("the most common what")
        if not any(item.table for item in self._items):
            raise UnclearError("among what")
        return self._select(columns, group=columns, order="COUNT(*) DESC", limit=self._limit or 1)

    def _figures(self, cues: Sequence[Item], group: Sequence[str] | None) -> str:
        columns = []
        for cue in sorted(cues, key=self._items.index):
            item = self._figure_of(cue)
            path = self._resolve(item, figure=True)
            cue.is_used = item.is_used = True
            function = {"avg": "AVG", "sum": "SUM", "min": "MIN", "max": "MAX"}.get(cue.cue or "")
            if function is None:
                function = "MAX" if cue.scale is not None and cue.scale.descending else "MIN"
            columns.append(f"{function}({self._path(path)})")
        if self._multiplies():
            raise UnclearError("figures over rows that are there several times")
        return self._select([*(group or ()), *columns], group=group or ())

    # ---------------------------------------------------------------- what it is about

    def _find_main(self) -> None:
        entities = [item for item in self._items if item.table is not None]
        entities = [item for item in entities if not self._is_beside_attribute(item)] or entities
        if not entities:
            self._main = self._table_of_columns()
            return
        asked = self._asked_entity(entities)
        self._main = asked.table or ""
        asked.is_used = True

    def _is_beside_attribute(self, item: Item) -> bool:
        """'The names and departments of instructors': a table that stands for what its rows are called."""
        place = self._items.index(item)
        sides = (self._items[max(0, place - 2) : place][::-1], self._items[place + 1 : place + 3])
        return any(
            len(side) == 2  # noqa: PLR2004 - "and", and a column
            and self._says(side[0], "and")
            and bool(side[1].columns)
            and side[1].table is None
            and not side[0].is_used
            for side in sides
        )

    def _is_asked_too(self, item: Item) -> bool:
        """'… and of which series is it': a table behind another 'which'."""
        place = self._items.index(item)
        before = self._items[max(0, place - 4) : place]
        ands = [number for number, other in enumerate(before) if self._says(other, "and")]
        return bool(ands) and any(other.cue == "which" for other in before[ands[0] :])

    def _table_of_columns(self) -> str:
        """The table that has the most of the columns that are named; the first of equals."""
        found: dict[str, int] = {}
        for item in self._items:
            for table in dict.fromkeys(path.partition(".")[0] for path in item.columns if not self._is_link(path)):
                found[table] = found.get(table, 0) + 1
        if not found:
            raise UnclearError("no table is named")
        return max(found, key=lambda table: found[table])

    def _asked_entity(self, entities: Sequence[Item]) -> Item:
        counting = self._counting()
        if counting is not None:
            after = [item for item in self._after(counting) if item in entities]
            before = [item for item in self._before(counting) if item in entities]
            order = before + after if counting.cue == "counted" and self._language == "tr" else after + before
            return order[0]
        if self._language != "tr":
            return entities[0]
        which = self._cued("which")
        following = self._after(which)[:1] if which is not None else []
        return following[0] if following and following[0] in entities else entities[-1]

    def _counting(self) -> Item | None:
        """'How many', unless it follows what is asked first: which courses, and how many?"""
        count, which = self._cued("count"), self._cued("which")
        if count is not None and which is not None and self._items.index(which) < self._items.index(count):
            return None
        return count or self._counted()

    def _counted(self) -> Item | None:
        """'The number of flights': a word that counts only beside what it counts."""
        for item in self._items:
            if item.cue == "counted":
                beside = [*self._before(item)[:1]] if self._language == "tr" else [*self._after(item)[:1]]
                if beside and beside[0].table is not None:
                    return item
        return None

    def _none(self) -> str | None:
        cue = self._cued("none")
        denial = self._cued("not")
        if cue is None and denial is not None and any(item.table and not item.is_used for item in self._after(denial)):
            cue = denial
        if cue is None:
            return None
        others = [item for item in self._after(cue) if item.table is not None and item.table != self._main]
        if not others:
            return self._empty(cue, denial)
        if len({item.table for item in others}) != 1 or self._cued("count") is not None:
            raise UnclearError("what there is none of")
        other = others[0].table or ""
        edge = self._joins.way(self._main, other)[0]
        for item in (*(item for item in self._items if item.cue == "none" or item is denial), others[0]):
            item.is_used = True
        here, there = self._path(edge.column), self._path(edge.other)
        table = written(edge.other.partition(".")[0], self._catalog)
        return f"{here} NOT IN (SELECT {there} FROM {table} WHERE {there} IS NOT NULL)"

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
        raise UnclearError("what there is none of")

    def _group(self, cue: Item) -> list[str]:
        for item in self._items:
            if item.cue == "each":
                item.is_used = True
        behind = self._language == "tr" and cue.part.text.lower() == "göre"
        for item in self._before(cue) if behind else self._after(cue):
            if item.is_name and (item.table != self._main):
                item.is_used = True
                if item.table is not None:
                    self._tables.append(item.table)
                    return [self._path(path) for path in self._name_columns(item.table)]
                return [self._path(self._resolve(item))]
        raise UnclearError("each of what")

    def _more_of_groups(self, group: Sequence[str]) -> list[str]:
        """Further columns of what is grouped by; its name is there already."""
        found = []
        for item in self._items:
            if item.columns and item.table is None and not item.is_used:
                item.is_used = True
                path = self._resolve(item)
                if not self._says(item, "name") and not self._is_link(path):
                    found.append(self._path(path))
        return [column for column in found if column not in group]

    def _projection(self) -> list[str]:
        """The columns that are asked for."""
        attributes = [item for item in self._items if item.columns and item.table is None and not item.is_used]
        paths = self._attributes()
        main = next((item for item in self._items if item.table == self._main and item.is_used), None)
        if main is not None and not self._is_owner(main, attributes) and not self._asks_only_for(attributes, main):
            paths = [*self._name_columns(self._main), *paths]
        return list(dict.fromkeys([*paths, *self._also_shown])) or self._name_columns(self._main)

    def _is_genitive(self, word: str) -> bool:
        """Whether a Turkish word has the ending, and is not merely like that: ürünün, but not ürün."""
        if not word.endswith(("ın", "in", "un", "ün")):
            return False
        return any(lemmas(word[:-cut], "tr") for cut in (2, 3) if len(word) > cut + 1)

    def _asks_only_for(self, attributes: Sequence[Item], main: Item) -> bool:
        """Which countries do singers come from: 'which' stands before what is asked, and main is not asked itself."""
        asked = [self._asked_by(item) for item in self._items if item.cue == "which"]
        return any(item in attributes for item in asked) and main not in asked

    def _asked_by(self, which: Item) -> Item | None:
        """What 'which' is about: the next name; in Turkish the one before, where it ends the question."""
        place = self._items.index(which)
        skipped = ("distinct", "super", "most", "stop", "common")
        after = [item for item in self._after(which) if item.cue not in skipped and item.number is None]
        if self._language == "tr" and "hangi" not in (which.part.text.lower()):
            return next((item for item in self._items[:place][::-1] if item.table == self._main), None)
        if self._language == "tr" and which.part.text.lower() != "hangi":
            return next((item for item in self._items[:place][::-1] if item.is_name), None)
        return after[0] if after else None

    def _attributes(self) -> list[str]:
        """The columns that are named and not spoken for."""
        paths: list[str] = []
        for item in self._items:
            if item.table not in (None, self._main) and (self._is_beside_attribute(item) or self._is_asked_too(item)):
                assert item.table is not None  # noqa: S101 - for the type checker
                self._tables.append(item.table)
                paths += self._name_columns(item.table)
            elif item.columns and item.table is None and not item.is_used and item.cue in (None, "counted"):
                item.is_used = True
                if all(self._is_link(path) for path in item.columns) and any(
                    (c := self._catalog.column(path)) and (c.references or "").partition(".")[0] in self._tables
                    for path in item.columns
                ):
                    continue  # a key to what is named already
                if self._says(item, "name") and self._named(self._main):
                    paths += self._name_columns(self._main)
                    continue
                path = self._resolve(item)
                is_verb = any(sense in _SOFT for sense in item.part.english[:2])
                if not (is_verb and any(self._path(path) in condition for condition in self._where)):
                    paths.append(path)
        return list(dict.fromkeys(paths))

    def _is_owner(self, main: Item, attributes: Sequence[Item]) -> bool:
        """Whether the main things are named for what is asked of them: the names of singers, şarkıcıların adı."""
        if not attributes:
            return False
        place = self._items.index(main)
        if self._language == "tr":
            is_genitive = self._is_genitive(main.part.text.split()[-1].lower())
            return is_genitive and any(self._items.index(item) > place for item in attributes)
        before = [item for item in attributes if self._items.index(item) < place]
        which = self._cued("which")
        follows = which is not None and self._items.index(which) < place and not any(
            item in attributes for item in self._items[self._items.index(which) : place]
        )
        return bool(before) and not follows

    # ---------------------------------------------------------------- conditions

    def _read_numbers(self) -> None:
        numbers = [item for item in self._items if item.number is not None]
        between = self._cued("between")
        if between is not None:
            place = self._items.index(between)
            after = [item for item in numbers if self._items.index(item) > place][:2]
            pair = after if self._language != "tr" else [item for item in numbers if self._items.index(item) < place][-2:]
            if len(pair) != 2:  # noqa: PLR2004
                raise UnclearError("between what")
            self._between(between, pair)
            numbers = [item for item in numbers if item not in pair]
        if len(numbers) == 2 and between is None:  # noqa: PLR2004 - from one number to another
            first, second = (self._items.index(item) for item in numbers)
            starts = any({"from", "of", "since"} & set(item.part.english[:3]) for item in self._items[max(0, first - 1) : first])
            if starts and all(item.cue == "compare" or item.is_needless for item in self._items[first + 1 : second]):
                for item in self._items[max(0, first - 1) : second]:
                    item.is_used = item.is_used or item.cue in ("compare", "from start")
                self._between(numbers[0], numbers)
                return
        for item in numbers:
            sign_item = self._operator_of(item)
            if sign_item is not None:
                self._compare(item, sign_item)
            elif item.number in _YEARS and item.part.text.isdigit():
                self._in_year(item)
            elif any(other.cue in ("super", "most", "common", "least") for other in self._items):
                item.is_used = True
                self._limit = int(item.number or 1)
            elif self._equals(item):
                continue
            elif item.number == 1:
                item.is_used = True  # the Turkish article
            else:
                raise UnclearError("what a number is for")

    def _equals(self, number: Item) -> bool:
        """'8 cylinders': a number beside a figure says how much it is."""
        place = self._items.index(number)
        for item in (*self._items[place + 1 : place + 2], *self._items[max(0, place - 1) : place]):
            if item.columns_of_figures(self._catalog) and item.table is None and not item.is_used:
                number.is_used = item.is_used = True
                self._where.append(f"{self._use(self._resolve(item, figure=True))} = {number.number:g}")
                return True
        return False

    def _operator_of(self, number: Item) -> Item | None:
        place = self._items.index(number)
        before = self._items[max(0, place - 3) : place][::-1]
        after = self._items[place + 1 : place + 4] if self._language == "tr" else []
        for item in (*before, *after):
            if item.cue in _SIGNS or item.cue == "compare":
                return item if not item.is_used else None
        return None

    def _compare(self, number: Item, operator: Item) -> None:
        number.is_used = operator.is_used = True
        value = f"{number.number:g}"
        descending = operator.scale is None or operator.scale.descending
        sign = _SIGNS.get(operator.cue or "") or (">" if descending else "<")
        denial = self._items[self._items.index(operator) - 1] if self._items.index(operator) else None
        if denial is not None and denial.cue == "not":
            denial.is_used = True
            sign = "<=" if sign == ">" else ">="
        if operator.scale is not None and operator.scale.columns:
            path, descending = self._by_scale(operator.scale)
            sign = (">" if sign.startswith(">") else "<") if descending == operator.scale.descending else sign
            for item in self._near(number, 3):  # "40 yaşından büyük", "старше 40 лет" name the column too
                if path in item.columns and item.table is None:
                    item.is_used = True
            self._where.append(f"{self._use(path)} {sign} {value}")
            return
        if (measured := self._measured()) is not None:
            self._where.append(f"{self._use(measured)} {sign} {value}")
            return
        target = self._target(number)
        average = next((item for item in self._items if item.cue == "avg" and not item.is_used), None)
        target.is_used = True
        if target.table is not None and not target.columns_of_figures(self._catalog):
            self._other = target.table
            self._having = f"COUNT(*) {sign} {value}"
        elif average is not None:
            path = self._resolve(target, figure=True)
            self._other = path.partition(".")[0]
            self._having = f"AVG({self._path(path)}) {sign} {value}"
            for item in self._items:
                if item.cue == "avg" or path in item.columns or item.table == self._other:
                    item.is_used = True
            if sum(path in item.columns for item in self._items) > 1 or any(
                self._says(item, "it") for item in self._items
            ):
                self._also = [f"AVG({self._path(path)})"]
        else:
            self._where.append(f"{self._use(self._resolve(target, figure=True))} {sign} {value}")

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
            and not (number.number not in _YEARS and any(map(self._is_when, item.columns[:1])))
        ] or [item for item in self._items if item.table == self._main]
        if not fitting:
            raise UnclearError("what a number is of")
        return min(fitting, key=lambda item: abs(self._items.index(item) - place) - 0.5 * (self._items.index(item) > place))

    def _between(self, cue: Item, numbers: Sequence[Item]) -> None:
        for item in (cue, *numbers):
            item.is_used = True
        low, high = (f"{item.number:g}" for item in numbers)
        if all(item.number in _YEARS for item in numbers) and not any(
            item.columns_of_figures(self._catalog) and not any(map(self._is_when, item.columns)) and not self._says(item, "year")
            for item in self._items
        ):
            path = self._year_column()
        else:
            target = self._target(numbers[0])
            target.is_used = True
            path = self._resolve(target, figure=True)
        self._spend(numbers, path)
        column = self._catalog.column(path)
        if column is not None and column.type in ("date", "timestamp"):
            low, high = f"'{low}-01-01'", f"'{high}-12-31'"
        self._where.append(f"{self._use(path)} BETWEEN {low} AND {high}")

    def _in_year(self, number: Item) -> None:
        number.is_used = True
        if self._has_year:
            raise UnclearError("two years")
        self._has_year = True
        path = self._year_column()
        self._spend([number], path)
        column = self._catalog.column(path)
        value = number.part.text
        if column is not None and column.type in ("date", "timestamp"):
            self._where.append(f"{self._use(path)} BETWEEN '{value}-01-01' AND '{value}-12-31'")
        else:
            quoted = f"'{value}'" if column is not None and column.type == "text" else value
            self._where.append(f"{self._use(path)} = {quoted}")

    def _year_column(self) -> str:
        for item in self._items:
            dates = [path for path in item.columns if self._is_when(path)]
            if item.table is None and dates and not self._says(item, "year"):
                item.is_used = True
                return self._resolve(Item(item.part, columns=tuple(dates)))
        for item in self._items:
            if item.table is None and any(self._says_path(path, "year") for path in item.columns):
                item.is_used = True
        for word in ("year", "date"):
            paths = [
                column.path
                for column in self._catalog.columns()
                if self._is_when(column.path) and self._says_path(column.path, word) and self._joins.distance(self._main, column.table) <= 2
            ]
            named = {item.table for item in self._items if item.table is not None}
            here = [path for path in paths if path.partition(".")[0] in named] or paths
            near = min((self._joins.distance(self._main, path.partition(".")[0]) for path in here), default=_FAR)
            here = [path for path in here if self._joins.distance(self._main, path.partition(".")[0]) == near]
            if len(here) == 1:
                return here[0]
            if here:
                raise UnclearError("which year")
        raise UnclearError("no year")

    def _spend(self, numbers: Sequence[Item], path: str) -> None:
        """What stands around a number and names its column is spoken for: released between 2010 and 2015."""
        for item in (other for number in numbers for other in self._near(number, 3)):
            if item.table is None and (path in item.columns or self._says(item, "year")):
                item.is_used = True

    def _is_when(self, path: str) -> bool:
        """Whether a column has days or years, not numbers of years."""
        column = self._catalog.column(path)
        if column is None:
            return False
        return column.type in ("date", "timestamp") or (
            name_words(column.name)[-1] in ("year", "date") and not column.name.lower().endswith("years")
        )

    def _read_averages(self) -> None:
        """Older than the average: a figure compared with that of all rows."""
        average = next((item for item in self._items if item.cue == "avg" and not item.is_used), None)
        compare = next((item for item in self._items if item.cue in ("compare", "more", "less") and not item.is_used), None)
        if average is None or compare is None:
            return
        explicit = [item for item in self._items if item.columns_of_figures(self._catalog) and not item.is_used and item.table is None]
        beside = [item for item in explicit if 0 < self._items.index(item) - self._items.index(average) <= 2]
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

    def _read_values(self) -> None:
        by_column: dict[str, list[tuple[str, bool]]] = {}
        for place, item in enumerate(self._items):
            if not item.links:
                continue
            item.is_used = True
            best = max(link.score for link in item.links)
            item.links = tuple(link for link in item.links if link.score >= best - 0.03)
            nearest = min(self._joins.distance(self._main, link.domain.partition(".")[0]) for link in item.links)
            near = [link for link in item.links if self._joins.distance(self._main, link.domain.partition(".")[0]) == nearest]
            named = [link for link in near if any(link.domain in other.columns for other in self._items)] or near
            if len({link.domain for link in named}) != 1 or nearest >= _FAR:
                raise UnclearError("which column a value is of")
            path = named[0].domain
            for other in self._items:  # "in the category Books" names the column of the value as well
                if abs(self._items.index(other) - place) <= 1 and (
                    path in other.columns or (other.table == path.partition(".")[0] and other.table != self._main)
                ):
                    other.is_used = True
            denial = self._items[place - 1] if place else None
            denied = item.is_negated or (denial is not None and denial.cue == "not")
            if denial is not None and denial.cue == "not":
                denial.is_used = True
            by_column.setdefault(path, []).append((named[0].value, denied))
        both = [path for path, values in by_column.items() if len(values) == 2 and self._says_both()]  # noqa: PLR2004
        for path in both:
            self._both = (self._use(path), [value for value, _ in by_column.pop(path)])
        for path, values in by_column.items():
            texts = ["'" + value.replace("'", "''") + "'" for value, _ in values]
            column = self._use(self._key_of_value(path))
            if any(denied for _, denied in values):
                self._where += [f"{column} <> {text}" for text in texts]
            else:
                self._where.append(f"{column} = {texts[0]}" if len(texts) == 1 else f"{column} IN ({', '.join(texts)})")

    def _says_both(self) -> bool:
        """'Both … and …', 'hem … hem …', 'и …, и …'."""
        if self._cued("both") is not None:
            return True
        ands = [place for place, item in enumerate(self._items) if self._says(item, "and")]
        doubled = sum(any(item.links for item in self._items[place + 1 : place + 4]) for place in ands)
        return self._language == "ru" and doubled == 2  # noqa: PLR2004

    def _key_of_value(self, path: str) -> str:
        """The foreign key of the main table that has the value itself: the origin IST, without joining airports."""
        here = [column for column in self._catalog.tables[self._main].columns if column.references == path]
        chosen = [column for column in here if column.path in self._chosen_keys()]
        if len(here) == 1 or len(chosen) == 1:
            return (chosen or here)[0].path
        return path

    def _read_order(self) -> None:
        distinct = self._cued("distinct")
        if distinct is not None:
            distinct.is_used = self._distinct = True
        alphabetical = self._cued("alphabetical")
        if alphabetical is not None:
            alphabetical.is_used = True
            self._order = self._path(self._name_columns(self._main)[0])
        if self._cued("each") is not None:
            self._read_order_of_groups()
            return
        most = self._cued("most") or self._cued("least")
        if most is not None and "most common" in most.part.english[:2] and not any(
            item.table not in (None, self._main) for item in self._items
        ):
            most.cue = "common"
            return
        if most is not None:
            self._most(most)
            return
        extremes = [item for item in self._items if item.cue == "super" and not item.is_used]
        if len(extremes) == 2 and self._is_range(*extremes):  # noqa: PLR2004 - from the oldest to the youngest
            path, descending = self._by_scale(extremes[0].scale or HIGH)
            self._order = f"{self._use(path)} {'DESC' if descending else 'ASC'}"
            for item in extremes:
                item.is_used = True
            return
        if len(extremes) == 1 and not any(item.cue in ("avg", "sum") and not item.is_used for item in self._items):
            self._superlative(extremes[0])

    def _asks_for_it(self) -> bool:
        """'And what is it?' of the figure that was named before."""
        return any(
            item.cue == "which" and any(self._says(other, "it") for other in self._items[place + 1 : place + 4])
            and not any(other.is_name for other in self._items[place + 1 :])
            for place, item in enumerate(self._items)
        )

    def _is_range(self, one: Item, other: Item) -> bool:
        between = self._items[self._items.index(one) + 1 : self._items.index(other)]
        says_to = any({"to", "until"} & set(item.part.english[:3]) or "to" in item.part.folded for item in between)
        return says_to or (self._language == "tr" and one.part.text.lower().endswith(("dan", "den", "tan", "ten")))

    def _superlative(self, cue: Item) -> None:
        scale = cue.scale
        assert scale is not None  # noqa: S101 - a superlative has one
        start = self._cued("from start")
        explicit = [item for item in self._items if item.columns_of_figures(self._catalog) and item.table is None]
        place = self._items.index(cue)
        beside = [item for item in explicit if abs(self._items.index(item) - place) == 1 and not item.is_used]
        if start is not None and scale.columns:
            beside = []  # "their prices, cheapest first": the figure is asked for
        if beside:
            path, descending = self._resolve(beside[0], figure=True), scale.descending
            beside[0].is_used = True
        elif scale.columns:
            path, descending = self._by_scale(scale)
        elif explicit:
            path, descending = self._resolve(explicit[0], figure=True), scale.descending
        else:
            raise UnclearError("the most what")
        cue.is_used = True
        by = [item for item in self._near(cue, 3) if "by" in item.part.english[:3]]
        for item in self._near(by[0], 1) if by else ():
            if item.table is None and path in item.columns:
                item.is_used = True
        if not any(self._says(item, "name") or (item.table == self._main and item.is_used) for item in self._items):
            raise UnclearError("whose extreme")
        if not scale.columns and len(explicit) == 1 and not beside and not any(item.columns and item is not explicit[0] and item.table is None for item in self._items) and not any(item.table for item in self._items):
            raise UnclearError("only a figure")
        if not scale.columns and not beside:
            explicit[0].is_used = self._is_only_order(explicit[0], cue)
        self._order = f"{self._use(path)} {'DESC' if descending else 'ASC'}"
        if self._asks_for_it():
            self._also_shown.append(path)
        if start is not None:
            start.is_used = True
        else:
            self._limit = self._limit or 1

    def _is_only_order(self, item: Item, cue: Item) -> bool:
        """Whether a figure is named only for the order; named twice, it is asked for as well."""
        return abs(self._items.index(item) - self._items.index(cue)) <= 1

    def _most(self, cue: Item) -> None:
        target = next((item for item in self._after(cue)[:2] if item.is_name and item.table != self._main), None)
        if target is None or target.table is None:
            raise UnclearError("the most of what")
        cue.is_used = target.is_used = True
        self._other = target.table
        self._order = f"COUNT(*) {'DESC' if cue.cue == 'most' else 'ASC'}"
        self._limit = self._limit or 1

    def _read_order_of_groups(self) -> None:
        first = next((item for item in self._items if item.cue in ("most", "super", "common", "least")), None)
        if first is None:
            return
        up = first.cue in ("most", "common") or (first.scale is not None and first.scale.descending)
        self._sort_groups = "DESC" if up else "ASC"
        for item in self._items[self._items.index(first) :]:
            item.is_used = True
        for item in self._items:
            if item.cue in ("from start", "compare"):
                item.is_used = True

    # ---------------------------------------------------------------- columns

    def _by_scale(self, scale: Scale) -> tuple[str, bool]:
        """The column that an adjective is about, and whether more of it is more so."""
        ways = ((scale.columns, scale.descending), (scale.reversed, not scale.descending))
        tables = list(dict.fromkeys([self._main, *(item.table for item in self._items if item.table is not None)]))
        for table, (words, descending) in ((table, way) for table in tables for way in ways):
            for word in words:
                here = [
                    column.path
                    for column in self._catalog.tables[table].columns
                    if self._says_path(column.path, word) and column.references is None and not column.is_key
                ]
                if len(here) == 1:
                    return here[0], descending
                if here:
                    raise UnclearError("which column an adjective is about")
        raise UnclearError("what an adjective is about")

    def _figure_of(self, cue: Item) -> Item:
        """The figure that a function is over: the next one named, or the one named before."""
        figures = [item for item in self._items if item.columns_of_figures(self._catalog) and item.table is None]
        if not figures:
            raise UnclearError("the figure of what")
        place = self._items.index(cue)
        return min(figures, key=lambda item: abs(self._items.index(item) - place) + 2 * (self._items.index(item) < place))

    def _resolve(self, item: Item, *, figure: bool = False) -> str:
        """The column that an item names: of the main table if it can be, else of the nearest one."""
        paths = [path for path in item.columns if not self._is_link(path)] or list(item.columns)
        if figure:
            paths = list(item.columns_of_figures(self._catalog))
        if not paths:
            raise UnclearError("what column")
        here = [path for path in paths if path.partition(".")[0] == self._main]
        if here:
            return here[0]
        near = min(self._joins.distance(self._main, path.partition(".")[0]) for path in paths)
        if near >= _FAR:
            raise UnclearError("a column that cannot be joined")
        path = next(path for path in paths if self._joins.distance(self._main, path.partition(".")[0]) == near)
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

    def _key(self, table: str) -> str | None:
        keys = [column for column in self._catalog.tables[table].columns if column.is_key]
        return keys[0].path if len(keys) == 1 else None

    def _named(self, table: str) -> list[Column]:
        columns = [c for c in self._catalog.tables[table].columns if c.type == "text" and c.references is None]
        both = [c for c in columns if name_words(c.name) in (("first", "name"), ("last", "name"))]
        if len(both) == 2:  # noqa: PLR2004 - a first and a last name
            return both
        named = [c for word in _NAMES for c in columns if name_words(c.name)[-1] == word]
        own = [c for c in named if name_words(c.name)[0] in (*_NAMES, *name_words(table))]
        return (own or named)[:1]

    def _name_columns(self, table: str) -> list[str]:
        """What rows of a table are called by."""
        named = self._named(table)
        if not named:
            texts = [
                c
                for c in self._catalog.tables[table].columns
                if c.type == "text" and c.references is None and name_words(c.name)[0] not in ("is", "has")
            ]
            own = [c for c in texts if name_words(c.name)[-1] in (name_words(table)[-1], "number")]
            named = (own or [c for c in texts if not c.is_key])[:1]
        if not named:
            raise UnclearError("what rows are called")
        return [column.path for column in named]

    # ---------------------------------------------------------------- items

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
        return word in name_words(path.partition(".")[2])

    def _chosen_keys(self) -> list[str]:
        wanted = {word for item in self._items for verb in item.part.english[:2] for word in _VERBS.get(verb, ())}
        return [
            column.path
            for column in self._catalog.columns()
            if column.references is not None and wanted & set(name_words(column.name))
        ]

    def _check_all_used(self) -> None:
        denied = self._cued("none") is not None or self._cued("not") is not None
        if any(self._says(item, word) for item in self._items for word in ("when", "where", "why")):
            raise UnclearError("when and where")
        connects = len({item.table for item in self._items if item.table}) > 1 or any(
            item.links or item.number is not None or item.cue in ("none", "avg") for item in self._items
        )
        for item in self._items:
            if item.table is None and any(name_words(path.partition(".")[2])[0] in ("is", "has") for path in item.columns[:1]):
                raise UnclearError("whether")
            sense = item.part.english[:1] or ("",)
            extra = set(sense[0].split()) - set(name_words(item.table or "")) if item.table and " " in sense[0] else set()
            if extra and not any(path for path in item.columns if extra & set(name_words(path))):
                raise UnclearError(f"what {extra} says of a table")
            if (item.is_negated and not item.links and not item.cue and not denied) or self._says(item, "out of stock"):
                raise UnclearError("what is not so")
            senses = (*item.part.english[:3], *item.part.folded)
            soft = any(sense in _SOFT or sense in _VERBS for sense in senses) or (connects and any(map(_is_verb, senses[:1])))
            if not (item.is_used or item.is_needless or item.cue == "both" or (soft and not item.links)):
                raise UnclearError(f"what {item.part.text!r} means")
