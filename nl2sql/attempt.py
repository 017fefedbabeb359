"""One question on its way to an answer: what is known of it so far, and a statement tried for it.

Where statements come from (examples, the composer, the model) is in modules of their own; all are tried here in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine

from nl2sql import grounding
from nl2sql.answer import Source
from nl2sql.doubts import doubts
from nl2sql.errors import GuardError
from nl2sql.execute import Result, execute
from nl2sql.grounding import Asked, UnknownValueError
from nl2sql.guard import Checked, check
from nl2sql.index import Index
from nl2sql.language import Language
from nl2sql.lexicon import lemmas
from nl2sql.parts import Parts
from nl2sql.phrases import phrase
from nl2sql.repair import group_figures, leave_out
from nl2sql.semantics.pieces import cut
from nl2sql.text import fold


@dataclass
class Attempt:
    """What is known about a question so far."""

    text: str
    language: Language
    asked: Asked = field(default_factory=lambda: Asked((), (), ()))
    seconds: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    source: Source = "refused"
    sql: str | None = None
    notes: list[str] = field(default_factory=list)
    before: tuple[str, str] | None = None
    """A question and its statement that this one goes on from, if it cannot be understood without."""
    left_over: tuple[str, ...] = ()
    """Words that the composer made nothing of."""
    reworded: str | None = None
    """The question in plain English, as the model says it, if the statement was composed from that."""
    certainty: float | None = None
    """How sure whoever wrote the statement is; `None` is what is usual for the source."""
    parts: Parts = field(default_factory=Parts)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the seconds of what is done inside to those of a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class Refusal(Exception):  # noqa: N818 - an answer of its own kind, not an error
    """The question is not answered.

    Args:
        reason: in English, for the log.
        text: in the asker's language.
        failed: whether something broke; the same question may be answered later.
    """

    def __init__(self, reason: str, text: str, *, failed: bool = False) -> None:
        super().__init__(reason)
        self.text = text
        self.failed = failed


def run(sql: str, attempt: Attempt, index: Index, reader: Engine) -> tuple[Checked, Result]:
    """Check a statement in every way, then run it.

    Raises:
        GuardError: it may not run, or is not what was asked; the words are for the model.
        ExecutionError: the database does not run it.
        Refusal: it is asked for a value that does not exist.
    """
    with attempt.stage("check"):
        attempt.sql = sql.encode("utf-8", "replace").decode().replace("\0", "?")  # the log keeps no other bytes
        checked = check(sql, index.catalog)
        group_figures(checked)
        try:
            attempt.notes = grounding.correct_values(checked, index.values, reader, attempt.language)
        except UnknownValueError as error:
            if attempt.source == "model" and fold(error.text) not in fold(attempt.text):
                raise GuardError(f"There is no value '{error.text}': leave that condition out.") from error
            raise Refusal(
                f"unknown value {error.text!r}", unknown(attempt.language, error.text, error.nearest)
            ) from error
        if attempt.source == "model":  # what people checked, or what was composed, speaks of all that is asked
            checked = _fitting(checked, attempt, index)
    with attempt.stage("execute"):
        return checked, execute(reader, checked)


def _fitting(checked: Checked, attempt: Attempt, index: Index) -> Checked:
    """A model's statement without what was not asked for, if it then says what was asked.

    Raises:
        GuardError: it does not, as far as the question is understood.
    """
    pieces = cut(attempt.text, attempt.asked.words, attempt.asked.links, attempt.language)
    unasked = grounding.find_unasked(checked, attempt.asked, pieces, index.values)
    if unasked:
        checked = leave_out(checked, unasked)
    problem = grounding.find_problem(checked, attempt.asked, pieces, index.values, index.catalog)
    if problem is not None:
        raise GuardError(problem)
    if attempt.reworded is not None:  # the model knows ordinary words that say nothing of the data
        pieces = [
            piece for piece in pieces if piece.readings or piece.values or not lemmas(piece.text, attempt.language)
        ]
    if attempt.before is not None:  # another figure than the one that the question before asked for
        pieces = [piece for piece in pieces if not piece.has("ask")]
    found = doubts(checked, pieces)
    if found:
        raise GuardError(f"It may not say what was asked: {'; '.join(found)}.")
    return checked


def unknown(language: Language, text: str, nearest: tuple[str, ...] | list[str]) -> str:
    """That a value does not exist, and what is most like it."""
    said = phrase(language, "unknown", text=text)
    return f"{said} {phrase(language, 'nearest', names=', '.join(nearest))}" if nearest else said
