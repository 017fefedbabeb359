"""Questions to a database that nobody described: no examples of its own, nothing known but what it says itself.

What is not composed the model is asked for, in one way after the other, until one statement is believed (`choosing`); if
none is, there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from sqlalchemy.engine import Engine

from nl2sql.anywhere import prompt
from nl2sql.anywhere.called import with_names_shown
from nl2sql.anywhere.choosing import LIKELY, Candidate, choose, doubts, is_believed
from nl2sql.anywhere.direction import with_order_as_asked
from nl2sql.anywhere.flaws import flaws
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.linking import ALIKE, Linked
from nl2sql.anywhere.named_keys import with_names_looked_up
from nl2sql.anywhere.narrowing import narrow
from nl2sql.anywhere.periods import with_month_as_asked, with_year_as_asked
from nl2sql.anywhere.reading import denies, read
from nl2sql.anywhere.sketching.sketch import sketch
from nl2sql.anywhere.translating import translated
from nl2sql.attempt import Attempt, Refusal, unknown
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.execute import Result, execute
from nl2sql.generate import Model, likelihood, tell
from nl2sql.grounding import UnknownValueError, correct_values
from nl2sql.guard import Checked, check
from nl2sql.index import Foreign, Index
from nl2sql.language import Language
from nl2sql.phrases import phrase
from nl2sql.prompt import statement
from nl2sql.repair import group_figures, repaired
from nl2sql.text import words
from nl2sql.thesaurus import ordinary

_CORRECTIONS: Final = 1
"""Then it is asked in another way."""
_MAX_SQL_TOKENS: Final = 200
_COMPOSED: Final = 1.5
"""How far a statement that was composed is believed, in votes."""
_GUESSED: Final = 0.8
"""The same where a word of the question is left out; less for each."""
_WRITTEN: Final = 1.0
"""The same of one that the model wrote."""


def generate(
    attempt: Attempt, index: Index, foreign: Foreign, reader: Engine, *, model: Model, user: str
) -> tuple[Checked, Result]:
    """The statement that is believed most.

    Raises:
        Refusal: none is believed, or the question names a value that does not exist.
    """
    with attempt.stage("link"):
        linked = foreign.linker.link(attempt.text, attempt.language)
        items = read(linked, index.catalog)
    is_denied = denies(items)
    composed = _composed(attempt, attempt.language, index, reader, items)
    if composed is not None and _is_understood(composed, linked):
        attempt.source, attempt.sql = "composed", composed.sql
        return composed.checked, composed.result
    with attempt.stage("model"):
        opened = model if isinstance(model, BaseChatModel) else model()
    writer = _Writer(attempt, index, reader, items, model=opened, user=user)
    candidates: list[Candidate] = [composed] if composed is not None else []
    for found in _asked_for(attempt, index, foreign, linked, writer, is_denied=is_denied):
        if found is None:
            continue
        candidates.append(found)
        best = choose(candidates, linked)
        if is_believed(best, candidates, linked):
            attempt.sql = best.checked.sql
            attempt.notes = writer.notes.get(best.sql, [])
            return best.checked, best.result
    if not candidates:
        raise writer.refusal()
    attempt.sql = choose(candidates, linked).checked.sql
    raise Refusal("no statement is confirmed by another", phrase(attempt.language, "unsure"))


def _asked_for(
    attempt: Attempt, index: Index, foreign: Foreign, linked: Linked, writer: _Writer, *, is_denied: bool
) -> Iterator[Candidate | None]:
    """What the model makes of a question, in one way after the other."""
    told = narrow(index.catalog, foreign.shown, linked)
    known = linked if attempt.parts.links else None
    said = _in_english(attempt, index, foreign, linked, writer, is_denied=is_denied)
    if said is not None:
        text, items = said
        yield writer.reworded(_composed(attempt, "en", index, writer.reader, items), text)
        yield writer.reworded(writer.write(prompt.messages(index.title, told, text, known, "plain")), text)
    yield writer.write(prompt.messages(index.title, told, attempt.text, known, "plain"))
    if attempt.parts.candidates:
        yield writer.write(prompt.messages(index.title, told, attempt.text, known, "examples"))


def _is_understood(composed: Candidate, linked: Linked) -> bool:
    """Whether every word of a question has its place in a statement, and nothing speaks against it."""
    return composed.weight == _COMPOSED and doubts(composed, linked) == 0


def _in_english(
    attempt: Attempt, index: Index, foreign: Foreign, linked: Linked, writer: _Writer, *, is_denied: bool
) -> tuple[str, list[Item]] | None:
    """What the model says a question is in English, and its items, if nothing is known to be lost."""
    if attempt.language == "en" or not attempt.parts.rewording:
        return None
    said = translated(attempt, linked, model=writer.model, user=writer.user)
    if said is None:
        return None
    with attempt.stage("link"):
        items = read(foreign.linker.link(said, "en"), index.catalog)
    if is_denied and not denies(items):
        return None  # the opposite of what was asked
    return said, items


def _composed(
    attempt: Attempt, language: Language, index: Index, reader: Engine, items: Sequence[Item]
) -> Candidate | None:
    """A statement without a model, if the question is of a usual kind and wholly understood."""
    if not attempt.parts.composer:
        return None
    with attempt.stage("compose"):
        sketched = sketch(items, index.catalog, language)
        if sketched is None:
            return None
        weight = _GUESSED / len(sketched.unread) if sketched.unread else _COMPOSED
        try:
            checked = check(sketched.sql, index.catalog)
            return Candidate(sketched.sql, checked, execute(reader, checked), weight)
        except (GuardError, ExecutionError):
            return None


class _Writer:
    """Has statements written and tried, each corrected if it does not work."""

    def __init__(
        self,
        attempt: Attempt,
        index: Index,
        reader: Engine,
        items: Sequence[Item],
        *,
        model: BaseChatModel,
        user: str,
    ) -> None:
        self._attempt, self._index, self._items = attempt, index, items
        self.reader, self.model, self.user = reader, model, user
        self._tried: dict[str, Candidate | str] = {}
        self._unknown: UnknownValueError | None = None
        self.notes: dict[str, list[str]] = {}

    def write(self, talk: list[BaseMessage]) -> Candidate | None:
        """A statement that works, or nothing."""
        corrections = _CORRECTIONS if self._attempt.parts.correction else 0
        said: set[str] = set()
        for _ in range(1 + corrections):
            reply = tell(talk, self._attempt, self.model, user=self.user, stop=";", max_tokens=_MAX_SQL_TOKENS)
            sql, sureness = statement(str(reply.text)), likelihood(reply)
            if sql in said:
                return None  # it has nothing else to say
            said.add(sql)
            if sql not in self._tried:
                self._tried[sql] = self._try(sql)
            found = self._tried[sql]
            if isinstance(found, Candidate):
                return replace(found, is_sure=sureness is None or sureness >= LIKELY)
            talk = [*talk, *prompt.correction(sql, found)]
        return None

    def reworded(self, found: Candidate | None, text: str) -> Candidate | None:
        """What was found for a question in other words, which the answer then says."""
        if found is not None:
            self.notes.setdefault(found.sql, []).append(phrase(self._attempt.language, "reworded", text=text))
        return found

    def refusal(self) -> Refusal:
        """Why there is no answer."""
        language = self._attempt.language
        if self._unknown is not None:
            error = self._unknown
            return Refusal(f"unknown value {error.text!r}", unknown(language, error.text, error.nearest))
        problem = next((str(found) for found in self._tried.values() if isinstance(found, str)), "")
        return Refusal(problem, phrase(language, "unusable", reason=problem))

    def _is_asked_for(self, text: str) -> bool:
        """Whether a value is a name in the question, in whatever script, and not the model's own idea."""
        known = ordinary()
        names = [word.folded for word in self._attempt.asked.words if word.folded not in known]
        wanted = [word.folded for word in words(text) if word.folded not in known]
        return any(name[:ALIKE] == want[:ALIKE] for name in names for want in wanted)

    def _try(self, sql: str) -> Candidate | str:
        attempt = self._attempt
        attempt.sql = sql
        try:
            with attempt.stage("check"):
                checked = check(repaired(sql, self._index.catalog), self._index.catalog)
                checked, longer = with_names_looked_up(checked, self._index.values, self.reader)
                for as_asked in (with_order_as_asked, with_month_as_asked, with_year_as_asked, with_names_shown):
                    checked = as_asked(checked, self._items)
                group_figures(checked)
                self.notes[sql] = longer + correct_values(
                    checked, self._index.values, self.reader, attempt.language, schema=self._index.catalog.schema
                )
            with attempt.stage("execute"):
                result = execute(self.reader, checked)
                return Candidate(sql, checked, result, _WRITTEN, flaws(checked, result, self._items))
        except UnknownValueError as error:
            if self._is_asked_for(error.text):  # to leave the condition out would answer another question
                raise Refusal(
                    f"unknown value {error.text!r}", unknown(attempt.language, error.text, error.nearest)
                ) from error
            self._unknown = self._unknown or error
            near = f" Nearest are {', '.join(error.nearest)}." if error.nearest else ""
            return f"There is no value '{error.text}' in that column.{near}"
        except (GuardError, ExecutionError) as error:
            return str(error)
