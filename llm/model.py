"""The language model as the rest of the house sees it: a LangChain chat model that is open for a while.

Where the weights come from, how they are served and who waits for whom is in the modules beside this one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import openai
from langchain.chat_models import init_chat_model
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from pydantic import ConfigDict, SecretStr

from llm.download import Progress
from llm.errors import ModelError
from llm.gateway import Gateway
from llm.prefix import PrefixStates
from llm.process import SLOTS
from llm.server import LocalServer
from llm.weights import find_weights

LOCAL = "local"
_REMOTE_SLOTS = 4
"""Calls at once to a model of someone else; providers limit the rate, not us."""


class QueuedChatModel(BaseChatModel):
    """A chat model whose calls wait their turn; the user is `config={"metadata": {"user": …}}`.

    A call with `timeout` gives up after so many seconds, its turn included, and leaves the model to others.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str | None = None
    """What is asked, as in `open_model`."""
    connect: Callable[[list[BaseMessage]], BaseChatModel]
    """Gives the model to send messages to now; the local server may have been restarted since the last call."""
    gateway: Gateway
    """Where calls wait."""

    @property
    def _llm_type(self) -> str:
        return "millrace-queued"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        user = str((run_manager.metadata if run_manager else {}).get("user", "local"))
        begun = time.monotonic()
        with self.gateway.turn(user):
            if timeout is not None:
                kwargs["timeout"] = timeout - (time.monotonic() - begun)
                if kwargs["timeout"] <= 0:  # nobody waits for it any more
                    raise ModelError(f"The model {self.name} was busy for {timeout:.0f} s.")
            try:
                return self._call(messages, stop, run_manager, **kwargs)
            except openai.APIConnectionError as error:
                raise ModelError(f"The model {self.name} does not answer: {error}") from error
            except openai.OpenAIError as error:
                raise ModelError(f"The model {self.name} refused the call: {error}") from error

    def _call(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        try:
            return self.connect(messages)._generate(messages, *args, **kwargs)  # noqa: SLF001 - as LangChain's own wrappers do
        except openai.APITimeoutError:
            raise
        except openai.APIConnectionError:
            # The server died under the call: `connect` starts another. A second death is an error.
            return self.connect(messages)._generate(messages, *args, **kwargs)  # noqa: SLF001


@contextmanager
def open_model(
    spec: str, *, cache: Path, gguf: Path | None = None, progress: Progress | None = None
) -> Iterator[QueuedChatModel]:
    """Open a language model; the local one is served while at least one is open on this machine.

    Args:
        spec: `local`, or `provider:model` as LangChain's `init_chat_model` takes it.
        cache: folder of weights and server, shared by all homes of this user.
        gguf: weights to use instead of looking for them.
        progress: told how far a download is.

    Yields:
        A chat model.

    Raises:
        ModelError: the model cannot be had.
    """
    if spec != LOCAL:
        remote = _remote(spec)
        yield QueuedChatModel(name=spec, connect=lambda _messages: remote, gateway=Gateway(_REMOTE_SLOTS))
        return
    server = LocalServer(cache, find_weights(cache, gguf=gguf, progress=progress))
    try:
        server.address()  # what is wrong shows here, not at the first question
        yield QueuedChatModel(name=spec, connect=partial(_local, server, PrefixStates(server)), gateway=Gateway(SLOTS))
    finally:
        server.close()


def _local(server: LocalServer, prefixes: PrefixStates, messages: list[BaseMessage]) -> ChatOpenAI:
    address = server.address()
    prefixes.load(address, messages)
    return ChatOpenAI(
        base_url=f"{address.url}/v1",
        api_key=SecretStr(address.key),
        model=LOCAL,
        temperature=0,
        logprobs=True,  # how sure it is of what it says
        top_logprobs=1,
        max_retries=0,
        http_client=server.http,
    )


def _remote(spec: str) -> BaseChatModel:
    provider = spec.partition(":")[0]
    try:
        return init_chat_model(spec, temperature=0)
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise ModelError(
            f"The model {spec!r} needs a package that is not installed: {error}. Try: pip install {package}"
        ) from error
    except openai.OpenAIError as error:
        raise ModelError(f"The model {spec!r} cannot be used: {error}") from error
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"The model {spec!r} cannot be used: {reason} It must be 'local' or provider:model, for example openai:gpt-4o, with the provider's API key in the environment."
        ) from error
