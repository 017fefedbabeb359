"""The company of 240 of the tests in a database of its own, for benchmarks that ask questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.database import Database, EmbeddedServer, migrate

TESTS = Path(__file__).parent.parent.parent / "tests" / "nl2sql"


@contextmanager
def company(home: Path) -> Iterator[Database]:
    """Fill the home's own database with the company; the server stops at the end of the block."""
    server = EmbeddedServer(home / "postgres")
    database = Database(server.database("millrace"))
    try:
        migrate(database)
        with database.engine.begin() as connection:
            script = (TESTS / "company.sql").read_text(encoding="utf-8")
            connection.execution_options(no_parameters=True).exec_driver_sql(script)
        yield database
    finally:
        database.dispose()
        server.release()
