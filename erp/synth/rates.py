"""The stated rates of habits, drift and errors, as `data/errors.toml` has them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def rates() -> dict[str, dict[str, float]]:
    """Shares by group and kind."""
    text = resources.files("erp.synth").joinpath("data/errors.toml").read_text("utf-8")
    return tomllib.loads(text)
