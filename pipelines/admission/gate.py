"""When the gate stands open: as soon as nobody decides any more, runs go first in, first out.

A sensor that is switched off, or a code location that does not load, would otherwise hold every run for ever.
Nothing here reads a clock or a database; `coordinator` does.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Gate:
    """Held shut by a beat that changes.

    What counts is how long the beat has been *seen* not to change: clocks of two machines need not agree, and after
    a day without any daemon the sensor has as long as ever to come back before all that is held goes at once.
    """

    patience: float
    """Seconds without a change after which it opens."""
    _beat: float | None = None
    _since: float | None = None

    def is_open(self, beat: float | None, now: float) -> bool:
        """Look at the beat.

        Args:
            beat: differs whenever a round of decisions was completed; `None` if none ever was.
            now: seconds of a clock that is never set.
        """
        if self._since is None or beat != self._beat:
            self._beat, self._since = beat, now
        return now - self._since >= self.patience
