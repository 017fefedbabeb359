"""The language model of a page: opened in the background when a question first needs it, and waited for only so long."""

from __future__ import annotations

import threading
from collections.abc import Callable

from langchain_core.language_models import BaseChatModel

from llm.errors import ModelError


class PatientDoor:
    """Opens a model once for all questions.

    Args:
        open_model: takes as long as it takes; the weights may have to be fetched.
        patience_s: how long a question waits for it.
    """

    def __init__(self, open_model: Callable[[], BaseChatModel], patience_s: float) -> None:
        self._open = open_model
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._opening: threading.Thread | None = None
        self._model: BaseChatModel | None = None
        self._error: Exception | None = None

    def __call__(self) -> BaseChatModel:
        """The model.

        Raises:
            ModelError: it cannot be had, or not yet. The next question tries again.
        """
        with self._lock:
            if self._model is None and (self._opening is None or not self._opening.is_alive()):
                self._error = None
                self._opening = threading.Thread(target=self._run, name="opening the model", daemon=True)
                self._opening.start()
            opening = self._opening
        if opening is not None:
            opening.join(self._patience_s)
        if self._model is not None:
            return self._model
        if isinstance(self._error, ModelError):
            raise self._error
        if self._error is not None:
            raise ModelError(f"It could not be opened: {self._error}") from self._error
        raise ModelError("It is being started or fetched; ask again in a minute.")

    def _run(self) -> None:
        try:
            self._model = self._open()
        except Exception as error:  # noqa: BLE001 - told to whoever asks
            self._error = error
