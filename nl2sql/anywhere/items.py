"""What one part of a question names, or does with what others name.

How a part is read so is `reading`; which statement the items of a question make is `sketching`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nl2sql.anywhere.cues import MEASURES, STOP, Cue, Scale
from nl2sql.anywhere.parts import Part
from nl2sql.catalog import Catalog
from nl2sql.text import fold
from nl2sql.values import Link

SENSES: Final = 3
"""Meanings of a word that are looked at, the likeliest first."""
_FIGURES: Final = frozenset({"integer", "numeric"})


@dataclass
class Item:
    """One part of a question."""

    part: Part
    cue: Cue | None = None
    scale: Scale | None = None
    number: float | None = None
    links: tuple[Link, ...] = ()
    """Values that it may be."""
    table: str | None = None
    columns: tuple[str, ...] = ()
    """Paths that it may name, the likeliest first."""
    is_negated: bool = False
    """Whether its word denies itself, as Turkish verbs do."""
    month: int = 0
    """Of a month's name, 1 to 12."""
    is_used: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it names a table or a column."""
        return self.table is not None or bool(self.columns)

    def columns_of_figures(self, catalog: Catalog) -> tuple[str, ...]:
        """The columns with figures that it may name; keys are none."""
        columns = (catalog.column(path) for path in self.columns)
        return tuple(
            c.path
            for c in columns
            if c and c.type in _FIGURES and c.references is None and not c.is_key and c.yes_no is None
        )

    @property
    def measures(self) -> bool:
        """Whether it is a verb that measures: costs, weighs."""
        return bool(self.part.english) and self.part.english[0] in MEASURES

    @property
    def is_needless(self) -> bool:
        """Whether a statement may leave it out."""
        if self.cue in ("stop", "which"):
            return True
        return not (self.cue or self.is_name or self.links or self.number is not None or self.month) and _says_nothing(
            self.part
        )


def _says_nothing(part: Part) -> bool:
    if len(part.text) == 1:
        return True
    senses: Sequence[str] = part.english[:SENSES] or [fold(part.text)]
    if senses[0] == "owner":  # the Turkish one has things as well
        return False
    return any(sense in STOP for sense in senses)
