"""Which chart an answer gets: a declarative specification, decided from the shape of the result alone.

A chart is data about data, never code: what it shows are cells of the result. Drawing it is `drawing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from nl2sql.answer import Answer, show

_BARS: Final = 30
"""Bars that still can be read."""
_POINTS: Final = 400
_COLUMNS: Final = 3
"""Of a result; wider ones are lists of things, not figures by something."""
_PERIOD: Final = re.compile(r"(19|20)\d\d(-(Q[1-4]|\d\d(-\d\d)?))?")
_TIMES: Final = ("year", "month", "quarter", "week", "day", "date", "period")
"""Names of columns whose whole numbers are times."""


@dataclass(frozen=True)
class Chart:
    """One figure by category or over time."""

    kind: Literal["bar", "line"]
    x: str
    """What the labels are, in the asker's language."""
    y: str
    """What the figures are."""
    data: tuple[tuple[str, float], ...]
    """Label and figure, in the order of the result; times ascending."""

    @property
    def title(self) -> str:
        """For people who do not see it."""
        return f"{self.y} · {self.x}"

    def spec(self) -> dict[str, Any]:
        """As a mapping that JSON can hold."""
        return {
            "kind": self.kind,
            "title": self.title,
            "x": self.x,
            "y": self.y,
            "data": [{"x": label, "y": figure} for label, figure in self.data],
        }


def chart(answer: Answer) -> Chart | None:
    """The chart of an answer, where one says more than the table.

    One column of categories or times and a figure: a line over time, bars for 2 to 30 categories. Several rows of
    the same category would need a second dimension, and get none.
    """
    if not 2 <= len(answer.columns) <= _COLUMNS or len(answer.spoken) < 2:  # noqa: PLR2004 - one row is a sentence
        return None
    columns = list(zip(*answer.spoken, strict=True))
    kinds = [_kind(name, cells) for name, cells in zip(answer.columns, columns, strict=True)]
    keys = [number for number, kind in enumerate(kinds) if kind in ("time", "category")]
    figures = [number for number, kind in enumerate(kinds) if kind == "figure"]
    if len(keys) != 1 or not figures or len(keys) + len(figures) != len(kinds):
        return None
    key, figure = keys[0], figures[0]
    labels = [show(cell) for cell in columns[key]]
    data = [(label, float(cell)) for label, cell in zip(labels, columns[figure], strict=True) if cell is not None]
    if len(set(labels)) < len(labels) or len(data) < 2:  # noqa: PLR2004 - as above
        return None
    if kinds[key] == "time" and len(data) <= _POINTS:
        return Chart("line", answer.titles[key], answer.titles[figure], tuple(sorted(data)))
    if kinds[key] == "category" and len(data) <= _BARS:
        return Chart("bar", answer.titles[key], answer.titles[figure], tuple(data))
    return None


def _kind(name: str, cells: Sequence[object]) -> Literal["time", "category", "figure", "other"]:
    known = [cell for cell in cells if cell is not None]
    if not known:
        return "other"
    if all(isinstance(cell, date) for cell in known) or all(_is_period(name, cell) for cell in known):
        return "time"
    if all(isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in known):
        # numbers of people and rows name things; adding or comparing them says nothing
        return "other" if name == "id" or name.endswith("_id") else "figure"
    return "category" if all(isinstance(cell, str | bool) for cell in known) else "other"


def _is_period(name: str, cell: object) -> bool:
    if isinstance(cell, str):
        return _PERIOD.fullmatch(cell) is not None
    whole = isinstance(cell, int | Decimal | float) and cell == int(cell)
    return whole and name.lower().rpartition("_")[2] in _TIMES
