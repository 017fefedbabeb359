"""Networks by name. Fields go in and come out flat and normalised, shape (n, values).

A *direct* network takes inputs of shape (n, parameters + 2), the parameters and the time, and gives the fields at
that time. An *autoregressive* one takes the same inputs and the fields from which to go on, and gives the fields
one stride later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from torch import nn

from surrogate.errors import StudyError
from surrogate.models.convolutional import convolutional
from surrogate.models.fully_connected import fully_connected

Kind = Literal["direct", "autoregressive"]


@dataclass(frozen=True)
class Architecture:
    """A kind of network and how to make one."""

    kind: Kind
    build: Callable[[int, Sequence[int]], nn.Module]
    """A function of the number of inputs and the shape of a field."""


MODELS: Final[Mapping[str, Architecture]] = {
    "fully_connected": Architecture("direct", fully_connected),
    "convolutional": Architecture("autoregressive", convolutional),
}
"""By name."""


def build_model(name: str, inputs: int, shape: Sequence[int]) -> nn.Module:
    """A fresh network of that name.

    Args:
        name: in `MODELS`.
        inputs: the parameters and the two numbers of time.
        shape: of a field.

    Raises:
        StudyError: there is none, or it does not do for such fields.
    """
    return find_model(name).build(inputs, shape)


def find_model(name: str) -> Architecture:
    """What is known about the network of that name.

    Raises:
        StudyError: there is none.
    """
    if name not in MODELS:
        raise StudyError(f"There is no model {name!r}; the names are {', '.join(MODELS)}.")
    return MODELS[name]
