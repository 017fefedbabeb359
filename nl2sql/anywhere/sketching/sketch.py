"""A statement for a question of a usual kind, composed from its items without a model, in any language.

Only what is wholly understood becomes a statement: an item with no place in it, two ways to join or two columns
that may be meant, and there is none. What the items are is `reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.cues import ORDINALS, SOFT, STOP, UNREAD
from nl2sql.anywhere.fit import written
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import FLAGS, name_words
from nl2sql.anywhere.reading import Item
from nl2sql.anywhere.sketching.draft import VERBS
from nl2sql.anywhere.sketching.ranking import Ranking
from nl2sql.catalog import Catalog
from nl2sql.language import Language
from nl2sql.thesaurus import is_verb

_ADDED: Final = frozenset(
    [
        "hour",
        "minute",
        "day",
        "quantity",
        "unit",
        "piece",
        "page",
        "goal",
        "point",
        "ticket",
        "seat",
        "vote",
        "passenger",
    ]
)
"""What a row has several of."""
_AT: Final = frozenset({"above", "over", "under", "on", "below"})


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


class _Sketch(Ranking):
    def statement(self) -> Sketched:
        self._add_up_figures()
        self._find_main()
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
        self._spend_repeated("COUNT(" in text)
        unread = self._unread()
        if self._limit is not None and "ORDER BY" not in text:
            raise UnclearError("the first of what order")
        return Sketched(text, unread)

    def _add_up_figures(self) -> None:
        """'How many hours were worked': not rows are counted, but a figure of theirs is added up."""
        count = self._cued("count")
        counted = self._after(count)[:1] if count is not None else []
        if count is not None and counted and counted[0].table is None and counted[0].cue is None:
            figures = counted[0].columns_of_figures(self._catalog)
            words = {word for path in figures[:1] for word in name_words(path.partition(".")[2])}
            if words & _ADDED and figures[0] == counted[0].columns[0]:
                count.cue = "sum"

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
        count = self._cued("count") or (last if last.cue == "counted" and self._having is not None else None)
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
        for item in figures:  # "in total" of what is counted says nothing
            item.is_used = True
        if group is None and self._having is not None:
            return self._counted_groups()
        if group is None:
            return self._counted_rows()
        columns = list(dict.fromkeys([*group, *self._more_of_groups(group)]))
        order = self._sort_groups and f"COUNT(*) {self._sort_groups}"
        return self._select([*columns, "COUNT(*)"], group=columns, order=order)

    def _listed(self) -> str:
        shown = self._projection()
        spoken = " ".join([*self._where, *(self._path(path) for path in shown), self._order or ""])
        if any(f"{written(table, self._catalog)}." not in spoken for table in self._idle):
            raise UnclearError("what a table is named for")
        distinct = self._distinct or (self._order is None and self._multiplies()) or self._is_category(shown)
        columns = [self._path(path) for path in shown]
        if len(columns) == 1 and any(condition.startswith(f"{columns[0]} = '") for condition in self._where):
            raise UnclearError("what is given already")
        if self._both is not None:
            column, values = self._both
            others = list(self._where)
            sides = []
            for value in values:
                self._where = [*others, f"{column} = {exp.Literal.string(value).sql()}"]
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
            return self._select(group, group=group, having=self._having, order=self._order, limit=self._limit)
        group = [self._path(path) for path in self._projection()]
        if (self._having or "").startswith("AVG") and any(
            not column.startswith(f"{written(self._main, self._catalog)}.") for column in group
        ):
            raise UnclearError("figures beside an average")
        if self._other is not None and self._other != self._main:
            self._tables.append(self._other)
            key = self._key(self._main)
            group = list(dict.fromkeys([*group, self._path(key)])) if key else group
        key = self._key(self._main)
        shown = [column for column in group if key is None or column != self._path(key)] or group
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
        behind = self._language == "tr" and cue.part.text.lower() == "göre"
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

    def _more_of_groups(self, group: Sequence[str]) -> list[str]:
        """Further columns of what is grouped by; its name is there already."""
        found = []
        for item in self._items:
            if item.columns and item.table is None and item.cue is None and not item.is_used:
                item.is_used = True
                if self._says(item, "name"):
                    continue  # they are called by it already
                path = self._resolve(item)
                if not self._is_link(path):
                    found.append(self._path(path))
        return [column for column in found if column not in group]

    def _spend_repeated(self, is_counted: bool) -> None:
        """What is said a second time, as the branch in 'how many copies does each branch hold? Show the branch …'."""
        spent = [item for item in self._items if item.is_used]
        tables = {self._main, *self._tables, *(item.table for item in spent if item.table)}
        columns = {item.columns[0] for item in spent if item.columns and item.table is None}
        for item in self._items:
            again = item.table in tables if item.table else bool(item.columns) and item.columns[0] in columns
            if (again and item.cue is None) or (is_counted and item.cue == "counted"):
                item.is_used = True

    def _unread(self) -> tuple[str, ...]:
        """The words that have no place in the statement."""
        self._refuse_the_unusual()
        connects = len({item.table for item in self._items if item.table}) > 1 or any(
            item.links or item.number is not None or item.cue in ("none", "avg") for item in self._items
        )
        is_compared = any(item.number is not None or item.cue == "avg" for item in self._items)
        unread = []
        for item in self._items:
            if item.cue == "compare" and not is_compared and _AT & set(item.part.english[:2]):
                item.is_used = True  # a Russian or Turkish word for where something is
            if not (item.is_used or item.is_needless or item.cue == "both" or self._only_joins(item, connects)):
                if not self._may_be_left_out(item):
                    raise UnclearError(f"what {item.part.text!r} means")
                unread.append(item.part.text)
        return tuple(unread)

    def _refuse_the_unusual(self) -> None:
        """What changes a question in ways that are not composed."""
        if any(self._says(item, word) for item in self._items for word in ("when", "where", "why")):
            raise UnclearError("when and where")
        ranks = any(item.cue in ("super", "most", "least", "common") for item in self._items)
        denied = self._cued("none") is not None or self._cued("not") is not None
        for item in self._items:
            senses = {*item.part.english[:1], *(() if item.part.english else item.part.folded)}
            sorts = bool(senses & {"order", "ordered", "sorted"}) and item.table is None
            if sorts or senses & UNREAD or (ranks and senses & ORDINALS):
                raise UnclearError("what is not composed")
            first = name_words(item.columns[0].partition(".")[2])[0] if item.columns and item.table is None else ""
            if first in FLAGS and not item.is_used:
                raise UnclearError("whether")
            is_free = not (item.links or item.cue or item.is_used)
            if (item.is_negated and is_free and not denied) or self._says(item, "out of stock"):
                raise UnclearError("what is not so")
            if self._says_more(item):
                raise UnclearError("which of a table")

    def _may_be_left_out(self, item: Item) -> bool:
        """Whether a word may only say what is understood anyway: no name, number or denial, and nothing of the tables."""
        is_name = item.part.start > 0 and item.part.text[0].isupper()
        shapes = item.cue is not None or item.number is not None or item.is_negated
        return not (shapes or is_name or item.is_name or item.links)

    def _says_more(self, item: Item) -> bool:
        """Whether a word says more than the table that it names: 'capital city' is not any city."""
        sense = item.part.english[0] if item.part.english else ""
        if item.table is None or " " not in sense:
            return False
        extra = set(sense.split()) - set(name_words(item.table)) - STOP - SOFT
        known = (name_words(path.partition(".")[2]) for path in item.columns)
        return bool(extra) and not any(extra & set(name) for name in known if name[0] not in FLAGS)

    def _only_joins(self, item: Item, connects: bool) -> bool:
        """Whether it is a verb between things that are joined anyway."""
        senses = (*item.part.english[:3], *item.part.folded)
        soft = any(sense in SOFT or sense in VERBS for sense in senses)
        return (soft or (connects and (any(map(is_verb, senses[:2])) or self._is_done(item)))) and not item.links

    def _is_done(self, item: Item) -> bool:
        """Whether an English participle says what was done, and not which: goals scored, but not retired players."""
        follower = self._items[self._items.index(item) + 1 :][:1]
        says_which = bool(follower) and (follower[0].is_name or bool(follower[0].links))
        return self._language == "en" and item.part.text.endswith("ed") and not says_which
