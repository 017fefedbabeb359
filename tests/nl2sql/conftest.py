"""One small company for all questions; tests of this room only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nl2sql.index import Index, build_index
from pipelines.database import Database, EmbeddedServer


@pytest.fixture(scope="session")
def company(postgres: EmbeddedServer) -> Iterator[Database]:
    """A database with 240 employees; the log of questions is the only table that grows."""
    database = Database(postgres.database("company", template="template_millrace"))
    with database.engine.begin() as connection:
        script = (Path(__file__).parent / "company.sql").read_text(encoding="utf-8")
        connection.execution_options(no_parameters=True).exec_driver_sql(script)  # % is arithmetic in it
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def index(company: Database) -> Index:
    """Catalogue, values and examples of the company."""
    return build_index(company.reader, None)
