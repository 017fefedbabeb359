"""How right the local model's answers are: execution accuracy, refusals, silent errors, seconds.

Asks the questions of `tests/nl2sql/devset.toml`, which the engine was tuned on, and those of
`heldout.toml`, on the company of 240 of the tests.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from llm.model import open_model
from nl2sql.evaluate import Judged, accuracy, evaluate, load
from nl2sql.index import build_index
from pipelines.database import Database, EmbeddedServer, migrate
from pipelines.settings import Settings

TESTS = Path(__file__).parent.parent / "tests" / "nl2sql"


def summary(judged: list[Judged]) -> dict[str, object]:
    """Counts and seconds of one set."""
    seconds = sorted(one.answer.seconds["total"] for one in judged)
    counts = {verdict: sum(one.verdict == verdict for one in judged) for verdict in ("right", "refused", "wrong")}
    return {
        "questions": len(judged),
        **counts,
        "by_language": accuracy(judged),
        "p50_s": round(statistics.median(seconds), 1),
        "p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 1),
    }


def main() -> None:
    """Ask both sets."""
    settings = Settings.from_environ()
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        server = EmbeddedServer(Path(folder) / "postgres")
        database = Database(server.database("benchmark"))
        migrate(database)
        with database.engine.begin() as connection:
            script = (TESTS / "company.sql").read_text(encoding="utf-8")
            connection.execution_options(no_parameters=True).exec_driver_sql(script)
        index = build_index(database.reader)
        found = {}
        with open_model("local", cache=settings.cache, gguf=settings.llm_gguf) as model:
            for name in ("devset", "heldout"):
                judged = []
                for one in evaluate(
                    load(TESTS / f"{name}.toml"),
                    owner=database.engine,
                    reader=database.reader,
                    model=model,
                    index=index,
                ):
                    judged.append(one)
                    print(f"{one.verdict:<8} {one.answer.seconds['total']:5.1f} s  {one.question.text}", flush=True)
                found[name] = summary(judged)
        database.dispose()
        server.release()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
