"""One question from the command line: everything opened, asked, closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from rich.markdown import Markdown

from llm.model import open_model
from nl2sql.connect import reading
from nl2sql.engine import ask
from nl2sql.index import build_index, index_anywhere
from pipelines.cases import samples_folder
from pipelines.database import opened
from pipelines.settings import Settings

ASKED = "asked"
"""File in the home whose time is that of the last question: no run tells of it."""


def asked_last(home: Path) -> float:
    """When somebody asked in a terminal, seconds since the epoch; 0 if nobody has."""
    asked = home / ASKED
    return asked.stat().st_mtime if asked.exists() else 0.0


def ask_once(
    question: str,
    settings: Settings,
    *,
    user: str,
    download_progress: Callable[[str, int, int], None],
    database: str | None = None,
) -> Markdown:
    """Answer the question; the model is started only if it is needed.

    Args:
        question: as asked.
        settings: of the home.
        user: for the log.
        download_progress: told how far the weights are.
        database: URL of another database than the home's; nothing is written to that one, and nothing logged.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / ASKED).touch()
    with ExitStack() as stack:

        def door() -> BaseChatModel:
            return stack.enter_context(
                open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf, progress=download_progress)
            )

        if database is not None:
            reader = stack.enter_context(reading(database))
            index = index_anywhere(reader, samples_folder(settings))
            answer = ask(question, owner=None, reader=reader, model=door, index=index, user=user)
        else:
            home = stack.enter_context(opened(settings))
            index = build_index(home.reader)
            answer = ask(question, owner=home.engine, reader=home.reader, model=door, index=index, user=user)
    return Markdown(answer.to_markdown(), code_theme="ansi_dark")
