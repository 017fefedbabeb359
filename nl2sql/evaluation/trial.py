"""A trial: systems answer questions on databases, and every answer is judged.

What a system is, is in `systems`; the figures over all outcomes are `report`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nl2sql.errors import AskError, ExecutionError
from nl2sql.evaluation.evaluate import is_right, rows_of
from nl2sql.evaluation.questions import Question
from nl2sql.evaluation.systems import Case, Reply, System
from nl2sql.generate import Model

Verdict = Literal["right", "wrong", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What a system made of a question, and what that was worth."""

    system: str
    question: Question
    verdict: Verdict
    """`refused` is right where the question cannot be answered, `wrong` is an answer to such a question too."""
    sql: str | None
    source: str
    is_valid: bool | None
    """Whether the database runs the statement; `None` without one."""
    is_compliant: bool | None
    """Whether it reads only tables and columns that there are."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    tokens: int = 0
    reason: str | None = None


def run_trial(
    questions: Sequence[Question],
    systems: Mapping[str, System],
    open_case: Callable[[str | None], Case],
    model: Model,
    *,
    on_fault: Callable[[Question, str], None],
) -> Iterator[Outcome]:
    """Let every system answer every question.

    Args:
        questions: in order; those of one database together are faster.
        systems: by name.
        open_case: gives what a question's `database` names; raises `AskError` if it cannot.
        model: what all systems ask.
        on_fault: told of questions that cannot be used: their database or their known statement does not work.
    """
    for question in questions:
        try:
            case = open_case(question.database)
            for statement in question.statements:
                rows_of(statement, case.reader)
        except (AskError, ExecutionError) as error:
            on_fault(question, str(error))
            continue
        for name, system in systems.items():
            yield _outcome(name, question, _reply(system, question, case, model), case)


def _reply(system: System, question: Question, case: Case, model: Model) -> Reply:
    start = time.perf_counter()
    try:
        return system(question.text, case, model)
    except AskError as error:
        return Reply(None, "refused", {"total": time.perf_counter() - start}, reason=str(error))


def _outcome(name: str, question: Question, reply: Reply, case: Case) -> Outcome:
    verdict: Verdict = "refused"
    valid = compliant = None
    if reply.sql is not None:
        dialect = case.index.catalog.dialect
        try:
            rows_of(reply.sql, case.reader)
            valid = True
        except ExecutionError:
            valid = False
        compliant = _is_compliant(reply.sql, case)
        right = valid and bool(question.statements) and is_right(question, reply.sql, case.reader, dialect)
        verdict = "right" if right else "wrong"
    return Outcome(
        name, question, verdict, reply.sql, reply.source, valid, compliant, reply.seconds, reply.tokens, reply.reason
    )


def _is_compliant(sql: str, case: Case) -> bool:
    """Whether every table and column is one of the catalogue or of the statement itself."""
    catalog = case.index.catalog
    try:
        tree = sqlglot.parse_one(sql, dialect=catalog.dialect)
    except SqlglotError:
        return False
    own = {name.alias.lower() for name in tree.find_all(exp.CTE, exp.Alias, exp.TableAlias, exp.Subquery) if name.alias}
    tables = {name.lower() for name in catalog.tables}
    columns = {column.name.lower() for column in catalog.columns()}
    return all(table.name.lower() in tables | own for table in tree.find_all(exp.Table)) and all(
        column.name.lower() in columns | own
        for column in tree.find_all(exp.Column)
        if not isinstance(column.this, exp.Star)
    )
