"""The log of questions: who asked what, when, and what became of it.

Reading it again is `memory`.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from nl2sql.answer import Answer

_INSERT = sa.text("""
INSERT INTO ask.questions (
    user_name, role_name, conversation, language, question, read_as, source, outcome, reason, sql, row_count,
    confidence, linked, stages, milliseconds, tokens)
VALUES (
    :user, :role, :conversation, :language, :question, :read_as, :source, :outcome, :reason, :sql, :rows,
    :confidence, CAST(:linked AS jsonb), CAST(:stages AS jsonb), :milliseconds, :tokens)
RETURNING question_id
""")


def record(
    owner: Engine,
    answer: Answer,
    user: str,
    *,
    role: str | None = None,
    conversation: str | None = None,
) -> int:
    """Write one question down and return its number; the rows of its answer are not kept."""
    outcome = "failed" if answer.failed else "answered" if answer.answered else "refused"
    linked = [
        {"text": link.text, "domain": link.domain, "value": link.value, "score": round(link.score, 3)}
        for link in answer.linked
    ]
    stages = {name: round(1000 * seconds) for name, seconds in answer.seconds.items() if name != "total"}
    bound = {
        "user": user,
        "role": role,
        "conversation": conversation,
        "language": answer.language,
        "question": answer.question,
        "read_as": answer.read_as,
        "source": answer.source,
        "outcome": outcome,
        "reason": answer.reason,
        "sql": answer.sql,
        "rows": len(answer.rows) if answer.answered else None,
        "confidence": None if answer.confidence is None else answer.confidence.score,
        "linked": json.dumps(linked, ensure_ascii=False),
        "stages": json.dumps(stages),
        "milliseconds": round(1000 * answer.seconds.get("total", 0.0)),
        "tokens": answer.tokens,
    }
    with owner.begin() as connection:
        return int(connection.execute(_INSERT, bound).scalar_one())
