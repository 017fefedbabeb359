"""The command `millrace`: each command reads its arguments, calls one function, and prints what came out.

A mistake of the user ends in one sentence on standard error and status 1; only a defect shows a traceback.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines import steward
from pipelines.evaluate_command import evaluate
from pipelines.feedback_command import feedback
from pipelines.interrupts import kept
from pipelines.schedule_command import schedule
from pipelines.settings import Settings
from pipelines.simulate_command import simulate

app = typer.Typer(
    help="Data pipelines operated from Dagster: train surrogates online, clean an ERP, ask it questions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(steward.review, name="review")
app.add_typer(feedback, name="feedback")
for command in (steward.undo, steward.why, steward.profile, schedule, simulate, evaluate):
    app.command()(command)


def main() -> None:
    """Run the command line."""
    guarded(app)


def guarded(body: Callable[[], object]) -> None:
    """Run `body`; an explained error or Ctrl-C becomes one sentence and an exit status."""
    from assets.explain import is_explained

    try:
        with kept():
            body()
    except KeyboardInterrupt:
        print("Stopped; the next run goes on from here.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if not is_explained(error):
            raise
        print(f"millrace: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
def run() -> None:
    """Run the main job, nightly, and print what came out."""
    from pipelines.execute import run_job
    from pipelines.screen import show

    settings = Settings.from_environ()
    with weights_progress() as progress:
        report = run_job("nightly", settings, download_progress=progress)
    console = Console()
    show(report, console)
    console.print(
        "Where to look next: [bold]make ui[/] for the assets, their history and plots; "
        '[bold].venv/bin/millrace ask "…"[/] for a question of your own; '
        f"the figures above are in {settings.reports}/nightly.json",
        soft_wrap=True,
    )


@app.command()
def study(  # noqa: PLR0917 - typer makes every one an option of its name
    solver: Annotated[str | None, typer.Option(help="Name of a solver, or path.py:Class of your own.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the study and its checkpoint; left out, the solver's.")] = None,
    simulations: Annotated[int | None, typer.Option(help="Parameter sets to solve and train on.")] = None,
    grid: Annotated[int | None, typer.Option(help="Nodes in each direction.")] = None,
    steps: Annotated[int | None, typer.Option(help="Time steps of a simulation; each is a sample.")] = None,
    ranks: Annotated[int | None, typer.Option(help="MPI ranks of a simulation.")] = None,
    workers: Annotated[int | None, typer.Option(help="Simulations side by side; left out, what is needed.")] = None,
    solver_hours: Annotated[float | None, typer.Option(help="Budget of all solver ranks together.")] = None,
    trainers: Annotated[int | None, typer.Option(help="Trainer ranks that learn together.")] = None,
    buffer: Annotated[str | None, typer.Option(help="How training draws from the fields that are there.")] = None,
    capacity: Annotated[int | None, typer.Option(help="Fields that the buffer holds.")] = None,
    watermark: Annotated[int | None, typer.Option(help="Fields that must be there before training begins.")] = None,
    repeats: Annotated[float | None, typer.Option(help="How often a field is used on average, at least.")] = None,
    model: Annotated[str | None, typer.Option(help="Architecture of the network.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of Adam, at the start.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the parameter sets, the first weights and all draws.")] = None,
) -> None:
    """Train a surrogate while its solvers run; what is left out keeps what an interrupted run of the study had."""
    given = {option: value for option, value in locals().items() if value is not None and option != "name"}
    from assets.studies import DEFAULT_STUDY
    from pipelines.execute import run_job
    from pipelines.screen import show
    from surrogate.settings import settle

    settings = Settings.from_environ()
    if name is None:
        name = DEFAULT_STUDY if solver is None else solver.rpartition(":")[2].lower()
    # known to be right before Dagster is told of a study by this name
    settle(name, given, folder=settings.models, installation=settings.study_settings)
    show(run_job("training", settings, study=name, config={"surrogate": given}), Console())


@app.command()
def predict(
    parameters: Annotated[list[str], typer.Argument(help="name=value for every parameter of the solver.")],
    time: Annotated[float, typer.Option(help="Time of the field.")],
    study: Annotated[str, typer.Option(help="Name of the study that trained the surrogate.")] = "heat2d",
    out: Annotated[Path | None, typer.Option(help="Write the field here, as a NumPy file.")] = None,
) -> None:
    """Predict a field with a trained surrogate."""
    import numpy as np

    from surrogate.predict import load

    values = dict(map(_named_number, parameters))
    surrogate = load(Settings.from_environ().models / f"{study}.pt")
    field = surrogate(values, time)
    print(
        f"{' x '.join(map(str, field.shape))} values at time {time:g}: from {field.min():.2f} to {field.max():.2f}, "
        f"mean {field.mean():.2f} {surrogate.unit}"
    )
    if out is not None:
        np.save(out, field)


def _named_number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not name=number, for example initial=300") from None


@app.command()
def clean() -> None:
    """Synchronise the ERP, clean it and publish it for questions."""
    from pipelines.execute import run_job
    from pipelines.screen import show

    show(run_job("governance", Settings.from_environ()), Console())


@app.command()
def ask(  # noqa: PLR0917 - typer makes every one an option of its name
    question: Annotated[
        str | None, typer.Argument(help="A question in Turkish, Russian or English.", show_default=False)
    ] = None,
    user: Annotated[str, typer.Option(help="Who asks, for the audit log.")] = "local",
    role: Annotated[str | None, typer.Option(help="Role of the database with whose rights it is answered.")] = None,
    conversation: Annotated[
        str | None, typer.Option(help="A name: “and in Kazan?” goes on from the question before of this name.")
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Open the page for asking in a browser, on 127.0.0.1.")] = False,
    port: Annotated[int, typer.Option(help="Of the page.", min=1, max=65535)] = 8080,
    database: Annotated[str | None, typer.Option(help="URL of another database than the home's own.")] = None,
) -> None:
    """Answer a question from checked, read-only SQL, or open the page for asking."""
    settings = Settings.from_environ()
    if web:
        from pipelines.web import serve

        serve(settings, port, user=user, role=role)
        return
    if question is None:
        raise typer.BadParameter("Type a question, or --web for the page.", param_hint="QUESTION")
    from pipelines.question import ask_once

    with weights_progress() as progress:
        answer = ask_once(
            question,
            settings,
            user=user,
            role=role,
            conversation=conversation,
            download_progress=progress,
            database=database,
        )
    Console().print(answer)


@app.command()
def queue() -> None:
    """Show which runs work, which wait, and why."""
    from pipelines.queue_command import show_queue

    Console().print(show_queue(Settings.from_environ()))


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 3000,
) -> None:
    """Open the Dagster UI, webserver and daemon, on this home."""
    from pipelines.ui import serve

    serve(Settings.from_environ(), port)


@contextlib.contextmanager
def weights_progress() -> Iterator[Any]:
    """A progress bar that appears when the language model has to be fetched or verified."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report
