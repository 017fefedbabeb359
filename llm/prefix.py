"""The beginning of a prompt, kept on disk as the model has read it.

Prompts begin with a long system message and perhaps examples, which are the same for every question. Reading them takes a
laptop ten seconds or more; the state of the model after reading them is a file of about 30 MB that is loaded in a moment.
So a server that was just started answers as fast as one that is warm. Nothing else is kept, never a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from itertools import takewhile
from typing import Final

import httpx
from langchain_core.messages import (
    BaseMessage,
    HumanMessage,
    SystemMessage,
    convert_to_openai_messages,
    get_buffer_string,
)

from llm.server import Address, LocalServer

_MIN_CHARACTERS: Final = 1000
"""Shorter beginnings are read in a second."""
EXAMPLE_NAMES: Final = ("example_user", "example_assistant")
"""Who says the messages of an example: names that providers know for this."""
_KEPT: Final = 4
"""States on disk; the oldest ones go."""


class PrefixStates:
    """Brings the beginning of a prompt into a server's cache before the prompt is sent."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._present: tuple[Address, str] | None = None

    def load(self, address: Address, messages: Sequence[BaseMessage]) -> None:
        """Restore the state of what a prompt begins with, or make and keep it; does nothing if it was the last one."""
        beginning = list(takewhile(_is_fixed, messages))
        text = get_buffer_string(beginning)
        if len(text) < _MIN_CHARACTERS or self._present == (address, text):
            return
        # another release of the server may write another format
        name = hashlib.sha256(f"{version('xllamacpp')}\0{text}".encode()).hexdigest()[:32]
        try:
            if not self._post(address, "/slots/0?action=restore", {"filename": name}).is_success:
                self._make(address, beginning, name)
        except httpx.HTTPError:
            return  # only time is lost; what is wrong with the server shows at the call itself
        self._present = (address, text)

    def _make(self, address: Address, beginning: Sequence[BaseMessage], name: str) -> None:
        prompt = convert_to_openai_messages([*beginning, HumanMessage("-")])
        read = self._post(address, "/v1/chat/completions", {"messages": prompt, "max_tokens": 1, "id_slot": 0})
        saved = self._post(address, "/slots/0?action=save", {"filename": name})
        if not (read.is_success and saved.is_success):
            return
        usage = read.json()["usage"]
        # Another process may have asked something in between; then this is the state of its prompt.
        if saved.json()["n_saved"] != usage["prompt_tokens"] + usage["completion_tokens"] - 1:
            (self._server.states / name).unlink(missing_ok=True)
        self._forget_old()

    def _post(self, address: Address, path: str, body: dict[str, object]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {address.key}"}
        return self._server.http.post(f"{address.url}{path}", json=body, headers=headers)

    def _forget_old(self) -> None:
        states = sorted(self._server.states.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in states[:-_KEPT]:
            path.unlink(missing_ok=True)


def _is_fixed(message: BaseMessage) -> bool:
    """Whether a message is the same for every question."""
    return isinstance(message, SystemMessage) or message.name in EXAMPLE_NAMES
