"""From a question to an answer.

The stages in order: language, value linking, a verified example if one says the same, else the model;
then guard, grounding, plan and execution for both. A model's statement that fails a check goes back to it
with the reason, twice at most; then the question is refused. Every question is logged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import Engine

from nl2sql import audit, examples, grounding, prompt
from nl2sql.answer import Answer, Source, sentence
from nl2sql.catalog import Catalog
from nl2sql.errors import AskError, ExecutionError, GuardError
from nl2sql.examples import Example, Masked
from nl2sql.execute import Result, execute
from nl2sql.grounding import Asked, UnknownValueError
from nl2sql.guard import Checked, check
from nl2sql.language import Language, detect
from nl2sql.phrases import phrase
from nl2sql.repair import group_figures
from nl2sql.retrieval import Retriever
from nl2sql.text import fold, words
from nl2sql.values import Values
from nl2sql.wording import spoken, titles

MAX_QUESTION: Final = 2000
"""Characters of a question."""
_CORRECTIONS: Final = 2
_SIMILAR: Final = 3
"""Retrieved examples in the prompt; more cost a second each and help little."""
_SUGGESTIONS: Final = 3
_MAX_SQL_TOKENS: Final = 400

Model = BaseChatModel | Callable[[], BaseChatModel]


@dataclass(frozen=True)
class Index:
    """Everything about a database that questions are answered with."""

    catalog: Catalog
    values: Values
    examples: tuple[Example, ...]
    retriever: Retriever
    prefix: str
    """The part of the prompt that is the same for every question."""
    known_words: frozenset[str]
    """Folded words of the examples: no names."""

    @property
    def stats(self) -> dict[str, int]:
        """Sizes, for a report."""
        return {
            "tables": len(self.catalog.tables),
            "columns": sum(1 for _ in self.catalog.columns()),
            "values": sum(len(values) for values in self.values.domains.values()),
            "labels": self.values.size,
            "examples": sum(len(texts) for example in self.examples for texts in example.questions.values()),
        }


@dataclass
class _Attempt:
    """What is known about a question so far."""

    text: str
    language: Language
    asked: Asked = field(default_factory=lambda: Asked((), (), ()))
    seconds: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    source: Source = "refused"
    sql: str | None = None
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class _Refusal(Exception):  # noqa: N818 - an answer of its own kind, not an error
    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.text = text


def build_index(reader: Engine, folder: Path | None = None) -> Index:
    """Read what may be asked about, and make it searchable.

    Args:
        reader: connections of the reading role; what it cannot see does not exist.
        folder: where to write `index.json`, a summary for people; nothing if `None`.
    """
    catalog = Catalog.read(reader)
    known = examples.load()
    asked = (text for example in known for texts in example.questions.values() for text in texts)
    spoken = frozenset(word.folded for text in asked for word in words(text))
    values = Values.read(reader, catalog, spoken)
    index = Index(catalog, values, known, Retriever(known), prompt.prefix(catalog, values, known), spoken)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        domains = {domain: sorted(members) for domain, members in values.domains.items()}
        summary = {"stats": index.stats, "prompt": index.prefix, "values": domains}
        (folder / "index.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    return index


def ask(
    question: str, *, owner: Engine, reader: Engine, model: Model, index: Index | None = None, user: str = "local"
) -> Answer:
    """Answer a question in Turkish, Russian or English.

    Args:
        question: at most 2,000 characters.
        owner: connections that may write the log.
        reader: connections of the reading role, which the statement runs on.
        model: a chat model, or how to open one; opened only for questions that need it.
        index: see `build_index`; built if `None`.
        user: who asks, for the log and for the model's queue.

    Returns:
        The answer, or a refusal with its reason: `Answer.answered` tells which.

    Raises:
        AskError: the question is empty or too long.
    """
    text = _checked_question(question)
    start = time.perf_counter()
    attempt = _Attempt(text, detect(text))
    if index is None:
        with attempt.stage("index"):
            index = build_index(reader)
    try:
        answer = _try(attempt, index, reader, model, user)
    except Exception as error:
        attempt.seconds["total"] = time.perf_counter() - start
        failed = Answer(
            text, attempt.language, False, str(error), "refused", seconds=attempt.seconds, reason=str(error)
        )
        audit.record(owner, failed, user, failed=True)
        raise
    attempt.seconds["total"] = time.perf_counter() - start
    audit.record(owner, answer, user)
    return answer


def _checked_question(question: str) -> str:
    text = " ".join(question.split())
    if not any(letter.isalpha() for letter in text):
        raise AskError("The question is empty; ask something like: How many employees does each city have?")
    if len(text) > MAX_QUESTION:
        raise AskError(f"The question has {len(text):,} characters; at most {MAX_QUESTION:,} are allowed.")
    if "\0" in text:
        raise AskError("The question contains a zero byte; remove it.")
    return text


def _try(attempt: _Attempt, index: Index, reader: Engine, model: Model, user: str) -> Answer:
    with attempt.stage("link"):
        parts = words(attempt.text)
        attempt.asked = Asked(tuple(parts), tuple(index.values.link(parts)), tuple(index.catalog.terms(parts)))
        readings = examples.readings(attempt.text, attempt.language, attempt.asked.links)
        matches = ((reading, examples.match(reading, index.examples)) for reading in readings)
        masked, example = next((found for found in matches if found[1]), (readings[0], None))
    try:
        if example is not None:
            attempt.source = "verified"
            checked, result = _run(example.fill(masked.values), attempt, index, reader)
        else:
            _refuse_the_unknown(attempt, index, reader)
            attempt.source = "model"
            checked, result = _ask_model(attempt, masked, index, reader, model=model, user=user)
    except _Refusal as refusal:
        similar = index.retriever.nearest(masked, _SUGGESTIONS)
        return _refuse(attempt, index, refusal, [example for example, _ in similar])
    notes = [phrase(attempt.language, "people")] if "staff" in checked.tables else []
    return Answer(
        attempt.text,
        attempt.language,
        answered=True,
        text=sentence(
            attempt.language,
            spoken(result, checked.outputs, index.catalog, index.values, attempt.language),
            titles(result, checked.outputs, index.catalog, attempt.language),
        ),
        source=attempt.source,
        sql=checked.pretty,
        columns=result.columns,
        rows=result.rows,
        linked=attempt.asked.links,
        assumptions=(*notes, *_readings(attempt, index), *attempt.notes),
        seconds=attempt.seconds,
        tokens=attempt.tokens,
    )


def _ask_model(
    attempt: _Attempt, masked: Masked, index: Index, reader: Engine, *, model: Model, user: str
) -> tuple[Checked, Result]:
    with attempt.stage("retrieve"):
        similar = [example for example, _ in index.retriever.nearest(masked, _SIMILAR)]
    talk: list[Any] = list(
        prompt.messages(
            index.prefix,
            masked,
            attempt.text,
            asked=attempt.asked,
            similar=similar,
            values=index.values,
        )
    )
    with attempt.stage("model"):
        opened = model if isinstance(model, BaseChatModel) else model()
    problem, tried = "", set[str]()
    for _ in range(1 + _CORRECTIONS):
        with attempt.stage("model"):
            reply = opened.invoke(talk, {"metadata": {"user": user}}, stop=[";"], max_tokens=_MAX_SQL_TOKENS)
        usage: Mapping[str, Any] = getattr(reply, "usage_metadata", None) or {}
        attempt.tokens += usage.get("total_tokens", 0)
        statement = prompt.statement(str(reply.text))
        if statement in tried:
            break  # it has nothing else to say
        tried.add(statement)
        try:
            return _run(statement, attempt, index, reader)
        except (GuardError, ExecutionError) as error:
            problem = str(error)
        talk += prompt.correction(statement, problem)
    raise _Refusal(problem, phrase(attempt.language, "unusable", reason=problem))


def _run(sql: str, attempt: _Attempt, index: Index, reader: Engine) -> tuple[Checked, Result]:
    """Check a statement in every way, then run it."""
    with attempt.stage("check"):
        attempt.sql = sql
        checked = check(sql, index.catalog)
        group_figures(checked)
        try:
            attempt.notes = grounding.correct_values(checked, index.values, reader, attempt.language)
        except UnknownValueError as error:
            if attempt.source == "model" and fold(error.text) not in fold(attempt.text):
                raise GuardError(f"There is no value '{error.text}': leave that condition out.") from error
            raise _Refusal(
                f"unknown value {error.text!r}", _unknown(attempt.language, error.text, error.nearest)
            ) from error
        problem = grounding.find_problem(checked, attempt.asked, index.values, index.catalog)
        if attempt.source == "model" and problem is not None:
            raise GuardError(problem)
    with attempt.stage("execute"):
        return checked, execute(reader, checked)


def _refuse_the_unknown(attempt: _Attempt, index: Index, reader: Engine) -> None:
    """Before the model is asked: a name that nothing is called by, or nothing that the data is about."""
    for name in grounding.unknown_names(attempt.asked, index.known_words):
        if not grounding.is_person(reader, name):
            nearest = index.values.nearest(name, attempt.language)
            raise _Refusal(f"unknown name {name!r}", _unknown(attempt.language, name, nearest))
    if not attempt.asked.links and not attempt.asked.terms:
        raise _Refusal("not about the data", phrase(attempt.language, "unrelated"))


def _unknown(language: Language, text: str, nearest: tuple[str, ...] | list[str]) -> str:
    said = phrase(language, "unknown", text=text)
    return f"{said} {phrase(language, 'nearest', names=', '.join(nearest))}" if nearest else said


def _readings(attempt: _Attempt, index: Index) -> list[str]:
    """Values that were recognised although their letters differ."""
    return [
        phrase(
            attempt.language, "read", text=link.text, value=index.values.name(link.domain, link.value, attempt.language)
        )
        for link in attempt.asked.links
        if not link.is_certain and not index.values.is_choice(link.domain)
    ]


def _refuse(attempt: _Attempt, index: Index, refusal: _Refusal, similar: list[Example]) -> Answer:
    suggestions = tuple(
        examples.render(
            example.questions[attempt.language][0],
            {
                name: index.values.name(examples.DOMAINS[name.rstrip("2")], value, attempt.language)
                if name.rstrip("2") in examples.DOMAINS
                else value
                for name, value in examples.sample_values(index.values, example).items()
            },
        )
        for example in similar
    )
    answer = Answer(attempt.text, attempt.language, False, refusal.text, "refused", suggestions=suggestions)
    return replace(
        answer,
        sql=attempt.sql,
        linked=attempt.asked.links,
        seconds=attempt.seconds,
        tokens=attempt.tokens,
        reason=str(refusal),
    )
