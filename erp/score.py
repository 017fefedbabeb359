"""How well a run cleaned, against a truth that only this module reads.

Cells. A cell is wrong if it was not typed in its canonical form. Precision is the share of the changed cells
that are right now, recall the share of the wrong cells that are, F1 their harmonic mean (as in the repair
benchmarks of Raha and Baran). A value that cannot be (`impossible`) is right when it is emptied and in
quarantine, for what it should have been is nowhere in the data. Cells that were left empty (`missing`) are
reported, but stay out of the total, because most of them cannot be known.

Pairs. Precision and recall of the pairs of records that are called one person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.batch import read_conformed, read_raw
from erp.errors import ErpError
from erp.schema import TABLES


@dataclass(frozen=True)
class Accuracy:
    """Precision, recall and F1, with the counts they come from."""

    right: int
    """Changed cells, or joined pairs, that are right."""
    changed: int
    wrong: int
    """Cells that were wrong, or pairs that are one person."""
    repaired: int
    """Of these, how many are right now."""

    @property
    def precision(self) -> float:
        """Share of what was done that is right; 1 if nothing was done."""
        return self.right / self.changed if self.changed else 1.0

    @property
    def recall(self) -> float:
        """Share of what was to be done that was done; 1 if there was nothing."""
        return self.repaired / self.wrong if self.wrong else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Score:
    """How well a run cleaned."""

    cells: Accuracy
    """All cells but the missing ones."""
    pairs: Accuracy
    by_kind: pl.DataFrame
    """`kind, wrong, changed, repaired, precision, recall, f1`."""
    by_column: pl.DataFrame
    """`table_name, column_name, wrong, changed, repaired, precision, recall, f1`."""


def score(engine: Engine, run_id: int, truth_folder: Path) -> Score:
    """Compare the cells and persons as they are with the truth of the demonstration source.

    Args:
        engine: connections of the owner.
        run_id: the run that is scored; it must have finished its entities.
        truth_folder: where `erp.pipeline.make_demo_source` put the truth.

    Raises:
        ErpError: no truth is there, or the run is not known.
    """
    files = {name: Path(truth_folder) / f"{name}.parquet" for name in ("cells", "persons")}
    for file in files.values():
        if not file.is_file():
            raise ErpError(
                f"No truth is in {truth_folder}: {file.name} is missing. Only the demonstration source can be scored."
            )
    cells, persons = (pl.read_parquet(file) for file in files.values())
    with engine.connect() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM governance.runs WHERE run_id = %s", (run_id,)).first() is None:
            raise ErpError(f"There is no run {run_id} to be scored.")
        judged = pl.concat(_judged_tables(connection, cells))
        entities = store.copy_out(
            connection,
            "SELECT row_key, entity_id FROM governance.entities",
            dict.fromkeys(("row_key", "entity_id"), pl.Int64),
        )
    counted = judged.filter(pl.col("kind").ne_missing("missing"))
    return Score(
        Accuracy(*_counts(counted).row(0)),
        score_pairs(entities, persons),
        _table(judged.filter(pl.col("kind").is_not_null()), "kind"),
        _table(judged, "table_name", "column_name"),
    )


def _judged_tables(connection: Connection, cells: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """One table at a time, because a long frame of all cells is large."""
    for table in TABLES:
        raw, current = (
            _long(read(connection, [table.name])[table.name], table.name) for read in (read_raw, read_conformed)
        )
        yield judge(raw, current, cells.filter(pl.col("table_name") == table.name)).drop("row_key")


def judge(raw: pl.DataFrame, final: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Every cell with `kind` (null if it was right), `changed` and `right`; frames are long, one row a cell."""
    keys = ["table_name", "row_key", "column_name"]
    frame = raw.join(final.rename({"value": "final"}), on=keys).join(truth, on=keys, how="left")
    target = pl.when(pl.col("kind").is_not_null()).then("clean").otherwise("value")
    right = (
        pl.when(pl.col("kind") == "impossible")
        .then(pl.col("final").is_null())
        .otherwise(pl.col("final").eq_missing(target))
    )
    return frame.select(*keys, "kind", changed=pl.col("final").ne_missing(pl.col("value")), right=right)


def score_pairs(entities: pl.DataFrame, persons: pl.DataFrame) -> Accuracy:
    """Accuracy of the pairs of records that share an entity, against those that share a person."""
    frame = entities.join(persons, on="row_key")

    def pairs(*by: str) -> int:
        size = pl.col("len").cast(pl.Int64)
        return int(frame.group_by(by).len().select((size * (size - 1) // 2).sum()).item())

    right = pairs("entity_id", "person")
    return Accuracy(right, pairs("entity_id"), pairs("person"), right)


def _long(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    cells = frame.unpivot(index="row_key", variable_name="column_name", value_name="value")
    return cells.with_columns(table_name=pl.lit(table))


def _counts(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    wrong = pl.col("kind").is_not_null()
    sums = [
        (pl.col("changed") & pl.col("right")).sum().alias("right"),
        pl.col("changed").sum(),
        wrong.sum().alias("wrong"),
        (wrong & pl.col("right")).sum().alias("repaired"),
    ]
    return frame.group_by(by, maintain_order=True).agg(sums) if by else frame.select(sums)


def _table(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    rows = []
    for row in _counts(frame, *by).filter((pl.col("wrong") > 0) | (pl.col("changed") > 0)).iter_rows(named=True):
        accuracy = Accuracy(row["right"], row["changed"], row["wrong"], row["repaired"])
        rows.append(
            {name: row[name] for name in (*by, "wrong", "changed", "repaired")}
            | {"precision": accuracy.precision, "recall": accuracy.recall, "f1": accuracy.f1}
        )
    return pl.DataFrame(rows).sort("wrong", descending=True) if rows else pl.DataFrame()
