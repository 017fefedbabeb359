"""What is in the raw columns: filled or not, how many values, which patterns, scripts and languages.

Everything is counted on distinct values. A value's language is that of its label in the dictionary, else what
its letters tell; Latin letters alone tell nothing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from erp.changes import Tables
from erp.schema import TABLES, Column, Kind
from erp.vocabulary import Vocabulary

_TOP: Final = 3
_PATTERN: Final = ((r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"\d", "9"), (r"a{2,}", "a+"), (r"A{2,}", "A+"))
_SECRET: Final = (Kind.NATIONAL_ID, Kind.PHONE, Kind.EMAIL)


def profile_tables(tables: Tables, vocabulary: Vocabulary) -> pl.DataFrame:
    """One row a column: `table_name, column_name, kind, rows, nulls, distinct_values, lowest, highest, patterns, …`."""
    labels = vocabulary.frame.select("column_name", pl.col("label").str.to_lowercase(), "language").unique(
        ["column_name", "label"], keep="first", maintain_order=True
    )
    return pl.DataFrame(
        [
            _column(table.name, column, tables[table.name][column.name], labels)
            for table in TABLES
            for column in table.columns
        ]
    )


def _column(table: str, column: Column, cells: pl.Series, labels: pl.DataFrame) -> dict[str, object]:
    counts = cells.rename("value").drop_nulls().value_counts(sort=True, name="n")
    pattern, value = pl.col("value"), pl.col("value")
    for expression, symbol in _PATTERN:
        pattern = pattern.str.replace_all(expression, symbol)
    cyrillic, latin = value.str.contains(r"\p{Cyrillic}"), value.str.contains(r"\p{Latin}")
    script = (
        pl.when(cyrillic & latin)
        .then(pl.lit("mixed"))
        .when(cyrillic)
        .then(pl.lit("Cyrillic"))
        .when(latin)
        .then(pl.lit("Latin"))
        .otherwise(pl.lit("none"))
    )
    letters = (
        pl.when(cyrillic)
        .then(pl.lit("ru"))
        .when(value.str.contains("[çğıöşüÇĞİÖŞÜ]"))
        .then(pl.lit("tr"))
        .otherwise(pl.lit("?"))
    )
    known = labels.filter(pl.col("column_name") == (column.vocabulary or "")).select("label", "language")
    seen = counts.with_columns(pattern=pattern, script=script, letters=letters, label=value.str.to_lowercase())
    seen = seen.join(known, on="label", how="left").with_columns(pl.coalesce("language", "letters").alias("language"))
    bare = column.kind in _SECRET  # the extremes of these would be somebody's
    return {
        "table_name": table,
        "column_name": column.name,
        "kind": column.kind.value,
        "rows": len(cells),
        "nulls": cells.null_count(),
        "distinct_values": len(counts),
        "lowest": None if bare else counts["value"].min(),
        "highest": None if bare else counts["value"].max(),
        "patterns": _shares(seen, "pattern"),
        "scripts": _shares(seen, "script"),
        "languages": _shares(seen, "language"),
    }


def _shares(seen: pl.DataFrame, column: str) -> str:
    """The most frequent entries with their shares, as `Aa 71 %, 9999 12 %`."""
    total = seen["n"].sum() or 1
    top = seen.group_by(column).agg(pl.col("n").sum()).sort("n", column, descending=[True, False]).head(_TOP)
    return ", ".join(f"{name} {count / total:.0%}" for name, count in top.iter_rows())
