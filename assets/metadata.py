"""How results become metadata in the Dagster UI: tables, inline pictures, and the figures of the night."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

FIGURES = "figures"
"""Metadata key of the numbers that the nightly report collects, as one JSON object."""


def table(rows: Iterable[Mapping[str, Any]], limit: int = 50) -> dg.TableMetadataValue | dg.MarkdownMetadataValue:
    """A table of the first `limit` rows; values are shown as text unless they are numbers."""
    records = [
        dg.TableRecord({name: _cell(value) for name, value in row.items()})
        for row, _ in zip(rows, range(limit), strict=False)
    ]
    if not records:
        return dg.MetadataValue.md("*no rows*")
    return dg.MetadataValue.table(records)


def rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The same with real numbers at four significant digits, which is what a person reads."""
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in figures.items()}


def picture(png: bytes, caption: str) -> dg.MarkdownMetadataValue:
    """A PNG inside the metadata. Keep it small: it is stored with the event."""
    return dg.MetadataValue.md(f"![{caption}](data:image/png;base64,{base64.b64encode(png).decode()})")


def drawing(svg: str, caption: str) -> dg.MarkdownMetadataValue:
    """The same of an SVG."""
    return dg.MetadataValue.md(f"![{caption}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})")


def bullets(lines: Sequence[str]) -> dg.MarkdownMetadataValue:
    """A Markdown list."""
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines))


def _cell(value: Any) -> str | float | int | bool | None:
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
