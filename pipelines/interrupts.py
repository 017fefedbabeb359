"""Ctrl-C reaches a command wherever it falls, also where Python ignores what is raised.

A signal's handler raises in the middle of whatever runs. If that is a finaliser or the callback of a weak reference,
as every library has some, Python reports the exception as one that nobody can catch, and goes on: the command would
run to its end as if nobody had stopped it. What may be interrupted at all is decided elsewhere (`surrogate.interrupts`).
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_AFTER_S: Final = 0.05
"""Time for the finaliser to end; if that was too short, it is ignored and sent once more."""


@contextmanager
def kept() -> Iterator[None]:
    """Send an interrupt again that Python ignored; everything else that it ignores is reported as before.

    To be entered in the main thread, which alone runs handlers of signals.
    """
    before = sys.unraisablehook
    main = threading.get_ident()

    def hook(ignored: UnraisableHookArgs) -> None:
        if _is_interrupt(ignored.exc_type):
            # not threading.Thread: the finaliser may have cut into code that holds that module's lock
            _thread.start_new_thread(_interrupt_again, (main,))
        else:
            before(ignored)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _is_interrupt(kind: type[BaseException]) -> bool:
    # Dagster raises its own in a step; it is no Exception either, so that most errors do not load Dagster
    if issubclass(kind, Exception):
        return False
    from dagster import DagsterExecutionInterruptedError

    return issubclass(kind, (KeyboardInterrupt, DagsterExecutionInterruptedError))


def _interrupt_again(main: int) -> None:
    """Interrupt the main thread, also in a call of the system that waits."""
    time.sleep(_AGAIN_AFTER_S)
    signal.pthread_kill(main, signal.SIGINT)
