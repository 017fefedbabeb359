"""What the rules of cleaning do, in words.

The sentences are in `data/rules.toml`. The rules themselves are in the modules that their names begin with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


def meaning(rule: str) -> str:
    """What a rule does; one of the company's own plan is only known by its name.

    >>> meaning("normalise.spaces")
    'spaces around and between words were reduced to one'
    """
    return meanings().get(rule, f"a rule of the company's own, {rule}")


@cache
def meanings() -> Mapping[str, str]:
    """Sentences by rule."""
    said = tomllib.loads(resources.files("erp").joinpath("data", "rules.toml").read_text("utf-8"))
    found = {name: text for name, text in said.items() if isinstance(text, str)}
    for section, rules in said.items():
        if isinstance(rules, dict):
            found |= {f"{section}.{name}": text for name, text in rules.items()}
    return found
