"""A gather copies exactly the slots that were asked for, in their order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sims.stream.slab import Slab
from surrogate.gather import gather, lines_of


@pytest.mark.parametrize("shape", [(4, 4), (5, 3)], ids=["whole lines", "padded lines"])
def test_a_gather_is_the_fields_by_index(tmp_path, shape):
    rng = np.random.default_rng(0)
    with Slab.create(20, shape, tmp_path) as slab:
        slab.fields[:] = rng.random((20, *shape), np.float32)
        slots = rng.choice(20, 7, replace=False)
        batch = torch.empty((9, slab.lines.shape[1]))
        rows = gather(lines_of(slab), slots, batch)
        assert rows.data_ptr() == batch.data_ptr()
        values = int(np.prod(shape))
        np.testing.assert_array_equal(rows[:, :values].numpy(), slab.fields[slots].reshape(7, values))
        assert not len(gather(lines_of(slab), slots[:0], batch))
