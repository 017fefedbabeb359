"""`millrace evaluate`: questions with known answers, asked of one system or several, and a report of how they did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipelines.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def evaluate(
    file: Annotated[Path, typer.Argument(help="One JSON object a line: question, sql, language, database, …")],
    database: Annotated[str | None, typer.Option(help="URL of the database; left out, the home's own.")] = None,
    system: Annotated[list[str] | None, typer.Option(help="What is compared; may be given several times.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of report.json and report.html.")] = None,
    limit: Annotated[int | None, typer.Option(help="Questions to ask, the first ones.", min=1)] = None,
) -> None:
    """Measure how right the answers to questions with known statements are."""
    from nl2sql.evaluation.systems import SYSTEMS
    from pipelines.cli import weights_progress

    names = system or ["millrace"]
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)} is not known; there are {', '.join(SYSTEMS)}.")
    settings = Settings.from_environ()
    console = Console()
    with weights_progress() as progress:
        report = _report(file, settings, database=database, names=names, limit=limit, progress=progress)
    folder = output or settings.reports / "evaluate"
    _write(report, folder)
    console.print(_table(report))
    for fault in report["faults"]:
        console.print(f"line {fault['line']} was left out: {fault['reason']}", soft_wrap=True, markup=False)
    console.print(f"{folder / 'report.html'}", soft_wrap=True)


def _report(
    file: Path, settings: Settings, *, database: str | None, names: Sequence[str], limit: int | None, progress: Any
) -> dict[str, Any]:
    from llm.model import open_model
    from nl2sql.evaluation import report, trial
    from nl2sql.evaluation.questions import read_questions
    from nl2sql.evaluation.systems import SYSTEMS
    from pipelines.cases import Cases

    questions, faults = read_questions(file)
    entries = [{"line": fault.line, "reason": fault.reason} for fault in faults]
    with ExitStack() as stack:
        cases = stack.enter_context(Cases(settings, database, file.parent))

        @cache
        def model() -> BaseChatModel:
            """Opened once, by the first question that needs it."""
            return stack.enter_context(
                open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf, progress=progress)
            )

        outcomes = list(
            trial.run_trial(
                questions[:limit],
                {name: SYSTEMS[name] for name in names},
                cases.open,
                model,
                on_fault=lambda question, reason: entries.append({"line": question.id, "reason": reason}),
            )
        )
    return {
        "file": str(file),
        "questions": len({(one.question.id, one.question.text) for one in outcomes}),
        "systems": report.figures(outcomes),
        "faults": entries,
        "outcomes": report.details(outcomes),
    }


def _write(report: dict[str, Any], folder: Path) -> None:
    from nl2sql.evaluation.report import page

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "report.html").write_text(page(report), encoding="utf-8")


def _table(report: dict[str, Any]) -> Table:
    languages = ("all", "en", "tr", "ru")
    table = Table(
        "system", *(f"right {language}" for language in languages), "answered", "silent errors", "p50 s", "p95 s"
    )
    for name, found in report["systems"].items():
        right = [_percent(found[language]["execution_accuracy"]) if language in found else "" for language in languages]
        rest = [_percent(found["all"][figure]) for figure in ("answer_rate", "silent_error_rate")]
        total = found["seconds"].get("total", {})
        table.add_row(name, *right, *rest, *(f"{total.get(percent, 0):.2f}" for percent in ("p50", "p95")))
    return table


def _percent(figure: dict[str, Any]) -> str:
    return "–" if figure["share"] is None else f"{100 * figure['share']:.1f} ({figure['count']}/{figure['of']})"
