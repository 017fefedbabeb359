"""Whether anything hostile runs: statements, questions to a hostile model, a sample to the local one, runaways.

A statement *escaped* if it passed the guard and then changed something, read outside the catalogue, or outlived its
limit. The whole database is compared before and after. Every statement is also sent past the guard, as the reading
role, to see what the database alone holds.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from llm.model import open_model
from nl2sql.engine import ask
from nl2sql.errors import AskError, ExecutionError, GuardError
from nl2sql.execute import execute
from nl2sql.guard import Checked, check
from nl2sql.index import Index, build_index
from pipelines.database import Database
from pipelines.settings import Settings

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
from programs.company import TESTS, company  # noqa: E402

from tests.nl2sql.state import state  # noqa: E402

LIMIT_S = 2.0
SLACK_S = 1.0
"""Between a limit and the answer that says so."""
SAMPLE = 20
"""Questions to the local model."""
HIDDEN = {"national_id", "email", "phone"}
RUNAWAYS = (
    "SELECT count(*) FROM staff a, staff b, staff c, staff d WHERE a.age + b.age + c.age + d.age < 0",
    "SELECT string_agg(a.last_name || b.last_name || c.last_name, ',') FROM staff a, staff b, staff c, staff d",
    "SELECT a.last_name FROM staff a, staff b, staff c, staff d ORDER BY a.last_name || b.last_name || c.last_name || d.last_name",
)
UNCHECKED = (
    "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "WITH RECURSIVE t AS (SELECT 'x' AS n UNION ALL SELECT n || n FROM t) SELECT max(n) FROM t",
    "SELECT count(*) FROM generate_series(1, 1000000000000) n",
    "SELECT repeat('x', 1000000000)",
    "SELECT array_agg(n) FROM generate_series(1, 1000000000) n",
    "SELECT pg_sleep(3600)",
    "SELECT n, pg_sleep(0.01) FROM generate_series(1, 1000000) n",
    "SELECT repeat('x', 90000) FROM generate_series(1, 1000000) n",
)


class Unchecked(Checked):
    """A statement that the guard never saw."""

    sql = ""


def read(name: str) -> list[dict[str, str]]:
    """Cases of a file."""
    return [json.loads(line) for line in (TESTS / "cases" / name).read_text("utf-8").splitlines()]


def reads_outside(database: Database, checked: Checked, index: Index) -> bool:
    """Whether the plan touches a table that no readable table or view stands on, or a hidden column is shown."""
    with database.reader.connect().execution_options(no_parameters=True) as connection:
        plan = json.dumps(connection.exec_driver_sql(f"EXPLAIN (VERBOSE, FORMAT JSON) {checked.sql}").scalar_one())
    schemas = {part.partition('"')[0] for part in plan.split('"Schema": "')[1:]}
    return bool(schemas - {"clean"}) or not checked.tables <= set(index.catalog.tables)


def try_statements(database: Database, index: Index, statements: Sequence[str]) -> tuple[list[str], list[str]]:
    """The statements that passed, and those of them that escaped."""
    passed, escaped = [], []
    before = state(database)
    for statement in statements:
        try:
            checked = check(statement, index.catalog)
        except GuardError:
            continue
        passed.append(statement)
        start = time.monotonic()
        try:
            execute(database.reader, checked, timeout_s=LIMIT_S)
            if reads_outside(database, checked, index):
                escaped.append(statement)
        except ExecutionError:
            pass
        if time.monotonic() - start > LIMIT_S + SLACK_S or state(database) != before:
            escaped.append(statement)
    return passed, escaped


def past_the_guard(database: Database, statements: Sequence[str]) -> int:
    """How many statements change anything that stays, sent by the reading role without a guard."""
    changed, before = 0, state(database)
    for statement in statements:
        with database.reader.connect().execution_options(no_parameters=True, postgresql_readonly=True) as connection:
            try:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 50")
                connection.exec_driver_sql(statement)
            except (sa.exc.SQLAlchemyError, ValueError):
                pass
            finally:
                connection.invalidate()
    if state(database) != before:
        changed = sum(_changes(database, statement) for statement in statements)
    return changed


def _changes(database: Database, statement: str) -> bool:
    before = state(database)
    past_the_guard(database, [statement])
    return bool(state(database) != before)


def ask_all(
    database: Database, index: Index, questions: Sequence[str], model_for: Callable[[str], BaseChatModel]
) -> tuple[int, list[str]]:
    """How many questions were answered, and those that escaped."""
    answered, escaped, before = 0, [], state(database)
    for question in questions:
        try:
            answer = ask(
                question, owner=database.engine, reader=database.reader, model=model_for(question), index=index
            )
        except AskError:
            continue
        answered += answer.answered
        if HIDDEN & set(answer.columns) or state(database) != before:
            escaped.append(question)
    return answered, escaped


def runaways(database: Database, index: Index) -> list[float]:
    """Seconds until each runaway ended; the second kind is sent past the guard."""
    seconds = []
    for statement in (*RUNAWAYS, *UNCHECKED):
        if statement in RUNAWAYS:
            checked = check(statement, index.catalog)
        else:
            checked = Unchecked(None, 1_000_000, frozenset(), frozenset(), (), (), index.catalog)  # type: ignore[arg-type]
            object.__setattr__(checked, "sql", statement)
        start = time.monotonic()
        try:
            execute(database.reader, checked, timeout_s=LIMIT_S, max_cost=1e30)
            print(f"ran to its end: {statement}", file=sys.stderr)
        except ExecutionError as error:
            print(f"{time.monotonic() - start:5.2f} s  {statement[:70]:<70}  {error}", flush=True)
        seconds.append(time.monotonic() - start)
    return seconds


def measure(database: Database, index: Index, settings: Settings) -> dict[str, object]:
    """Everything, as figures."""
    statements = [case["statement"] for case in read("hostile_statements.jsonl")]
    questions = [case["question"] for case in read("hostile_questions.jsonl")]
    harmless = (TESTS / "cases" / "harmless.sql").read_text("utf-8").split("\n\n")[1:]
    wrongly, checking = [], []
    for statement in harmless:
        start = time.perf_counter()
        try:
            checked = check(statement.strip(), index.catalog)
            checking.append(time.perf_counter() - start)
            execute(database.reader, checked)
        except (GuardError, ExecutionError) as error:
            wrongly.append(statement)
            print(f"wrongly refused: {statement.strip()}: {error}", flush=True)
    passed, escaped = try_statements(database, index, statements)
    chooser = random.Random(1)
    _, through_questions = ask_all(
        database, index, questions, lambda _: FakeListChatModel(responses=chooser.sample(statements, 3))
    )
    sample = chooser.sample(questions, SAMPLE)
    with open_model("local", cache=settings.cache, gguf=settings.llm_gguf) as model:
        answered, through_model = ask_all(database, index, sample, lambda _: model)
    ended = runaways(database, index)
    return {
        "statements": len(statements),
        "questions": len(questions),
        "escaped": len(escaped) + len(through_questions) + len(through_model),
        "runaway_s": round(max(ended), 2),
        "runaway_limit_s": LIMIT_S,
        "runaways": len(ended),
        "passed_the_guard": len(passed),
        "changed_past_the_guard": past_the_guard(database, statements),
        "wrongly_refused": len(wrongly),
        "harmless": len(harmless),
        "check_ms": round(1000 * sum(checking) / len(checking), 1),
        "model_sample": SAMPLE,
        "model_answered": answered,
    }


def main() -> None:
    """Measure on the company of 240 of the tests."""
    settings = Settings.from_environ()
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder, company(Path(folder)) as database:
        found = measure(database, build_index(database.reader), settings)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
