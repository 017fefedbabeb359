"""When a study may be interrupted: between two steps of training, and never in the middle of one.

An interruption inside a step would leave weights that have half learned from a batch, and an account that does
not know which half; inside foreign code it can be lost, or printed where nobody expects it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_SIGNALS: Final[tuple[int, ...]] = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deferred() -> Iterator[Callable[[], None]]:
    """Hold SIGINT and SIGTERM back until the function that is given is called, or the context ends.

    Then whoever handled them before handles them, and raises what he raises. Outside of the main thread, which
    alone may handle signals, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    waiting: list[tuple[int, FrameType | None]] = []
    handlers: dict[int, Any] = {}

    def hold(number: int, frame: FrameType | None) -> None:
        waiting.append((number, frame))

    def check() -> None:
        if waiting:
            held, frame = waiting[0]
            waiting.clear()
            _handle(handlers[held], held, frame)

    for each in _SIGNALS:
        handlers[each] = signal.signal(each, hold)
    try:
        yield check
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
    check()


def _handle(handler: Any, number: int, frame: FrameType | None) -> None:
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
