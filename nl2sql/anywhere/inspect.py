"""The catalogue of a database that nobody described: its own account of tables, columns, types and keys.

Everything goes through SQLAlchemy's inspector, so PostgreSQL, SQLite and SQL Server are read alike. Keys that
were never declared are guessed from names (`keys`); sampled values are `samples`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.types import TypeEngine

from nl2sql.anywhere.ddl_comments import ddl_comments
from nl2sql.anywhere.keys import guessed_keys
from nl2sql.catalog import Catalog, Column, Table, described
from nl2sql.dialects import dialect_of
from nl2sql.errors import AskError

_HIDDEN: Final = frozenset({"information_schema", "pg_catalog", "sys", "INFORMATION_SCHEMA", "guest"})
_TYPES: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (sa.types.Enum, "text"),
    (sa.types.String, "text"),
    (sa.types.Boolean, "boolean"),
    (sa.types.Integer, "integer"),
    (sa.types.Numeric, "numeric"),
    (sa.types.Float, "numeric"),
    (sa.types.DateTime, "timestamp"),
    (sa.types.Date, "date"),
    (sa.types.Time, "time"),
    (sa.types.Uuid, "uuid"),
)
"""In this order: an enumeration is a string, a big integer an integer."""


def inspect_database(engine: Engine, schema: str | None = None) -> Catalog:
    """Describe what may be read.

    Args:
        engine: connections that cannot write.
        schema: whose tables; the default one, or the only one that has tables, if `None`.

    Raises:
        AskError: there is no table to ask about.
    """
    inspector = sa.inspect(engine)
    dialect = dialect_of(engine)
    if schema is None and dialect != "sqlite":
        schema = _schema(inspector)
    tables = {
        name: Table(name, described(comment), columns, is_view=is_view)
        for name, comment, columns, is_view in _read(
            inspector, schema, ddl_comments(engine) if dialect == "sqlite" else {}
        )
        if columns
    }
    if not tables:
        where = f"schema {schema}" if schema else "database"
        raise AskError(f"The {where} has no table that may be read.")
    return Catalog(_with_keys(tables, dialect), dialect, schema)


def _with_keys(tables: dict[str, Table], dialect: str) -> dict[str, Table]:
    """The tables with the keys that their names tell of, where none was declared."""
    guessed = guessed_keys(tables, loose=dialect == "sqlite")
    return {
        name: replace(
            table,
            columns=tuple(
                replace(column, references=column.references or guessed.get(column.path)) for column in table.columns
            ),
        )
        for name, table in tables.items()
    }


def _schema(inspector: Inspector) -> str | None:
    default = inspector.default_schema_name
    names = [
        name for name in inspector.get_schema_names() if name not in _HIDDEN and not name.startswith(("pg_", "db_"))
    ]
    filled = [name for name in names if inspector.get_table_names(schema=name) or inspector.get_view_names(schema=name)]
    if default in filled or not filled:
        return default
    if len(filled) > 1:
        raise AskError(
            f"The schema {default} has no tables; there are {', '.join(filled)}. "
            "Make one the default of the user who reads, for example ALTER ROLE … SET search_path."
        )
    return filled[0]


def _read(
    inspector: Inspector, schema: str | None, written: Mapping[tuple[str, str], str]
) -> list[tuple[str, str | None, tuple[Column, ...], bool]]:
    views = set(inspector.get_view_names(schema=schema))
    everything: dict[str, Any] = {"schema": schema, "kind": ObjectKind.ANY}
    columns: Any = inspector.get_multi_columns(**everything)
    primary: Any = inspector.get_multi_pk_constraint(**everything)
    foreign: Any = inspector.get_multi_foreign_keys(**everything)
    try:
        comments: Any = inspector.get_multi_table_comment(**everything)
    except NotImplementedError:  # SQLite has none
        comments = {}
    found = []
    for key, members in columns.items():
        name = key[1]
        keys = set((primary.get(key) or {}).get("constrained_columns") or ())
        # one column only: a key of several says nothing of one of them alone
        references = {
            link["constrained_columns"][0]: (link["referred_table"], link["referred_columns"])
            for link in foreign.get(key) or ()
            if len(link["constrained_columns"]) == 1 and link.get("referred_schema") in (None, schema)
        }
        described_columns = tuple(
            Column(
                name,
                member["name"],
                _type(member["type"]),
                described(member.get("comment") or written.get((name, member["name"]))),
                _target(references.get(member["name"]), primary, schema),
                member["name"] in keys,
            )
            for member in members
        )
        found.append((name, (comments.get(key) or {}).get("text"), described_columns, name in views))
    return found


def _target(reference: tuple[str, list[str]] | None, primary: Any, schema: str | None) -> str | None:
    if reference is None:
        return None
    table, columns = reference
    # SQLite lets the column out where it is the primary key
    named = columns or (primary.get((schema, table)) or {}).get("constrained_columns") or []
    return f"{table}.{named[0]}" if named and named[0] else None


def _type(kind: TypeEngine[Any]) -> str:
    return next((name for known, name in _TYPES if isinstance(kind, known)), str(kind).lower() or "unknown")
