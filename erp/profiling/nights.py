"""What a night profiles, and how it is kept.

The first night looks at all rows, and so does one before which more than a tenth of them changed; any other
looks at what arrived and compares it with the last whole profile.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from erp import store
from erp.batch import advance, day_of
from erp.profiling.columns import ColumnProfile, Spread, labels_of, profile_column
from erp.profiling.drift import drift
from erp.profiling.relations import Dependency, Key, dependencies, keys
from erp.schema import TABLES, Table
from erp.vocabulary import Vocabulary

MOST_CHANGED: Final = 0.1
"""Share of the rows that may have changed since the last whole profile until there is a new one."""


@dataclass(frozen=True)
class Profile:
    """All columns of all tables as a run saw them."""

    run_id: int
    whole: bool
    rows: int
    """Rows that were looked at."""
    columns: list[ColumnProfile]
    keys: list[Key]
    dependencies: list[Dependency]


@dataclass(frozen=True)
class Night:
    """What a run looked at, and what it is measured against."""

    seen: Profile
    reference: Profile
    """The last whole profile; `seen` itself in a whole night."""
    drift: pl.DataFrame
    """As `erp.profiling.drift.drift` gives it; of a whole night, against the whole profile before."""


def profile_night(connection: Connection, run_id: int, *, whole: bool = False) -> Night:
    """Profile what there is to profile, compare it and keep it.

    Args:
        connection: in a transaction.
        run_id: as `start_run` gave it; a second time it replaces what the first one kept.
        whole: all rows in any case.

    Raises:
        ErpError: there is no such run.
    """
    today = day_of(connection, run_id)
    store.execute(connection, "DELETE FROM governance.profiled WHERE run_id = %(run)s", {"run": run_id})
    last = _last_whole(connection, run_id)
    since = connection.execute(
        sa.text("SELECT coalesce(max(run_id), 0) FROM governance.profiled WHERE run_id < :run"), {"run": run_id}
    ).scalar_one()
    if last is None or whole or _changed(connection, last) > MOST_CHANGED * last.rows:
        since = 0
    seen = _profile(connection, run_id, since, today.year)
    found = drift(last.columns if last else [], seen.columns, today)
    _keep(connection, seen, since, found)
    return Night(seen, seen if seen.whole or last is None else last, found)


def _profile(connection: Connection, run_id: int, since: int, this_year: int) -> Profile:
    """One table at a time, so that no more than one is in memory."""
    labels = labels_of(Vocabulary.shipped())
    columns: list[ColumnProfile] = []
    found_keys: list[Key] = []
    found_dependencies: list[Dependency] = []
    rows = 0
    for table in TABLES:
        frame = _rows(connection, table, since)
        if since and frame.is_empty():
            continue
        rows += len(frame)
        profiles = [profile_column(table.name, one, frame[one.name], labels, this_year) for one in table.columns]
        columns += profiles
        if not since:
            found_keys += keys(table, frame, profiles)
            found_dependencies += dependencies(table, frame, labels)
    return Profile(run_id, not since, rows, columns, found_keys, found_dependencies)


def _rows(connection: Connection, table: Table, since: int) -> pl.DataFrame:
    """Live rows that a run after `since` brought or changed, in no order."""
    names = ", ".join(f'"{name}"' for name in table.column_names)
    query = f"SELECT row_key, {names} FROM raw.{table.name} WHERE _deleted_at IS NULL AND _run_id > {since}"
    return store.copy_out(connection, query, {"row_key": pl.Int64, **dict.fromkeys(table.column_names, pl.String)})


def _changed(connection: Connection, last: Profile) -> int:
    """Rows that were brought, changed or deleted since the last whole profile."""
    counts = " + ".join(f"(SELECT count(*) FROM raw.{table.name} WHERE _run_id > {last.run_id})" for table in TABLES)
    return int(connection.exec_driver_sql(f"SELECT {counts}").scalar_one())


def _keep(connection: Connection, seen: Profile, since: int, found: pl.DataFrame) -> None:
    relations = {"keys": [asdict(key) for key in seen.keys], "dependencies": [asdict(one) for one in seen.dependencies]}
    store.execute(
        connection,
        "INSERT INTO governance.profiled VALUES (%(run)s, %(whole)s, %(since)s, %(rows)s, %(relations)s::jsonb)",
        {
            "run": seen.run_id,
            "whole": seen.whole,
            "since": since,
            "rows": seen.rows,
            "relations": json.dumps(relations) if seen.whole else None,
        },
    )
    kept = pl.DataFrame(
        {
            "table_name": [one.table for one in seen.columns],
            "column_name": [one.column for one in seen.columns],
            "type": [one.type for one in seen.columns],
            "rows": [one.rows for one in seen.columns],
            "nulls": [one.nulls for one in seen.columns],
            "distinct_values": [one.distinct for one in seen.columns],
            "content": [json.dumps(asdict(one), ensure_ascii=False) for one in seen.columns],
        }
    )
    for table, frame in (("profile", kept), ("drift", found)):
        if len(frame):
            store.copy_in(connection, f"governance.{table}", frame.with_columns(run_id=pl.lit(seen.run_id)))
    advance(connection, "profile", seen.run_id)


def _last_whole(connection: Connection, before: int) -> Profile | None:
    query = """SELECT run_id, rows, relations FROM governance.profiled
        WHERE whole AND run_id < :before ORDER BY run_id DESC LIMIT 1"""
    found = connection.execute(sa.text(query), {"before": before}).one_or_none()
    if found is None:
        return None
    run_id, rows, relations = found
    contents = connection.execute(
        sa.text("SELECT content FROM governance.profile WHERE run_id = :run"), {"run": run_id}
    ).scalars()
    columns = {(one.table, one.column): one for one in map(_column, contents)}
    in_order = [columns[key] for table in TABLES for one in table.columns if (key := (table.name, one.name)) in columns]
    known = [Key(one["table"], tuple(one["columns"])) for one in relations["keys"]]
    return Profile(run_id, True, rows, in_order, known, [Dependency(**one) for one in relations["dependencies"]])


def _column(content: dict[str, Any]) -> ColumnProfile:
    """As it was before it was kept: JSON has neither tuples nor classes."""
    numbers, days = (
        None if content[name] is None else Spread(content[name]["cells"], tuple(content[name]["points"]))
        for name in ("numbers", "days")
    )
    lengths = None if content["lengths"] is None else tuple(content["lengths"])
    return ColumnProfile(**(content | {"numbers": numbers, "days": days, "lengths": lengths}))
