"""Modified due date (Baker and Bertrand, 1982).

Bias: a job that cannot be in time any more counts as due at its earliest completion, so that of late jobs the short
ones go first; it looks one job ahead.
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats


def score(time: float, processing: Floats, due: Floats) -> Floats:
    """max(t + p, d)."""
    return np.maximum(time + processing, due)
