"""The table that a question is about, and whether its rows are counted.

Languages put it in different places: Turkish names it last, English and Russian first. Which columns are asked for is `shown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nl2sql.anywhere.cues import MEASURES
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.joins import UnclearError
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.sketching.figures import Figures

_OF_PEOPLE: Final = frozenset({"surname", "salary", "wage", "hire", "profession"})
_AGENTS: Final = ("er", "or", "ist", "ian", "ant", "ent", "man", "ee", "person", "people", "staff", "crew")
"""What words for people end with."""
_NAMES_OF_PEOPLE: Final = (("first", "name"), ("last", "name"), ("full", "name"))


class Subject(Figures):
    """Finds what is asked for."""

    def _find_main(self) -> None:
        entities = [item for item in self._items if item.table is not None]
        entities = [item for item in entities if not self._is_beside_attribute(item)] or entities
        again = [other for item in self._items if item.cue == "counted" for other in self._counted_again(item)]
        entities = [item for item in entities if item not in again] or entities
        for item in again:
            item.is_used = item not in entities
        counting = self._counting()
        counted = self._after(counting)[:1] if counting is not None and self._language != "tr" else []
        named = [
            link.domain for item in (self._after(counting)[:1] if counting is not None else ()) for link in item.links
        ]
        if any(path in [column.path for column in self._named(path.partition(".")[0])] for path in named):
            raise UnclearError("how many of what has a name")
        if not entities or (counted and counted[0].links and not self._is_beside_table(counted[0])):
            self._main = self._table_of_columns(counted)
            says_who = any(item.part.english[:1] == ("who",) for item in self._items)
            if says_who and not entities and not self._is_of_people(self._main):
                raise UnclearError("who")
            return
        asked = self._asked_entity(entities)
        person = self._person(asked)
        if person is not None:
            self._main = person
            return
        self._main = asked.table or ""
        asked.is_used = True

    def _person(self, asked: Item) -> str | None:
        """'Who has made more than five bookings?': the people, where they are not named."""
        who = next((item for item in self._items if item.part.english[:1] == ("who",)), None)
        is_later = who is not None and self._language != "tr" and self._items.index(who) > self._items.index(asked)
        if who is None or is_later or self._is_of_people(asked.table or ""):
            return None
        attributes = [item for item in self._items if item.columns and item.table is None and item.cue is None]
        if attributes and not all(self._says(item, "name") or self._says(item, "surname") for item in attributes):
            return None  # who is the author
        if asked in self._after(who)[:1] and any("name" in name_words(c.name) for c in self._named(asked.table or "")):
            return None  # who owns a dog, where owners are a table
        people = self._people()
        if len(people) == 1:
            return people[0]
        if any("name" in name_words(column.name) for column in self._named(asked.table or "")):
            return None
        raise UnclearError("who")

    def _is_of_people(self, table: str) -> bool:
        return table in self._people() or name_words(table)[-1].endswith(_AGENTS)

    def _people(self) -> list[str]:
        """The tables of people, as their columns tell."""
        return [
            table.name
            for table in self._catalog.tables.values()
            if any(_OF_PEOPLE & set(name_words(c.name)) for c in table.columns)
            or any(name_words(c.name) in _NAMES_OF_PEOPLE for c in table.columns)
        ]

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
                beside = [*self._before(item)[:1]] if self._language == "tr" else self._behind_qualifiers(item)
                if beside and self._is_compared(beside[0].table, item):
                    continue  # those that have more than three, and how many it is
                if self._language == "tr" and self._says(self._items[max(0, self._items.index(item) - 1)], "and"):
                    continue  # "the school and the number"
                if beside and (beside[0].table is not None or (beside[0].links and self._language != "tr")):
                    return item
                behind = self._before(item)[:1]
                if (
                    self._language != "tr"
                    and behind
                    and behind[0].columns_of_figures(self._catalog)
                    and behind[0].table is None
                ):
                    item.is_used = True  # page counts
                    continue
                follower = self._items[min(self._items.index(item) + 1, len(self._items) - 1)]
                if beside and beside[0].columns_of_figures(self._catalog) and not self._says(follower, "and"):
                    item.is_used = True  # the number of pages is a column
        return None

    def _behind_qualifiers(self, item: Item) -> list[Item]:
        """What follows, past what says which of a table: the number of organic farms, of sold IMAX tickets."""
        after = self._after(item)
        for place, other in enumerate(after):
            column = self._catalog.column(other.columns[0]) if other.columns and other.table is None else None
            is_flag = column is not None and column.yes_no is not None
            if not (other.links or is_flag):
                return after[place : place + 1] if other.table is not None else after[:1]
        return after[:1]

    def _counted_again(self, counted: Item) -> list[Item]:
        """What is counted a second time, after it was compared with a number."""
        side = self._before(counted) if self._language == "tr" else self._after(counted)
        return [item for item in side[:1] if self._is_compared(item.table, counted)]

    def _is_compared(self, table: str | None, counted: Item) -> bool:
        """Whether a number has been said of what is counted."""
        before = self._before(counted)[::-1]
        spans = (before[place + 1 : place + 3] for place, item in enumerate(before[:-1]) if item.number is not None)
        added = any(self._says(item, "and") for item in self._near(counted, 2)[:2])
        last = [] if added else before[-1:]
        return table is not None and any(other.table == table and other not in last for span in spans for other in span)

    def _is_beside_attribute(self, item: Item) -> bool:
        """'The names and departments of instructors': a table that stands for what its rows are called."""
        place = self._items.index(item)
        if any(other.cue == "counted" for other in self._items[place + 1 : place + 2]):
            return False  # their number
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

    def _is_beside_table(self, item: Item) -> bool:
        """Whether the things that a value is of are named after it: female clients."""
        return any(other.table is not None for other in self._after(item)[:1])

    def _table_of_columns(self, counted: Sequence[Item] = ()) -> str:
        """The table that has the most of the columns that are named; the first of equals."""
        values = {link.domain.partition(".")[0] for item in counted or self._items for link in item.links}
        found: dict[str, int] = dict.fromkeys(values, 0) if counted or len(values) == 1 else {}
        if counted and len(found) == 1:
            return next(iter(found))  # how many women
        for item in self._items:
            for table in dict.fromkeys(path.partition(".")[0] for path in item.columns if not self._is_link(path)):
                found[table] = found.get(table, 0) + 1
        if not found:
            return self._table_of_measure()
        linked = [link for item in self._items for link in item.links]
        if linked and any(self._says(item, "name") for item in self._items):
            return linked[0].domain.partition(".")[0]  # the names of all novels
        for link in linked:
            table = link.domain.partition(".")[0]
            if table in found:  # the population of France is that of a country
                found[table] += 1
        return max(found, key=lambda table: found[table])

    def _table_of_measure(self) -> str:
        """'Who earns the most?': the one table that has what the verb measures."""
        senses = {sense for item in self._items for sense in item.part.english[:2]}
        words = {word for sense in senses & MEASURES.keys() for word in MEASURES[sense].columns}
        tables = {c.table for c in self._catalog.columns() if any(self._says_path(c.path, word) for word in words)}
        if len(tables) != 1:
            raise UnclearError("no table is named")
        return tables.pop()
