"""What the words of a question are in a database: tables, columns and values, whatever the language.

Words of names are `schema_words`, values `value_words`; here both are found for one question and weighed against each
other. What of the database is then told to the model is `narrowing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nl2sql.anywhere.cues import MONTHS, NUMBERS
from nl2sql.anywhere.figures import words_and_figures
from nl2sql.anywhere.parts import Part, parts_of, shapes
from nl2sql.anywhere.schema_words import FIRST, NEAR, PART, SENSES, SchemaWords
from nl2sql.anywhere.value_words import ValueWords
from nl2sql.catalog import Catalog
from nl2sql.language import Language
from nl2sql.text import words
from nl2sql.thesaurus import is_verb
from nl2sql.values import Link, Values

_OWN_TABLE: Final = 0.5
"""More for columns of tables that the question names: the age in 'age of singers' is the singers'."""
ALIKE: Final = 4
"""Letters that a name and its form in another language have in common."""


@dataclass(frozen=True)
class Linked:
    """What is known of a question's words."""

    parts: tuple[Part, ...]
    values: tuple[Link, ...]
    scores: Mapping[str, float]
    """`table` or `table.column` -> how surely it is meant."""
    hints: tuple[tuple[str, str], ...]
    """Words of the question, and the table or column that they are."""
    paths: Mapping[int, tuple[str, ...]]
    """Start of a part -> the tables and columns that it may name, the likeliest first."""


class Linker:
    """Links questions with one database.

    Args:
        catalog: its tables.
        values: its values.
    """

    def __init__(self, catalog: Catalog, values: Values) -> None:
        self._tables = frozenset(catalog.tables)
        self._names = SchemaWords(catalog)
        keys = frozenset(column.path for column in catalog.columns() if column.is_key or column.references)
        self._values = ValueWords(values, self._names, keys)

    def link(self, text: str, language: Language) -> Linked:
        """Everything that the words of a question may be."""
        question = words_and_figures(text, language)
        said_parts = tuple(
            self._without_denial(known)
            for part in parts_of(question, language)
            for known in self._apart(part, language)
        )
        links = tuple(link for link in self._values.links(question, said_parts) if not self._names.is_table(link.text))
        taken = [link for link in links if link.is_certain]
        free = [part for part in said_parts if not any(link.start <= part.start < link.end for link in taken)]
        found: dict[str, dict[str, float]] = defaultdict(dict)  # path -> word of its name -> how sure
        said: dict[str, list[str]] = defaultdict(list)
        support: dict[tuple[int, str], float] = defaultdict(float)  # what one part says of a name
        strength: dict[tuple[int, str], float] = defaultdict(float)
        for part in free:
            for path, name, score in self._names.meant(part):
                support[part.start, path] += score / self._names.length(path)
                strength[part.start, path] = max(strength[part.start, path], score)
                if score > found[path].get(name, 0.0):
                    found[path][name] = score
                if part.text not in said[path]:
                    said[path].append(part.text)
        scores = {path: self._names.score(path, parts) for path, parts in found.items()}
        owners = {link.domain.partition(".")[0] for link in taken}
        for path in list(scores):
            table, _, column = path.partition(".")
            if column and (scores.get(table, 0.0) >= PART or table in owners):
                scores[path] += _OWN_TABLE
        for link in links:
            scores[link.domain] = max(scores.get(link.domain, 0.0), link.score)
        paths = {
            part.start: tuple(sorted(here, key=lambda path: -scores[path] - support[part.start, path]))
            for part in free
            if (here := self._named([path for path, texts in said.items() if part.text in texts], scores))
        }
        for start, named in paths.items():  # grades are no scores where there are scores
            paths[start] = tuple(path for path in named if strength[start, path] > NEAR) or named
        return Linked(said_parts, links, scores, tuple(self._hints(scores, said)), paths)

    def _named(self, paths: Sequence[str], scores: Mapping[str, float]) -> list[str]:
        """The tables and columns that one part names; a movie is a film only where nothing else is one."""
        near = [path for path in paths if path in self._tables and scores[path] >= NEAR]
        return [path for path in paths if scores[path] >= FIRST] or near

    def _apart(self, part: Part, language: Language) -> Sequence[Part]:
        """The words of an expression that is nothing here: a schema may have only them."""
        if (
            len(part.folded) == 1
            or any(map(is_verb, part.english[:1]))
            or any(
                shapes(english) or english in NUMBERS or english in MONTHS or self._values.is_value(english)
                for english in part.english
            )
            or any(self._names.meant(part))
        ):
            return [part]
        inside = [replace(word, start=word.start + part.start, end=word.end + part.start) for word in words(part.text)]
        if inside[-1].end != part.end:
            return [part]
        return [*parts_of(inside[:-1], language), *parts_of(inside[-1:], language)]

    def _without_denial(self, part: Part) -> Part:
        """A word that denies one of the database's: unpaid, where fines are paid."""
        for english in part.english[:SENSES]:
            base = english.removeprefix("un").removeprefix("non")
            if base != english and self._names.is_named(base) and not self._names.is_named(english):
                return replace(part, english=(base, *part.english), is_denial=True)
        return part

    def _hints(self, scores: Mapping[str, float], said: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
        """The best path for every word, and those that are as good."""
        by_words: dict[str, list[str]] = defaultdict(list)
        for path, texts in said.items():
            for text in texts:
                by_words[text].append(path)
        for text, paths in by_words.items():
            best = max(scores[path] for path in paths)
            if best < PART:
                continue
            chosen = [path for path in paths if scores[path] >= best - 0.05]
            for path in sorted(chosen, key=lambda path: ("." in path, path))[:2]:
                yield text, path
