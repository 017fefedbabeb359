"""A profile in few words: a row a column, and Markdown for those who only glance."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

import polars as pl

from erp.profiling.columns import ColumnProfile, Mix
from erp.profiling.nights import Night, Profile

_TOP: Final = 3
_LINES: Final = 20


def column_rows(profile: Profile) -> pl.DataFrame:
    """One row a column: `table_name, column_name, kind, type, rows, nulls, distinct_values, lowest, highest, patterns, …`."""
    return pl.DataFrame(
        [
            {
                "table_name": one.table,
                "column_name": one.column,
                "kind": one.kind,
                "type": one.type,
                "rows": one.rows,
                "nulls": one.nulls,
                "distinct_values": one.distinct,
                "lowest": lowest(one),
                "highest": highest(one),
                "patterns": shares(one.shapes),
                "scripts": shares(one.scripts),
                "languages": shares(one.languages),
            }
            for one in profile.columns
        ],
        schema=dict.fromkeys(("table_name", "column_name", "kind", "type"), pl.String)
        | dict.fromkeys(("rows", "nulls", "distinct_values"), pl.Int64)
        | dict.fromkeys(("lowest", "highest", "patterns", "scripts", "languages"), pl.String),
    )


def keys_frame(profile: Profile) -> pl.DataFrame:
    """Candidate keys: `table_name, columns` (joined by a comma)."""
    rows = [(key.table, ", ".join(key.columns)) for key in profile.keys]
    return pl.DataFrame(rows, schema={"table_name": pl.String, "columns": pl.String}, orient="row")


def dependencies_frame(profile: Profile) -> pl.DataFrame:
    """`table_name, determinant, dependent, holds, guessed, strength`; see `erp.profiling.relations.Dependency`."""
    names = dict.fromkeys(("table_name", "determinant", "dependent"), pl.String)
    shares_of_rows = dict.fromkeys(("holds", "guessed", "strength"), pl.Float64)
    return pl.DataFrame(
        [astuple(one) for one in profile.dependencies], schema={**names, **shares_of_rows}, orient="row"
    )


def lowest(profile: ColumnProfile) -> str | None:
    """The lowest number or day of a column that has a type, else the first text of the alphabet."""
    return _end(profile, 0) or profile.lowest


def highest(profile: ColumnProfile) -> str | None:
    """The highest number or day of a column that has a type, else the last text of the alphabet."""
    return _end(profile, 100) or profile.highest


def _end(profile: ColumnProfile, percentile: int) -> str | None:
    if profile.type == "date" and profile.days is not None:
        return profile.days.day(percentile)
    if profile.type in {"integer", "decimal"} and profile.numbers is not None:
        return f"{profile.numbers.points[percentile]:,.10g}"
    return None


def shares(mix: Mix) -> str:
    """The most frequent entries with their shares, as `Aa 71%, 9999 12%`."""
    total = sum(mix.values()) or 1
    top = sorted(mix.items(), key=lambda entry: (-entry[1], entry[0]))[:_TOP]
    return ", ".join(f"{name} {count / total:.0%}" for name, count in top)


def markdown(night: Night) -> str:
    """What was looked at, what differs, and which columns tell which."""
    seen, reference = night.seen, night.reference
    text = [
        f"All {seen.rows:,} rows were profiled."
        if seen.whole
        else f"{seen.rows:,} rows that arrived were compared with the {reference.rows:,} of run {reference.run_id}."
    ]
    if night.drift.is_empty():
        text += ["", "No drift."]
    else:
        text += ["", "| | column | measure | before | now |", "| --- | --- | --- | --- | --- |"]
        rows = night.drift.head(_LINES).select("severity", "table_name", "column_name", "measure", "before", "now")
        text += [
            f"| {severity} | {table}.{column} | {measure} | {_cell(before)} | {_cell(now)} |"
            for severity, table, column, measure, before, now in rows.iter_rows()
        ]
        if len(night.drift) > _LINES:
            text += ["", f"{len(night.drift) - _LINES} more are in governance.drift."]
    if seen.whole:
        told = [
            f"- {one.table}: {one.determinant} → {one.dependent} in {one.holds:.1%} of the rows"
            for one in seen.dependencies[:_LINES]
        ]
        text += ["", *told] if told else []
    return "\n".join(text)


def _cell(text: str) -> str:
    """Text that stays within its cell and is no markup."""
    escaped = "".join(f"\\{character}" if character in r"\`*_{}[]<>()#|!" else character for character in text)
    return " ".join(escaped.split())
