"""What is compared: the engine, the engine without one of its parts, and what others do.

Every system answers the same question on the same database with the same model; how good that was is `report`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlglot
from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import Engine
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nl2sql.anywhere.schema_text import schema_text
from nl2sql.engine import ask
from nl2sql.errors import AskError
from nl2sql.generate import Model
from nl2sql.index import Index
from nl2sql.parts import PARTS, Parts
from nl2sql.prompt import statement

_MAX_SQL_TOKENS: Final = 400


@dataclass(frozen=True)
class Case:
    """One database with what questions are answered with."""

    reader: Engine
    index: Index
    owner: Engine | None = None
    """Who writes the log of questions; nobody if `None`."""


@dataclass(frozen=True)
class Reply:
    """What a system made of a question."""

    sql: str | None
    """None: it did not answer."""
    source: str
    seconds: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    reason: str | None = None


System = Callable[[str, Case, Model], Reply]


def engine_with(parts: Parts) -> System:
    """The engine with some of its parts."""

    def system(question: str, case: Case, model: Model) -> Reply:
        answer = ask(
            question,
            owner=case.owner,
            reader=case.reader,
            model=model,
            index=case.index,
            user="evaluation",
            parts=parts,
        )
        sql = answer.sql if answer.answered else None
        return Reply(sql, answer.source, answer.seconds, answer.tokens, answer.reason)

    return system


def plain(question: str, case: Case, model: Model) -> Reply:
    """The schema in the prompt, and the first statement that comes back."""
    told = (
        f"Write one {case.index.title} SELECT statement that answers the question. Reply with SQL only.\n\n"
        f"{schema_text(case.index.catalog, case.index.shown)}"
    )
    start = time.perf_counter()
    reply = _open(model).invoke([("system", told), ("human", question)], stop=[";"], max_tokens=_MAX_SQL_TOKENS)
    seconds = time.perf_counter() - start
    usage: Mapping[str, Any] = getattr(reply, "usage_metadata", None) or {}
    sql = statement(str(reply.text))
    spent = {"model": seconds, "total": seconds}
    return Reply(
        sql if _is_query(sql, case.index.catalog.dialect) else None, "model", spent, usage.get("total_tokens", 0)
    )


def langchain(question: str, case: Case, model: Model) -> Reply:
    """LangChain's own chain: its prompt, its way of describing the tables, and the statement that it gives.

    Raises:
        AskError: the packages of the chain are not installed.
    """
    try:
        from langchain_classic.chains.sql_database.query import create_sql_query_chain
        from langchain_community.utilities import SQLDatabase
    except ImportError as error:
        raise AskError(
            f"The system langchain needs its packages ({error}): pip install langchain-classic langchain-community"
        ) from error
    names = [name for name, table in case.index.catalog.tables.items() if not table.is_view]
    database = SQLDatabase(case.reader, schema=case.index.catalog.schema, include_tables=names)
    start = time.perf_counter()
    text = create_sql_query_chain(_open(model), database).invoke({"question": question})
    seconds = time.perf_counter() - start
    answer = str(text).rpartition("SQLQuery:")[2]  # a chat model repeats the question before it
    sql = statement(answer.partition("\nSQLResult:")[0])
    spent = {"model": seconds, "total": seconds}
    return Reply(sql if _is_query(sql, case.index.catalog.dialect) else None, "model", spent)


SYSTEMS: Final[Mapping[str, System]] = {
    "millrace": engine_with(Parts()),
    **{f"without-{name}": engine_with(Parts(**{name: False})) for name in PARTS},
    "plain": plain,
    "langchain": langchain,
}
"""By the names that the command takes."""


def _open(model: Model) -> BaseChatModel:
    return model if isinstance(model, BaseChatModel) else model()


def _is_query(sql: str, dialect: str) -> bool:
    """Whether it may be run to be judged: reading only, whoever wrote it."""
    try:
        return isinstance(sqlglot.parse_one(sql, dialect=dialect), exp.Query)
    except SqlglotError:
        return True  # the database will say what is wrong with it, and cannot write either
