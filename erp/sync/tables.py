"""A sync of all tables: which pass each of them needs tonight, and whether the sums agree in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.errors import SourceError
from erp.schema import TABLES, Table
from erp.source import Rejected, Source, SourceOptions, Way
from erp.source.ahead import in_order
from erp.sync import drift as drifting
from erp.sync import passes, totals
from erp.sync.landing import Landing
from erp.sync.results import Difference, SyncResult, TableCounts
from erp.sync.state import State, load, save

Progress = Callable[[str], None] | None

_KEYS_EVERY: Final = 7
"""Passes by watermark, the last of which also compares keys."""
_GUARDED: Final = 100
"""Live rows from which on a table is protected from a source that has lost over half of them."""
_LOCK: Final = 7460923


def sync_tables(
    engine: Engine, run_id: int, source: Source, options: SourceOptions, progress: Progress = None
) -> SyncResult:
    """Bring all tables of `raw` up to date.

    Raises:
        SourceError: the source lacks something, its keys are not unique, or it stopped answering.
    """
    counts: list[TableCounts] = []
    differences: list[Difference] = []
    with _alone(engine, progress):
        with store.writing(engine) as connection:
            drift = drifting.examine(connection, run_id, source)
            if not options.accept_deletes:
                _guard(connection, source, [t for t in TABLES if not drifting.unreadable(drift, t)])

        def follow(table: Table) -> tuple[TableCounts, list[Difference]]:
            lost = drifting.unreadable(drift, table)
            if lost:
                return _left(engine, table, lost, source.way(table)), []
            return _Night(engine, run_id, source, table).sync()

        with closing(in_order(follow, TABLES)) as done:
            for count, found in done:
                counts.append(count)
                differences += found
                if progress is not None:
                    progress(_told(count))
        rejected = _keep_rejected(engine, run_id, source)
    return SyncResult(tuple(counts), tuple(drift), rejected, tuple(differences))


class _Night:
    """One table in one run."""

    def __init__(self, engine: Engine, run_id: int, source: Source, table: Table) -> None:
        self._engine, self._source, self._table = engine, source, table
        self._landing, self._notes = Landing(run_id, table), list[str]()
        self._way = source.way(table)

    def sync(self) -> tuple[TableCounts, list[Difference]]:
        """Make the passes that are needed."""
        state, known = self._state(), None
        if state.position is not None:
            self._notes.append(f"an interrupted pass went on after key {state.position}")
        if state.mark is None or state.position is not None:
            state = passes.over_all(self._engine, self._source, self._landing, state)
        else:
            known = state.differences
            state = passes.over_changes(self._engine, self._source, self._landing, state)
        with ThreadPoolExecutor(1) as beside:  # the source adds up while keys are compared and raw rows added up
            summing = beside.submit(self._source.totals, self._table)
            if known is not None and self._way is Way.WATERMARK:
                state = replace(state, passes=state.passes + 1)
                if self._source.count(self._table) != state.live or state.passes >= _KEYS_EVERY:
                    passes.over_keys(self._engine, self._source, self._landing)
                    state = replace(state, passes=0)
            here = totals.of_raw(self._engine, self._table)
            there = summing.result()
        found = totals.differences(self._table, there, here)
        if known is not None and totals.by_what(found) != known:
            self._notes.append(f"the {found[0].what if found else 'sums'} did not agree, so all rows were compared")
            state = passes.over_all(self._engine, self._source, self._landing, state)
            there, here = totals.both(self._engine, self._source, self._table)
            found = totals.differences(self._table, there, here)
        with store.writing(self._engine) as connection:
            state = replace(state, differences=totals.by_what(found), live=here.rows)
            save(connection, self._table, self._landing.run_id, state)
        return self._counts(here.rows), found

    def _state(self) -> State:
        """Where the table stands; without a mark where all rows are to be read from the first one on."""
        with self._engine.connect() as connection:
            state = load(connection, self._table)
        fresh = State(self._source.label, self._way, live=0 if state is None else state.live)
        if state is None:
            return fresh
        if (state.source, state.way) != (fresh.source, fresh.way):
            what = f"it was read from {state.source}" if state.source != fresh.source else f"it was read by {state.way}"
            self._notes.append(f"{what} before, so all rows were compared")
            return fresh
        if state.position is None and state.mark is not None:
            obstacle = self._source.obstacle(self._table, state.mark)
            if obstacle is not None:
                self._notes.append(f"{obstacle}; all rows were compared")
                return replace(state, mark=None)
        return state

    def _counts(self, live: int) -> TableCounts:
        landing = self._landing
        unchanged = max(live - landing.inserted - landing.updated, 0)
        note = "; ".join(self._notes) or None
        return TableCounts(
            self._table.name, self._way.value, landing.inserted, landing.updated, landing.deleted, unchanged, note
        )


def _guard(connection: Connection, source: Source, tables: list[Table]) -> None:
    for table in tables:
        state = load(connection, table)
        live = 0 if state is None else state.live
        if live < _GUARDED:
            continue
        count = source.count(table)
        if 2 * count < live:
            raise SourceError(
                f"The source's table {table.name!r} has {count} rows and had {live} at the last sync; nothing was taken "
                "over, because it looks like another or a broken database. Correct MILLRACE_SOURCE_URL, or, if so many "
                "rows were really deleted, set accept_deletes (MILLRACE_ACCEPT_DELETES=1) for one sync."
            )


def _left(engine: Engine, table: Table, lost: list[str], way: Way) -> TableCounts:
    columns = f"column{'s' if len(lost) > 1 else ''} {', '.join(lost)}"
    note = f"left as it is: the source lost its {columns}"
    return TableCounts(table.name, way.value, 0, 0, 0, totals.of_raw(engine, table).rows, note)


def _told(counts: TableCounts) -> str:
    told = f"sync {counts.table}: {counts.inserted} new, {counts.updated} changed, {counts.deleted} gone"
    return told if counts.note is None else f"{told} ({counts.note})"


def _keep_rejected(engine: Engine, run_id: int, source: Source) -> tuple[Rejected, ...]:
    rejected = tuple(line for table in TABLES for line in source.rejected(table))
    if rejected:
        names = ("table_name", "file", "line", "reason", "text_masked")
        frame = pl.DataFrame(rejected, schema=names, orient="row").with_columns(run_id=pl.lit(run_id))
        with store.writing(engine) as connection:
            store.execute(connection, "DELETE FROM governance.rejected_lines WHERE run_id = %(run)s", {"run": run_id})
            store.copy_in(connection, "governance.rejected_lines", frame)
    return rejected


@contextmanager
def _alone(engine: Engine, progress: Progress) -> Iterator[None]:
    """Let no other sync of this database run; a killed one leaves nothing behind."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_LOCK})").scalar_one():
            if progress is not None:
                progress("another sync is under way; waiting for its end")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
