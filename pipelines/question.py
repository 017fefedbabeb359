"""One question from the command line: everything opened, asked, closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from rich.markdown import Markdown

from llm.model import open_model
from nl2sql.engine import ask
from nl2sql.index import build_index
from pipelines.database import opened
from pipelines.settings import Settings

ASKED = "asked"
"""File in the home whose time is that of the last question: no run tells of it."""


def asked_last(home: Path) -> float:
    """When somebody asked in a terminal, seconds since the epoch; 0 if nobody has."""
    asked = home / ASKED
    return asked.stat().st_mtime if asked.exists() else 0.0


def ask_once(
    question: str, settings: Settings, *, user: str, download_progress: Callable[[str, int, int], None]
) -> Markdown:
    """Answer the question; the model is started only if no verified example fits."""
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / ASKED).touch()
    with ExitStack() as stack:
        database = stack.enter_context(opened(settings))

        def door() -> BaseChatModel:
            return stack.enter_context(
                open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf, progress=download_progress)
            )

        index = build_index(database.reader)
        answer = ask(question, owner=database.engine, reader=database.reader, model=door, index=index, user=user)
    return Markdown(answer.to_markdown(), code_theme="ansi_dark")
