"""Passes over a table of the source: over all rows, over what changed, over keys alone.

Every batch is one transaction, with the state that says how far the table is. Which pass a night needs is
decided in `erp.sync.tables`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
import polars as pl
from sqlalchemy.engine import Engine

from erp import store
from erp.errors import SourceError
from erp.schema import Table
from erp.source import Source
from erp.source.ahead import read_ahead
from erp.sync.landing import Landing
from erp.sync.state import State, save


def over_all(engine: Engine, source: Source, landing: Landing, state: State) -> State:
    """Read all rows after the state's position, in the order of keys, and return the state of a whole table.

    Raws whose key lies between those of the source are dated as deleted, unless lines could not be read.
    """
    table, after = landing.table, state.position
    if after is None:
        state = replace(state, target=source.mark(table))
    with engine.connect() as connection:
        known = connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM raw.{table.name})").scalar_one()
    with _keeping(landing), closing(read_ahead(source.rows(table, table.column_names, after))) as batches:
        for batch in batches:
            upto = _last_key(table, batch.rows, after)
            with store.writing(engine) as connection:
                landing.write(connection, batch.rows, into_empty=not known)
                if known and not source.rejected(table):
                    landing.delete_unstaged(connection, after, upto)
                state = replace(state, position=upto)
                save(connection, table, landing.run_id, state)
            after = upto
    state = replace(state, mark=state.target, position=None, target=None, passes=0)
    with store.writing(engine) as connection:
        if not source.rejected(table):
            landing.delete_after(connection, after)
        if not known:
            store.execute(connection, f"ANALYZE raw.{table.name} (row_key, _run_id, _deleted_at)")
        save(connection, table, landing.run_id, state)
    return state


def over_changes(engine: Engine, source: Source, landing: Landing, state: State) -> State:
    """Read what changed since the state's mark, which moves with the batches."""
    table, started = landing.table, state.live
    with _keeping(landing), closing(read_ahead(source.changes(table, state.mark or ""))) as batches:
        for batch in batches:
            with store.writing(engine) as connection:
                landing.write(connection, batch.rows, into_empty=False)
                landing.delete(connection, batch.gone)
                live = started + landing.inserted - landing.deleted
                state = replace(state, mark=batch.mark or state.mark, live=live)
                save(connection, table, landing.run_id, state)
    return state


def over_keys(engine: Engine, source: Source, landing: Landing) -> None:
    """Read the keys alone, and date the rows whose key the source no longer has."""
    table = landing.table
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(source.keys, table)
        here = _live_keys(engine, table)
        there = reading.result()
    with store.writing(engine) as connection:
        landing.delete(connection, here.join(there.to_frame(), on="row_key", how="anti")["row_key"])


def _live_keys(engine: Engine, table: Table) -> pl.DataFrame:
    """The keys as `row_key`, in one value: by COPY they would come one by one."""
    query = f"SELECT string_agg(int8send(row_key), ''::bytea) FROM raw.{table.name} WHERE _deleted_at IS NULL"
    with engine.connect() as connection:
        packed = connection.exec_driver_sql(query).scalar_one() or b""
    return pl.DataFrame({"row_key": np.frombuffer(packed, dtype=">i8").astype(np.int64)})


def _last_key(table: Table, rows: pl.DataFrame, after: int | None) -> int:
    """The greatest key of a batch, whose keys must grow."""
    keys = rows["row_key"]
    before = keys.shift(1, fill_value=after)
    wrong = keys.filter(keys <= before)
    if len(wrong):
        raise SourceError(
            f"The key {table.key!r} of the source's table {table.name!r} is not unique: rows repeat one, "
            f"for example {wrong[0]}. Give every row a key of its own, or put a view with a unique key in its place."
        )
    return int(keys[-1])


@contextmanager
def _keeping(landing: Landing) -> Iterator[None]:
    """Say of a source that stops in the middle what is kept of it."""
    try:
        yield
    except SourceError as error:
        rows = landing.inserted + landing.updated
        if not rows:
            raise
        raise SourceError(
            f"{error} It stopped in the middle of its table {landing.table.name!r}: {rows} new and changed rows of it "
            "are kept, and the next sync goes on after them."
        ) from error
