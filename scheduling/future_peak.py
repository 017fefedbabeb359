"""Past-Future: how much memory the requests of an engine will need at most, and who may still come in.

*Past-Future Scheduler for LLM Serving under SLA Guarantees*, arXiv 2507.10150. A request holds one unit (the keys and
values of a token) for each token of its prompt and of its output so far, produces one token a step, and frees all of it
when it ends. How many tokens are still to come is sampled from an estimator's distribution. The engine
itself is the affair of whoever runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduling.estimators.distribution import Distribution
from scheduling.occupancy import Floats


@dataclass(frozen=True)
class Generation:
    """A request for tokens, running or waiting."""

    prompt: int
    """Tokens that it holds from its start."""
    output: Distribution
    """How many tokens it will produce in all."""
    produced: int = 0
    """Tokens that it has produced."""

    def remaining(self, rng: np.random.Generator, size: int) -> Floats:
        """(size) draws of the tokens that are still to be held: all that come but the last, which nothing follows."""
        coming = np.ceil(self.output.sample(rng, size, above=float(self.produced))) - self.produced
        return np.asarray(np.maximum(coming - 1, 0), dtype=np.float64)


def future_peak(held: npt.ArrayLike, remaining: npt.ArrayLike) -> Floats:
    """The most that is held at any future step if nobody else comes in.

    Memory peaks just before a request ends. When the one with r(k) steps to go ends, exactly those with at least as
    many are alive, each grown by r(k): with requests by descending r, the peak is the maximum over k of
    a(1) + ... + a(k) + k r(k) (section 3 of the paper).

    Args:
        held: (n) what each request holds now, a.
        remaining: (..., n) the steps for which it grows by one each, r.

    Returns:
        (...) the peak; 0 of no request.
    """
    remaining = np.asarray(remaining, dtype=np.float64)
    order = np.argsort(-remaining, axis=-1, kind="stable")
    longest_first = np.take_along_axis(remaining, order, axis=-1)
    alive = np.arange(1, remaining.shape[-1] + 1)
    totals = np.cumsum(np.asarray(held, dtype=np.float64)[order], axis=-1) + alive * longest_first
    return np.asarray(totals.max(axis=-1, initial=0.0))


def admissible(
    running: Sequence[Generation],
    waiting: Sequence[Generation],
    capacity: float,
    rng: np.random.Generator,
    samples: int = 5,
) -> int:
    """How many of those that wait may come in now, from the first on.

    The first comes in while the peak stays within the capacity in each of the samples; an engine without requests
    takes the first whatever is expected of it, since waiting would not help it.

    Args:
        running: what the engine holds.
        waiting: in the order of service.
        capacity: tokens that may be held; the paper keeps 5 % of the engine's free for errors.
        rng: draws remaining lengths, one a request and sample.
        samples: futures that are looked at; the paper takes up to 5.
    """
    requests = [*running, *waiting]
    held = np.array([request.prompt + request.produced for request in requests], dtype=np.float64)
    futures = np.array([request.remaining(rng, samples) for request in requests]).reshape(len(requests), samples).T
    for count in range(len(running) + 1, len(requests) + 1):
        if count > 1 and (future_peak(held[:count], futures[:, :count]) > capacity).any():
            return count - 1 - len(running)
    return len(waiting)
