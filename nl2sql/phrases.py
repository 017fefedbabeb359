"""What the engine says itself, in three languages: the sentences of `phrases.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from nl2sql.language import Language


def phrase(language: Language, name: str, **parts: object) -> str:
    """A sentence with its parts filled in."""
    return _phrases()[language][name].format(**parts)


@cache
def _phrases() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8")
    )
    return found
