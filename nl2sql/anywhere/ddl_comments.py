"""What SQLite's tables say of their columns: comments in the text that made them, which SQLite keeps and nobody reads.

Other databases have comments as objects of their own, which SQLAlchemy's inspector reads.
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlglot
from sqlalchemy.engine import Engine
from sqlglot import exp
from sqlglot.errors import SqlglotError


def ddl_comments(engine: Engine) -> dict[tuple[str, str], str]:
    """(table, column) -> comment, behind the column or on the line before it."""
    with engine.connect() as connection:
        made = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        return {
            (name, column.name): comment
            for name, sql in made
            for column in _columns(sql)
            if (comment := " ".join(column.comments or column.this.comments or ()).strip())
        }


def _columns(sql: str) -> list[exp.ColumnDef]:
    try:
        return list(sqlglot.parse_one(sql, dialect="sqlite").find_all(exp.ColumnDef))
    except SqlglotError:
        return []
