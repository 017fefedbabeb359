"""Many questions at once, from a table to a table: a CSV file of questions, and beside it one of their answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nl2sql.answer import Answer, show
from nl2sql.errors import AskError
from nl2sql.language import LANGUAGES, Language

MAX_QUESTIONS: Final = 1000
_COLUMNS: Final = (
    "question", "language", "user", "outcome", "answer", "confidence", "source", "rows", "result", "sql", "seconds", "number",
)  # fmt: skip
_SHOWN: Final = 20
"""Rows of a result that are written out."""


@dataclass(frozen=True)
class Asked:
    """One line of the file."""

    question: str
    language: Language | None
    user: str


def read(path: Path) -> list[Asked]:
    """Read questions: columns `question`, and if wanted `language` (en, tr, ru) and `user`.

    Raises:
        AskError: the file is not there, or is no such table.
    """
    form = "It needs a column named question, and may have language (en, tr, ru) and user."
    if not path.is_file():
        raise AskError(f"There is no file {path}. {form}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AskError(f"{path} is not in UTF-8; save it as “CSV UTF-8”.") from None
    head = text.partition("\n")[0]
    lines = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    if "question" not in (lines.fieldnames or ()):
        raise AskError(f"{path} has the columns {', '.join(lines.fieldnames or ())}. {form}")
    asked = [_asked(path, number, line) for number, line in enumerate(lines, start=2) if line["question"]]
    if not 0 < len(asked) <= MAX_QUESTIONS:
        raise AskError(f"{path} has {len(asked):,} questions; from 1 to {MAX_QUESTIONS:,} are allowed.")
    return asked


def write(path: Path, pairs: Iterable[tuple[Asked, Answer | AskError]]) -> None:
    """Write answers; a file that is there is replaced whole."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:  # the sign tells Excel that it is UTF-8
        table = csv.DictWriter(file, _COLUMNS)
        table.writeheader()
        for asked, given in pairs:
            line = {"question": asked.question, "user": asked.user, **_line(given)}
            table.writerow({name: _harmless(cell) for name, cell in line.items()})
    partial.replace(path)


def _asked(path: Path, number: int, line: dict[str, str | None]) -> Asked:
    wanted = (line.get("language") or "").strip().lower()
    language = next((known for known in LANGUAGES if known == wanted), None)
    if wanted not in {"", "auto"} and language is None:
        raise AskError(f"{path}, line {number}: the language is {wanted!r}; it must be en, tr, ru or empty.")
    return Asked(line["question"] or "", language, (line.get("user") or "batch").strip())


def _line(given: Answer | AskError) -> dict[str, object]:
    if isinstance(given, AskError):
        return {"outcome": "refused", "answer": str(given)}
    return {
        "language": given.language,
        "outcome": "answered" if given.answered else "failed" if given.failed else "refused",
        "answer": given.text,
        "confidence": "" if given.confidence is None else given.confidence.score,
        "source": given.source,
        "rows": len(given.rows) if given.answered else "",
        "result": "; ".join(", ".join(map(show, row)) for row in given.rows[:_SHOWN]),
        "sql": given.sql or "",
        "seconds": round(given.seconds["total"], 2),
        "number": given.question_id or "",
    }


def _harmless(cell: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
