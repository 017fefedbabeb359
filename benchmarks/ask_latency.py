"""How long an answer takes with the local model: verified, composed, by the model, and the very first one.

On the development questions, one question a language of every verified example, and the company of 240. *New* is every
question that no verified example answers; overhead is all that is not the model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from llm.model import open_model
from nl2sql.answer import Answer
from nl2sql.engine import ask
from nl2sql.evaluation.evaluate import load
from nl2sql.examples import render, sample_values
from nl2sql.index import Index, build_index
from pipelines.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))
from programs.company import TESTS, company

FIRST = "Which five welders over 40 have the highest salary in Kazan?"
"""Asked of a process that has just begun."""


def answers(every: int) -> list[Answer]:
    """Ask the development questions, one in so many."""
    settings = Settings.from_environ()
    with (
        tempfile.TemporaryDirectory(prefix="millrace-") as folder,
        company(Path(folder)) as database,
        open_model("local", cache=settings.cache, gguf=settings.llm_gguf) as model,
    ):
        index = build_index(database.reader)
        found = []
        for number, text in enumerate([*verified(index), *new()][::every], 1):
            found.append(ask(text, owner=database.engine, reader=database.reader, model=model, index=index))
            if number % 20 == 0:
                print(f"{number} answers", flush=True)
        return found


def new() -> Iterator[str]:
    """The development questions: none is an example."""
    for name in ("devset", "devset_people", "devset_records"):
        yield from (question.text for question in load(TESTS / f"{name}.toml"))


def verified(index: Index) -> Iterator[str]:
    """A question of each verified example in each language, with values that there are."""
    for example in index.examples:
        values = sample_values(index.values, example)
        yield from (render(texts[0], values) for texts in example.questions.values())


def first_question() -> float:
    """Seconds from the start of a process to its first answer, on a home that is there; the model is not running."""
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        with company(Path(folder)):
            pass
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", "from pipelines.cli import main; main()", "ask", FIRST],
            env=os.environ | {"MILLRACE_HOME": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - start


def figures(found: list[Answer]) -> dict[str, Any]:
    """Percentiles by where answers came from."""
    total = {answer.question: answer.seconds["total"] for answer in found}
    checked = [total[answer.question] for answer in found if answer.source == "verified"]
    others = [total[answer.question] for answer in found if answer.source != "verified"]
    by_model = [total[answer.question] for answer in found if answer.seconds.get("model", 0) > 0]
    overhead = [total[answer.question] - answer.seconds.get("model", 0.0) for answer in found]
    return {
        "questions": len(found),
        "new": len(others),
        "new_p50_s": _percentile(others, 50, 2),
        "new_p95_s": _percentile(others, 95, 2),
        "by_model": len(by_model),
        "model_p50_s": _percentile(by_model, 50, 2),
        "model_p95_s": _percentile(by_model, 95, 2),
        "verified": len(checked),
        "verified_p95_ms": _percentile([1000 * seconds for seconds in checked], 95, 1),
        "overhead_p95_ms": _percentile([1000 * seconds for seconds in overhead], 95, 1),
    }


def _percentile(values: list[float], percent: float, digits: int) -> float | None:
    return round(float(np.percentile(values, percent)), digits) if values else None


def main() -> None:
    """Measure, and print one line of JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="ask one question in so many, to be done sooner")
    args = parser.parse_args()
    first = first_question()
    print(json.dumps({"first_question_s": round(first, 2), **figures(answers(args.every))}))


if __name__ == "__main__":
    main()
