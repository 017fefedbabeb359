"""A question that the composer does not understand, said again in plain English by the model, for the composer to read.

A small model says in other words what it could not say in SQL, and the composer gives all of its exactness. What got
lost or came in on the way shows in the statement, which is checked against the question as it was asked.
"""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from sqlalchemy.engine import Engine

from llm.prefix import EXAMPLE_NAMES
from nl2sql.attempt import Attempt, Refusal, run
from nl2sql.compose import Composed, compose
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.execute import Result
from nl2sql.generate import Model, tell
from nl2sql.guard import Checked
from nl2sql.index import Index
from nl2sql.phrases import phrase

_MAX_TOKENS: Final = 60
"""Longer questions are not said in one sentence."""
_CERTAINTY: Final = 0.8
"""The share of what passed all checks that was right."""
_RULES: Final = """You say a question about a company's records again in plain English, so that a simple program understands it.
- Keep every name, number, date and condition. Leave nothing out, add nothing, answer nothing.
- Use the usual words: employees, department, position, city, country, project, salary, hired, age, contract, leave, training; average, total, number of; by department, for each city; without, more than, at least.
- Write one short question or phrase."""


def reword(attempt: Attempt, index: Index, reader: Engine, *, model: Model, user: str) -> tuple[Checked, Result] | None:
    """The answer to a question said again, or `None` if that does not help."""
    reply = tell(messages(attempt), attempt, model, user=user, stop="\n", max_tokens=_MAX_TOKENS)
    said = str(reply.text).strip()
    with attempt.stage("compose"):
        composed = compose(said, "en", index.asked(said, "en"), index.catalog)
    if not isinstance(composed, Composed):
        return None
    attempt.reworded = said
    try:
        found = run(composed.sql, attempt, index, reader)
    except (GuardError, ExecutionError, Refusal):
        attempt.sql = attempt.reworded = None
        return None
    attempt.notes += [phrase(attempt.language, "reworded", text=said), *composed.assumptions]
    attempt.certainty = _CERTAINTY * composed.certainty
    return found


def messages(attempt: Attempt) -> list[BaseMessage]:
    """The prompt for one question; the names that were recognised stand behind it in brackets."""
    names = dict.fromkeys(f"{link.text}: {link.value}" for link in attempt.asked.links if attempt.language != "en")
    named = f" ({'; '.join(names)})" if names else ""
    return [*_beginning(), HumanMessage(attempt.text + named)]


@cache
def examples() -> tuple[dict[str, str], ...]:
    """Questions as they are `asked`, and the same in `plain` English."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(content["example"])


@cache
def _beginning() -> tuple[BaseMessage, ...]:
    """The part that is the same for every question."""
    asker, teller = EXAMPLE_NAMES
    talk = ((HumanMessage(one["asked"], name=asker), AIMessage(one["plain"], name=teller)) for one in examples())
    return (SystemMessage(_RULES), *chain.from_iterable(talk))
