"""What the names of tables and columns are in words, and which of them a part of a question may name.

A part leads to English dictionary words and those to words of names: the same, near ones, or short forms of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from nl2sql.anywhere.keys import singular
from nl2sql.anywhere.naming import FLAGS, UNITS, abbreviates, name_words
from nl2sql.anywhere.parts import Part, shapes
from nl2sql.catalog import Catalog
from nl2sql.lexicon import lemmas
from nl2sql.text import words
from nl2sql.thesaurus import is_known, near

_SMALL_WORDS: Final = frozenset(
    ["a", "an", "the", "in", "on", "at", "of", "by", "to", "and", "or", "is", "are", "be", "for", "from", "with", "as", "it"]
)  # fmt: skip
"""Words of names that say nothing: singer_in_concert."""
SENSES: Final = 7
"""English words of a part that are looked at."""
NEAR: Final = 0.5
"""Of a word that merely says the same."""
PART: Final = 0.6
"""Of a name whose words are not all in the question; 'name' of 'song name'."""
FIRST: Final = 0.55
"""Of a table by the first word of its name, and of a column whose last word says little: exam_result, grade_level."""
_GENERAL: Final = frozenset(
    {"level", "code", "number", "type", "date", "status", "value", "amount", "count", "description"}
)
_KEYS: Final = frozenset({"id", "number", "code", "no"})
_COMMENT: Final = 0.7
_SURE: Final = 0.8
"""Of a word that a name may be short for: its first senses."""
_SHORTENED: Final = 0.95
"""Of a name that is short for the word: sch, tchr."""
_NOUNS: Final[Mapping[str, str]] = {
    "born": "birth",
    "be born": "birth",
    "die": "death",
    "founded": "found",
    "piece": "quantity",
    "weigh": "weight",
}
"""What columns call that which questions say with a verb."""
_ANYBODY: Final = frozenset({"person", "people", "human", "individual"})
_PEOPLE: Final = frozenset(
    [
        "employee",
        "student",
        "player",
        "member",
        "customer",
        "client",
        "guest",
        "patient",
        "passenger",
        "visitor",
        "user",
    ]
)
"""Tables of people, who are people in questions too."""
_PARTICIPLES: Final = ("ed", "id", "ld", "ft", "nt", "pt", "ght")
"""Endings of words in names that questions say with a verb: returned, paid, sold."""


class SchemaWords:
    """The words of the names of one database."""

    def __init__(self, catalog: Catalog) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._comments: dict[str, frozenset[str]] = {}
        for table in catalog.tables.values():
            self._names[table.name] = name_words(table.name)
            self._comments[table.name] = _spoken(table.comment.values())
            for column in table.columns:
                parts = name_words(column.name)
                # the table's name in front of a column's says nothing: singer.singer_name
                own = self._names[table.name]
                short = parts[len(own) :] if parts[: len(own)] == own and len(parts) > len(own) else parts
                short = short[1:] if short[0] in FLAGS and len(short) > 1 else short  # has_roof is the roof
                self._names[column.path] = short or parts
                self._comments[column.path] = _spoken(column.comment.values())

    def is_named(self, word: str) -> bool:
        """Whether a name has a word."""
        return word in self._by_word

    def is_table(self, text: str) -> bool:
        """Whether words are the whole name of a table: adverse events are rows, even if it is a reason, too."""
        said = tuple(singular(word.folded) for word in words(text))
        return any(names == said for path, names in self._names.items() if "." not in path)

    def is_thing(self, word: str) -> bool:
        """Whether a table or a column that is no key has a word: MgrNo is no manager."""
        return any("." not in path or self._names[path][-1] not in _KEYS for path, _ in self._by_word.get(word, ()))

    def length(self, path: str) -> int:
        """The words of a name."""
        return len(self._names[path])

    def score(self, path: str, said: Mapping[str, float]) -> float:
        """How surely a table or column is meant by the words of its name that are said."""
        names = self._names[path]
        whole = sum(said.get(name, 0.0) for name in names) / len(names)
        if len(names) > 1 and names[-1] in UNITS.values():  # the area in hectares is the area
            whole = max(whole, sum(said.get(name, 0.0) for name in names[:-1]) / (len(names) - 1))
        head = said.get(names[-1], 0.0)
        first = said.get(names[0], 0.0) if "." not in path or names[-1] in _GENERAL else 0.0
        return max(whole, PART * head, FIRST * first)

    def meant(self, part: Part) -> Iterable[tuple[str, str, float]]:
        """Tables and columns, the word of their name, and how surely it is said."""
        is_whole = part.english[:1] and shapes(part.english[0])
        for lemma, score in self._forms(part).items():
            for path, name in self._by_word.get(lemma, ()):
                yield path, name, score
            for short in self._short:
                if score >= _SURE and not is_whole and abbreviates(short, lemma):
                    for path, name in self._by_word[short]:
                        yield path, name, score * _SHORTENED
            for path in self._by_comment.get(lemma, ()):
                yield path, self._names[path][-1], score * _COMMENT

    def _forms(self, part: Part) -> dict[str, float]:
        """The words that a part may be in a name, and how surely."""
        forms: dict[str, float] = dict.fromkeys((singular(word) for word in part.folded), 1.0)
        if part.english == part.folded and part.english[0].endswith("ed"):
            forms[part.english[0].removesuffix("ed")] = _SURE
        forms |= {UNITS[word]: 1.0 for word in part.folded if len(word) > 1 and word in UNITS}
        senses = () if part.english[:1] and part.english[0] in _SMALL_WORDS else part.english[:SENSES]
        for place, english in enumerate(senses):
            for word in map(singular, _NOUNS.get(english, english).split()):
                forms[word] = max(forms.get(word, 0.0), 1.0 - 0.05 * place)
            for other in () if shapes(english) else near(english):
                for word in other.split():
                    forms.setdefault(word, NEAR)
        if part.english[:1] and part.english[0] in _ANYBODY and len(self._persons) == 1:
            forms[self._persons[0]] = 1.0
        return {word: score for word, score in forms.items() if word not in _SMALL_WORDS}

    @cached_property
    def _persons(self) -> list[str]:
        """What people are in this database."""
        heads = {names[-1] for path, names in self._names.items() if "." not in path}
        return [head for head in heads if head in _PEOPLE]

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, parts in self._names.items():
            for part in parts:
                base = lemmas(part, "en")[:2] if part.endswith(_PARTICIPLES) else ()
                if "." not in path and part.endswith("ing"):
                    base = (*base, part.removesuffix("ing"))  # films that were not screened have no screening
                for form in dict.fromkeys((part, *base)):  # returned_on: return
                    found[form].append((path, part))
        return found

    @cached_property
    def _short(self) -> list[str]:
        """Words of names that are no words, and so may be short for one."""
        return [word for word in self._by_word if not is_known(word)]

    @cached_property
    def _by_comment(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, parts in self._comments.items():
            for part in parts:
                found[part].append(path)
        return found


def _spoken(comments: Iterable[str]) -> frozenset[str]:
    return frozenset(singular(word.folded) for comment in comments for word in words(comment))
