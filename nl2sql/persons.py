"""Names of persons in a question: which words are somebody's first or last name, in whatever script or case.

Names are no values (`values`): as labels they would claim ordinary words. Here only words with a capital are
looked up, and what a question makes of them is `semantics.reader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from nl2sql.catalog import SCHEMA, Catalog
from nl2sql.language import Language
from nl2sql.semantics.forms import ending_fits, nominatives
from nl2sql.text import Word, fold

NAMES = ("first_name", "last_name")
_TABLE = "employees"
_MOST = 50_000
"""Different names of a column; a company with more has them read by nobody."""
_SHORTEST = 3
"""Letters of a name that may have an ending."""


@dataclass(frozen=True)
class Person:
    """A word of a question that is a name."""

    start: int
    end: int
    readings: tuple[tuple[str, str], ...]
    """(first_name or last_name, the name as it is written in the database)."""


class Persons:
    """All first and last names.

    Args:
        names: the names of each column.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._readings: dict[str, list[tuple[str, str]]] = {}
        for column, values in names.items():
            for value in values:
                self._readings.setdefault(fold(value), []).append((column, value))

    @classmethod
    def read(cls, reader: Engine, catalog: Catalog) -> Persons:
        """Read the names that the reading role may see."""
        names: dict[str, Sequence[str]] = {}
        with reader.connect() as connection:
            for column in (name for name in NAMES if catalog.column(f"{_TABLE}.{name}") is not None):
                query = f"SELECT DISTINCT {column} FROM {SCHEMA}.{_TABLE} WHERE {column} IS NOT NULL LIMIT {_MOST + 1}"
                found = connection.execute(sa.text(query)).scalars().all()
                names[column] = () if len(found) > _MOST else sorted(found)
        return cls(names)

    def find(self, words: Sequence[Word], language: Language) -> tuple[Person, ...]:
        """The names in a question."""
        found = []
        for word in words:
            if word.is_suffix or not word.text[0].isupper():
                continue
            known = [self._readings[form] for form in _bases(word, language) if form in self._readings]
            # the longest form; but a Russian surname in another case may be a man's or a woman's
            readings = [reading for several in (known if language == "ru" else known[:1]) for reading in several]
            if readings:
                found.append(Person(word.start, word.end, tuple(dict.fromkeys(readings))))
        return tuple(found)


def _bases(word: Word, language: Language) -> Iterator[str]:
    """The names that a word may be a form of, itself first."""
    yield word.folded
    if language == "ru":
        yield from (fold(form) for form in nominatives(word.lower))
        return
    for cut in range(len(word.folded) - 1, _SHORTEST - 1, -1):
        ending = word.folded[cut:]
        if (ending == "s") if language == "en" else ending_fits(ending, language):
            yield word.folded[:cut]
