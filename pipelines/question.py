"""Questions from the command line: everything opened, asked, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from rich.markdown import Markdown
from rich.table import Table
from sqlalchemy.engine import Engine

from nl2sql import feedback, memory
from nl2sql.anywhere.connect import reading
from nl2sql.engine import ask
from nl2sql.index import Index, build_index, index_anywhere
from pipelines.cases import samples_folder
from pipelines.database import Database, opened
from pipelines.settings import Settings

ASKED = "asked"
"""File in the home whose time is that of the last question: no run tells of it."""


def asked_last(home: Path) -> float:
    """When somebody asked in a terminal or on the page, seconds since the epoch; 0 if nobody has."""
    asked = home / ASKED
    return asked.stat().st_mtime if asked.exists() else 0.0


def somebody_asks(home: Path) -> None:
    """Note that it is now."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ASKED).touch()


def ask_once(
    question: str,
    settings: Settings,
    *,
    user: str,
    role: str | None = None,
    conversation: str | None = None,
    download_progress: Callable[[str, int, int], None],
    database: str | None = None,
) -> Markdown:
    """Answer the question; the model is started only if it is needed.

    Args:
        question: as asked.
        settings: of the home.
        user: for the log.
        role: whose rights it is answered with; `None` for those of all questions.
        conversation: what it goes on from, if it leaves something out.
        download_progress: told how far the weights are.
        database: URL of another database than the home's; nothing is written to that one, and nothing logged.
    """
    somebody_asks(settings.home)
    with ExitStack() as stack:

        def door() -> BaseChatModel:
            from llm.model import open_model  # most questions need no model, and do not wait for its libraries

            return stack.enter_context(
                open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf, progress=download_progress)
            )

        asking = partial(ask, question, model=door, user=user, deadline_s=settings.ask_seconds)
        if database is not None:
            reader = stack.enter_context(reading(database))
            answer = asking(owner=None, reader=reader, index=index_anywhere(reader, samples_folder(settings)))
        else:
            home = stack.enter_context(opened(settings))
            reader, index = stack.enter_context(reading_as(home, role))
            answer = asking(owner=home.engine, reader=reader, index=index, role=role, conversation=conversation)
    return Markdown(answer.to_markdown(), code_theme="ansi_dark")


@contextmanager
def reading_as(database: Database, role: str | None) -> Iterator[tuple[Engine, Index]]:
    """The connections of a role, and what can be asked with its rights, with all that was learnt."""
    reader = database.reader if role is None else database.reader_as(role)
    try:
        yield reader, build_index(reader, learnt=memory.learnt(database.engine))
    finally:
        if role is not None:
            reader.dispose()


def show_questions(settings: Settings, count: int) -> Table:
    """The last questions of the log, newest first."""
    table = Table("no", "asked", "who", "question", "source", "sure", "rows", "said", box=None)
    with opened(settings) as database:
        for turn in memory.recent(database.engine, count=count):
            sure = "" if turn.confidence is None else f"{turn.confidence:.0%}"
            said = "example" if turn.is_example else turn.verdict or ""
            rows = "" if turn.row_count is None else str(turn.row_count)
            outcome = turn.source if turn.outcome == "answered" else turn.outcome
            asked = f"{turn.asked_at.astimezone():%Y-%m-%d %H:%M}"
            table.add_row(str(turn.question_id), asked, turn.user_name, turn.text, outcome, sure, rows, said)
    return table


def confirm(settings: Settings, number: int, *, by: str) -> str:
    """Make an example of an answer."""
    with opened(settings) as database, reading_as(database, None) as (reader, index):
        example = feedback.confirm(database.engine, reader, index, number, by=by)
        language = memory.turn(database.engine, number).language
    return f"Learnt: {example.questions[language][0]}\n{example.sql}"


def correct(settings: Settings, number: int, sql: str, *, by: str) -> str:
    """Make an example of a question and another statement."""
    with opened(settings) as database, reading_as(database, None) as (reader, index):
        example = feedback.correct(database.engine, reader, index, number, sql, by=by)
        language = memory.turn(database.engine, number).language
    return f"Learnt: {example.questions[language][0]}\n{example.sql}"


def reject(settings: Settings, number: int, *, by: str) -> str:
    """Record that an answer was wrong."""
    with opened(settings) as database:
        count = feedback.reject(database.engine, number, by=by)
    return f"Question {number} is marked as wrong" + ("; its example is out of use." if count else ".")
