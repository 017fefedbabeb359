"""What a job prints: read line by line as it comes, told from which rank, and the last lines kept.

How the job is started and stopped is `sims.launch` and `sims.slurm`.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

_KEPT: Final = 20


class Relay:
    """The output of a process, read by a thread until its end.

    Args:
        process: with its output as a pipe of text.
        prefix: how its lines begin that come from a rank, with the rank and the rest as groups.
        on_line: receives every line as `(rank, text)`, from the thread; the rank is -1 for the launcher's own words.
    """

    def __init__(
        self, process: subprocess.Popen[str], prefix: re.Pattern[str], on_line: Callable[[int, str], None] | None = None
    ) -> None:
        self._process, self._prefix = process, prefix
        self._on_line = on_line or (lambda _rank, _text: None)
        self._last: deque[str] = deque(maxlen=_KEPT)
        self._thread = threading.Thread(target=self._run, name=f"relay-{process.pid}", daemon=True)
        self._thread.start()

    @property
    def tail(self) -> str:
        """The last lines that were printed."""
        return "\n".join(self._last.copy())

    def join(self) -> None:
        """Wait until the end of the output has been read; a few seconds at most, should someone else hold the pipe."""
        self._thread.join(timeout=5)

    def _run(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        with self._process.stdout as lines:
            for line in lines:
                match = self._prefix.match(line.rstrip("\n"))
                rank, text = (int(match[1]), match[2]) if match else (-1, line.rstrip("\n"))
                self._last.append(text)
                self._on_line(rank, text)
