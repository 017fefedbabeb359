"""A small database that nobody described, from a script; what is sketched for a question to it, and a model that is (un)sure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from sqlalchemy.engine import Engine

from nl2sql.anywhere.connect import open_reader
from nl2sql.anywhere.reading import read
from nl2sql.anywhere.sketching.sketch import Sketched, sketch
from nl2sql.index import Index, index_anywhere
from nl2sql.language import detect

Unseen = tuple[Engine, Index]


@contextmanager
def unseen(path: Path, script: str) -> Iterator[Unseen]:
    """A new SQLite file, open for reading."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    reader = open_reader(f"sqlite:///{path}")
    yield reader, index_anywhere(reader)
    reader.dispose()


def sketched(database: Unseen, question: str) -> Sketched | None:
    """The statement without a model."""
    language, index = detect(question), database[1]
    assert index.foreign is not None
    return sketch(read(index.foreign.linker.link(question, language), index.catalog), index.catalog, language)


def replying(*replies: tuple[str, float]) -> GenericFakeChatModel:
    """A model that says one after the other, each with the log probability of its tokens."""
    return GenericFakeChatModel(
        messages=iter(
            AIMessage(text, response_metadata={"logprobs": {"content": [{"logprob": sureness}]}})
            for text, sureness in replies
        )
    )
