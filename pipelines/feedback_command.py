"""What a person says about answers at the terminal: look at the last ones, confirm, correct, reject.

What becomes of it is `nl2sql.feedback`.
"""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.settings import Settings

feedback = typer.Typer(help="Say whether answers were right; those confirmed are learnt.", add_completion=False)

Number = Annotated[int, typer.Argument(metavar="ID", help="Of the question; its answer ends with it, as #12.")]


@feedback.callback(invoke_without_command=True)
def show_last(
    context: typer.Context, count: Annotated[int, typer.Option(help="Questions to list.", min=1, max=1000)] = 20
) -> None:
    """List the last questions, newest first."""
    if context.invoked_subcommand is None:
        from pipelines.question import show_questions

        Console().print(show_questions(Settings.from_environ(), count))


@feedback.command()
def confirm(number: Number) -> None:
    """The answer was right: learn it, so that the same question gets the same statement without a model."""
    from pipelines import question

    Console().print(escape(question.confirm(Settings.from_environ(), number, by=getpass.getuser())))


@feedback.command()
def correct(number: Number, sql: Annotated[str, typer.Option("--sql", help="The statement that answers it.")]) -> None:
    """The answer was wrong: learn the statement that answers the question."""
    from pipelines import question

    Console().print(escape(question.correct(Settings.from_environ(), number, sql, by=getpass.getuser())))


@feedback.command()
def reject(number: Number) -> None:
    """The answer was wrong: mark it, and put an example that came of it out of use."""
    from pipelines import question

    Console().print(question.reject(Settings.from_environ(), number, by=getpass.getuser()))
