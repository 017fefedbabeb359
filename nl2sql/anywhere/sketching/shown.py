"""The columns that a question asks for: those that it names, and what the things are called by that it is about.

What it is about is `subject`.
"""

from __future__ import annotations

from collections.abc import Sequence

from nl2sql.anywhere.cues import SOFT
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.subject import Subject
from nl2sql.lexicon import lemmas
from nl2sql.thesaurus import is_verb


class Shown(Subject):
    """Finds what is shown."""

    def _projection(self) -> list[str]:
        """The columns that are asked for."""
        attributes = [item for item in self._items if item.columns and item.table is None and not item.is_used]
        day = self._asked_day()
        if day is not None:  # who is it, and when was he born
            also = self._cued("which") is not None or self._is_added()
            return [*(self._name_columns(self._main) if also else ()), day]
        paths = self._attributes()
        main = next((item for item in self._items if item.table == self._main and item.is_used), None)
        if main is not None and not self._is_owner(main, attributes) and not self._asks_only_for(attributes, main):
            paths = [*self._name_columns(self._main), *paths]
        elif main is None and self._asks_for_kind():
            compared = [path for path in paths if any(self._path(path) in condition for condition in self._where)]
            paths = [*self._name_columns(self._main), *(path for path in paths if path not in compared)]
        return list(dict.fromkeys([*paths, *self._also_shown])) or self._name_columns(self._main)

    def _asks_for_kind(self) -> bool:
        """'Which vegetables …', where that is a kind of crop: the crops are asked for."""
        which = self._cued("which")
        if which is None:
            return False
        beside = self._before(which) if self._language == "tr" and self._after(which)[:1] == [] else self._after(which)
        return any(link.domain.startswith(f"{self._main}.") for item in beside[:1] for link in item.links)

    def _is_added(self) -> bool:
        """'…, and when was it': whether the day is the second thing that is asked for."""
        when = next((place for place, item in enumerate(self._items) if self._says(item, "when")), 0)
        return when > 0 and self._says(self._items[when - 1], "and")

    def _asked_day(self) -> str | None:
        """'When was he hired': the one day that is named."""
        when = next((item for item in self._items if self._says(item, "when")), None)
        if when is None:
            return None
        named = [item for item in self._items if any(map(self._is_when, item.columns[:1])) and item.table is None]
        if len(named) != 1:
            raise UnclearError("when")
        when.is_used = named[0].is_used = True
        return self._resolve(named[0])

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
                says_key = any(self._says(item, word) for word in ("id", "identifier"))
                if (
                    not says_key
                    and all(self._is_link(path) and not self._is_label(path) for path in item.columns)
                    and any(
                        (c := self._catalog.column(path)) and (c.references or "").partition(".")[0] in self._tables
                        for path in item.columns
                    )
                ):
                    continue  # a key to what is named already
                if any(self._says(item, word) for word in ("name", "full name")) and self._named(self._main):
                    paths += self._name_columns(self._main)
                    continue
                if any(map(is_verb, item.part.english[:2])) and not self._is_noun(item):
                    if item.is_negated:
                        raise UnclearError("what is not so")
                    continue  # publishers that published nothing: not the year of it
                path = self._resolve(item)
                behind = [other for other in self._after(item)[:1] if other.is_used]
                if paths and any(link.domain == path for other in behind for link in other.links):
                    continue  # in the field of health
                verb = any(sense in SOFT for sense in item.part.english[:2])
                conditions = [condition for condition in self._where if self._path(path) in condition]
                if not (verb and conditions):
                    paths.append(path)
        return list(dict.fromkeys(paths))

    def _is_noun(self, item: Item) -> bool:
        """Whether a word that could be a form of a verb is a noun of the column's name: the maker, göndericileri."""
        first = item.part.english[0]
        names = name_words(item.columns[0].partition(".")[2])
        return (self._language == "en" or first.endswith(("er", "or"))) and first in names and not is_verb(first)

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
        if len(after) > 1 and after[0].links and after[1].table is not None:
            return after[1]  # which female clients
        return after[0] if after else None

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
        follows = (
            which is not None
            and self._items.index(which) < place
            and not any(item in attributes for item in self._items[self._items.index(which) : place])
        )
        return bool(before) and not follows

    def _is_genitive(self, word: str) -> bool:
        """Whether a Turkish word has the ending, and is not merely like that: ürünün, but not ürün."""
        if not word.endswith(("ın", "in", "un", "ün")):
            return False
        return any(lemmas(word[:-cut], "tr") for cut in (2, 3) if len(word) > cut + 1)
