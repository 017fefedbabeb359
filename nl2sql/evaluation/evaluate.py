"""How good the answers are: execution accuracy on questions with known statements.

An answer counts as right if its rows are those of a known statement (`compare`). What matters to users is
the share of *silent errors*: answered, valid, and wrong. Figures over many outcomes are `report`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import sqlalchemy as sa
import sqlglot
from sqlalchemy.engine import Engine
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nl2sql.answer import Answer
from nl2sql.catalog import Catalog
from nl2sql.engine import ask
from nl2sql.errors import ExecutionError
from nl2sql.evaluation.compare import same
from nl2sql.evaluation.questions import Question
from nl2sql.execute import limited
from nl2sql.generate import Model
from nl2sql.index import Index
from nl2sql.language import LANGUAGES

Verdict = Literal["right", "wrong", "refused"]

_TIMEOUT_S: Final = 30.0
_MOST_ROWS: Final = 100_000
"""Of a result that is compared."""


@dataclass(frozen=True)
class Judged:
    """An answer and whether it is right."""

    question: Question
    answer: Answer
    verdict: Verdict


def load(path: Path) -> list[Question]:
    """Read questions in three languages; `tests/nl2sql/devset.toml` shows the form."""
    return [
        Question(language, entry[language], (entry["sql"], *entry.get("also", ())), entry.get("loose", False), False)
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        for language in LANGUAGES
        if language in entry
    ]


def evaluate(
    questions: Iterable[Question], *, owner: Engine, reader: Engine, model: Model, index: Index
) -> Iterator[Judged]:
    """Ask every question and judge its answer."""
    for question in questions:
        answer = ask(question.text, owner=owner, reader=reader, model=model, index=index, user="evaluation")
        yield Judged(question, answer, judge(question, answer, reader, index.catalog))


def judge(question: Question, answer: Answer, reader: Engine, catalog: Catalog) -> Verdict:
    """Compare the rows of an answer with those of the known statements."""
    if not answer.answered or answer.sql is None:
        return "refused"
    return "right" if is_right(question, answer.sql, reader, catalog.dialect) else "wrong"


def is_right(question: Question, sql: str, reader: Engine, dialect: str) -> bool:
    """Whether a statement gives what one of the known ones gives.

    Raises:
        ExecutionError: a known statement cannot be run.
    """
    try:
        found = rows_of(sql, reader)
    except ExecutionError:
        return False
    for statement in question.statements:
        order = ordering(statement, dialect) if question.ordered is None else _asked_order(statement, dialect, question)
        if same(found, rows_of(statement, reader), loose=question.is_loose, order_by=order):
            return True
    return False


def rows_of(sql: str, reader: Engine) -> list[tuple[Any, ...]]:
    """The rows of a statement that somebody trusted has written, or that was checked before.

    Raises:
        ExecutionError: the database does not run it.
    """
    with limited(reader, _TIMEOUT_S) as connection:
        try:
            return [tuple(row) for row in connection.exec_driver_sql(sql).fetchmany(_MOST_ROWS)]
        except sa.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise ExecutionError(f"{reason}: {sql}") from error


def ordering(sql: str, dialect: str) -> list[int | None] | None:
    """The columns of the result that a statement orders by at its top; `None` inside for what it does not show."""
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect)
    except SqlglotError:
        return None
    order = tree.args.get("order")
    if not isinstance(tree, exp.Query) or order is None:
        return None
    shown = [(projection.alias.lower(), projection.unalias().sql().lower()) for projection in tree.selects]
    return [_place(key.this, shown) for key in order.expressions]


def _place(key: exp.Expr, shown: Sequence[tuple[str, str]]) -> int | None:
    if isinstance(key, exp.Literal) and key.is_int:
        return int(key.name) - 1
    text = key.sql().lower()
    return next((number for number, (alias, value) in enumerate(shown) if text in {alias, value}), None)


def _asked_order(statement: str, dialect: str, question: Question) -> list[int | None] | None:
    return (ordering(statement, dialect) or []) if question.ordered else None


def accuracy(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Verdicts by language."""
    return {
        language: dict(Counter(one.verdict for one in judged if one.question.language == language))
        for language in LANGUAGES
    }
