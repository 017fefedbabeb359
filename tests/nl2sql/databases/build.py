"""Builds the databases of the questions: `python build.py FOLDER`.

It makes a NAME.db of every NAME.sql and a questions.jsonl that names them there. In questions.jsonl beside this file a database is named relative to the file (`sqlite:///NAME.db`).
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
LATER = ("bank", "league", "library", "museum", "schools")
LAST = ("bistro", "cinema", "courier", "farms", "hotels", "parliament", "power", "vetclinic")
NEWEST = ("airport", "archive", "beecoop", "bikes", "chess", "clinic_trials", "firebrigade", "maint")
NAMES = tuple(sorted(script.stem for script in HERE.glob("*.sql")))


def build(folder: Path) -> Path:
    """The databases in a folder, anew; returns the path of their questions."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / f"{name}.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript((HERE / f"{name}.sql").read_text(encoding="utf-8"))
    lines = []
    for question in questions():
        name = question["database"].removeprefix("sqlite:///")
        lines.append(json.dumps(question | {"database": f"sqlite:///{folder.resolve() / name}"}, ensure_ascii=False))
    written = folder / "questions.jsonl"
    written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return written


def questions() -> list[dict[str, str]]:
    """The questions: id, question, sql, language, database."""
    return [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
