"""What may be asked about: tables and columns as the reading role sees them, described in three languages.

Nothing is written down here a second time: names, types, keys and descriptions are read from the
database, so a column that the role may not read does not exist for the question engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
import sqlglot
from sqlalchemy.engine import Engine
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from nl2sql import lineage
from nl2sql.dialects import exact
from nl2sql.language import LANGUAGES, Language
from nl2sql.text import Word, is_foreign, likeness, words

SCHEMA = "clean"
MAIN_VIEW = "staff"
VOCABULARY = "vocabulary"
"""Spellings of values; read by `values`, not asked about."""
CATALOGUE = "catalogue"
"""Descriptions of columns for people; not asked about."""

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type,
       col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position) AS comment
FROM information_schema.columns c
WHERE c.table_schema = :schema AND has_column_privilege(
    format('%I.%I', c.table_schema, c.table_name)::regclass, c.column_name, 'SELECT')
ORDER BY c.table_name, c.ordinal_position
"""
_TABLES = """
SELECT relname, obj_description(oid, 'pg_class') AS comment, relkind = 'v' AS is_view
FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind IN ('r', 'v', 'p')
"""
_VIEWS = """
SELECT viewname, definition FROM pg_views
WHERE schemaname = :schema AND has_any_column_privilege(format('%I.%I', schemaname, viewname)::regclass, 'SELECT')
"""
_KEYS = """
SELECT k.conrelid::regclass::text AS table_name, a.attname AS column_name,
       k.confrelid::regclass::text AS other_table, b.attname AS other_column
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.connamespace = CAST(:schema AS regnamespace)
"""
_MIN_TERM = 3
"""Letters of a term; shorter words of descriptions say nothing about a question."""
_SURE = 0.9
"""Likeness of a term: inflected, but without typing errors."""


@dataclass(frozen=True)
class Column:
    """One readable column."""

    table: str
    name: str
    type: str
    """As PostgreSQL names it, for example `numeric`."""
    comment: dict[Language, str]
    references: str | None
    """`table.column` that has the same values: a foreign key's target, or what a view shows."""
    is_key: bool = False
    """Whether it is the primary key, or a part of it; known of inspected databases only."""
    yes_no: tuple[str, str] | None = None
    """How it says yes and no, as literals, if it says nothing else; known of inspected databases only."""
    has_gaps: bool = False
    """Whether rows lack it; known of inspected databases only."""

    @property
    def path(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Table:
    """One readable table or view."""

    name: str
    comment: dict[Language, str]
    columns: tuple[Column, ...]
    is_view: bool
    rows: int | None = None
    """Rows, as far as they were counted."""


@dataclass(frozen=True)
class Term:
    """A word of a question and the column or table that it describes."""

    text: str
    path: str


@dataclass(frozen=True, eq=False)
class Catalog:
    """Everything that may be asked about."""

    tables: dict[str, Table]
    dialect: str = "postgres"
    """As sqlglot names it."""
    schema: str | None = SCHEMA
    """What the tables are in; `None` where the database has no schemas or does not need their name."""

    @classmethod
    def read(cls, reader: Engine) -> Catalog:
        """Read what the role of this engine may see."""
        with reader.connect() as connection:
            bound = {"schema": SCHEMA}
            columns = connection.execute(sa.text(_COLUMNS), bound).all()
            tables = {row.relname: row for row in connection.execute(sa.text(_TABLES), bound)}
            keys = {
                (_bare(row.table_name), row.column_name): f"{_bare(row.other_table)}.{row.other_column}"
                for row in connection.execute(sa.text(_KEYS), bound)
            }
            for row in connection.execute(sa.text(_VIEWS), bound):
                keys |= {(row.viewname, name): path for name, path in _shown(row.definition).items()}
        found: dict[str, list[Column]] = {}
        for row in columns:
            if row.table_name not in (VOCABULARY, CATALOGUE):
                key = keys.get((row.table_name, row.column_name))
                column = Column(row.table_name, row.column_name, row.data_type, described(row.comment), key)
                found.setdefault(row.table_name, []).append(column)
        return cls(
            {
                name: Table(name, described(tables[name].comment), tuple(members), tables[name].is_view)
                for name, members in found.items()
            }
        )

    @cached_property
    def as_known(self) -> MappingSchema:
        """The same for sqlglot, which resolves names by it."""
        tables: dict[str, object] = {
            table.name: {column.name: _known_type(column.type) for column in table.columns}
            for table in self.tables.values()
        }
        return MappingSchema({self.schema: tables} if self.schema else tables, dialect=exact(self.dialect))

    @cached_property
    def main_tables(self) -> tuple[Table, ...]:
        """Views first, then the tables that say more than the views show of them."""
        shown = {column.references for table in self.tables.values() if table.is_view for column in table.columns}
        views = [table for table in self.tables.values() if table.is_view]
        others = [
            table
            for table in self.tables.values()
            if not table.is_view and any(column.path not in shown for column in table.columns if not _is_number(column))
        ]
        return tuple(sorted((*views, *others), key=_rank))

    def columns(self) -> Iterator[Column]:
        """All columns."""
        for table in self.tables.values():
            yield from table.columns

    def column(self, path: str) -> Column | None:
        """The column `table.column`, if it may be read."""
        table, _, name = path.partition(".")
        members = self.tables[table].columns if table in self.tables else ()
        return next((column for column in members if column.name == name), None)

    def root(self, path: str) -> str:
        """The column at the end of the foreign keys: where the values of this one are defined."""
        column = self.column(path)
        return path if column is None or column.references is None else self.root(column.references)

    def keys(self, table: Table) -> frozenset[str]:
        """The columns of a table that foreign keys point to."""
        return frozenset(column.path for column in table.columns) & self._referenced

    @cached_property
    def _referenced(self) -> frozenset[str]:
        return frozenset(
            column.references
            for table in self.tables.values()
            if not table.is_view
            for column in table.columns
            if column.references
        )

    def terms(self, question: list[Word]) -> list[Term]:
        """Words of the question that describe a column or a table; views and columns come before tables."""
        found: dict[str, Term] = {}
        for word in question:
            path = self._described(word)
            if path is not None:
                found.setdefault(path, Term(word.text, path))
        return list(found.values())

    def _described(self, word: Word) -> str | None:
        """What a word is the term of; a foreign name sounds alike, all others begin with the same letter."""
        terms = self._dictionary if is_foreign(word) else self._by_letter.get(word.folded[:1], ())
        return next((path for known, path in terms if likeness(word, known) >= _SURE), None)

    def described_by(self, word: str) -> frozenset[str]:
        """The columns and tables whose descriptions have this very word, folded, as a term."""
        return self._by_word.get(word, frozenset())

    @cached_property
    def _by_word(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for word, path in self._dictionary:
            found.setdefault(word.folded, set()).add(path)
        return {word: frozenset(paths) for word, paths in found.items()}

    @cached_property
    def _by_letter(self) -> dict[str, list[tuple[Word, str]]]:
        found: dict[str, list[tuple[Word, str]]] = {}
        for word, path in self._dictionary:
            found.setdefault(word.folded[:1], []).append((word, path))
        return found

    @cached_property
    def _dictionary(self) -> list[tuple[Word, str]]:
        entries: list[tuple[Word, str]] = []
        for table in sorted(self.tables.values(), key=_rank):
            described = [*((column.path, column.comment) for column in table.columns), (table.name, table.comment)]
            for path, comment in described:
                for phrase in re.split(r"[,:;]", ",".join(comment.values())):
                    parts = words(phrase)
                    if len(parts) == 1 and len(parts[0].folded) >= _MIN_TERM:
                        entries.append((parts[0], path))
        return entries


def _known_type(name: str) -> str:
    """A type that sqlglot knows; of databases that have others, text."""
    return name if name.replace(" ", "").isalpha() else "text"


def _rank(table: Table) -> tuple[bool, bool, str]:
    """Views first, and among them `staff`: what is said of people is said of those who work here."""
    return not table.is_view, table.name != MAIN_VIEW, table.name


def _is_number(column: Column) -> bool:
    """Whether it only numbers rows or points to those of another table."""
    return column.name.endswith("_id")


def _shown(definition: str) -> dict[str, str]:
    scope = build_scope(sqlglot.parse_one(definition, dialect="postgres"))
    return {} if scope is None else lineage.shown(scope)


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"')


def described(comment: str | None) -> dict[Language, str]:
    """Split 'English | Turkish | Russian'; what is missing is said in English."""
    parts = [part.strip() for part in (comment or "").split("|")]
    return {language: parts[min(number, len(parts) - 1)] for number, language in enumerate(LANGUAGES)}
