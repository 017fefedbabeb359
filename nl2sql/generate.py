"""A statement from the language model: asked, checked, and told what is wrong with it.

What the model is told is in `prompt`; what is wrong with a statement is found in `attempt.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import Engine

from nl2sql import prompt
from nl2sql.attempt import Attempt, Refusal, run
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.examples import Masked
from nl2sql.execute import Result
from nl2sql.grounding import Asked
from nl2sql.guard import Checked
from nl2sql.index import Index
from nl2sql.phrases import phrase

_CORRECTIONS: Final = 2
_SIMILAR: Final = 3
"""Retrieved examples in the prompt; more cost a second each and help little."""
_MAX_SQL_TOKENS: Final = 400

Model = BaseChatModel | Callable[[], BaseChatModel]
"""A chat model, or how to open one; opened only for questions that need it."""


def generate(
    attempt: Attempt, masked: Masked, index: Index, reader: Engine, *, model: Model, user: str
) -> tuple[Checked, Result]:
    """Let the model write a statement, and correct it twice at most.

    Raises:
        Refusal: no statement passed the checks.
    """
    with attempt.stage("retrieve"):
        wanted = _SIMILAR if attempt.parts.examples and index.retriever is not None else 0
        similar = (
            [example for example, _ in index.retriever.nearest(masked, wanted)] if index.retriever and wanted else []
        )
    talk: list[Any] = list(
        prompt.messages(
            index.prefix,
            masked,
            attempt.text,
            asked=attempt.asked if attempt.parts.links else Asked(attempt.asked.words, (), ()),
            similar=similar,
            values=index.values,
        )
    )
    if attempt.before is not None:
        question, sql = attempt.before
        talk[-1:-1] = [("human", question), ("ai", f"{sql};")]
    with attempt.stage("model"):
        opened = model if isinstance(model, BaseChatModel) else model()
    problem, tried = "", set[str]()
    for _ in range(1 + (_CORRECTIONS if attempt.parts.correction else 0)):
        with attempt.stage("model"):
            reply = opened.invoke(talk, {"metadata": {"user": user}}, stop=[";"], max_tokens=_MAX_SQL_TOKENS)
        usage: Mapping[str, Any] = getattr(reply, "usage_metadata", None) or {}
        attempt.tokens += usage.get("total_tokens", 0)
        statement = prompt.statement(str(reply.text))
        if statement in tried:
            break  # it has nothing else to say
        tried.add(statement)
        try:
            return run(statement, attempt, index, reader)
        except (GuardError, ExecutionError) as error:
            problem = str(error)
        talk += prompt.correction(statement, problem)
    raise Refusal(problem, phrase(attempt.language, "unusable", reason=problem))
