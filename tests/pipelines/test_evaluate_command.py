"""`millrace evaluate`: what it writes, what it leaves out, and what it says of mistakes."""

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

QUESTIONS = [
    {"id": "1", "question": "How many singers are there?", "sql": "SELECT count(*) FROM singer", "language": "en"},
    {"id": "2", "question": "Kaç şarkıcı var?", "sql": "SELECT 7", "language": "tr"},
    {"id": "3", "question": "Сколько певцов?", "sql": "SELECT count(*) FROM missing", "language": "ru"},
    {
        "id": "4",
        "question": "Сколько певцов из Франции?",
        "sql": "SELECT count(*) FROM singer WHERE country = 'France'",
        "language": "ru",
        "database": "sqlite:///singers.db",
    },
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "singers.db")) as connection:
        connection.executescript(
            "CREATE TABLE singer (singer_id INTEGER PRIMARY KEY, name TEXT, country TEXT);"
            "INSERT INTO singer VALUES (1, 'Ann', 'France'), (2, 'Bob', 'Spain'), (3, 'Eve', 'France');"
        )
    lines = [json.dumps(question, ensure_ascii=False) for question in QUESTIONS]
    (tmp_path / "questions.jsonl").write_text("\n".join([lines[0], "broken", *lines[1:]]), encoding="utf-8")
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MILLRACE_LLM", "nobody:nothing")  # no model may be needed
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_a_report_has_counts_intervals_and_what_was_left_out(folder):
    url = f"sqlite:///{folder / 'singers.db'}"
    result = run(folder / "questions.jsonl", "--database", url, "--output", folder / "report")
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    found = report["systems"]["millrace"]
    assert report["questions"] == 3
    assert (found["all"]["execution_accuracy"]["count"], found["all"]["execution_accuracy"]["of"]) == (2, 3)
    assert found["ru"]["execution_accuracy"]["share"] == 1.0
    assert found["tr"]["silent_error_rate"]["count"] == 1
    assert found["all"]["schema_compliance"]["share"] == found["all"]["validity"]["share"] == 1.0
    assert found["all"]["execution_accuracy"]["low"] <= 0.67 <= found["all"]["execution_accuracy"]["high"]
    assert {"link", "compose", "total"} <= found["seconds"].keys()
    assert [fault["line"] for fault in report["faults"]] == [2, "3"]
    assert "no such table: missing" in report["faults"][1]["reason"]
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert "Kaç şarkıcı var?" in page
    assert "66.7" in page


def test_the_first_questions_only(folder):
    url = f"sqlite:///{folder / 'singers.db'}"
    run(folder / "questions.jsonl", "--database", url, "--output", folder / "report", "--limit", 1)
    assert json.loads((folder / "report" / "report.json").read_text())["questions"] == 1


def test_an_unknown_system_is_a_mistake(folder):
    result = run(folder / "questions.jsonl", "--system", "magic")
    assert result.exit_code == 2
    assert "there are" in result.output
