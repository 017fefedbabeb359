"""Sequencing rules for total tardiness on one machine, as orders of waiting requests.

A rule gets processing times p and due dates d of jobs that are all available at time 0, and gives the order in which
one machine should do them so that the sum of max(0, C_j - d_j) is small, C_j the completion time of job j. The rules
are in `edd`, `mdd`, `mddc`, `eddc` and `augmented`; here is what they share, and how they are applied online.

Waiting makes a request count as shorter (*ageing*). All of these rules prefer the shorter of two that are late, and
without ageing a long request could wait for ever while short ones keep coming. With it, a late request that has waited
for p / ageing goes before every late one that is younger and still counts as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduling.occupancy import Floats, Occupancy
from scheduling.policies.columns import due_dates, processing_times, submissions
from scheduling.policies.ranking import Ranking
from scheduling.request import Request

Integers = npt.NDArray[np.int64]
Rule = Callable[[Floats, Floats], Integers]
"""(p (n), d (n)) to the order (n): indices of jobs, first to last."""
Score = Callable[[float, Floats, Floats], Floats]
"""(t, p (n), d (n)) to scores (n): of the jobs left at time t the one with the lowest score is next."""


def dispatch(score: Score, processing: Floats, due: Floats) -> Integers:
    """Sequence by always taking the job with the lowest score, whose work moves time on; ties by (d, p). O(n^2)."""
    left = np.lexsort((processing, due))
    order = np.empty(len(left), dtype=np.int64)
    time = 0.0
    for position in range(len(order)):
        chosen = int(np.argmin(score(time, processing[left], due[left])))
        order[position] = left[chosen]
        time += float(processing[left[chosen]])
        left = np.delete(left, chosen)
    return order


def rank(score: Score, processing: Floats, due: Floats) -> Integers:
    """Sort by the scores at time 0; ties by (d, p). O(n log n).

    What can start in one round of decisions starts now, on whichever servers; time does not move on between.
    """
    return np.lexsort((processing, due, score(0.0, processing, due)))


@dataclass(frozen=True)
class Sequencing:
    """Rank by a sequencing rule as seen from now; a stage *order* of `stages`."""

    rule: Rule
    ageing: float = 0.1
    """Seconds by which a request counts as shorter for each second that it has waited."""

    def __call__(self, arrivals: Sequence[Request], room: Occupancy) -> Ranking:
        """See the class; without a deadline a request is due `columns.NO_HURRY_SECONDS` after its submission."""
        waited = np.maximum(room.now - submissions(arrivals), 0.0)
        processing = np.maximum(processing_times(arrivals) - self.ageing * waited, 0.0)
        due = due_dates(arrivals) - room.now
        order = self.rule(processing, due).tolist()

        def why(position: int) -> str:
            seconds = due[order[position]]
            return f"it is due in {seconds:.0f} s" if seconds >= 0 else f"it was due {-seconds:.0f} s ago"

        return Ranking([arrivals[index] for index in order], why)
