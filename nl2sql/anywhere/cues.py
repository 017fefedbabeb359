"""Words that shape a statement instead of naming something in it: how many, each, at least, the oldest.

They are English dictionary words, which words of all three languages lead to (`lexicon`), and stand in `cues.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

Cue = Literal[
    "count", "counted", "avg", "sum", "min", "max", "each", "none", "not", "at least", "at most", "more", "less",
    "between", "distinct", "common", "most", "least", "alphabetical", "ascending", "descending", "both", "from start",
    "compare", "super", "which", "name", "stop",
]  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """What an adjective is about."""

    columns: tuple[str, ...]
    """Words of the names of columns that it may order by, the likeliest first."""
    descending: bool
    """Whether 'the most so' is the highest value of them."""
    reversed: tuple[str, ...] = ()
    """Columns where it is the other way: the oldest was founded in the lowest year."""


_CONTENT: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _scale(axis: str, end: str) -> Scale:
    """One end of an axis."""
    told = _CONTENT["axes"][axis]
    return Scale(tuple(told["columns"]), end == "high", tuple(told.get("reversed", ())))


def _scales(form: str) -> dict[str, Scale]:
    """The words of one form, and what each is about."""
    return {
        word: _scale(axis, end)
        for axis, told in _CONTENT["axes"].items()
        for end in ("high", "low")
        for word in told.get(end, {}).get(form, ())
    }


CUES: Final[Mapping[str, Cue]] = {word: cue for cue, words in _CONTENT["cues"].items() for word in words}
COMPARATIVES: Final = _scales("comparatives")
POSITIVES: Final = _scales("positives")
"""After a Turkish ablative they compare: 40 yaşından büyük."""
MEASURES: Final = _scales("measures")
"""What a verb measures: those that cost more than 100."""
SUPERLATIVES: Final = _scales("superlatives")
HIGH: Final = _scale("any", "high")
LOWEST: Final = _scale("any", "low")
LASTS: Final = _scale("pace", "high").reversed
"""Columns that tell a pace as the time that something takes."""

STOP: Final = frozenset(_CONTENT["words"]["stop"])
"""They say nothing that the names beside them do not say already."""
SOFT: Final = frozenset(_CONTENT["words"]["soft"])
"""Verbs that join what they stand between; how tables are joined says the same."""
UNREAD: Final = frozenset(_CONTENT["words"]["unread"])
"""What changes a question in ways that are not composed."""
ORDINALS: Final = frozenset(_CONTENT["words"]["ordinals"])
NUMBERS: Final[Mapping[str, int]] = _CONTENT["numbers"]
THOUSANDS: Final[Mapping[str, float]] = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
