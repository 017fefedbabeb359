"""What all employee records are compared by: as it was when all were compared, with what changed since made anew.

It is a copy of records, so it lies among them. What is compared, and how, is `erp.dedupe`'s; a version that changes
what it is has all records compared again.
"""

from __future__ import annotations

import io

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.dedupe import FACTS, features


def make(connection: Connection) -> pl.DataFrame:
    """The features of all records that are there, in the order of keys; they are kept."""
    people = features(_records(connection, "NOT _deleted"))
    buffer = io.BytesIO()
    people.write_parquet(buffer, compression="lz4")
    store.execute(connection, "DELETE FROM conformed.compared")
    store.execute(connection, "INSERT INTO conformed.compared VALUES (%(content)s)", {"content": buffer.getvalue()})
    return people


def recall(connection: Connection, run_id: int) -> pl.DataFrame:
    """As `make`, from what it kept in a run and from what changed after that."""
    with store.cursor(connection) as reader:
        reader.execute("SELECT content FROM conformed.compared", binary=True)
        (content,) = reader.fetchone() or (None,)
    assert isinstance(content, bytes)  # noqa: S101 - tells the type checker what the column is
    gone = store.copy_out(
        connection, f"SELECT row_key FROM conformed.employees WHERE _run_id > {run_id}", {"row_key": pl.Int64}
    )
    kept = pl.read_parquet(io.BytesIO(content)).filter(~pl.col("unique_id").is_in(gone["row_key"].implode()))
    new = features(_records(connection, f"NOT _deleted AND _run_id > {run_id}"))
    return pl.concat([kept, new]).sort("unique_id")


def _records(connection: Connection, which: str) -> pl.DataFrame:
    query = f"SELECT row_key, {', '.join(FACTS)} FROM conformed.employees WHERE {which} ORDER BY row_key"
    return store.copy_out(connection, query, {"row_key": pl.Int64, **dict.fromkeys(FACTS, pl.String)})
