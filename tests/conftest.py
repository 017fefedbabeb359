"""Fixtures that every room shares: one real PostgreSQL server, and a fresh migrated database a test."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.database import Database, EmbeddedServer, migrate

# A shell that starts the tests in the background lets them, and all that they start, ignore what tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A test states what is right, not how fast this machine is at the moment.
settings.register_profile("millrace", deadline=None)
settings.load_profile("millrace")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ranks and the model want both cores; other tests that do, or that tell time, say so themselves."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("model", "mpi")):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of the test run's own, with the migrated database `template_millrace`."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    server = EmbeddedServer(folder / "data")
    template = Database(server.database("template_millrace"))
    migrate(template)
    template.dispose()
    yield server
    server.release()


_names = (f"test_{number}" for number in itertools.count())


@pytest.fixture
def copied(postgres: EmbeddedServer) -> Iterator[Callable[[str], Database]]:
    """Opens copies of a database that was made once, by its name."""
    opened = []

    def copy(template: str) -> Database:
        opened.append(Database(postgres.database(next(_names), template=template)))
        return opened[-1]

    yield copy
    for database in opened:
        database.dispose()


@pytest.fixture
def database(copied: Callable[[str], Database]) -> Database:
    """A fresh, migrated, empty database."""
    return copied("template_millrace")
