"""Earliest due date (Jackson, 1955).

Bias: minimises the largest lateness. Where many jobs must be late it makes long ones late first and all others after
them, as it never gives a job up.
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats
from scheduling.policies.sequencing import Integers


def sequence(processing: Floats, due: Floats) -> Integers:
    """Ascending (d, p)."""
    return np.lexsort((processing, due))
