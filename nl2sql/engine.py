"""From a question to an answer.

The stages in order: language, value linking, a verified example if one says the same, else a statement composed from
the question's words if all of them are understood, else one composed from what the model says they mean, else the
model's own; then guard, values, plan and execution for all. What the model had a part in must say what is asked, too, as
far as that is understood; else the question is refused. Every question is logged.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from sqlalchemy.engine import Engine

from nl2sql import audit, examples, grounding, memory
from nl2sql.answer import Answer, sentence
from nl2sql.anywhere.generate import generate as generate_anywhere
from nl2sql.attempt import Attempt, Refusal, run, unknown
from nl2sql.compose import Composed, compose
from nl2sql.confidence import confidence
from nl2sql.conversation import Previous, complete
from nl2sql.deadline import DEADLINE_S, timely
from nl2sql.errors import AskError, ExecutionError, GuardError
from nl2sql.examples import Example
from nl2sql.execute import Result
from nl2sql.generate import Model, generate
from nl2sql.guard import Checked
from nl2sql.index import Index, build_index
from nl2sql.language import Language, detect
from nl2sql.memory import Turn
from nl2sql.parts import Parts
from nl2sql.phrases import phrase
from nl2sql.rewording import reword
from nl2sql.semantics.asides import has_sentences, without_asides
from nl2sql.semantics.pieces import cut
from nl2sql.text import fold
from nl2sql.unanswerable import find_unanswerable, is_about_data
from nl2sql.wording import spoken, titles

MAX_QUESTION: Final = 2000
"""Characters of a question."""
_SUGGESTIONS: Final = 3


def ask(
    question: str,
    *,
    owner: Engine | None,
    reader: Engine,
    model: Model,
    index: Index | None = None,
    user: str = "local",
    role: str | None = None,
    language: Language | None = None,
    conversation: str | None = None,
    deadline_s: float = DEADLINE_S,
    parts: Parts | None = None,
) -> Answer:
    """Answer a question in Turkish, Russian or English.

    Args:
        question: at most 2,000 characters.
        owner: connections that may write the log; nothing is logged if `None`.
        reader: connections of the reading role, which the statement runs on.
        model: a chat model, or how to open one; opened only for questions that need it.
        index: see `build_index`; built if `None`.
        user: who asks, for the log and for the model's queue.
        role: whose rights `reader` has, for the log; `None` for the reading role.
        language: of the question and the answer; recognised if `None`.
        conversation: what the question belongs to; "and in Kazan?" is completed from the question before.
        deadline_s: how long the model may take, see `deadline`.
        parts: what of the engine works; all of it if `None`.

    Returns:
        The answer, or a refusal with its reason: `Answer.answered` tells which.

    Raises:
        AskError: the question is empty or too long.
    """
    text = _checked_question(question)
    start = time.perf_counter()
    attempt = Attempt(text, language or detect(text), parts=parts or Parts())
    if index is None:
        with attempt.stage("index"):
            index = build_index(reader)
    if conversation is not None and owner is not None:
        _go_on(attempt, memory.last_of(owner, conversation), index)
    try:
        answer = _try(attempt, index, reader, timely(model, attempt.language, deadline_s), user)
    except Exception as error:
        attempt.seconds["total"] = time.perf_counter() - start
        broken = Answer(text, attempt.language, False, str(error), "refused", reason=str(error), failed=True)
        if owner is not None:
            audit.record(owner, replace(broken, seconds=attempt.seconds), user, role=role, conversation=conversation)
        raise
    attempt.seconds["total"] = time.perf_counter() - start
    answer = replace(answer, question=text, read_as=None if attempt.text == text else attempt.text)
    if owner is None:
        return answer
    return replace(answer, question_id=audit.record(owner, answer, user, role=role, conversation=conversation))


def _go_on(attempt: Attempt, turn: Turn | None, index: Index) -> None:
    """Complete a question that leaves out what the one before said."""
    if turn is None:
        return
    previous = Previous(turn.text, turn.language, turn.sql)
    completed = complete(attempt.text, attempt.language, previous, index)
    if completed is not None:
        attempt.text, attempt.language = completed.text, completed.language
        if completed.needs_sql and turn.sql is not None:
            attempt.before = turn.text, turn.sql


def _checked_question(question: str) -> str:
    text = " ".join(question.split())
    if not any(letter.isalpha() for letter in text):
        raise AskError("The question is empty; ask something like: How many employees does each city have?")
    if len(text) > MAX_QUESTION:
        raise AskError(f"The question has {len(text):,} characters; at most {MAX_QUESTION:,} are allowed.")
    if "\0" in text:
        raise AskError("The question contains a zero byte; remove it.")
    return text


def _try(attempt: Attempt, index: Index, reader: Engine, model: Model, user: str) -> Answer:
    with attempt.stage("link"):
        attempt.asked = index.asked(attempt.text, attempt.language)
        if index.foreign is None and has_sentences(attempt.text):
            _pass_over_asides(attempt, index)
        readings = examples.readings(attempt.text, attempt.language, attempt.asked.links)
        matches = ((reading, examples.match(reading, index.examples)) for reading in readings)
        masked, example = next((found for found in matches if found[1]), (readings[0], None))
    try:
        if index.foreign is not None:
            attempt.source = "model"
            checked, result = generate_anywhere(attempt, index, index.foreign, reader, model=model, user=user)
        elif example is not None and attempt.parts.examples:
            attempt.source = "verified"
            checked, result = run(example.fill(masked.values), attempt, index, reader)
        elif attempt.parts.composer and (composed := _compose(attempt, index, reader)) is not None:
            checked, result = composed
        else:
            _refuse_the_unknown(attempt, index, reader)
            attempt.source = "model"
            reworded = _reworded(attempt, index, reader, model, user)
            checked, result = reworded or generate(attempt, masked, index, reader, model=model, user=user)
    except (Refusal, GuardError, ExecutionError) as error:
        # an example may ask for what this role may not read
        text = phrase(attempt.language, "unusable", reason=error)
        refusal = error if isinstance(error, Refusal) else Refusal(str(error), text)
        similar = index.retriever.nearest(masked, _SUGGESTIONS) if index.retriever is not None else []
        return _refuse(attempt, index, refusal, [example for example, _ in similar])
    return _answered(attempt, index, checked, result)


def _pass_over_asides(attempt: Attempt, index: Index) -> None:
    """Go on with the question alone, without why it is asked."""
    asked = attempt.asked
    pieces = cut(attempt.text, asked.words, asked.links, attempt.language, asked.persons)
    if (question := without_asides(attempt.text, pieces, attempt.language)) is not None:
        attempt.text, attempt.asked = question, index.asked(question, attempt.language)


def _answered(attempt: Attempt, index: Index, checked: Checked, result: Result) -> Answer:
    notes = [phrase(attempt.language, "people")] if index.foreign is None and "staff" in checked.tables else []
    names = titles(result, checked.outputs, index.catalog, attempt.language)
    told = spoken(result, checked.outputs, index.catalog, index.values, attempt.language)
    named = [link for link in attempt.asked.links if not index.values.is_choice(link.domain)]
    return Answer(
        attempt.text,
        attempt.language,
        answered=True,
        text=sentence(attempt.language, told, names),
        source=attempt.source,
        sql=checked.pretty,
        columns=result.columns,
        titles=names,
        rows=result.rows,
        spoken=told.rows,
        linked=attempt.asked.links,
        assumptions=(*notes, *_readings(attempt, index), *attempt.notes),
        seconds=attempt.seconds,
        tokens=attempt.tokens,
        confidence=confidence(
            attempt.source,
            named,
            attempt.language,
            certainty=attempt.certainty,
        ),
    )


def _compose(attempt: Attempt, index: Index, reader: Engine) -> tuple[Checked, Result] | None:
    """The answer of a question that is understood wholly without a model, else `None`."""
    with attempt.stage("compose"):
        composed = compose(attempt.text, attempt.language, attempt.asked, index.catalog)
    if not isinstance(composed, Composed):
        attempt.left_over = composed.words
        return None
    attempt.source = "composed"
    try:
        found = run(composed.sql, attempt, index, reader)
    except (GuardError, ExecutionError, Refusal):
        attempt.sql = None
        return None  # what cannot be asked was not understood after all
    attempt.notes += composed.assumptions
    attempt.certainty = composed.certainty
    return found


def _reworded(attempt: Attempt, index: Index, reader: Engine, model: Model, user: str) -> tuple[Checked, Result] | None:
    """The answer of a question that is understood in other words; one that goes on from another is asked for as it is."""
    if not (attempt.parts.rewording and attempt.parts.composer) or attempt.before is not None:
        return None
    return reword(attempt, index, reader, model=model, user=user)


def _refuse_the_unknown(attempt: Attempt, index: Index, reader: Engine) -> None:
    """Before the model is asked: a name that nothing is called by, or nothing that the data is about."""
    pieces = cut(attempt.text, attempt.asked.words, attempt.asked.links, attempt.language)
    understood = frozenset(fold(piece.text) for piece in pieces if piece.readings)  # January is nobody's name
    for name in grounding.unknown_names(attempt.text, attempt.asked, index.known_words | understood):
        if not grounding.is_person(reader, name):
            nearest = index.values.nearest(name, attempt.language)
            raise Refusal(f"unknown name {name!r}", unknown(attempt.language, name, nearest))
    if not attempt.asked.links and not attempt.asked.terms and not is_about_data(pieces):
        raise Refusal("not about the data", phrase(attempt.language, "unrelated"))
    found = find_unanswerable(attempt.text, attempt.language, attempt.asked, index.known_words)
    if found is not None:
        raise Refusal(f"{found.kind}: {found.word!r}", phrase(attempt.language, found.kind, text=found.word))


def _readings(attempt: Attempt, index: Index) -> list[str]:
    """Values that were recognised although their letters differ."""
    return [
        phrase(
            attempt.language, "read", text=link.text, value=index.values.name(link.domain, link.value, attempt.language)
        )
        for link in attempt.asked.links
        if not link.is_certain and not index.values.is_choice(link.domain)
    ]


def _refuse(attempt: Attempt, index: Index, refusal: Refusal, similar: list[Example]) -> Answer:
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
        failed=refusal.failed,
    )
