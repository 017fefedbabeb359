"""Which words of a question are values of a database that nobody described.

Names are found by `values`; here also ordinary words that are a value in another form (iptal edilen: cancelled), what
people of a gender are called, and words whose short form is a value (goalkeepers: GK).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

from nl2sql.anywhere.demonyms import ADJECTIVES, COUNTRIES
from nl2sql.anywhere.naming import is_skeleton, name_words
from nl2sql.anywhere.parts import Part, shapes
from nl2sql.anywhere.schema_words import SENSES, SchemaWords
from nl2sql.lexicon import lemmas
from nl2sql.text import Word
from nl2sql.values import Link, Values

_LIKE: Final = 0.92
"""Of an ordinary word that is a value in another form: certain, but not its name."""
_LETTERS: Final = 3
"""Of an ordinary word that is a value."""
_GENDERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("f", "female", "woman", "w"), ("female", "woman", "girl")),
    **dict.fromkeys(("m", "male", "man"), ("male", "man", "boy")),
}
"""How people of a gender are called."""
_CODED: Final = 4
"""Letters of a code at most, and of a word that it stands for at least."""
_CODED_SENSES: Final = 2
_FEW_CODES: Final = 12
_DIRECTIONS: Final = {f"{word}ern": (word,) for word in ("north", "south", "east", "west")}
_RUSSIAN_ADJECTIVE: Final = re.compile(r"(\w{3,}?)ь?ск(?:ий|ого|ому|им|ом|ая|ой|ую|ое|ие|их|ими)")
_NAME_ENDINGS: Final = ("", "а", "ь", "я", "ия", "и", "о")
"""What names of places may end with where their adjectives do not: казанский, Казань."""
_FEW: Final = 30
"""Values of a column whose values are ordinary words."""


class ValueWords:
    """The values of one database.

    Args:
        values: by their names.
        names: of its tables and columns; a word that is one of them is no value.
        keys: columns that tie tables; nobody calls things by a code in them that only looks like a word.
    """

    def __init__(self, values: Values, names: SchemaWords, keys: Collection[str]) -> None:
        self._values, self._names, self._keys = values, names, keys

    def links(self, question: Sequence[Word], parts: Sequence[Part]) -> tuple[Link, ...]:
        """Values by their names, and ordinary words that are a value: iptal edilen, отменённых and cancelled."""
        shaping = {part.start for part in parts if part.english[:1] and shapes(part.english[0])}
        found = [
            link for link in self._values.link(list(question)) if link.start not in shaping and not _is_flag(link.value)
        ]
        called = {part.start: part.english for part in parts if self._is_named(part)}
        # a teacher may be the value 'lecturer' of a title, but the table of teachers is nearer
        found = [link for link in found if link.value.lower() not in called.get(link.start, ())]
        found = [link for link in found if not any(self._is_torn(link, part) for part in parts)]
        for part in parts:
            taken = any(link.start < part.end and part.start < link.end for link in found)
            if taken or part.start in shaping or self._is_named(part):
                continue
            for english in [form for sense in part.english[:SENSES] for form in (sense, *_of_country(sense.lower()))]:
                known = self._ordinary_values.get(english.lower(), ())
                if known and (
                    part.english[0][0].isupper()
                    or any(len(self._values.domains[domain]) <= _FEW for domain, _ in known)
                ):
                    found += [Link(part.text, domain, value, _LIKE, part.start, part.end) for domain, value in known]
                    break
            else:
                found += self._coded(part) or self._place(part)
        return tuple(sorted(found, key=lambda link: (link.start, -link.score)))

    def is_value(self, english: str) -> bool:
        """Whether a dictionary word is a value."""
        return english.lower() in self._ordinary_values

    def _is_named(self, part: Part) -> bool:
        """Whether a part may name a table or column."""
        return any(self._names.is_thing(word) for sense in part.english[:SENSES] for word in sense.split())

    def _is_torn(self, link: Link, part: Part) -> bool:
        """Whether a value is only a piece of what names a column: the family in first and family name."""
        inside = part.start <= link.start and link.end <= part.end and link.end - link.start < part.end - part.start
        if not inside or not self._is_named(part):
            return False
        said = {word for english in part.english for word in english.split()}
        return not said & set(link.value.lower().split())

    def _coded(self, part: Part) -> list[Link]:
        """A word whose short form is a value, of one column only: goalkeepers are GK, private is PRV."""
        if any(map(shapes, part.english[:_CODED_SENSES])):
            return []
        meant = {
            (domain, code)
            for english in part.english[:_CODED_SENSES]
            if english.isalpha() and len(english) >= _CODED
            for domain, codes in self._codes.items()
            for code in codes
            if _is_short(code.lower(), english)
        }
        if len(meant) != 1:
            return []
        ((domain, code),) = meant
        return [Link(part.text, domain, code, _LIKE, part.start, part.end)]

    def _place(self, part: Part) -> list[Link]:
        """The place that a Russian adjective is made of: стамбульский is of Istanbul."""
        adjective = _RUSSIAN_ADJECTIVE.fullmatch(part.text.lower())
        if adjective is None or part.english:
            return []
        names = [english for ending in _NAME_ENDINGS for english in lemmas(adjective[1] + ending, "ru")[:1]]
        known = next((found for name in names if (found := self._ordinary_values.get(name.lower()))), [])
        return [Link(part.text, domain, value, _LIKE, part.start, part.end) for domain, value in known]

    @cached_property
    def _codes(self) -> dict[str, tuple[str, ...]]:
        """The values of columns that have a few codes in capitals."""
        return {
            domain: tuple(values)
            for domain, values in self._values.domains.items()
            if domain not in self._keys
            and 1 < len(values) <= _FEW_CODES
            and all(value.isupper() and value.isalpha() and 1 < len(value) <= _CODED for value in values)
        }

    @cached_property
    def _ordinary_values(self) -> dict[str, list[tuple[str, str]]]:
        """English dictionary words that are values of columns with few of them."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for domain, values in self._values.domains.items():
            for value in values:
                found[value.lower()].append((domain, value))
            column = name_words(domain.partition(".")[2])
            if "gender" in column:
                for value in values:
                    for english in _GENDERS.get(value.lower(), ()):
                        found[english].append((domain, value))
            if len(values) <= _FEW:
                for value in values:
                    for english in (
                        _verb_forms(value.lower())
                        if value.isalpha() and len(value) >= _LETTERS and not value.isupper()
                        else ()
                    ):
                        if not self._names.is_named(english):
                            found[english].append((domain, value))
        return found


def _of_country(word: str) -> tuple[str, ...]:
    """American and USA, France and French, northern and north."""
    return COUNTRIES.get(word, ()) or ADJECTIVES.get(word, ()) or _DIRECTIONS.get(word, ())


def _is_flag(value: str) -> bool:
    """Whether a value only says yes or no, of whatever its column is about."""
    return value.lower() in {"yes", "no", "true", "false", "y", "n", "t", "f"}


def _verb_forms(word: str) -> tuple[str, ...]:
    """What a participle may come from: cancelled and cancel, delayed and delay, retired and retire."""
    found = [word, *lemmas(word, "en")[:1]]
    found += [word.removesuffix(ending) for ending in ("led", "ed", "d", "ing") if word.endswith(ending)]
    return tuple(dict.fromkeys(form for form in found if len(form) >= _LETTERS))


def _is_short(code: str, english: str) -> bool:
    return (len(code) >= _LETTERS and english.startswith(code)) or is_skeleton(code, english)
