"""The curves of a study as event files that TensorBoard shows: `tensorboard --logdir FOLDER`."""

from __future__ import annotations

import math
from pathlib import Path

from sims.closing import Closing


class Board(Closing):
    """A folder of event files; a run that goes on adds a file, and TensorBoard joins them.

    Args:
        folder: where; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder))

    def write(self, batches: int, **scalars: float) -> None:
        """Add a point to each curve that is named; numbers that are not finite are left out.

        Args:
            batches: steps of training, the horizontal axis.
            scalars: by the name of the curve.
        """
        for name, value in scalars.items():
            if math.isfinite(value):
                self._writer.add_scalar(name, value, batches)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
