"""Questions to a database that nobody described: no examples of its own, nothing known but what it says itself.

The model is told the database, what the question's words are in it, and the question; several statements are
tried, and their results choose (`choosing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from sqlalchemy.engine import Engine

from nl2sql.anywhere import prompt
from nl2sql.anywhere.choosing import Candidate, choose, doubts
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.named_keys import with_names_looked_up
from nl2sql.anywhere.narrowing import Told, narrow
from nl2sql.anywhere.reading import denies, read
from nl2sql.anywhere.sketching.sketch import sketch
from nl2sql.anywhere.translating import translated
from nl2sql.attempt import Attempt, Refusal, unknown
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.evaluation.compare import same
from nl2sql.execute import Result, execute
from nl2sql.generate import Model, tell
from nl2sql.grounding import UnknownValueError, correct_values
from nl2sql.guard import Checked, check
from nl2sql.index import Foreign, Index
from nl2sql.language import Language
from nl2sql.phrases import phrase
from nl2sql.prompt import statement
from nl2sql.repair import group_figures, repaired
from nl2sql.text import words
from nl2sql.thesaurus import ordinary

_CORRECTIONS: Final = 2
_LETTERS: Final = 4
"""Letters that a name and its form in another language have in common."""
_MAX_SQL_TOKENS: Final = 400
_COMPOSED: Final = 1.5
"""How far a statement that was composed is believed, in votes."""
_GUESSED: Final = 0.8
"""The same where a word of the question is left out; less for each."""
_KINDS: Final[Mapping[Language, Mapping[str, float]]] = {
    "en": {"original": 1.0, "words": 0.9},
    "ru": {"words": 1.0, "original": 0.9},
    "tr": {"english": 1.0, "words": 1.05},
}
"""Prompts that are tried for a language, and how far their statements are believed: what was measured."""


def generate(
    attempt: Attempt, index: Index, foreign: Foreign, reader: Engine, *, model: Model, user: str
) -> tuple[Checked, Result]:
    """Let the model write statements, and take the one whose result is believed most.

    Raises:
        Refusal: no statement passed the checks, or the question names a value that does not exist.
    """
    with attempt.stage("link"):
        linked = foreign.linker.link(attempt.text, attempt.language)
        items = read(linked, index.catalog)
    is_denied = denies(items)
    composed = _composed(attempt, attempt.language, index, reader, items) if attempt.parts.composer else None
    if composed is not None and _is_understood(composed, linked):
        attempt.source, attempt.sql = "composed", composed.sql
        return composed.checked, composed.result
    with attempt.stage("model"):
        opened = model if isinstance(model, BaseChatModel) else model()
    writer = _Writer(attempt, index, reader, opened, user)
    candidates: list[Candidate] = [composed] if composed is not None else []
    in_english = _in_english(attempt, index, foreign, reader, linked, is_denied=is_denied, model=opened, user=user)
    if in_english is not None:
        writer.notes.setdefault(in_english.sql, []).append(phrase(attempt.language, "reworded", text=in_english.said))
        candidates.append(in_english)
    if in_english is None or not _is_understood(in_english, linked):
        candidates += writer.statements(narrow(index.catalog, foreign.shown, linked), linked, candidates)
    if not candidates:
        raise writer.refusal()
    best = choose(candidates, linked)
    attempt.sql = best.checked.sql
    attempt.source = "composed" if best is composed else "model"
    attempt.notes = writer.notes.get(best.sql, [])
    return best.checked, best.result


def _is_understood(composed: Candidate, linked: Linked) -> bool:
    """Whether every word of a question has its place in a statement, and nothing speaks against it."""
    return composed.weight == _COMPOSED and doubts(composed, linked) == 0


def _is_settled(language: Language, composed: Candidate | None, found: Candidate) -> bool:
    """Whether nobody else need be asked: two say the same, or it is a language that the model reads well."""
    if composed is not None:
        return same(composed.result.rows, found.result.rows)
    return language != "tr"


def _kinds(attempt: Attempt) -> list[tuple[str, float]]:
    """The prompts to try, in this order."""
    if not attempt.parts.links:
        return [("original", 1.0)]
    kinds = list(_KINDS[attempt.language].items())
    return kinds if attempt.parts.candidates else kinds[:1]


def _in_english(
    attempt: Attempt,
    index: Index,
    foreign: Foreign,
    reader: Engine,
    linked: Linked,
    *,
    is_denied: bool,
    model: BaseChatModel,
    user: str,
) -> Candidate | None:
    """A statement composed from what the model says a question is in English."""
    if attempt.language == "en" or not (attempt.parts.composer and attempt.parts.rewording):
        return None
    said = translated(attempt, linked, model=model, user=user)
    if said is None:
        return None
    with attempt.stage("link"):
        items = read(foreign.linker.link(said, "en"), index.catalog)
    if is_denied and not denies(items):
        return None  # the opposite of what was asked
    found = _composed(attempt, "en", index, reader, items)
    return found and replace(found, said=said)


def _composed(
    attempt: Attempt, language: Language, index: Index, reader: Engine, items: Sequence[Item]
) -> Candidate | None:
    """A statement without a model, if the question is of a usual kind and wholly understood."""
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

    def __init__(self, attempt: Attempt, index: Index, reader: Engine, model: BaseChatModel, user: str) -> None:
        self._attempt, self._index, self._reader = attempt, index, reader
        self._model, self._user = model, user
        self._tried: dict[str, Candidate | str] = {}
        self._unknown: UnknownValueError | None = None
        self.notes: dict[str, list[str]] = {}

    def statements(self, told: Told, linked: Linked, known: Sequence[Candidate]) -> list[Candidate]:
        """The model's own statements beside those that are known, from one prompt after the other until one is settled."""
        attempt = self._attempt
        composed = next((one for one in known if one.said is None), None)
        found: list[Candidate] = []
        for kind, weight in _kinds(attempt):
            shown = None if kind == "original" else linked
            talk = prompt.messages(self._index.title, told, attempt.language, attempt.text, shown, kind=kind)
            try:
                one = self.write(talk, weight)
            except Refusal as refusal:
                if refusal.failed and (found or any(one.weight == _COMPOSED for one in known)):
                    break  # no time for another; what there is will do
                raise
            if one is not None:
                found.append(one)
                if doubts(one, linked) == 0 and _is_settled(attempt.language, composed, one):
                    break
        return found

    def write(self, talk: list[BaseMessage], weight: float) -> Candidate | None:
        """A statement that works, or nothing."""
        corrections = _CORRECTIONS if self._attempt.parts.correction else 0
        said: set[str] = set()
        for _ in range(1 + corrections):
            sql = self._ask(talk)
            if sql in said:
                return None  # it has nothing else to say
            said.add(sql)
            if sql not in self._tried:
                self._tried[sql] = self._try(sql, weight)
            found = self._tried[sql]
            if isinstance(found, Candidate):
                return Candidate(found.sql, found.checked, found.result, weight)
            talk = [*talk, *prompt.correction(sql, found)]
        return None

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
        return any(name[:_LETTERS] == want[:_LETTERS] for name in names for want in wanted)

    def _ask(self, talk: list[BaseMessage]) -> str:
        reply = tell(talk, self._attempt, self._model, user=self._user, stop=";", max_tokens=_MAX_SQL_TOKENS)
        return statement(str(reply.text))

    def _try(self, sql: str, weight: float) -> Candidate | str:
        attempt = self._attempt
        attempt.sql = sql
        try:
            with attempt.stage("check"):
                checked = check(repaired(sql, self._index.catalog), self._index.catalog)
                checked = with_names_looked_up(checked, self._index.values, self._reader)
                group_figures(checked)
                self.notes[sql] = correct_values(
                    checked, self._index.values, self._reader, attempt.language, schema=self._index.catalog.schema
                )
            with attempt.stage("execute"):
                return Candidate(sql, checked, execute(self._reader, checked), weight)
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
