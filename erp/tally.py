"""How many cells are in which state, by table, department and column: counted once, then moved by what changed.

For that, `erp.conform` has a record noted as it was before it writes over it, and the lists say themselves what they
held when cells were counted last. What the states mean, and what is made of the counts, is `erp.quality`'s.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import Connection, Engine

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


def form(table: Table, alias: str) -> str:
    """What is noted of a conformed record, as a list for SELECT: `table_name, row_key, department, filled`."""
    cells = {name: f'{alias}."{name}"' for name in table.column_names}
    filled = " | ".join(f"CASE WHEN {cell} IS NULL THEN 0 ELSE {_BITS[name]} END" for name, cell in cells.items())
    return f"'{table.name}', {alias}.row_key, {cells.get('department', 'NULL')}, {filled}"


def count(engine: Engine, run_id: int) -> None:
    """Bring `governance.tally` in step with records and lists: by what changed since it last was, or anew.

    The caller holds `store.writing` meanwhile, so that nobody changes records.
    """
    with engine.begin() as connection:
        store.settle(connection)
        _bring_up_to_date(connection, run_id)


def _bring_up_to_date(connection: Connection, run_id: int) -> None:
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
    _stage_listed(connection, "WHERE retired_run_id IS NULL", since=0)
    for table in TABLES:
        _add(connection, f"SELECT {form(table, 'c')} FROM conformed.{table.name} c WHERE NOT _deleted", "now")


def _count_changes(connection: Connection, since: int) -> None:
    """Take away what the changed records were after a run, and add what they are.

    Looked up in the order of keys, which lie beside each other on disk.
    """
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
        "JOIN (SELECT * FROM moved ORDER BY row_key, table_name) AS m USING (row_key, table_name) WHERE retired_run_id IS NULL",
        f"WHERE retired_run_id > {since}",
        since=since,
    )
    for table in TABLES:
        mine = f"WHERE table_name = '{table.name}'"
        noted, keys = f"governance.noted {mine}", f"SELECT row_key FROM moved {mine}"
        now = f"SELECT {form(table, 'c')} FROM conformed.{table.name} c WHERE NOT _deleted AND row_key IN"
        _add(connection, f"{now} ({keys})", "now")
        same = f"{now} ({keys} EXCEPT SELECT row_key FROM {noted}) AND _run_id <= {since}"
        _add(connection, f"SELECT * FROM {noted} UNION ALL {same}", "then", sign=-1)
    store.execute(connection, "DROP TABLE moved")


def _stage_listed(connection: Connection, *scopes: str, since: int) -> None:
    """Which cells of records the lists hold now, and held after a run; a scope says which rows of the lists count."""
    rows = " UNION ALL ".join(
        f"SELECT table_name, row_key, '{name}' AS list, {_BIT} AS bit, run_id, retired_run_id FROM governance.{name} {scope}"
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


def _add(connection: Connection, records: str, time: str, sign: int = 1) -> None:
    """Add records to those that are alike, as the lists have them at a time."""
    states = ", ".join(f"coalesce({state}_{time}, 0)" for state in _LISTS.values())
    store.execute(
        connection,
        f"""INSERT INTO alike SELECT table_name, department, filled, {states}, {sign} * count(*)
        FROM ({records}) AS record (table_name, row_key, department, filled) LEFT JOIN listed USING (table_name, row_key) GROUP BY 1, 2, 3, 4, 5, 6""",
    )


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
