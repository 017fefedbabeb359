"""How long a question may take: a model that is slow or hangs is left alone when the time is over.

A call in progress cannot be taken back, so it goes on in a thread that nobody waits for. One through our own queue is
told how long it may take and then leaves the model to others; any other ends with its connection. Statements have a
limit of their own in the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from llm.errors import ModelError
from nl2sql.attempt import Refusal
from nl2sql.language import Language
from nl2sql.phrases import phrase

DEADLINE_S: Final = 30.0
"""Of one question."""


def timely(
    model: BaseChatModel | Callable[[], BaseChatModel], language: Language, seconds: float
) -> Callable[[], BaseChatModel]:
    """Open a model that answers in what is left of a question's time, or else refuses in the asker's language.

    Opening does not count: whoever opens the model knows whether it has to be fetched first, and how long that may take.
    """
    begun = time.monotonic()

    def door() -> BaseChatModel:
        opening = time.monotonic()
        try:
            opened = model if isinstance(model, BaseChatModel) else model()
        except ModelError as error:
            raise _down(language, error) from error
        until = begun + seconds + time.monotonic() - opening
        return TimelyModel(inner=opened, language=language, until=until, seconds=seconds)

    return door


class TimelyModel(BaseChatModel):
    """A chat model that answers before a moment or not at all."""

    inner: BaseChatModel
    """What is asked."""
    language: Language
    """Of the refusal."""
    until: float
    """On the clock of `time.monotonic`."""
    seconds: float
    """That were allowed, for the refusal."""

    @property
    def _llm_type(self) -> str:
        return "millrace-timely"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        # Imported by whoever opened the model; an answer without one does not wait a second for its libraries.
        from llm.model import QueuedChatModel

        metadata = run_manager.metadata if run_manager else {}
        if isinstance(self.inner, QueuedChatModel):
            kwargs["timeout"] = max(0.0, self.until - time.monotonic())
        said: list[BaseMessage | Exception] = []

        def call() -> None:
            try:
                said.append(self.inner.invoke(messages, {"metadata": metadata}, stop=stop, **kwargs))
            except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
                said.append(error)

        thread = threading.Thread(target=call, name="model", daemon=True)
        thread.start()
        thread.join(max(0.0, self.until - time.monotonic()))
        if not said:
            reason = f"the model did not finish within {self.seconds:g} s"
            raise Refusal(reason, phrase(self.language, "slow", seconds=f"{self.seconds:g}"), failed=True)
        if isinstance(said[0], ModelError):
            raise _down(self.language, said[0]) from said[0]
        if isinstance(said[0], Exception):
            raise said[0]
        return ChatResult(generations=[ChatGeneration(message=said[0])])


def _down(language: Language, error: ModelError) -> Refusal:
    first = str(error).partition(". ")[0].rstrip(".")  # a provider may go on for lines; the log has all
    return Refusal(str(error), phrase(language, "down", reason=first), failed=True)
