"""How many workers a study needs, told by the trainer's reservoir: no processes, no clock of its own.

Where every field is used r times on average, 1/r of those in a full reservoir have never been used
(notes on the Reservoir of Meyer et al., SC'23, arXiv 2309.16743). So the unseen fraction says who is ahead:
below 1/r the trainer repeats itself and more workers help; at 1/r production is held back until the repeats are
done, and fewer workers may do.
"""

from __future__ import annotations

from typing import Final

LOW: Final = 0.7
"""Share of the target below which the trainer repeats too much."""
HIGH: Final = 0.95
"""Share of the target from which on producers are held back."""
SETTLE_S: Final = 10.0
"""Seconds for which the same must be true before the number changes by one."""
_LONGEST: Final = 64.0


def wanted(unseen: float, running: int, *, target: float, most: int) -> int:
    """The number of workers that this unseen fraction asks for: one more, one less, or the same.

    Args:
        unseen: fraction of the fields in the reservoir that were never drawn, 0 to 1.
        running: workers now.
        target: the unseen fraction at which every field is used as often as asked, 1/repeats.
        most: upper bound of the answer; the lower one is 1.
    """
    step = (unseen < LOW * target) - (unseen >= HIGH * target)
    return max(1, min(running + step, most))


class Steering:
    """`wanted` over time: it changes the number only after the same was true for a while.

    Between two numbers, one too few and one too many, it would go to and fro for ever. So each time it turns
    round it waits twice as long as before, up to 64 times.

    Args:
        target: the unseen fraction at which every field is used as often as asked, 1/repeats.
        most: upper bound of the number of workers.
        settle_s: seconds for which the same must be true.
    """

    def __init__(self, target: float, most: int, settle_s: float = SETTLE_S) -> None:
        self._target, self.most, self._settle_s = target, most, settle_s
        self._patience = 1.0
        self._leaning = self._last = 0
        self._since = 0.0

    def number(self, unseen: float | None, running: int, now: float) -> int:
        """How many workers there should be.

        Args:
            unseen: fraction of the fields in the reservoir that were never drawn; `None` before training has begun.
            running: workers now.
            now: seconds of any clock.
        """
        asked = running if unseen is None else wanted(unseen, running, target=self._target, most=self.most)
        leaning = asked - running
        if leaning != self._leaning:
            self._leaning, self._since = leaning, now
        turn = self._last * leaning < 0
        patience = min(self._patience * (2 if turn else 1), _LONGEST)
        if not leaning or now - self._since < self._settle_s * patience:
            return running
        self._patience, self._last, self._since = patience, leaning, now
        return asked
