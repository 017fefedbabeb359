"""What people say about answers, and the examples that come of it.

A thumb on the page is only recorded. Whoever *confirms* an answer, or *corrects* its statement, makes an example of
it: the statement passes the guard and runs first, and from then on the question is answered from it without a model.
An example whose statement does not run any more is put out of use, with the reason.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from nl2sql import attempt, memory
from nl2sql.attempt import Attempt, Refusal
from nl2sql.errors import AskError, ExecutionError, GuardError
from nl2sql.examples import Example
from nl2sql.execute import Result
from nl2sql.guard import Checked
from nl2sql.index import Index
from nl2sql.language import Language
from nl2sql.memory import Confirmed, Turn
from nl2sql.templates import generalise
from nl2sql.text import words

Verdict = Literal["right", "wrong"]

_SAID = sa.text(
    "INSERT INTO ask.feedback (question_id, given_by, verdict, sql, note) VALUES (:id, :by, :verdict, :sql, :note)"
)
_LEARN = sa.text("""
INSERT INTO ask.confirmed (question_id, language, question, statement, template, sql, fixed, shape, confirmed_by)
VALUES (:id, :language, :question, :statement, :template, :sql, CAST(:fixed AS jsonb), :shape, :by)
ON CONFLICT (language, template, fixed) DO UPDATE SET
    question_id = excluded.question_id, question = excluded.question, statement = excluded.statement,
    sql = excluded.sql, shape = excluded.shape, confirmed_by = excluded.confirmed_by, verified_at = now(),
    active = true, reason = NULL
""")


def say(owner: Engine, question_id: int, verdict: Verdict, *, by: str, note: str | None = None) -> None:
    """Record whether an answer was right; nothing else happens.

    Raises:
        AskError: there is no such question.
    """
    memory.turn(owner, question_id)
    with owner.begin() as connection:
        _say(connection, question_id, verdict, by=by, note=note)


def confirm(owner: Engine, reader: Engine, index: Index, question_id: int, *, by: str) -> Example:
    """Make an example of an answer as it is.

    Raises:
        AskError: it was no answer, or its statement does not run.
    """
    turn = memory.turn(owner, question_id)
    if turn.outcome != "answered" or turn.sql is None:
        raise AskError(
            f"Question {question_id} was {turn.outcome}, so there is nothing to confirm; "
            f"give the statement that answers it: millrace feedback correct {question_id} --sql “SELECT …”."
        )
    return _learn(owner, reader, index, turn, turn.sql, by=by)


def correct(owner: Engine, reader: Engine, index: Index, question_id: int, sql: str, *, by: str) -> Example:
    """Make an example of a question and the statement that answers it.

    Raises:
        AskError: there is no such question, or the statement does not run.
    """
    return _learn(owner, reader, index, memory.turn(owner, question_id), sql, by=by, corrected=True)


def reject(owner: Engine, question_id: int, *, by: str, note: str | None = None) -> int:
    """Record that an answer was wrong, and put the examples that came of it out of use; how many."""
    memory.turn(owner, question_id)
    query = sa.text(
        "UPDATE ask.confirmed SET active = false, reason = :reason WHERE question_id = :id AND active RETURNING 1"
    )
    with owner.begin() as connection:
        _say(connection, question_id, "wrong", by=by, note=note)
        found = connection.execute(query, {"id": question_id, "reason": f"{by} rejected it."})
        return len(found.all())


def revalidate(owner: Engine, reader: Engine, index: Index) -> list[tuple[Confirmed, str]]:
    """Run every confirmed statement again; those that do not run are put out of use and returned with the reason."""
    broken = []
    ran = sa.text("UPDATE ask.confirmed SET verified_at = now() WHERE example_id = :id")
    stop = sa.text("UPDATE ask.confirmed SET active = false, reason = :reason WHERE example_id = :id")
    for one in memory.confirmed(owner, active=True):
        try:
            _run(one.statement, one.question, one.language, reader, index)
        except AskError as error:
            broken.append((one, str(error)))
            with owner.begin() as connection:
                connection.execute(stop, {"id": one.example_id, "reason": str(error)})
        else:
            with owner.begin() as connection:
                connection.execute(ran, {"id": one.example_id})
    return broken


def shape(result: Result) -> str:
    """The columns of a result and what they hold; it stays the same while the records change."""
    kinds = []
    for number, name in enumerate(result.columns):
        first = next((row[number] for row in result.rows if row[number] is not None), None)
        kinds.append(f"{name} {_kind(first)}")
    return ", ".join(kinds)


def _learn(
    owner: Engine, reader: Engine, index: Index, turn: Turn, sql: str, *, by: str, corrected: bool = False
) -> Example:
    if "{" in turn.text + sql or "}" in turn.text + sql:
        raise AskError("A question or statement with braces cannot become an example: they mark places for values.")
    checked, result = _run(sql, turn.text, turn.language, reader, index)
    example, masked = generalise(turn.text, turn.language, checked.tree, index.values.link(words(turn.text)))
    again, _ = _run(example.fill(masked.values), turn.text, turn.language, reader, index)
    if again.pretty != checked.pretty:
        raise AskError(f"The statement changes when its values are put in again: {again.pretty}")
    (template,) = example.questions[turn.language]
    bound = {
        "id": turn.question_id,
        "language": turn.language,
        "question": turn.text,
        "statement": checked.pretty,
        "template": template,
        "sql": example.sql,
        "fixed": json.dumps(dict(example.fixed), ensure_ascii=False, sort_keys=True),
        "shape": shape(result),
        "by": by,
    }
    with owner.begin() as connection:
        _say(
            connection,
            turn.question_id,
            "wrong" if corrected else "right",
            by=by,
            sql=checked.pretty if corrected else None,
        )
        connection.execute(_LEARN, bound)
    return example


def _run(sql: str, question: str, language: Language, reader: Engine, index: Index) -> tuple[Checked, Result]:
    """As the statement of an example runs: values in their canonical spelling, checked, within the limits."""
    try:
        return attempt.run(sql, Attempt(question, language, source="verified"), index, reader)
    except (GuardError, ExecutionError, Refusal) as error:
        raise AskError(f"The statement cannot be used: {error}") from error


def _say(
    connection: Connection,
    question_id: int,
    verdict: Verdict,
    *,
    by: str,
    sql: str | None = None,
    note: str | None = None,
) -> None:
    connection.execute(_SAID, {"id": question_id, "by": by, "verdict": verdict, "sql": sql, "note": note})


def _kind(cell: object) -> str:
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int | float | Decimal):
        return "number"
    return "empty" if cell is None else "text" if isinstance(cell, str) else type(cell).__name__
