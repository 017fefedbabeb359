"""Conditions without values: what is so or not so, and what is there or not there.

A column that says yes or no is a condition where it is named (*injured* players), and so is one with gaps where it is
denied (loans that were *not returned*).
"""

from __future__ import annotations

from typing import Final

from nl2sql.anywhere.cues import STOP
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.naming import FLAGS, name_words
from nl2sql.anywhere.sketching.matching import Matching
from nl2sql.catalog import Column
from nl2sql.thesaurus import is_verb

_UNSAID: Final = frozenset({*FLAGS, "flag", "flg", "fl", "fg", "yn", "ind", "indicator", "on", "in", "at", "for", "of"})
"""Words of names of columns that say yes or no which questions leave out."""
_ASKING: Final = frozenset({"whether", "if"})


class Flags(Matching):
    """Adds conditions with columns that say yes or no."""

    def _read_flags(self) -> None:
        if any(self._says(item, word) for item in self._items for word in _ASKING):
            return
        for item in self._items:
            column = self._stated(item) or self._flag_of_value(item)
            if column is None:
                continue
            denial = self._denial(item)
            if column.yes_no is not None:
                condition = f"= {column.yes_no[item.is_negated or denial is not None]}"
            elif (item.is_negated or denial is not None) and column.has_gaps:
                condition = "IS NULL"
            elif self._has_happened(item, column):
                condition = "IS NOT NULL"
            else:
                continue
            self._where.append(f"{self._use(column.path)} {condition}")
            item.links = ()
            for other in self._items:
                if other is denial:
                    other.cue, other.is_used = "stop", True
                elif other is item or (other.table is None and column.path in other.columns):
                    other.is_used = True

    def _has_happened(self, item: Item, column: Column) -> bool:
        """Whether a verb names a day that not all rows have: workers who have left; what day it was is not asked."""
        is_day = column.type in ("date", "timestamp") and column.has_gaps
        says_verb = any(map(is_verb, item.part.english[:2]))
        asks = any(self._says(other, "when") or other.number is not None or other.month for other in self._items)
        compared = any(other.cue in ("super", "compare", "avg", "min", "max") for other in self._items)
        return is_day and says_verb and not asks and not compared

    def _stated(self, item: Item) -> Column | None:
        """The column that an item may say something is or is not."""
        if item.is_used or item.table is not None or item.cue is not None or not item.columns:
            return None
        column = self._catalog.column(item.columns[0])
        if column is None or self._is_link(column.path):
            return None
        senses = item.part.english[:1]
        words = {other.part.text for other in self._items if column.path in other.columns[:1]}
        is_part = len([word for word in name_words(column.name) if word not in _UNSAID]) > len(words)
        if column.yes_no is not None and is_part and any(map(is_verb, senses)):
            return None  # tickets that were sold, where a column says which were sold online
        if column.yes_no is not None and any(sense in STOP for sense in senses):
            return column if self._is_spelt_out(item, column) else None
        return column

    def _flag_of_value(self, item: Item) -> Column | None:
        """'Halls with 3D', where halls say whether they have it, and something else that is not named has it as a value."""
        named = {other.table for other in self._items}
        if item.is_used or any(link.domain.partition(".")[0] in named for link in item.links):
            return None
        return next((flag for link in item.links if (flag := self._flag_like(link)) is not None), None)

    def _is_spelt_out(self, item: Item, column: Column) -> bool:
        """Whether the words before an ordinary word are of the name too: 'on display', not 'display'."""
        names = [word for word in name_words(column.name) if word not in FLAGS]
        place = self._items.index(item)
        before = [word for other in self._items[max(0, place - len(names) + 1) : place] for word in other.part.folded]
        return len(names) > 1 and all(word in before for word in names[:-1])

    def _denial(self, item: Item) -> Item | None:
        """The word that denies an item: before it, in Turkish behind it."""
        place = self._items.index(item)
        if self._language == "tr":
            side = self._items[place + 1 : place + 2]
            return next((other for other in side if other.is_negated or other.cue in ("not", "none")), None)
        for other in self._items[:place][::-1]:
            if other.cue in ("not", "none") or other.part.folded == ("out",):
                return other
            if not other.is_needless:
                return None
        return None
