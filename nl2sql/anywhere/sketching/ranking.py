"""Order: alphabetical, from the oldest to the youngest, the three cheapest, the one with the most of another."""

from __future__ import annotations

from typing import Final

from nl2sql.anywhere.cues import HIGH, LOWEST, Scale
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.sketching.patterns import Patterns

_COUNTED: Final = 2
"""Items that say how many of what."""
_SORTING: Final = frozenset({"sort", "sorted", "order", "ordered", "arrange"})


class Ranking(Patterns):
    """Adds the order."""

    def _read_order(self) -> None:
        self._read_alphabet()
        if self._read_sorting():
            return
        if self._cued("each") is not None:
            self._read_order_of_groups()
            return
        self._read_extremes()

    def _read_alphabet(self) -> None:
        distinct = self._cued("distinct")
        if distinct is not None:
            distinct.is_used = self._distinct = True
        alphabetical = self._cued("alphabetical")
        if alphabetical is not None:
            alphabetical.is_used = True
            self._order = self._path(self._name_columns(self._main)[0])

    def _read_extremes(self) -> None:
        most = self._cued("most") or self._cued("least")
        if (
            most is not None
            and "most common" in most.part.english[:2]
            and not any(item.table not in (None, self._main) for item in self._items)
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
        added = any(item.cue in ("avg", "sum") and not self._is_ranked() for item in self._items if not item.is_used)
        if len(extremes) == 1 and not added:
            self._is_extreme_figure = self._asks_for_figure(extremes[0])
            if not self._is_extreme_figure:
                self._superlative(extremes[0])

    def _read_largest_number(self) -> None:
        """'With the largest number of employees' says 'with the most employees'."""
        for place, item in enumerate(self._items):
            if item.cue not in ("super", "at most", "at least"):
                continue
            nearby = [other for other in self._items[place + 1 : place + 4] if not other.is_needless]
            if len(nearby) < _COUNTED or nearby[0].cue != "counted" or nearby[1].table is None:
                continue
            if any(other.table not in (None, nearby[1].table) for other in self._items):
                is_most = item.scale.descending if item.scale is not None else item.cue == "at most"
                item.cue = "most" if is_most else "least"
                nearby[0].cue, nearby[0].columns = "stop", ()

    def _read_sorting(self) -> bool:
        """'Sorted by age in descending order': whether the order is said so."""
        down, up = self._cued("descending"), self._cued("ascending")
        words = [item for item in self._items if _SORTING & set(item.part.english[:1]) and item.table is None]
        words = [item for item in words if not self._is_passive(item)]
        anchors = [item for item in (*words, down, up) if item is not None]
        if not anchors or self._limit is not None:
            return False
        place = min(map(self._items.index, anchors))
        ahead, behind = self._items[place + 1 :], self._items[:place][::-1]
        sides = [*behind, *ahead] if self._language == "tr" else [*ahead, *behind]
        by = next((item for item in sides if item.columns and item.table is None and item.cue is None), None)
        between = self._items[min(place, self._items.index(by)) :] if by is not None else []
        if by is None or any(item.cue == "each" and item not in between for item in self._items):
            raise UnclearError("sorted by what")
        self._order = f"{self._use(self._resolve(by))} {'ASC' if down is None else 'DESC'}"
        others = [item for item in self._items if item is not by and set(by.columns[:1]) & set(item.columns)]
        by.is_used = True
        for item in (*anchors, *(item for item in between if item.cue == "each")):
            item.is_used, item.cue = True, "stop"
        for item in between:
            if item in others:
                item.is_used = True
        return True

    def _is_passive(self, item: Item) -> bool:
        """'Have never been ordered': a verb, and no order that is asked for."""
        place = self._items.index(item)
        before, after = self._items[max(0, place - 1) : place], self._items[place + 1 : place + 2]
        return any(self._says(other, "be") for other in before) and not any(self._says(other, "by") for other in after)

    def _is_ranked(self) -> bool:
        """Whether something is asked for that has the most of a total."""
        return self._cued("which") is not None and any(
            item.table == self._main and item.is_used for item in self._items
        )

    def _asks_for_it(self) -> bool:
        """'And what is it?' of the figure that was named before."""
        return any(
            item.cue == "which"
            and any(self._says(other, "it") for other in self._items[place + 1 : place + 4])
            and not any(other.is_name and not other.measures for other in self._items[place + 1 :])
            for place, item in enumerate(self._items)
        )

    def _is_range(self, one: Item, other: Item) -> bool:
        between = self._items[self._items.index(one) + 1 : self._items.index(other)]
        says_to = any({"to", "until"} & set(item.part.english[:3]) or "to" in item.part.folded for item in between)
        return says_to or (self._language == "tr" and one.part.text.lower().endswith(("dan", "den", "tan", "ten")))

    def _superlative(self, cue: Item) -> None:
        start = self._cued("from start")
        path, descending = self._extreme(cue, is_listed=start is not None)
        cue.is_used = True
        by = [item for item in self._near(cue, 3) if "by" in item.part.english[:3]]
        for item in self._near(by[0], 1) if by else ():
            if item.table is None and path in item.columns:
                item.is_used = True
        if start is None and not any(
            self._says(item, "name") or (item.table == self._main and item.is_used) for item in self._items
        ):
            raise UnclearError("whose extreme")
        self._order = f"{self._use(path)} {'DESC' if descending else 'ASC'}"
        total = self._total(cue)
        if total is not None and self._multiplies():  # who sold the most in total, what has the highest average
            total.is_used = True
            self._other = path.partition(".")[0]
            function = "AVG" if total.cue == "avg" else "SUM"
            self._order = f"{function}({self._path(path)}) {'DESC' if descending else 'ASC'}"
            for item in self._items:
                item.is_used = item.is_used or (item.table is None and path in item.columns)
        if self._asks_for_it():
            self._also_shown.append(path)
        if start is not None:
            start.is_used = True
        else:
            self._limit = self._limit or 1

    def _rank_by_total(self, cue: Item, path: str) -> None:
        """Who spent the most: by the sum where rows have several."""
        cue.is_used = True
        self._use(path)
        order = f"{self._path(path)} {'DESC' if cue.cue == 'most' else 'ASC'}"
        if self._multiplies():
            self._other = path.partition(".")[0]
            order = f"SUM({self._path(path)}) {'DESC' if cue.cue == 'most' else 'ASC'}"
            for item in self._items:
                item.is_used = item.is_used or item.cue == "sum"
        self._order = order
        self._limit = self._limit or 1

    def _most_of_own(self, cue: Item) -> bool:
        """'Which reviewer wrote the most reviews', where the reviewer is a column of the reviews."""
        own = [item for item in self._after(cue)[:2] if item.table == self._main]
        columns = [item for item in self._items if item.columns and item.table is None and not item.is_used]
        here = [item for item in columns if any(path.startswith(f"{self._main}.") for path in item.columns)]
        return bool(own) and len(here) == 1

    def _total(self, cue: Item) -> Item | None:
        """What says that a figure is added up, or averaged, before it is compared."""
        free = [item for item in self._items if not item.is_used]
        added = next((item for cue_there in ("avg", "sum") for item in free if item.cue == cue_there), None)
        return added or next((item for item in self._near(cue, 2) if item.cue in ("counted", "most")), None)

    def _asks_for_figure(self, cue: Item) -> bool:
        """'The highest capacity of stadiums' is a figure; 'the stadium with the highest capacity' is not."""
        place = self._items.index(cue)
        figure = next(
            (item for item in self._near(cue, 1) if item.columns_of_figures(self._catalog) and not item.table), None
        )
        main = next((item for item in self._items if item.table == self._main and item.is_used), None)
        attributes = [item for item in self._items if item.columns and item.table is None and item is not figure]
        scale = cue.scale or HIGH
        if figure is not None and scale.columns and not self._is_about(figure, scale):
            return False  # the number of the most expensive room
        if figure is not None and not any(item.table for item in self._items) and not attributes:
            return True  # the highest score in physics
        if figure is None or main is None or any(not item.is_used for item in attributes):
            return False
        if any(item.number is not None and not item.is_used for item in self._items) or self._limit is not None:
            return False
        if self._language == "tr":
            return self._items.index(main) < place and self._is_genitive(main.part.text.split()[-1].lower())
        asked = [self._asked_by(item) for item in self._items if item.cue == "which"]
        return self._items.index(main) > self._items.index(figure) and main not in asked

    def _is_about(self, figure: Item, scale: Scale) -> bool:
        return any(self._says_path(path, word) for path in figure.columns for word in (*scale.columns, *scale.reversed))

    def _extreme(self, cue: Item, *, is_listed: bool) -> tuple[str, bool]:
        """The column that a superlative orders by, and whether downwards: the figure beside it, else what it is about."""
        scale = cue.scale or HIGH
        explicit = [item for item in self._items if item.columns_of_figures(self._catalog) and item.table is None]
        place = self._items.index(cue)
        beside = [
            item
            for item in explicit
            if not item.is_used
            and (
                self._items.index(item) == place + 1
                or (
                    self._items.index(item) == place - 1
                    and (self._language == "tr" or not scale.columns or self._is_about(item, scale))
                )
            )
        ]
        if beside and not (is_listed and scale.columns):  # "their prices, cheapest first" asks for the prices
            beside[0].is_used = True
            path = self._resolve(beside[0], figure=True)
            for item in self._items[self._items.index(beside[0]) + 1 :]:  # one name in two words: registered voters
                if item.table is not None or path not in item.columns[:1]:
                    break
                item.is_used = True
            return path, scale.descending
        if scale.columns:
            try:
                return self._by_scale(scale)
            except UnclearError:
                if len(explicit) != 1:
                    raise
                path = self._resolve(explicit[0], figure=True)
                explicit[0].is_used = explicit[0].is_used or (not is_listed and self._is_only_order(explicit[0], cue))
                is_reversed = any(self._says_path(path, word) for word in scale.reversed)
                return path, scale.descending != is_reversed
        if not explicit:
            raise UnclearError("the most what")
        explicit[0].is_used = self._is_only_order(explicit[0], cue)
        return self._resolve(explicit[0], figure=True), scale.descending

    def _is_only_order(self, item: Item, cue: Item) -> bool:
        """Whether a figure is named only for the order; named twice, it is asked for as well."""
        first, last = sorted((self._items.index(item), self._items.index(cue)))
        return all(other.is_needless or other.cue == "counted" for other in self._items[first + 1 : last])

    def _most(self, cue: Item) -> None:
        target = next((item for item in self._after(cue)[:2] if item.is_name and item.table != self._main), None)
        if target is not None and target.table is None and target.columns_of_figures(self._catalog):
            cue.scale = HIGH if cue.cue == "most" else LOWEST
            self._superlative(cue)
            return
        if target is None and (measured := self._measured()) is not None:
            self._rank_by_total(cue, measured)
            return
        if target is None and self._most_of_own(cue):
            cue.cue = "common"
            return
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
