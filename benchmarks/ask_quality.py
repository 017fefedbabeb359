"""How right the answers are to questions that nothing was tuned on, in three languages, and what each part brings.

Asks the held-out questions of `tests/nl2sql` on the company of 240. They are never printed: progress is counts.
`--parts` asks the engine without each of its parts as well, and the model with nothing but the schema.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from llm.model import open_model
from nl2sql.evaluation.questions import Question, read_questions
from nl2sql.evaluation.report import figures
from nl2sql.evaluation.systems import SYSTEMS, Case
from nl2sql.evaluation.trial import Outcome, run_trial
from nl2sql.index import build_index
from nl2sql.language import LANGUAGES
from nl2sql.parts import PARTS
from pipelines.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))
from programs.company import TESTS, company

FILES: Final = {
    "heldout.jsonl": "1b668df8c9143b9f23ed79e18ade59aa66d8faa3645bd76d46418985c53bbca1",
    "heldout_unanswerable.jsonl": "bae7d41bbce6dd65a8e98a2ed4743f1df2dc578c479a2f646b46f4aa3cd0077a",
}
"""The files and what they hash to: other questions give other figures."""


def questions() -> list[Question]:
    """The held-out questions; order counts only where one demands it."""
    found = []
    for name, digest in FILES.items():
        path = TESTS / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path} is not the file that figures were measured with; its SHA-256 must be {digest}.")
        read, faults = read_questions(path)
        if faults:
            raise SystemExit(f"{path} has {len(faults)} lines that cannot be used.")
        found += [replace(question, ordered=bool(question.ordered)) for question in read]
    return found


def ask_all(asked: Sequence[Question], names: Sequence[str]) -> list[Outcome]:
    """Let the systems answer; prints counts."""
    settings = Settings.from_environ()
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="millrace-") as folder,
        company(Path(folder)) as database,
        open_model("local", cache=settings.cache, gguf=settings.llm_gguf) as model,
    ):
        case = Case(database.reader, build_index(database.reader), database.engine)

        def broken(question: Question, reason: str) -> None:
            raise SystemExit(f"The statement of {question.id} does not run: {reason}")

        systems = {name: SYSTEMS[name] for name in names}
        for outcome in run_trial(asked, systems, lambda _url: case, model, on_fault=broken):
            outcomes.append(outcome)
            if len(outcomes) % (20 * len(names)) == 0:
                right = sum(one.verdict == "right" for one in outcomes)
                print(f"{len(outcomes)} of {len(asked) * len(names)} answers, {right} right", flush=True)
    return outcomes


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """The figures of one system."""
    everything = found["all"]
    shares = {
        "valid": "validity",
        "schema_compliant": "schema_compliance",
        "execution_accuracy": "execution_accuracy",
        "silent_error_rate": "silent_error_rate",
        "refused_unanswerable": "refused_unanswerable",
        "answered": "answer_rate",
    }
    by_language = {
        f"execution_accuracy_{language}": found[language]["execution_accuracy"]["share"]
        for language in LANGUAGES
        if language in found
    }
    return {
        "questions": everything["questions"],
        **{key: everything[name]["share"] for key, name in shares.items()},
        **by_language,
    }


def main() -> None:
    """Ask, and print one line of JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", action="store_true", help="ask without each part too")
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        help="ask one question in so many, to be done sooner; 4, not 3: lines go by language",
    )
    args = parser.parse_args()
    names = ["millrace", *(f"without-{part}" for part in PARTS), "plain"] if args.parts else ["millrace"]
    outcomes = ask_all(questions()[:: args.every], names)
    found = {name: summary(system) for name, system in figures(outcomes).items()}
    if args.parts:
        for name, system in found.items():
            cells = (f"{key} {value:.3f}" for key, value in system.items() if isinstance(value, float))
            print(f"{name:<22} {'  '.join(cells)}")
    print(json.dumps(found["millrace"] | ({"parts": found} if args.parts else {})))


if __name__ == "__main__":
    main()
