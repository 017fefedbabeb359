"""What a statement leaves out: words that say nothing more, and words that must not be passed over."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from nl2sql.anywhere.cues import ORDINALS, SOFT, STOP, UNREAD
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import FLAGS, name_words
from nl2sql.anywhere.sketching.draft import VERBS
from nl2sql.anywhere.sketching.ranking import Ranking
from nl2sql.thesaurus import is_verb

_AT: Final = frozenset({"above", "over", "under", "on", "below"})
"""Where something is, in words that compare elsewhere."""


_BELONGS: Final = frozenset(
    [
        "be", "belong", "have", "sit", "serve", "work", "play", "participate", "attend", "join", "include", "consist",
        "contain", "enter", "show", "list",
    ]
)  # fmt: skip
"""Verbs that say of nobody what he is among others: not lead, chair or found."""


class Leftovers(Ranking):
    """Tells what has no place in the statement."""

    def _spend_repeated(self, text: str) -> None:
        """What is said a second time, as the branch in 'how many copies does each branch hold? Show the branch …'."""
        spent = [item for item in self._items if item.is_used]
        tables = {self._main, *self._tables, *(item.table for item in spent if item.table)}
        columns = {item.columns[0] for item in spent if item.columns and item.table is None}
        for item in self._items:
            again = item.table in tables if item.table else bool(item.columns) and item.columns[0] in columns
            if self._says(item, "name") and "GROUP BY" in text:
                again = again or any(self._path(path) in text for path in item.columns)
            if (again and item.cue is None) or ("COUNT(" in text and item.cue == "counted"):
                item.is_used = True

    def _unread(self) -> tuple[str, ...]:
        """The words that have no place in the statement."""
        self._refuse_the_unusual()
        self._refuse_the_unknown()
        self._refuse_roles()
        connects = len({item.table for item in self._items if item.table}) > 1 or any(
            item.links or item.number is not None or item.cue in ("none", "avg") for item in self._items
        )
        is_compared = any(item.number is not None or item.cue == "avg" for item in self._items)
        unread = []
        for item in self._items:
            if item.cue == "compare" and not is_compared and _AT & set(item.part.english[:2]):
                item.is_used = True  # a Russian or Turkish word for where something is
            is_letter = len(item.part.text) == 1 and item.part.text.isupper() and item.part.start > 0
            if is_letter and not item.is_used:
                raise UnclearError("where a letter stands")
            if not (item.is_used or item.is_needless or item.cue == "both" or self._only_joins(item, connects)):
                if not self._may_be_left_out(item):
                    raise UnclearError(f"what {item.part.text!r} means")
                unread.append(item.part.text)
        return tuple(unread)

    def _refuse_the_unusual(self) -> None:
        """What changes a question in ways that are not composed."""
        named = next((place for place, item in enumerate(self._items) if item.table is not None), 0)
        asks = (
            item
            for place, item in enumerate(self._items)
            if not item.is_used and not (place > named > 0 and self._says(item, "where"))  # halls where
        )
        if any(self._says(item, word) for item in asks for word in ("when", "where", "why")):
            raise UnclearError("when and where")
        ranks = any(item.cue in ("super", "most", "least", "common") for item in self._items)
        denied = self._cued("none") is not None or self._cued("not") is not None
        for item in self._items:
            senses = {*item.part.english[:1], *(() if item.part.english else item.part.folded)}
            sorts = bool(senses & {"order", "ordered", "sorted"}) and item.table is None and not self._is_passive(item)
            if self._says(item, "only") and any(self._says(other, "name") for other in self._near(item, 1)):
                continue  # names only
            unusual = sorts or bool(senses & UNREAD) or (ranks and bool(senses & ORDINALS))
            if unusual and (ranks or not item.is_used):
                raise UnclearError("what is not composed")
            first = name_words(item.columns[0].partition(".")[2])[0] if item.columns and item.table is None else ""
            if first in FLAGS and not item.is_used:
                raise UnclearError("whether")
            is_free = not (item.links or item.cue or item.is_used)
            if (item.is_negated and is_free and not denied) or self._says(item, "out of stock"):
                raise UnclearError("what is not so")
            if self._says_more(item):
                raise UnclearError("which of a table")

    def _refuse_the_unknown(self) -> None:
        """What is asked for or said of something that the statement does not have."""
        if self._asks_who_too():
            raise UnclearError("who else")
        if self._asks_of_the_unknown():
            raise UnclearError("which of what")
        if not self._where and any(self._says(item, "still") for item in self._items):
            raise UnclearError("what is still so")

    def _refuse_roles(self) -> None:
        """'Who leads the orchestra' asks for none of its members, where a key may be its leader."""
        tables = {self._main, *self._tables}
        if any(pair <= tables for pair in self._joins.roles):
            for item in self._items:
                senses = item.part.english[:1]
                if not item.is_used and any(map(is_verb, senses)) and not _BELONGS & set(senses):
                    raise UnclearError("in what role")

    def _asks_who_too(self) -> bool:
        """'… and who owns them': somebody whom no name of the database says."""
        for place, item in enumerate(self._items[1:], 1):
            if item.part.english[:1] == ("who",) and self._says(self._items[place - 1], "and"):
                return not any(other.is_name for other in self._items[place + 1 :])
        return False

    def _asks_of_the_unknown(self) -> bool:
        """'Which studies …', where nothing is called so: a noun, even if there is a verb like it."""
        return any(
            asks.cue == "which" and asks.part.english[:1] == ("which",) and not (what.is_used or what.is_needless)
            for asks, what in pairwise(self._items)
        )

    def _may_be_left_out(self, item: Item) -> bool:
        """Whether a word may only say what is understood anyway: no name, number or denial, and nothing of the tables."""
        is_name = item.part.start > 0 and item.part.text[0].isupper()
        shapes = item.cue is not None or item.number is not None or item.is_negated
        return not (shapes or is_name or item.is_name or item.links or self._is_one_of(item))

    def _is_one_of(self, item: Item) -> bool:
        """Whether 'or' ties a word to another: delivered or sent."""
        return any(self._says(other, "or") for other in self._near(item, 1))

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
        if item.cue is not None or self._is_one_of(item):
            return False
        soft = any(sense in SOFT or sense in VERBS for sense in senses)
        return (soft or (connects and (any(map(is_verb, senses[:2])) or self._is_done(item)))) and not item.links

    def _is_done(self, item: Item) -> bool:
        """Whether an English participle says what was done, and not which: goals scored, but not retired players."""
        follower = self._items[self._items.index(item) + 1 :][:1]
        says_which = bool(follower) and (follower[0].is_name or bool(follower[0].links))
        return self._language == "en" and item.part.text.endswith("ed") and not says_which
