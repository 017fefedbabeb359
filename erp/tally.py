"""How many cells are in which state, by table, department and column: counted once, then moved by what changed.

For that, `erp.conform` has a record noted as it was before it writes over it, and the lists say themselves what they
held when cells were counted last. What the states mean, and what is made of the counts, is `erp.quality`'s.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Connection

from erp import batch, store
from erp.schema import TABLES, Table

STEP: Final = "quality"

_BITS: Final = {
    name: f"{1 << number}::bigint"
    for number, name in enumerate(dict.fromkeys(name for table in TABLES for name in table.column_names))
}
"""One bit a column, so that the state of a record's cells is a few numbers, and equal records are counted together.

The numbers are kept with noted records: a migration that changes columns empties `governance.noted` and the progress
of this step.
"""
_CASES: Final = " ".join(f"WHEN '{name}' THEN {bit}" for name, bit in _BITS.items())
_BIT: Final = f"CASE column_name {_CASES} END"
_LISTS: Final = {"ledger": "changed", "review": "waiting", "quarantine": "refused"}


def noting(table: Table, keys: str) -> str:
    """SQL that notes the records of a table as they are, if they are not since cells were last counted.

    Args:
        table: of conformed records.
        keys: query of the `row_key` of those that are about to be written over.
    """
    there = f"SELECT {_record(table)} FROM conformed.{table.name} WHERE NOT _deleted AND row_key IN ({keys})"
    return f"INSERT INTO governance.noted {there} ON CONFLICT DO NOTHING"


def bring_up_to_date(connection: Connection, run_id: int) -> None:
    """Bring `governance.tally` in step with records and lists: by what changed since it last was, or anew."""
    since = batch.progress_of(connection, STEP)
    store.execute(connection, _ALIKE)
    if since is None or since >= run_id:
        store.execute(connection, "TRUNCATE governance.tally")
        _count_all(connection)
    else:
        _count_changes(connection, since)
    columns = ", ".join(f"('{table.name}', '{name}', {_BITS[name]})" for table in TABLES for name in table.column_names)
    store.execute(connection, _SUM.format(columns=columns))
    store.execute(connection, "TRUNCATE governance.tally, governance.noted")
    store.execute(connection, "INSERT INTO governance.tally SELECT * FROM summed")
    store.execute(connection, "DROP TABLE alike, listed, summed")
    batch.advance(connection, STEP, run_id)


def _count_all(connection: Connection) -> None:
    _stage_listed(connection, "retired_run_id IS NULL", since=0)
    for table in TABLES:
        _count(connection, f"SELECT {_record(table)} FROM conformed.{table.name} WHERE NOT _deleted", "now")


def _count_changes(connection: Connection, since: int) -> None:
    """Take away what the changed records were after a run, and add what they are."""
    changed = [f"SELECT '{t.name}', row_key FROM conformed.{t.name} WHERE _run_id > {since}" for t in TABLES]
    changed += [
        f"SELECT table_name, row_key FROM governance.{name} WHERE run_id > {since} OR retired_run_id > {since}"
        for name in _LISTS
    ]
    changed.append("SELECT table_name, row_key FROM governance.noted")
    store.execute(
        connection, f"CREATE TEMP TABLE moved (table_name, row_key) ON COMMIT DROP AS {' UNION '.join(changed)}"
    )
    store.execute(connection, "ANALYZE moved, governance.noted")
    _stage_listed(
        connection,
        "retired_run_id IS NULL AND (row_key, table_name) IN (SELECT row_key, table_name FROM moved)",
        f"retired_run_id > {since}",
        since=since,
    )
    for table in TABLES:
        mine = f"WHERE table_name = '{table.name}'"
        there = f"SELECT {_record(table)} FROM conformed.{table.name} WHERE NOT _deleted AND row_key IN (SELECT row_key FROM moved {mine}"
        noted = f"SELECT * FROM governance.noted {mine}"
        same = f"{there} EXCEPT SELECT row_key FROM governance.noted {mine}) AND _run_id <= {since}"
        _count(connection, f"{there})", "now")
        _count(connection, f"{noted} UNION ALL {same}", "then", sign=-1)
    store.execute(connection, "DROP TABLE moved")


def _stage_listed(connection: Connection, *scopes: str, since: int) -> None:
    """Which cells of records the lists hold now, and held after a run, by conditions on the rows of the lists."""
    rows = " UNION ALL ".join(
        f"SELECT table_name, row_key, '{name}' AS list, {_BIT} AS bit, run_id, retired_run_id FROM governance.{name} WHERE {scope}"
        for name in _LISTS
        for scope in scopes
    )
    times = {"now": "retired_run_id IS NULL", "then": f"run_id <= {since}"}
    sums = ", ".join(
        f"coalesce(bit_or(bit) FILTER (WHERE list = '{name}' AND {condition}), 0) AS {state}_{time}"
        for name, state in _LISTS.items()
        for time, condition in times.items()
    )
    store.execute(
        connection,
        f"""CREATE TEMP TABLE listed ON COMMIT DROP AS SELECT table_name, row_key, {sums} FROM ({rows}) AS every
        WHERE bit IS NOT NULL GROUP BY table_name, row_key""",
    )
    store.execute(connection, "ANALYZE listed")


def _count(connection: Connection, records: str, time: str, sign: int = 1) -> None:
    """Add records to those that are alike, as the lists have them at a time."""
    states = ", ".join(f"coalesce({state}_{time}, 0)" for state in _LISTS.values())
    store.execute(
        connection,
        f"""INSERT INTO alike SELECT table_name, department, filled, {states}, {sign} * count(*)
        FROM ({records}) AS record LEFT JOIN listed USING (table_name, row_key) GROUP BY 1, 2, 3, 4, 5, 6""",
    )


def _record(table: Table) -> str:
    """What is noted of a record, as a list for SELECT."""
    names = table.column_names
    department = "department" if "department" in names else "NULL::text AS department"
    filled = " | ".join(f'CASE WHEN "{name}" IS NULL THEN 0 ELSE {_BITS[name]} END' for name in names)
    return f"'{table.name}' AS table_name, row_key, {department}, {filled} AS filled"


_ALIKE: Final = """
CREATE TEMP TABLE alike (table_name text, department text, filled bigint, changed bigint, waiting bigint, refused bigint,
    records bigint) ON COMMIT DROP
"""
_SUM: Final = """
CREATE TEMP TABLE summed ON COMMIT DROP AS
WITH cell AS (
    SELECT table_name, department, v.column_name, CASE WHEN refused & bit > 0 THEN 'quarantined'
        WHEN waiting & bit > 0 THEN 'review' WHEN changed & bit > 0 THEN 'repaired'
        WHEN filled & bit > 0 THEN 'right' ELSE 'empty' END AS state, records AS cells
    FROM alike JOIN (VALUES {columns}) AS v (table_name, column_name, bit) USING (table_name)
    UNION ALL SELECT * FROM governance.tally
)
SELECT table_name, department, column_name, state, sum(cells) AS cells FROM cell
GROUP BY table_name, department, column_name, state HAVING sum(cells) <> 0
"""
