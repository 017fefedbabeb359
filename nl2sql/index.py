"""Everything about a database that questions are answered with, read once and searched for every question.

What each part holds and finds belongs in its own module; here they are put together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Engine

from nl2sql import examples, prompt
from nl2sql.anywhere.facts import informed
from nl2sql.anywhere.inspect import inspect_database
from nl2sql.anywhere.labels import labels
from nl2sql.anywhere.linking import Linker
from nl2sql.anywhere.samples import Samples, sample
from nl2sql.catalog import Catalog
from nl2sql.dialects import TITLES
from nl2sql.examples import Example
from nl2sql.grounding import Asked
from nl2sql.language import Language
from nl2sql.persons import Persons
from nl2sql.retrieval import Retriever
from nl2sql.text import words
from nl2sql.thesaurus import ordinary
from nl2sql.values import Values


@dataclass(frozen=True)
class Foreign:
    """What is known of a database that nobody described."""

    linker: Linker
    samples: Samples

    @property
    def shown(self) -> dict[str, tuple[str, ...]]:
        """Values to show the model, by `table.column`."""
        return {**self.samples.values, **self.samples.some}


@dataclass(frozen=True)
class Index:
    """Everything about a database that questions are answered with."""

    catalog: Catalog
    values: Values
    examples: tuple[Example, ...]
    retriever: Retriever | None
    """None where there are no examples."""
    prefix: str
    """The part of the prompt that is the same for every question."""
    known_words: frozenset[str]
    """Folded words of the examples: no names."""
    foreign: Foreign | None = None
    """Of a database that nobody described; there are no examples then."""
    persons: Persons = field(default_factory=lambda: Persons({}))
    """Names of persons, which are no values."""

    def asked(self, text: str, language: Language) -> Asked:
        """What is understood of a question before anything is made of it."""
        parts = words(text)
        found = self.persons.find(parts, language)
        return Asked(tuple(parts), tuple(self.values.link(parts)), tuple(self.catalog.terms(parts)), found)

    @property
    def title(self) -> str:
        """What the model knows the database's dialect as."""
        return TITLES[self.catalog.dialect]

    @property
    def shown(self) -> dict[str, tuple[str, ...]]:
        """Values that may be shown to a model, by `table.column`."""
        if self.foreign is not None:
            return self.foreign.shown
        return {column.path: tuple(sorted(self.values.of(column.path) or ())) for column in self.catalog.columns()}

    @property
    def stats(self) -> dict[str, int]:
        """Sizes, for a report."""
        return {
            "tables": len(self.catalog.tables),
            "columns": sum(1 for _ in self.catalog.columns()),
            "values": sum(len(values) for values in self.values.domains.values()),
            "labels": self.values.size,
            "examples": sum(len(texts) for example in self.examples for texts in example.questions.values()),
        }


def build_index(reader: Engine, folder: Path | None = None, *, learnt: Sequence[Example] = ()) -> Index:
    """Read what may be asked about, and make it searchable.

    Args:
        reader: connections of the reading role; what it cannot see does not exist.
        folder: where to write `index.json`, a summary for people; nothing if `None`.
        learnt: examples that people confirmed here (`memory.learnt`); they go before those of the package.
    """
    catalog = Catalog.read(reader)
    packaged = examples.load()
    known = (*learnt, *packaged)
    asked = (text for example in packaged for texts in example.questions.values() for text in texts)
    spoken = frozenset(word.folded for text in asked for word in words(text))
    values = Values.read(reader, catalog, spoken)
    prefix = prompt.prefix(catalog, values, known)
    persons = Persons.read(reader, catalog)
    index = Index(catalog, values, known, Retriever(known), prefix, spoken, persons=persons)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        domains = {domain: sorted(members) for domain, members in values.domains.items()}
        summary = {"stats": index.stats, "prompt": index.prefix, "values": domains}
        (folder / "index.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    return index


def index_anywhere(reader: Engine, folder: Path | None = None) -> Index:
    """Read a database that nobody described, and make it searchable.

    Args:
        reader: connections that cannot write, as of `connect.open_reader`.
        folder: where samples of its values are kept until its tables change; nothing is if `None`.

    Raises:
        AskError: there is no table to ask about.
    """
    catalog = inspect_database(reader)
    samples = sample(reader, catalog, folder)
    catalog = informed(catalog, samples)
    values = Values(catalog, labels(samples.values, catalog), ordinary())
    return Index(catalog, values, (), None, "", frozenset(), Foreign(Linker(catalog, values), samples))
