"""A statement from the language model: asked for once, and refused rather than sent back if it fails a check.

What the model is told is in `prompt`; what is wrong with a statement is found in `attempt.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from sqlalchemy.engine import Engine

from nl2sql import prompt
from nl2sql.attempt import Attempt, Refusal, run
from nl2sql.doubts import foreign
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.examples import Masked
from nl2sql.execute import Result
from nl2sql.grounding import Asked
from nl2sql.guard import Checked
from nl2sql.index import Index
from nl2sql.phrases import phrase
from nl2sql.semantics.pieces import cut

_SIMILAR: Final = 1
"""Retrieved examples in the prompt: three make 80 tokens more to read, a second, and hardly one more answer right."""
_MAX_SQL_TOKENS: Final = 80
"""The longest statement that was right had 61; what goes on much longer is wrong and takes seconds."""
_LIKELY: Final = -0.1
"""Mean log probability of a statement's tokens; of less likely ones, half were right."""
_CERTAINTY: Final = 0.9
"""The share of what passed all checks that was right."""

Model = BaseChatModel | Callable[[], BaseChatModel]
"""A chat model, or how to open one; opened only for questions that need it."""


def generate(
    attempt: Attempt, masked: Masked, index: Index, reader: Engine, *, model: Model, user: str
) -> tuple[Checked, Result]:
    """Let the model write a statement.

    It is not told what is wrong with one that fails: a small model repeats itself, or leaves out what was asked.

    Raises:
        Refusal: it may not say what was asked.
    """
    pieces = cut(attempt.text, attempt.asked.words, attempt.asked.links, attempt.language)
    lost = [text for text in foreign(pieces) if text.islower()]
    if lost:  # no statement can say it: the model need not be asked
        raise Refusal(f"not understood: {', '.join(lost)}", _unsure(attempt))
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
    reply = tell(talk, attempt, model, user=user, stop=";", max_tokens=_MAX_SQL_TOKENS)
    try:
        found = run(prompt.statement(str(reply.text)), attempt, index, reader)
    except (GuardError, ExecutionError) as error:
        raise Refusal(str(error), _unsure(attempt)) from error
    sureness = likelihood(reply)
    if sureness is not None and sureness < _LIKELY:
        raise Refusal(f"the model is not sure of its statement ({sureness:.2f})", _unsure(attempt))
    attempt.certainty = _CERTAINTY
    return found


def tell(talk: list[Any], attempt: Attempt, model: Model, *, user: str, stop: str, max_tokens: int) -> BaseMessage:
    """What the model says to a prompt; its time and tokens are the attempt's."""
    with attempt.stage("model"):
        opened = model if isinstance(model, BaseChatModel) else model()
        reply = opened.invoke(talk, {"metadata": {"user": user}}, stop=[stop], max_tokens=max_tokens)
    usage: Mapping[str, Any] = getattr(reply, "usage_metadata", None) or {}
    attempt.tokens += usage.get("total_tokens", 0)
    return reply


def likelihood(reply: BaseMessage) -> float | None:
    """The mean log probability of what the model said; not every model tells."""
    told: Mapping[str, Any] = reply.response_metadata.get("logprobs") or {}
    found = [token["logprob"] for token in told.get("content") or ()]
    return sum(found) / len(found) if found else None


def _unsure(attempt: Attempt) -> str:
    """That there is no answer, and which words of the question are the reason as far as that is known."""
    said = phrase(attempt.language, "unsure")
    if not attempt.left_over:
        return said
    return f"{said} {phrase(attempt.language, 'left_over', words=', '.join(attempt.left_over))}"
