"""Where the questions of a page are answered: connections, index and model, kept between questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import Engine

from nl2sql import feedback, memory
from nl2sql.answer import Answer
from nl2sql.engine import ask
from nl2sql.errors import AskError
from nl2sql.examples import DOMAINS, Example, render, sample_values
from nl2sql.feedback import Verdict
from nl2sql.index import Index, build_index
from nl2sql.language import Language
from nl2sql.memory import Turn

_FRESH_S: Final = 300.0
"""After which the index is read again: the records may have been published anew."""
_HISTORY: Final = 30
_OFFERED: Final = 4


class Desk:
    """Answers the questions of one person.

    Args:
        owner: connections that may write the log.
        reader: connections that statements run on.
        model: how to open the language model.
        user: who asks.
        role: whose rights `reader` has; `None` for the reading role.
        deadline_s: how long the model may take for one question.
        told: is called before each question.
    """

    def __init__(
        self,
        owner: Engine,
        reader: Engine,
        model: Callable[[], BaseChatModel],
        *,
        user: str,
        role: str | None,
        deadline_s: float,
        told: Callable[[], None],
    ) -> None:
        self._owner, self._reader, self._model = owner, reader, model
        self._user, self._role = user, role
        self.deadline_s = deadline_s
        self._told = told
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._read_at = 0.0
        self._learnt: tuple[Example, ...] = ()

    @property
    def index(self) -> Index:
        """What is asked about, not older than a few minutes, with all that was learnt."""
        learnt = memory.learnt(self._owner)
        with self._lock:
            is_old = time.monotonic() - self._read_at > _FRESH_S
            if self._index is None or is_old or learnt != self._learnt:
                self._index = build_index(self._reader, learnt=learnt)
                self._read_at, self._learnt = time.monotonic(), learnt
            return self._index

    def ask(self, question: str, conversation: str) -> Answer:
        """Answer a question.

        Raises:
            AskError: the question is empty or too long.
        """
        self._told()
        return ask(
            question,
            owner=self._owner,
            reader=self._reader,
            model=self._model,
            index=self.index,
            user=self._user,
            role=self._role,
            conversation=conversation,
            deadline_s=self.deadline_s,
        )

    def say(self, question_id: int, verdict: Verdict) -> None:
        """Record what the person says about an answer.

        Raises:
            AskError: the person was given no such answer.
        """
        if memory.turn(self._owner, question_id).user_name != self._user:
            raise AskError(f"Question {question_id} is not yours.")
        feedback.say(self._owner, question_id, verdict, by=self._user)

    def history(self) -> list[Turn]:
        """The person's questions, newest first, each once."""
        found: dict[str, Turn] = {}
        for turn in memory.recent(self._owner, user=self._user, count=4 * _HISTORY):
            found.setdefault(turn.text.casefold(), turn)
        return list(found.values())[:_HISTORY]

    def offers(self, language: Language) -> Sequence[str]:
        """Questions to begin with."""
        index = self.index
        shown = [example for example in index.examples if example.place is not None and example.questions[language]]
        asked = []
        # without places first: a value put into one is not inflected
        for example in sorted(shown, key=lambda example: (len(example.placeholders), example.place))[:_OFFERED]:
            filled = {
                name: index.values.name(DOMAINS[name.rstrip("2")], value, language)
                if name.rstrip("2") in DOMAINS
                else value
                for name, value in sample_values(index.values, example).items()
            }
            asked.append(render(example.questions[language][0], filled))
        return asked
