"""A mistake of the user ends in one sentence and a status that is not zero, never in a traceback."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from erp.schema import TABLES
from pipelines.cli import main

MILLRACE = str(Path(sys.executable).parent / "millrace")


def millrace(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run the command as a user would."""
    return subprocess.run(
        [MILLRACE, *arguments],
        env={**os.environ, "MILLRACE_HOME": str(home), "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def assert_explained(done: subprocess.CompletedProcess, *says: str) -> None:
    """One clear sentence, no traceback."""
    assert done.returncode not in (0, -11), done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert_one_sentence(done.stderr, *says)


def assert_one_sentence(error: str, *says: str) -> None:
    flat = " ".join(error.split())
    for words in says:
        assert words in flat, error
    assert len(error.strip().splitlines()[-1]) < 600


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """The command in this process: what is told, and its status."""

    def tell(arguments: list[str], variables: dict[str, str]) -> tuple[int, str]:
        for name, value in {"MILLRACE_HOME": str(tmp_path / "home"), "COLUMNS": "200", **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["millrace", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err

    return tell


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        (["run"], {"MILLRACE_EMPLOYEES": "many"}, ["MILLRACE_EMPLOYEES is 'many'", "whole number"]),
        (["ask", "?"], {"MILLRACE_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}, ["127.0.0.1:1/x does not answer"]),
        (["study", "--solver", "heat3d"], {}, ["heat3d", "heat2d"]),
        (["study", "--grid", "-5"], {}, ["grid", "-5"]),
        (["study", "--name", "two words"], {}, ["name is 'two words'", "letters, digits"]),
        (["study", "--repeats", "0"], {}, ["repeats is 0; it must be from 1 to 10000"]),
        (["study", "--model", "spectral"], {}, ["There is no model 'spectral'; the names are", "fully_connected"]),
        (["ask", ""], {}, ["empty"]),
        (["ask"], {}, ["Type a question, or --web"]),
        (["ask", "How many?", "--role", "nobody"], {}, ["nobody"]),
        (["feedback", "confirm", "12"], {}, ["There is no question 12 in the log"]),
        (["feedback", "correct", "12", "--sql", "SELECT 1"], {}, ["There is no question 12 in the log"]),
        (["feedback", "reject", "12"], {}, ["There is no question 12 in the log"]),
        (["ask", "How many?"], {"MILLRACE_ASK_SECONDS": "0"}, ["MILLRACE_ASK_SECONDS is 0", "from 1 to 3600"]),
        (["ask", "how many " * 1200], {}, ["2,000"]),
    ],
)
def test_mistake_is_explained(arguments, variables, says, told):
    status, error = told(arguments, variables)
    assert status, error
    assert_one_sentence(error, *says)


def test_a_mistake_ends_the_command(tmp_path):
    assert_explained(millrace("study", "--grid", "-5", home=tmp_path / "home"), "grid", "-5")


def test_weights_with_a_wrong_hash_are_refused(tmp_path):
    wrong = tmp_path / "model.gguf"
    wrong.write_bytes(b"GGUF and nothing else")
    done = millrace("run", home=tmp_path / "home", MILLRACE_LLM_GGUF=str(wrong))
    assert_explained(done, "model.gguf has 21 bytes", "1,117,320,768")


def test_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_explained(millrace("ui", "--port", str(port), home=tmp_path / "home"), f"Port {port}", "--port 3001")


@pytest.mark.slow
def test_an_answer_is_confirmed_at_the_terminal_and_given_again(tmp_path):
    home = tmp_path / "home"
    asked = millrace("ask", "How many employees are there in total?", home=home)
    assert "Number: 0." in asked.stdout, asked.stderr
    assert "#1" in asked.stdout
    learnt = millrace("feedback", "correct", "1", "--sql", "SELECT count(*) AS people FROM staff", home=home)
    assert "Learnt: How many employees are there in total?" in learnt.stdout, learnt.stderr
    assert "people" in millrace("ask", "How many employees are there in total?", home=home).stdout
    listed = millrace("feedback", home=home)
    assert "example" in listed.stdout, listed.stderr
    assert "its example is out of use" in millrace("feedback", "reject", "1", home=home).stdout


def test_help_lists_every_command():
    done = subprocess.run([MILLRACE, "--help"], capture_output=True, text=True, timeout=60, check=True)
    for command in ("run", "study", "clean", "ask", "feedback", "review", "undo", "why", "profile", "schedule", "ui"):
        assert f" {command} " in done.stdout


def test_source_that_lacks_a_column_is_described(tmp_path):
    source = tmp_path / "erp.db"
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE employees (employee_id integer, first_name text)")
    done = millrace("clean", home=tmp_path / "home", MILLRACE_SOURCE_URL=f"sqlite:///{source}")
    assert_explained(done, "raw_records failed", "lacks")


def test_lines_that_are_no_rows_are_told_on_the_terminal(tmp_path):
    folder = tmp_path / "erp"
    folder.mkdir()
    for table in TABLES:
        (folder / f"{table.name}.csv").write_text(",".join([table.key, *table.column_names]) + "\n")
    (folder / "leave.csv").write_text("leave_id,employee_id,leave_type,start_date,days\n1,2,sick\n")
    done = millrace("clean", home=tmp_path / "home", MILLRACE_SOURCE_URL=f"csv://{folder}")
    assert done.returncode == 0, done.stderr
    assert "raw_records: 1 line could not be read. leave.csv line 2: 3 fields instead of 5." in done.stdout


def test_prediction_outside_the_bounds_or_without_a_surrogate(tmp_path):
    assert_explained(millrace("predict", "initial=300", "--time", "0.1", home=tmp_path / "home"), "no checkpoint")
    assert_explained(millrace("predict", "initial", "--time", "0.1", home=tmp_path / "home"), "initial=300")
