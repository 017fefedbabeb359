"""The log of questions: who asked what, when, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from nl2sql.answer import Answer

_INSERT = sa.text(
    "INSERT INTO ask.questions (user_name, language, question, source, outcome, reason, sql, row_count, milliseconds, tokens) "
    "VALUES (:user, :language, :question, :source, :outcome, :reason, :sql, :rows, :milliseconds, :tokens)"
)


def record(owner: Engine, answer: Answer, user: str, *, failed: bool = False) -> None:
    """Write one question down; the rows of its answer are not kept."""
    outcome = "failed" if failed else "answered" if answer.answered else "refused"
    with owner.begin() as connection:
        connection.execute(
            _INSERT,
            {
                "user": user,
                "language": answer.language,
                "question": answer.question,
                "source": answer.source,
                "outcome": outcome,
                "reason": answer.reason,
                "sql": answer.sql,
                "rows": len(answer.rows) if answer.answered else None,
                "milliseconds": round(1000 * answer.seconds.get("total", 0.0)),
                "tokens": answer.tokens,
            },
        )
