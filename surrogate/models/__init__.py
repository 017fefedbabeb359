"""Networks by name. Each takes (n, inputs) and gives (n, values of a field), both normalised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from torch import nn

from surrogate.errors import StudyError
from surrogate.models.fully_connected import fully_connected

MODELS: Mapping[str, Callable[[int, Sequence[int]], nn.Module]] = {"fully_connected": fully_connected}
"""By name: a function of the number of inputs and the shape of a field."""


def build_model(name: str, inputs: int, shape: Sequence[int]) -> nn.Module:
    """A fresh network of that name.

    Raises:
        StudyError: there is none.
    """
    if name not in MODELS:
        raise StudyError(f"There is no model {name!r}; the names are {', '.join(MODELS)}.")
    return MODELS[name](inputs, shape)
