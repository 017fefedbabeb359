"""The answer to a question: a sentence in the asker's language, the rows, the SQL, and where it came from.

The sentence is composed from cells of the result, never written by a model: its figures cannot be wrong
by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from nl2sql.confidence import Confidence
from nl2sql.execute import Result
from nl2sql.language import Language
from nl2sql.phrases import phrase
from nl2sql.values import Link

_SHOWN_ROWS = 20
"""Rows of the table in Markdown."""
_NO_VALUE = "—"

Source = Literal["verified", "composed", "model", "refused"]


@dataclass(frozen=True)
class Answer:
    """What became of a question."""

    question: str
    language: Language
    answered: bool
    text: str
    """A sentence in the asker's language; of a refusal, the reason."""
    source: Source
    sql: str | None = None
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    titles: tuple[str, ...] = ()
    """The columns in the asker's language."""
    spoken: list[tuple[Any, ...]] = field(default_factory=list)
    """The rows for people: with values in the asker's language."""
    linked: tuple[Link, ...] = ()
    """Values that the question was understood to name."""
    assumptions: tuple[str, ...] = ()
    """What was taken for granted, in the asker's language."""
    suggestions: tuple[str, ...] = ()
    """Of a refusal: questions that can be answered."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Per stage, and `total`."""
    tokens: int = 0
    """Read and written by the model; those in its cache count too."""
    reason: str | None = None
    """Of a refusal: why, in English, for the log."""
    failed: bool = False
    """Of a refusal: whether something broke, so that the same question may be answered later."""
    confidence: Confidence | None = None
    """Of an answer."""
    read_as: str | None = None
    """The whole question, if it was completed from the one before."""
    question_id: int | None = None
    """In the log; what people say about the answer refers to it."""

    def to_markdown(self) -> str:
        """The whole answer for people."""
        parts = [f"**{inert(self.text)}**", *(f"_{inert(assumption)}_" for assumption in self.assumptions)]
        if self.read_as is not None:
            parts.insert(0, phrase(self.language, "read_as", text=inert(self.read_as)))
        if self.suggestions:
            suggested = "\n".join(f"- {inert(suggestion)}" for suggestion in self.suggestions)
            parts += [phrase(self.language, "try"), suggested]
        if self.rows:
            parts.append(_table(self.titles, self.spoken[:_SHOWN_ROWS]))
            if len(self.rows) > _SHOWN_ROWS:
                parts.append(f"… ({len(self.rows)})")
        if self.sql:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", self.sql)), default=0))
            parts.append(f"{fence}sql\n{self.sql}\n{fence}")
        read = "; ".join(dict.fromkeys(f"{inert(link.text)} → {inert(link.value)}" for link in self.linked))
        origin: list[str] = [self.source]
        if self.confidence is not None:
            origin.append(f"{phrase(self.language, 'confidence')} {self.confidence.score:.0%}")
        if "total" in self.seconds:
            origin.append(f"{self.seconds['total']:.2f} s")
        if self.question_id is not None:
            origin.append(f"#{self.question_id}")
        parts.append(" · ".join([*origin, *([read] if read else [])]))
        return "\n\n".join(parts)


def inert(text: str) -> str:
    """A text that Markdown shows as it is: no link, no picture, no HTML, whatever a value holds."""
    return re.sub(r"([\\`*\[\]<>&|])", r"\\\1", " ".join(text.split()))


def sentence(language: Language, result: Result, titles: Sequence[str]) -> str:
    """What the rows say, in one sentence; `titles` are the names of the columns."""
    if not result.rows:
        return phrase(language, "none")
    first = result.rows[0]
    if len(result.rows) == 1:
        if all(cell is None for cell in first):
            return phrase(language, "empty")
        if len(first) == 1:
            return phrase(language, "one", column=titles[0], value=show(first[0]))
        return phrase(language, "row", cells=_cells(titles, first))
    name = "more" if result.is_truncated else "many"
    return phrase(language, name, count=len(result.rows), first=_cells(titles, first))


def show(cell: object) -> str:
    """A cell as text; figures are not rounded."""
    if cell is None:
        return _NO_VALUE
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def _cells(titles: Sequence[str], row: Sequence[object]) -> str:
    return ", ".join(f"{title}: {show(cell)}" for title, cell in zip(titles, row, strict=True))


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(inert(cell) for cell in cells) + " |"

    return "\n".join(
        [line(columns), line(["---"] * len(columns)), *(line([show(cell) for cell in row]) for row in rows)]
    )
