"""The one screen that a job ends with, drawn from the figures of what it made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

LANGUAGES = {"tr": "Turkish", "ru": "Russian", "en": "English"}


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print what a job made, by section of `assets.report`, then its alerts; a part that was not made is left out."""
    for title, section, draw in (
        ("Online training", "training", _training),
        ("ERP governance", "published", _governance),
        ("Questions", "answers", _answers),
        ("Alerts", "alerts", _alerts),
    ):
        if report.get(section):
            console.print(Panel(Group(*draw(report)), title=title, title_align="left"))


def _facts(rows: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def _training(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    figures = report["training"]
    balance = figures["balance"]
    yield _facts(
        [
            (
                "error on unseen simulations",
                f"[bold]{figures['rmse']:.2f} {figures['unit']}[/] root mean square, "
                f"{100 * figures['relative_l2']:.2f} % relative, over {figures['validation_simulations']} simulations",
            ),
            (
                "samples streamed",
                f"{balance['produced']:,} time steps of {figures['simulations']} simulations "
                f"({figures['megabytes']:,.0f} MB), none stored on disk",
            ),
            (
                "balance",
                f"produced {balance['produced']:,} = unseen {balance['unseen']:,} + seen {balance['seen']:,} "
                f"+ evicted {balance['evicted']:,} + drained {balance['drained']:,}",
            ),
            ("training", f"{figures['samples_per_s']:,.0f} samples/s, {figures['seconds']:.0f} s in all"),
            ("checkpoint", escape(figures["checkpoint"])),
        ]
    )


def _governance(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    cells, entities = report["corrections"], report["entities"]
    rows = []
    if sync := report.get("sync"):
        rows.append(("synchronised", f"{sync['rows']:,} records of {sync['tables']} tables"))
    rows += [
        (
            "cells changed",
            f"[bold]{cells['ledger']:,}[/] in the ledger, {cells['new_in_ledger']:,} of them now; "
            f"{cells['review']:,} wait for review, {cells['quarantine']:,} in quarantine",
        ),
        (
            "duplicates found",
            f"[bold]{entities['duplicates']:,}[/] records repeat somebody; {entities['persons']:,} people remain",
        ),
        (
            "published",
            f"{report['published']['published']:,} employees, {report['published']['rows']:,} records in all",
        ),
    ]
    if (quality := report["published"]["quality"]) is not None:
        rows.append(("typed right", f"{quality:.1%} of the cells, before anything was done"))
    if score := report.get("score"):
        cell, pair = score["cells"], score["pairs"]
        rows.append(
            (
                "against the truth",
                f"cells: precision {cell['precision']:.3f}, recall {cell['recall']:.3f}, F1 [bold]{cell['f1']:.3f}[/]; "
                f"duplicates: precision {pair['precision']:.3f}, recall {pair['recall']:.3f}, F1 [bold]{pair['f1']:.3f}[/]",
            )
        )
    yield _facts(rows)


def _answers(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    for given in report["answers"]:
        how = {
            "verified": "a verified example",
            "composed": "composed from the words",
            "model": "written by the model",
        }.get(given["source"], "not answered")
        language = LANGUAGES.get(given["language"], given["language"])
        yield f"[bold]{escape(given['question'])}[/]"
        yield f"{escape(given['text'])}"
        if given["sql"]:
            yield Syntax(given["sql"], "sql", theme="ansi_dark", background_color="default", word_wrap=True)
        yield f"[dim]{language}, {given['seconds']:.1f} s, SQL: {how}[/]\n"


def _alerts(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    for sentence in report["alerts"]:
        yield escape(sentence)
