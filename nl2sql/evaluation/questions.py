"""Questions whose answers are known, as files of one JSON object a line.

`question`, `sql` (null: it cannot be answered) and `language`; optionally `database` (a URL, relative SQLite
paths begin at the file), `also` (further statements that are right), `loose` (further columns are fine),
`ordered` (whether order matters; otherwise where the statement ends in ORDER BY), `id`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nl2sql.errors import AskError
from nl2sql.language import LANGUAGES, Language

_KEYS: Final = frozenset(
    {"id", "question", "sql", "language", "database", "also", "loose", "ordered", "missing", "intent"}
)
_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "question": str,
    "sql": (str, type(None)),
    "language": str,
    "database": str,
    "also": list,
    "loose": bool,
    "ordered": bool,
}


@dataclass(frozen=True)
class Question:
    """A question with statements that answer it."""

    language: Language
    text: str
    statements: tuple[str, ...]
    """None where the question cannot be answered."""
    is_loose: bool = False
    """Whether further columns are fine: the question asks which, and a figure beside the name does no harm."""
    ordered: bool | None = None
    """Whether order matters; `None`: where the statement orders."""
    database: str | None = None
    """URL; `None` is the one of the whole run."""
    id: str = ""


@dataclass(frozen=True)
class Fault:
    """A line that could not be used."""

    line: int
    reason: str


def read_questions(path: Path) -> tuple[list[Question], list[Fault]]:
    """Read a file of questions; what is wrong with a line does not cost the others.

    Raises:
        AskError: there is no such file, or no line of it can be used.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AskError(f"The questions {path} cannot be read: {error}") from error
    questions, faults = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_question(json.loads(line), number))
            except ValueError as error:
                faults.append(Fault(number, str(error)))
    if not questions:
        example = '{"question": "How many singers are there?", "sql": "SELECT count(*) FROM singer", "language": "en"}'
        first = f" The first of {len(faults)} faults is in line {faults[0].line}: {faults[0].reason}." if faults else ""
        raise AskError(f"{path} has no question; a line must look like {example}.{first}")
    return questions, faults


def _question(entry: Any, number: int) -> Question:
    if not isinstance(entry, dict):
        raise ValueError(f"it is {type(entry).__name__}, not an object")  # noqa: TRY004 - one kind of fault for a reader
    missing = [key for key in ("question", "language") if not entry.get(key)]
    if missing or ("sql" not in entry and "missing" not in entry):
        raise ValueError(f"it has no {' and no '.join(missing or ['sql'])}")
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        raise ValueError(f"unknown keys {', '.join(unknown)}; known are {', '.join(sorted(_KEYS))}")
    for key, kind in _KINDS.items():
        if entry.get(key) is not None and not isinstance(entry[key], kind):
            raise ValueError(f"{key} is {entry[key]!r}, which is a {type(entry[key]).__name__}")
    if entry["language"] not in LANGUAGES:
        raise ValueError(f"language is {entry['language']!r}; it must be one of {', '.join(LANGUAGES)}")
    gold = entry.get("sql")
    statements = (gold, *map(str, entry.get("also") or ())) if gold else ()
    return Question(
        entry["language"],
        entry["question"],
        statements,
        bool(entry.get("loose", False)),
        entry.get("ordered"),
        entry.get("database"),
        str(entry.get("id", number)),
    )
