"""The regression set: questions whose statements people have checked, asked again to see that they are still answered so.

It has the examples of the package, in each language with some value in every place, and all that people have
confirmed here. Statements are compared by the digest of their rows, on the records of the day. How good answers to
new questions are is `evaluate`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import Engine

from llm.errors import ModelError
from nl2sql import examples, memory
from nl2sql.attempt import Attempt, Refusal, run
from nl2sql.engine import ask
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.examples import DOMAINS, Example, render, sample_values
from nl2sql.feedback import shape
from nl2sql.index import Index
from nl2sql.language import Language
from nl2sql.parts import Parts
from nl2sql.retrieval import Retriever
from nl2sql.text import words

USER = "regression"
"""Who asks, in the log."""

Verdict = Literal["right", "wrong", "refused"]


@dataclass(frozen=True)
class Case:
    """A question and the statement that answers it."""

    question: str
    language: Language
    statement: str
    example: Example
    origin: Literal["packaged", "confirmed"]
    shape: str | None = None
    """Columns of the result when it was confirmed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    case: Case
    verdict: Verdict
    source: str
    note: str = ""
    """Why it is not right."""


def cases(index: Index, owner: Engine) -> list[Case]:
    """All of the set."""
    learnt = memory.confirmed(owner, active=True)
    confirmed = [
        Case(one.question, one.language, one.statement, one.example, "confirmed", one.shape) for one in reversed(learnt)
    ]
    packaged = [
        Case(_asked(example, language, questions[0], index), language, _filled(example, index), example, "packaged")
        for example in index.examples[len(learnt) :]
        for language, questions in example.questions.items()
    ]
    return [*confirmed, *packaged]


def check(chosen: Sequence[Case], index: Index, owner: Engine, reader: Engine) -> Iterator[Outcome]:
    """Ask every question without a model."""
    for case in chosen:
        yield _judge(case, index, owner, reader, model=_nobody, parts=Parts())


def check_model(
    chosen: Sequence[Case], index: Index, owner: Engine, reader: Engine, model: Callable[[], BaseChatModel]
) -> Iterator[Outcome]:
    """Ask every question as if nobody had checked its statement, so that the model has to write one."""
    for case in chosen:
        links = index.values.link(words(case.question))
        readings = examples.readings(case.question, case.language, links)
        others = tuple(
            example for example in index.examples if not any(examples.match(reading, [example]) for reading in readings)
        )
        unaware = replace(index, examples=others, retriever=Retriever(others))
        yield _judge(case, unaware, owner, reader, model=model, parts=Parts(composer=False))


def sample(chosen: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Some of the cases, others every day."""
    return random.Random(seed).sample(list(chosen), min(count, len(chosen)))  # noqa: S311 - no secret


def digest(rows: Sequence[Sequence[Any]]) -> str:
    """The same for the same rows in any order."""
    return hashlib.sha256("\n".join(sorted(map(repr, map(tuple, rows)))).encode()).hexdigest()


def _judge(
    case: Case, index: Index, owner: Engine, reader: Engine, *, model: Callable[[], BaseChatModel], parts: Parts
) -> Outcome:
    try:
        attempt = Attempt(case.question, case.language, source="verified")
        _, wanted = run(case.statement, attempt, index, reader)
    except (GuardError, ExecutionError, Refusal) as error:
        return Outcome(case, "wrong", "", f"Its statement does not run: {error}")
    if case.shape is not None and not _fits(shape(wanted), case.shape):
        return Outcome(case, "wrong", "", f"Its result has the columns {shape(wanted)}; they were {case.shape}.")
    given = ask(
        case.question,
        owner=owner,
        reader=reader,
        model=model,
        index=index,
        user=USER,
        language=case.language,
        parts=parts,
    )
    if not given.answered:
        return Outcome(case, "refused", given.source, given.reason or given.text)
    if digest(given.rows) != digest(wanted.rows):
        return Outcome(case, "wrong", given.source, f"{given.sql} gives other rows than {case.statement}")
    return Outcome(case, "right", given.source)


def _fits(now: str, then: str) -> bool:
    """Whether columns are the same; one that holds nothing may hold anything."""
    pairs = [
        (one.rpartition(" "), other.rpartition(" "))
        for one, other in zip(now.split(", "), then.split(", "), strict=False)
    ]
    same = all(one[0] == other[0] and (one[2] == other[2] or "empty" in (one[2], other[2])) for one, other in pairs)
    return same and now.count(", ") == then.count(", ")


def _nobody() -> NoReturn:
    raise ModelError("the question is not answered without a model")


def _asked(example: Example, language: Language, template: str, index: Index) -> str:
    """The question with names of the language in its places."""
    return render(
        template,
        {
            name: index.values.name(DOMAINS[name.rstrip("2")], value, language)
            if name.rstrip("2") in DOMAINS
            else value
            for name, value in sample_values(index.values, example).items()
        },
    )


def _filled(example: Example, index: Index) -> str:
    return example.fill(sample_values(index.values, example))
