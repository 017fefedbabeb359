"""The page for asking: its server on loopback, with the database and the model open as long as it runs."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from functools import partial

import uvicorn
from langchain_core.language_models import BaseChatModel

from llm.model import open_model
from nl2sql.web.app import build_app
from nl2sql.web.desk import Desk
from nl2sql.web.door import PatientDoor
from pipelines.database import opened
from pipelines.question import somebody_asks
from pipelines.settings import Settings

HOST = "127.0.0.1"
"""Loopback only: the page has no login."""


class WebError(Exception):
    """The page cannot be opened; the message says why."""


def serve(settings: Settings, port: int, *, user: str, role: str | None) -> None:
    """Serve the page until Ctrl-C.

    Raises:
        WebError: the port is taken.
        DatabaseError: the database cannot be used, or there is no such role.
    """
    listener = _listen(port)
    with ExitStack() as stack:
        stack.enter_context(listener)
        database = stack.enter_context(opened(settings))
        reader = database.reader if role is None else database.reader_as(role)
        stack.callback(reader.dispose)

        def door() -> BaseChatModel:
            return stack.enter_context(open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf))

        desk = Desk(
            database.engine,
            reader,
            PatientDoor(door, settings.ask_seconds),
            user=user,
            role=role,
            deadline_s=settings.ask_seconds,
            told=partial(somebody_asks, settings.home),
        )
        desk.index  # noqa: B018 - read before the first question, and what is wrong shows here
        config = uvicorn.Config(
            build_app(desk),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        print(f"Ask at http://{HOST}:{port} (Ctrl-C ends it)", flush=True)
        with suppress(KeyboardInterrupt):  # raised again when all requests have ended
            uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise WebError(
            f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another: millrace ask --web --port {port + 1}."
        ) from error
    return listener
