"""Names of the run tags of admission: what is declared, what is decided. A leaf: it imports nothing of ours."""

from __future__ import annotations

from typing import Final

GATE: Final = "admission"
"""`hold` until a run is released, then `go`; the queue is told to start nothing that has `hold`."""
HOLD: Final = "hold"
GO: Final = "go"

NEEDS: Final = "needs/"
"""Prefix of what a run or an asset declares to need: `needs/cpu`, `needs/memory_mb`, `needs/gpu`, own resources."""
ESTIMATE: Final = "admission/estimate_s"
"""Declared run time, seconds; without it, the history of the same work counts."""
DEADLINE: Final = "admission/deadline"
"""When the run should have ended: an ISO time, HH:MM after its submission, or +SECONDS from it."""
USER: Final = "admission/user"
"""On whose behalf; what fairness is measured by."""
PRIORITY: Final = "dagster/priority"
"""Dagster's own; for the policies that look at it."""

REASON: Final = "admission/reason"
"""Why it waits, or why it was released."""
POSITION: Final = "admission/position"
"""Place in the queue, 1 is next; beyond the first hundred in hundreds; 0 is released."""
EXPECTED: Final = "admission/expected_start"
"""When it is expected to start, local time of the machine, if that can be known."""
CORES: Final = "admission/cores"
"""Indices of the CPU cores that are reserved for it."""
GPUS: Final = "admission/gpus"
"""Indices of the GPUs that are reserved for it; `NO_GPU` where there are some and it has none."""
NO_GPU: Final = "none"

DECIDED: Final = (REASON, POSITION, EXPECTED, CORES, GPUS)
"""What belongs to one submission: a retry copies the tags of its parent, and must not keep these."""
