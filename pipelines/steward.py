"""What a data steward does at the terminal: decide what waits, undo what was wrong, ask why a cell is as it is.

Decisions are only recorded here, under the name of who is logged in; the job `reclean` carries them out.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.engine import Engine

from pipelines.database import opened
from pipelines.settings import Settings

if TYPE_CHECKING:
    from erp.review import Decision, Verdict

Later = Annotated[bool, typer.Option("--later", help="Only record it; the next run of any job carries it out.")]
Keys = Annotated[list[int], typer.Argument(metavar="ID...", help="Of entries in review.", show_default=False)]
Alike = Annotated[
    bool, typer.Option("--alike", help="The same for all entries of this rule, column, before and after.")
]

review = typer.Typer(help="Decide about changes that cleaning was not sure of.", add_completion=False)


class StewardError(Exception):
    """A command says nothing that can be done; the message says what it may say."""


@review.callback(invoke_without_command=True)
def show_review(
    context: typer.Context,
    rule: Annotated[str | None, typer.Option(help="List each entry of this rule.")] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="List pairs of records that may be one person.")] = False,
) -> None:
    """List what waits: alike changes together, unless a rule or the pairs are asked for."""
    if context.invoked_subcommand is not None:
        return
    from erp.review import groups, waiting, waiting_pairs

    with opened(Settings.from_environ()) as database:
        if pairs:
            _show(waiting_pairs(database.engine), "No pair of records waits for a decision.")
        elif rule is not None:
            _show(waiting(database.engine, rule), f"Nothing of the rule {rule} waits for a decision.")
        else:
            _show(groups(database.engine), "Nothing waits for a decision.")


@review.command()
def accept(ids: Keys, alike: Alike = False, later: Later = False) -> None:
    """Make the changes as they were proposed."""
    _decide(ids, "accept", None, alike=alike, later=later)


@review.command()
def keep(ids: Keys, alike: Alike = False, later: Later = False) -> None:
    """Leave the cells as they are; the change is not proposed again."""
    _decide(ids, "keep", None, alike=alike, later=later)


@review.command("set")
def set_value(
    entry: Annotated[int, typer.Argument(metavar="ID", help="Of the entry in review.")],
    value: Annotated[str, typer.Argument(help="What the cell is to hold.")],
    alike: Alike = False,
    later: Later = False,
) -> None:
    """Put a value of one's own into the cell."""
    _decide([entry], "set", value, alike=alike, later=later)


@review.command()
def same(left: int, right: int, later: Later = False) -> None:
    """Two employee records are one person."""
    _decide_pair(left, right, "same", later=later)


@review.command()
def different(left: int, right: int, later: Later = False) -> None:
    """Two employee records are two persons."""
    _decide_pair(left, right, "different", later=later)


def undo(
    rule: Annotated[str | None, typer.Option(help="Take back all changes of this rule, and let it rest.")] = None,
    run: Annotated[int | None, typer.Option(help="Take back the changes that this run made.")] = None,
    restore: Annotated[
        str | None,
        typer.Option(metavar="RULE|RUN", help="Let a rule work again, or the changes of a run be made again."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List what can be undone.")] = False,
    later: Later = False,
) -> None:
    """Take back what cleaning did: of a rule, or of a run."""
    from erp.undo import restore_rule, restore_run, undo_rule, undo_run

    if sum((rule is not None, run is not None, restore is not None, listing)) != 1:
        raise StewardError(
            "Nothing is undone: say one of --rule RULE, --run NUMBER, --restore RULE or RUN, and --list."
        )
    settings = Settings.from_environ()
    with opened(settings) as database:
        engine, by = database.engine, getpass.getuser()
        if listing:
            _list_undoable(engine)
            return
        if rule is not None:
            print(f"{undo_rule(engine, rule, by=by):,} changes of the rule {rule} are taken back.")
        elif run is not None:
            print(f"{undo_run(engine, run, by=by):,} changes of run {run} are taken back.")
        elif restore is not None and restore.isdecimal():
            print(f"{restore_run(engine, int(restore)):,} changes of run {restore} may be made again.")
        else:
            restore_rule(engine, str(restore))
            print(f"The rule {restore} works again.")
        _carry_out(settings, later=later)


def why(
    table: Annotated[str, typer.Argument(help="For example employees.")],
    key: Annotated[int, typer.Argument(help="Of the published record.")],
    column: Annotated[str, typer.Argument(help="For example position.")],
) -> None:
    """Tell where a published cell comes from: what was typed, every step, who decided, which record won."""
    from erp.lineage import why as lineage

    with opened(Settings.from_environ()) as database:
        print(lineage(database.engine, table, key, column).text)


def _decide(ids: list[int], decision: "Decision", value: str | None, *, alike: bool, later: bool) -> None:
    from erp.review import decide

    settings = Settings.from_environ()
    with opened(settings) as database:
        cells = decide(database.engine, ids, decision, value, by=getpass.getuser(), alike=alike)
        print(f"{cells:,} {'cell is' if cells == 1 else 'cells are'} decided: {decision}.")
        _carry_out(settings, later=later)


def _decide_pair(left: int, right: int, verdict: "Verdict", *, later: bool) -> None:
    from erp.review import decide_pair

    settings = Settings.from_environ()
    with opened(settings) as database:
        decide_pair(database.engine, left, right, verdict, by=getpass.getuser())
        print(f"Records {left} and {right} are decided: {verdict}.")
        _carry_out(settings, later=later)


def _carry_out(settings: Settings, *, later: bool) -> None:
    from pipelines.execute import run_job
    from pipelines.screen import show

    if later:
        print("It is carried out by the next run; millrace clean starts one.")
    else:
        show(run_job("reclean", settings), Console())


def _list_undoable(engine: Engine) -> None:
    from erp.undo import rules, runs

    _show(rules(engine), "No rule has changed anything yet.")
    _show(runs(engine), "No run has changed anything yet.")


def _show(frame: pl.DataFrame, nothing: str) -> None:
    if frame.is_empty():
        print(nothing)
        return
    shown = Table(header_style="dim", pad_edge=False, box=None)
    for name, kind in frame.schema.items():
        shown.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        shown.add_row(*map(_text, row))
    Console().print(shown)


def _text(value: object) -> str:
    if value is None:
        return "[dim]empty[/]"
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.2f}" if isinstance(value, float) else escape(str(value))
