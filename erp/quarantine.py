"""Which cells may not be published, and why; rows that cannot be are found by `erp.publish`.

Nothing is dropped: a cell in quarantine keeps its raw value, and the list says what stood there.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from erp.changes import Tables
from erp.published import FORMS
from erp.schema import TABLES, Kind
from erp.vocabulary import Vocabulary

SCHEMA: Final = dict.fromkeys(("table_name", "row_key", "column_name", "value", "reason"), pl.String) | {
    "row_key": pl.Int64
}


def refused_cells(tables: Tables, made: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Cells that were emptied as impossible, are in no right form, or hold a word that the dictionary lacks.

    Args:
        tables: cleaned records.
        made: the changes that cleaned them.
        vocabulary: the company's dictionary.
    """
    emptied = made.filter(pl.col("after").is_null())
    found = [emptied.select("table_name", "row_key", "column_name", value="before", reason="rule")]
    for table in TABLES:
        for column in table.columns:
            cell = pl.col(column.name)
            if column.kind is Kind.VOCABULARY:
                wrong, reason = (
                    ~cell.is_in(list(vocabulary.values.get(column.vocabulary or "", ()))),
                    "not in the dictionary",
                )
            elif column.kind in FORMS:
                pattern, reason = FORMS[column.kind]
                wrong = ~cell.str.contains(pattern)
            else:
                continue
            found.append(
                tables[table.name]
                .filter(wrong)
                .select(
                    pl.lit(table.name).alias("table_name"),
                    "row_key",
                    pl.lit(column.name).alias("column_name"),
                    cell.alias("value"),
                    pl.lit(reason).alias("reason"),
                )
            )
    return pl.concat(found).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
