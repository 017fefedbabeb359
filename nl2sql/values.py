"""Value linking: which canonical values a question means, whatever the language, script or spelling.

The labels come from `clean.vocabulary`, which cleaning writes, and from the distinct values of short
columns. Columns that refer to the same key share their values: a city is one *domain*, named after the
column where it is defined (`locations.city`), wherever it is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlalchemy.engine import Connection, Engine

from nl2sql.catalog import SCHEMA, VOCABULARY, Catalog, Column, Table
from nl2sql.language import Language
from nl2sql.text import Word, fold, likeness, words

_MAX_DISTINCT = 2000
"""Values of a column beyond which it is free text (names of persons), not a list of values."""
_CLOSE = 0.02
"""Candidates this close in score are equally likely readings of the same words."""
_ACRONYM = 3
"""Labels in capitals up to this length count only as typed in capitals (IT is a department, it is not), unless they
have no vowel and so cannot be a word."""
_VOWELS = frozenset("aeiouy")
_SURE = 0.9
"""Likeness without errors: inflected, or in another script."""
_LIKELY = 0.7
"""Likeness of every word of a label."""
_PERSONAL = ("first_name", "patronymic", "last_name")
"""Names of persons are looked up in the database; as an index they would claim ordinary words."""
_NEAR = 50
"""Per cent of letters in common, to be worth a suggestion."""
_ALIKE = {"k": ("c", "q"), "s": ("c",), "v": ("w",), "f": ("p",), "d": ("j",), "i": ("y",), "u": ("w",)}
"""First letters of names that sound like another: Кристи is written with k."""
_NAMES = ("name", "code")
"""Columns beside a key that name the same thing."""


@dataclass(frozen=True)
class Link:
    """Words of a question that mean a value."""

    text: str
    """As asked."""
    domain: str
    """`table.column` where the values are defined."""
    value: str
    """Canonical."""
    score: float
    """1 is the very label; below 0.9 letters differ."""
    start: int
    end: int
    """Span in the question."""

    @property
    def is_certain(self) -> bool:
        """Whether only inflection, case or script differ from a label."""
        return self.score >= _SURE


@dataclass(frozen=True)
class _Label:
    parts: tuple[Word, ...]
    text: str
    domain: str
    value: str

    @property
    def is_acronym(self) -> bool:
        return len(self.parts) == 1 and len(self.text) <= _ACRONYM and self.text.isupper()


class Values:
    """All values that questions may name, by domain.

    Args:
        catalog: what may be asked about.
        labels: (`table.column`, canonical value, language, label), preferred labels first.
        ordinary: folded words that are never a value with a typing error ("kadar" is not Katar).
    """

    def __init__(
        self,
        catalog: Catalog,
        labels: Iterable[tuple[str, str, Language, str]],
        ordinary: frozenset[str] = frozenset(),
    ) -> None:
        self._ordinary = ordinary
        self._catalog = catalog
        self._names: dict[str, dict[str, dict[Language, str]]] = defaultdict(dict)
        self._labels: dict[str, list[_Label]] = defaultdict(list)
        terms = {fold(column.name) for column in catalog.columns()} | {fold(name) for name in catalog.tables}
        known: set[tuple[str, str, str]] = set()
        for path, value, language, text in labels:
            domain = catalog.root(path)
            self._names[domain].setdefault(value, {}).setdefault(language, text)
            parts = tuple(words(text))
            key = (domain, value, " ".join(part.lower for part in parts))
            # a label that is a word of the schema (project, leave) says nothing about a value
            other = {catalog.root(term) for term in catalog.described_by(fold(text))} - {domain}
            if not parts or key in known or len(text) == 1 or fold(text) in terms or other:
                continue
            known.add(key)
            self._labels[parts[0].folded[:1]].append(_Label(parts, text, domain, value))

    @classmethod
    def read(cls, reader: Engine, catalog: Catalog, ordinary: frozenset[str] = frozenset()) -> Values:
        """Read the distinct values of text columns that are lists, and their labels in the vocabulary."""
        labels: list[tuple[str, str, Language, str]] = []
        with reader.connect() as connection:
            for table in catalog.tables.values():
                if table.is_view:
                    continue
                keys = catalog.keys(table)
                for column in table.columns:
                    names_a_key = bool(keys) and column.name in _NAMES and column.path not in keys
                    if column.type == "text" and column.references is None and not names_a_key:
                        labels += _distinct(connection, table, column)
                labels += _names_of_keys(connection, catalog, table)
            query = f"SELECT column_name, value, language, label FROM {SCHEMA}.{VOCABULARY} ORDER BY 1, 2, 3, observed, length(label) DESC, 4"
            spellings = [(row[0], row[1], row[2], row[3]) for row in connection.execute(sa.text(query))]
        return cls(catalog, [*(row for row in spellings if catalog.column(row[0])), *labels], ordinary)

    @property
    def domains(self) -> dict[str, frozenset[str]]:
        """The canonical values of every domain."""
        return {domain: frozenset(names) for domain, names in self._names.items()}

    @property
    def size(self) -> int:
        """Number of labels."""
        return sum(len(labels) for labels in self._labels.values())

    def is_choice(self, domain: str) -> bool:
        """Whether the values are ordinary words (active, annual, F), which a question may use in passing."""
        return all(len(value) == 1 or value.islower() for value in self._names[domain])

    def domain(self, path: str) -> str:
        """Where the values of a column are defined."""
        return self._catalog.root(path)

    def is_about(self, path: str, domain: str) -> bool:
        """Whether the table of a column or the table itself, as a term names it, has values of a domain."""
        names = {path.partition(".")[0], self._catalog.root(path).partition(".")[0]}
        tables = (self._catalog.tables[name] for name in names if name in self._catalog.tables)
        return any(self._catalog.root(column.path) == domain for table in tables for column in table.columns)

    def of(self, path: str) -> frozenset[str] | None:
        """The canonical values of a column, or `None` if it is not a list of values."""
        names = self._names.get(self._catalog.root(path))
        return None if names is None else frozenset(names)

    def name(self, domain: str, value: str, language: Language) -> str:
        """How a value is called in a language."""
        names = self._names.get(domain, {}).get(value, {})
        return names.get(language, value)

    def link(self, question: list[Word]) -> list[Link]:
        """The values that a question names; words with several equally likely readings give several links."""
        found: list[Link] = []
        for start in range(len(question)):
            found += self._links_at(question, start)
        taken: list[Link] = []
        # longest first: "Moscow Metro Line" is a project, not the city
        for link in sorted(found, key=lambda link: (link.start - link.end, -link.score)):
            rivals = [other for other in taken if other.start < link.end and link.start < other.end]
            if any((other.domain, other.value) == (link.domain, link.value) for other in rivals):
                continue
            same = [other for other in rivals if (other.start, other.end) == (link.start, link.end)]
            if not rivals or (len(same) == len(rivals) and link.score >= same[0].score - _CLOSE):
                taken.append(link)
        return sorted(taken, key=lambda link: (link.start, -link.score, link.domain))

    def resolve(self, path: str, text: str) -> tuple[str, float] | None:
        """The canonical value of a column that a text means, with its score."""
        domain = self._catalog.root(path)
        parts = words(text)
        links = [link for link in self.link(parts) if link.domain == domain]
        whole = [link for link in links if parts and (link.start, link.end) == (parts[0].start, parts[-1].end)]
        return (whole[0].value, whole[0].score) if whole else None

    def nearest(self, text: str, language: Language, *, path: str | None = None, count: int = 3) -> list[str]:
        """Names of the values that look most like a text, for whoever asked for one that does not exist."""
        domain = None if path is None else self._catalog.root(path)
        labels = {
            (label.domain, label.value, fold(label.text)): fold(label.text)
            for members in self._labels.values()
            for label in members
            if domain in (None, label.domain) and not self.is_choice(label.domain)
        }
        best = process.extract(fold(text), labels, scorer=fuzz.ratio, limit=3 * count, score_cutoff=_NEAR)
        names = [self.name(found_domain, value, language) for _, _, (found_domain, value, _) in best]
        return list(dict.fromkeys(names))[:count]

    def _links_at(self, question: list[Word], start: int) -> Iterator[Link]:
        first = question[start]
        if first.is_suffix:
            return
        letter = first.folded[:1]
        for label in (label for each in (letter, *_ALIKE.get(letter, ())) for label in self._labels.get(each, ())):
            score, end = _match(question, start, label)
            misread = score < _SURE and any(word.folded in self._ordinary for word in question[start:end])
            if score >= _LIKELY and not misread:
                text = " ".join(word.text for word in question[start:end])
                yield Link(text, label.domain, label.value, score, first.start, question[end - 1].end)


def _match(question: list[Word], start: int, label: _Label) -> tuple[float, int]:
    """Likeness of a label with the words from `start`, and the index after the last one."""
    scores: list[tuple[float, int]] = []
    position = start
    for part in label.parts:
        if position >= len(question):
            return 0.0, position
        score = likeness(question[position], part)
        if score < _LIKELY or (label.is_acronym and not _is_acronym(question[position])):
            return 0.0, position
        scores.append((score, len(part.folded)))
        position += 1
    letters = sum(length for _, length in scores)
    return sum(score * length for score, length in scores) / max(letters, 1), position


def _is_acronym(word: Word) -> bool:
    return word.text == word.text.upper() or not _VOWELS.intersection(word.folded)


def _distinct(connection: Connection, table: Table, column: Column) -> list[tuple[str, str, Language, str]]:
    query = f"SELECT DISTINCT {column.name} FROM {SCHEMA}.{table.name} WHERE {column.name} IS NOT NULL"
    found = connection.execute(sa.text(f"{query} LIMIT {_MAX_DISTINCT + 1}")).scalars().all()
    if len(found) > _MAX_DISTINCT or column.name in _PERSONAL:
        return []
    return [(column.path, value, "en", value) for value in sorted(found)]


def _names_of_keys(connection: Connection, catalog: Catalog, table: Table) -> list[tuple[str, str, Language, str]]:
    found: list[tuple[str, str, Language, str]] = []
    for path in sorted(catalog.keys(table)):
        key = path.partition(".")[2]
        for name in (column.name for column in table.columns if column.name in _NAMES and column.name != key):
            rows = connection.execute(sa.text(f"SELECT {key}, {name} FROM {SCHEMA}.{table.name} ORDER BY 1"))
            found += [(path, row[0], "en", row[1]) for row in rows if isinstance(row[0], str)]
    return found
