"""The solver's own check finds the order it promises, serially and in parallel."""

import itertools
import math

import pytest

from sims.parallel import SERIAL
from sims.verify import errors


def test_error_falls_with_the_square_of_the_mesh_width():
    found = errors(SERIAL)
    orders = [math.log2(coarse / fine) for coarse, fine in itertools.pairwise(found)]
    assert orders == pytest.approx([2.0, 2.0], abs=0.1), found  # the coarsest mesh is just asymptotic
