"""What differs between the databases that questions are asked of: names, functions, how limits are set.

The statement itself is `guard`'s and `execute`'s; how a database is opened for reading is `connect`'s.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Engine

from nl2sql.errors import AskError

_DIALECTS: Final = {"postgresql": "postgres", "sqlite": "sqlite", "mssql": "tsql"}
"""SQLAlchemy's name -> sqlglot's."""
TITLES: Final = {"postgres": "PostgreSQL", "sqlite": "SQLite", "tsql": "SQL Server"}
"""What the model knows them as."""


def dialect_of(engine: Engine) -> str:
    """The name that sqlglot has for an engine's dialect.

    Raises:
        AskError: questions cannot be asked of such a database.
    """
    name = engine.dialect.name
    if name not in _DIALECTS:
        raise AskError(f"The database is {name}; questions can be asked of {', '.join(sorted(_DIALECTS))}.")
    return _DIALECTS[name]


def exact(dialect: str) -> str:
    """The dialect for reading statements whose names are spelt as in the catalogue: capitals are kept."""
    return f"{dialect}, normalization_strategy=case_sensitive"
