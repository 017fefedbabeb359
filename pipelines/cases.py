"""The databases that questions of one run are asked of, each opened and read once."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from nl2sql.anywhere.connect import reading
from nl2sql.evaluation.systems import Case
from nl2sql.index import build_index, index_anywhere
from pipelines.database import opened
from pipelines.settings import Settings


class Cases:
    """Opens databases by URL; closes all of them at the end of the block.

    Args:
        settings: of the home, whose own database answers where no URL is given.
        database: URL for questions that name none.
        folder: where relative paths of questions begin; that of `database` begins at the working folder.
    """

    def __init__(self, settings: Settings, database: str | None, folder: Path) -> None:
        self._settings, self._database, self._folder = settings, database, folder
        self._stack = ExitStack()
        self._known: dict[tuple[str | None, Path | None], Case] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(self, database: str | None) -> Case:
        """The database of a question.

        Raises:
            AskError: it cannot be opened.
        """
        url, base = (database, self._folder) if database is not None else (self._database, None)
        key = (url, base)
        if key not in self._known:
            self._known[key] = self._home() if url is None else self._any(url, base)
        return self._known[key]

    def _home(self) -> Case:
        database = self._stack.enter_context(opened(self._settings))
        return Case(database.reader, build_index(database.reader), database.engine)

    def _any(self, url: str, base: Path | None) -> Case:
        reader = self._stack.enter_context(reading(url, base=base))
        return Case(reader, index_anywhere(reader, samples_folder(self._settings)))


def samples_folder(settings: Settings) -> Path:
    """Where samples of other databases are kept."""
    return settings.home / "ask" / "samples"
