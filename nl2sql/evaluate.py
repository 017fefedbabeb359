"""How good the answers are: execution accuracy on questions with known statements.

An answer counts as right if its rows are those of the known statement, order and column names aside.
What matters to users is the share of *silent errors*: answered, valid, and wrong.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.engine import Engine

from nl2sql.answer import Answer
from nl2sql.catalog import Catalog
from nl2sql.engine import ask
from nl2sql.execute import execute
from nl2sql.generate import Model
from nl2sql.guard import check
from nl2sql.index import Index
from nl2sql.language import LANGUAGES, Language

Verdict = Literal["right", "wrong", "refused"]


@dataclass(frozen=True)
class Question:
    """A question with statements that answer it."""

    language: Language
    text: str
    statements: tuple[str, ...]
    is_loose: bool
    """Whether further columns are fine: the question asks which, and a figure beside the name does no harm."""


@dataclass(frozen=True)
class Judged:
    """An answer and whether it is right."""

    question: Question
    answer: Answer
    verdict: Verdict


def load(path: Path) -> list[Question]:
    """Read questions; `tests/nl2sql/devset.toml` shows the form."""
    return [
        Question(language, entry[language], (entry["sql"], *entry.get("also", ())), entry.get("loose", False))
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
    """Compare rows as bags."""
    if not answer.answered:
        return "refused"
    wanted = [execute(reader, check(statement, catalog)).rows for statement in question.statements]
    return "right" if any(_same(answer.rows, rows, loose=question.is_loose) for rows in wanted) else "wrong"


def accuracy(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Verdicts by language."""
    return {
        language: dict(Counter(one.verdict for one in judged if one.question.language == language))
        for language in LANGUAGES
    }


def _same(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]], *, loose: bool) -> bool:
    if len(found) != len(wanted):
        return False
    if loose:
        cells = [{_cell(cell) for cell in row} for row in found]
        return all(any({_cell(cell) for cell in row} <= other for other in cells) for row in wanted)
    return Counter(map(_row, found)) == Counter(map(_row, wanted))


def _row(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted(_cell(cell) for cell in row))


def _cell(cell: Any) -> str:
    # averages are compared as rounded to one decimal place: how many are shown is not asked
    return f"{cell:.1f}" if isinstance(cell, Decimal | float) else str(cell)
