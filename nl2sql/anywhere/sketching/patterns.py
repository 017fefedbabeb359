"""Conditions with parts of texts: names that contain a word, begin with a letter or end with one."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.sketching.flags import Flags

_PLACES: Final[dict[str, str]] = {
    **dict.fromkeys(("contain", "include", "have"), "%{}%"),
    **dict.fromkeys(("start", "begin", "start with", "begin with"), "{}%"),
    **dict.fromkeys(("end", "finish", "end with"), "%{}"),
}
"""Verbs that say where in a text another stands."""
_SENSES: Final = 3
_AROUND: Final = 4
"""Items between a verb and the text."""


class Patterns(Flags):
    """Adds conditions with parts of texts."""

    def _read_patterns(self) -> None:
        for item in self._items:
            if item.is_used or not self._is_quoted(item):
                continue
            column = self._column_of_pattern(item)
            pattern = self._pattern(item)
            if column is None or pattern is None:
                continue
            text = exp.Literal.string(pattern.format(item.part.text)).sql()
            item.is_used = True
            self._where.append(f"{self._use(column)} LIKE {text}")

    def _is_quoted(self, item: Item) -> bool:
        """Whether an item is a text and not a word: a letter, or with a capital that begins no sentence."""
        word = item.part.text
        return word[0].isupper() and item.part.start > 0 and not (item.links or item.month or item.is_name)

    def _pattern(self, item: Item) -> str | None:
        """Where the text stands in what is looked for."""
        place = self._items.index(item)
        sides = (self._items[max(0, place - _AROUND) : place][::-1], self._items[place + 1 : place + _AROUND])
        for other in (other for side in sides for other in side):
            for sense in other.part.english[:_SENSES]:
                if sense in _PLACES or (sense == "word" and other.cue is None):
                    self._spend_verb(other)
                    return _PLACES.get(sense, "%{}%")
            if self._language == "tr" and other.part.text.lower().startswith("geç"):
                self._spend_verb(other)
                return "%{}%"
        return None

    def _spend_verb(self, verb: Item) -> None:
        for item in self._near(verb, 2):
            if item is verb or self._says(item, "word") or self._says(item, "letter"):
                item.is_used, item.columns, item.table, item.cue = True, (), None, "stop"

    def _column_of_pattern(self, item: Item) -> str | None:
        """The text column that is named nearest to it, else what rows are called by."""
        place = self._items.index(item)
        named = [
            (abs(self._items.index(other) - place), other)
            for other in self._items
            if other.columns and other.table is None and other.cue is None and self._texts(other)
        ]
        try:
            if not named or "name" in min(named, key=lambda pair: pair[0])[1].part.english[:1]:
                paths = self._name_columns(self._main)
                return paths[0] if len(paths) == 1 else None
            _, nearest = min(named, key=lambda pair: pair[0])
            nearest.is_used = nearest.is_used or len(named) > 1
            return self._resolve(Item(nearest.part, columns=tuple(self._texts(nearest))))
        except UnclearError:
            return None

    def _texts(self, item: Item) -> list[str]:
        columns = (self._catalog.column(path) for path in item.columns)
        return [column.path for column in columns if column is not None and column.type == "text"]
