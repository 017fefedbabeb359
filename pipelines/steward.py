"""What a data steward does at the terminal: decide, undo, ask why a cell is as it is, look at what the source holds.

Decisions are only recorded here, under the name of who is logged in; the job `reclean` carries them out.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import polars as pl
    from sqlalchemy.engine import Engine

    from erp.pipeline import ProfileResult
    from erp.review import Decision, Verdict
    from pipelines.database import Database

Later = Annotated[bool, typer.Option("--later", help="Only record it; the next run of any job carries it out.")]
Keys = Annotated[list[int], typer.Argument(metavar="ID...", help="Of entries in review.", show_default=False)]
Alike = Annotated[
    bool, typer.Option("--alike", help="The same for all entries of this rule, column, before and after.")
]

_DRIFTS: Final = 20
"""Drifts that are listed; the report has all."""

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

    with _opened(Settings.from_environ()) as database:
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
def reopen(
    table: Annotated[str, typer.Argument(help="For example employees.")],
    key: Annotated[int, typer.Argument(help="Of the record, as `millrace why` and the review say it.")],
    column: Annotated[str, typer.Argument(help="For example city.")],
    later: Later = False,
) -> None:
    """Take back what was decided about a cell; rules look at it again."""
    from erp.review import reopen as take_back

    settings = Settings.from_environ()
    with _opened(settings) as database:
        take_back(database.engine, table, key, column)
        print(f"What was decided about {column} of {table} {key} is taken back.")
        _carry_out(settings, later=later)


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
    with _opened(settings) as database:
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

    with _opened(Settings.from_environ()) as database:
        print(lineage(database.engine, table, key, column).text)


def profile() -> None:
    """Look at all rows that were synchronised: what every column holds, and what drifted; writes an HTML report."""
    from erp.watch import live_records

    settings = Settings.from_environ()
    with _opened(settings) as database:
        if not live_records(database.engine):
            raise StewardError(
                "There is nothing to profile: no row was synchronised. `millrace clean` synchronises the ERP that "
                "MILLRACE_SOURCE_URL names, or a generated one."
            )
        _show_profile(_profiled(database.engine, settings))


def _opened(settings: Settings) -> "AbstractContextManager[Database]":
    """Imported when a command runs, as everything heavy is: all commands are loaded before one is chosen."""
    from pipelines.database import opened

    return opened(settings)


def _decide(ids: list[int], decision: "Decision", value: str | None, *, alike: bool, later: bool) -> None:
    from erp.review import decide

    settings = Settings.from_environ()
    with _opened(settings) as database:
        cells = decide(database.engine, ids, decision, value, by=getpass.getuser(), alike=alike)
        print(f"{cells:,} {'cell is' if cells == 1 else 'cells are'} decided: {decision}.")
        _carry_out(settings, later=later)


def _decide_pair(left: int, right: int, verdict: "Verdict", *, later: bool) -> None:
    from erp.review import decide_pair

    settings = Settings.from_environ()
    with _opened(settings) as database:
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


def _profiled(engine: "Engine", settings: Settings) -> "ProfileResult":
    """The profile of all rows, kept with a run of its own, beside one that may be under way."""
    from assets.governance.source import source_label
    from erp.pipeline import finish_run, start_run
    from erp.pipeline import profile as look

    run_id = start_run(engine, source_label(settings), beside=True)
    try:
        found = look(engine, run_id, settings.reports, whole=True)
    except BaseException as error:
        finish_run(engine, run_id, "failed" if isinstance(error, Exception) else "interrupted", {})
        raise
    severities = found.drift["severity"].to_list()
    figures = {"profiled": found.rows, "warnings": severities.count("warning"), "notices": severities.count("notice")}
    finish_run(engine, run_id, "succeeded", figures)
    return found


def _show_profile(found: "ProfileResult") -> None:
    import polars as pl

    drifted = found.drift.group_by("table_name").agg(drift=pl.len())
    tables = found.columns.group_by("table_name", maintain_order=True).agg(pl.col("rows").first(), columns=pl.len())
    tables = tables.join(drifted, on="table_name", how="left", maintain_order="left")
    _show(tables.with_columns(pl.col("drift").fill_null(0)), "")
    warnings = len(found.drift.filter(severity="warning"))
    print(f"\n{found.rows:,} rows of {len(tables)} tables were profiled.")
    if found.drift.is_empty():
        print("No column drifted since the last whole profile.")
    else:
        print(
            f"Since the last whole profile {_counted(warnings, 'warning')} and "
            f"{_counted(len(found.drift) - warnings, 'notice')}:\n"
        )
        listed = ("severity", "table_name", "column_name", "measure", "before", "now")
        _show(found.drift.head(_DRIFTS).select(listed), "")
        if len(found.drift) > _DRIFTS:
            print(f"{len(found.drift) - _DRIFTS} more are in the report.")
    print(f"\nReport: {found.report}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _list_undoable(engine: "Engine") -> None:
    from erp.undo import rules, runs

    _show(rules(engine), "No rule has changed anything yet.")
    _show(runs(engine), "No run has changed anything yet.")


def _show(frame: "pl.DataFrame", nothing: str) -> None:
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
