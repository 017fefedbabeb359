"""What is remembered of earlier questions: the log as it is read again, and the examples that people confirmed.

Writing the log is `audit`; how an answer becomes an example is `feedback`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from nl2sql.errors import AskError
from nl2sql.examples import Example
from nl2sql.language import LANGUAGES, Language

_TURNS: Final = """
SELECT q.question_id, q.asked_at, q.user_name, q.role_name, q.language, q.question, q.read_as, q.source, q.outcome,
    q.sql, q.row_count, q.confidence, q.milliseconds, f.verdict,
    EXISTS (SELECT FROM ask.confirmed c WHERE c.question_id = q.question_id AND c.active) AS is_example
FROM ask.questions q
LEFT JOIN LATERAL (
    SELECT verdict FROM ask.feedback f WHERE f.question_id = q.question_id ORDER BY f.feedback_id DESC LIMIT 1
) f ON true
"""


@dataclass(frozen=True)
class Turn:
    """One question of the log."""

    question_id: int
    asked_at: datetime
    user_name: str
    role_name: str | None
    language: Language
    question: str
    """As asked."""
    read_as: str | None
    """The whole question, if it was completed from the one before."""
    source: str
    outcome: str
    sql: str | None
    row_count: int | None
    confidence: float | None
    milliseconds: int
    verdict: str | None
    """What somebody said about it last."""
    is_example: bool
    """Whether it is answered from this turn's statement from now on."""

    @property
    def text(self) -> str:
        """The whole question."""
        return self.read_as or self.question


@dataclass(frozen=True)
class Confirmed:
    """A question whose statement somebody confirmed or corrected."""

    example_id: int
    language: Language
    question: str
    statement: str
    template: str
    sql: str
    fixed: Mapping[str, str]
    shape: str
    confirmed_by: str
    verified_at: datetime
    active: bool
    reason: str | None

    @property
    def example(self) -> Example:
        """As the engine matches it."""
        questions: dict[Language, tuple[str, ...]] = dict.fromkeys(LANGUAGES, ())
        return Example(questions | {self.language: (self.template,)}, self.sql, None, self.fixed)


def turn(owner: Engine, question_id: int) -> Turn:
    """One question of the log.

    Raises:
        AskError: there is none of this number.
    """
    found = _turns(owner, "WHERE q.question_id = :id", id=question_id)
    if not found:
        raise AskError(f"There is no question {question_id} in the log; `millrace feedback` lists the last ones.")
    return found[0]


def recent(owner: Engine, *, user: str | None = None, count: int = 20) -> list[Turn]:
    """The last questions, newest first; of one user if given."""
    condition = "" if user is None else "WHERE q.user_name = :user"
    return _turns(owner, f"{condition} ORDER BY q.question_id DESC LIMIT :count", user=user, count=count)


def last_of(owner: Engine, conversation: str) -> Turn | None:
    """The question that a conversation goes on from: the last one that was not refused."""
    found = _turns(
        owner,
        "WHERE q.conversation = :name AND q.outcome <> 'refused' ORDER BY q.question_id DESC LIMIT 1",
        name=conversation,
    )
    return found[0] if found else None


def confirmed(owner: Engine, *, active: bool | None = None) -> list[Confirmed]:
    """What people confirmed or corrected, the last first; only what is in use, or only what is not."""
    condition = "" if active is None else "WHERE active = :active"
    query = (
        "SELECT example_id, language, question, statement, template, sql, fixed, shape, confirmed_by, verified_at, "
        f"active, reason FROM ask.confirmed {condition} ORDER BY example_id DESC"
    )
    with owner.connect() as connection:
        return [Confirmed(**row) for row in connection.execute(sa.text(query), {"active": active}).mappings()]


def learnt(owner: Engine) -> tuple[Example, ...]:
    """The confirmed examples in use; what was confirmed last goes first."""
    return tuple(one.example for one in confirmed(owner, active=True))


def _turns(owner: Engine, rest: str, **bound: Any) -> list[Turn]:
    with owner.connect() as connection:
        return [Turn(**row) for row in connection.execute(sa.text(_TURNS + rest), bound).mappings()]
