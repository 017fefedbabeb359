"""The clean tables: conformed records, one a person, put into `clean` as one transaction.

Only what changed since the last publishing is looked at, and only what differs is written, so readers see the
old state or the new one and are never kept waiting. A row that the tables cannot hold is put into quarantine
with the reason; what refers to it goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import batch, bulk, learned, references, store
from erp.golden import golden_records
from erp.ledger import look_up, reconcile
from erp.published import cells, key_of, typed
from erp.quarantine import SCHEMA as REFUSED
from erp.references import References
from erp.schema import BY_NAME, EVENTS, REFERENCES, Table
from erp.vocabulary import Vocabulary

STEP: Final = "publish"
_EMPLOYEES: Final = BY_NAME["employees"]
_REQUIRED: Final = {"employees": ("first_name", "last_name", "status")}
_MAY_BE_EMPTY: Final = {"contracts": ("end_date",)}
_SMALL: Final = {
    "locations": "city",
    "departments": "name",
    "positions": "title",
    "projects": "code",
    "vocabulary": "column_name, value, language, label",
}
"""Tables that are compared as a whole, parents first, and their keys."""


@dataclass(frozen=True)
class Written:
    """What publishing changed in one table."""

    table: str
    rows: int
    written: int
    removed: int


@dataclass(frozen=True)
class Published:
    """What a night published."""

    tables: tuple[Written, ...]
    refused: int
    """Rows in quarantine."""


def publish(connection: Connection, run_id: int) -> Published:
    """Bring `clean` in step with the conformed records, in the caller's transaction."""
    vocabulary = Vocabulary.shipped().learn(batch.read_raw(connection, REFERENCES))
    small = references.make(connection, vocabulary)
    since = _since(connection, small)
    frames = {**small.tables, "vocabulary": references.labels(connection, small, vocabulary, learn=since is None)}
    written = {name: _upsert_small(connection, name, frames[name]) for name in _SMALL}
    _scope_people(connection, since)
    _merged_people(connection, small, vocabulary)
    removed = {}
    with ExitStack() as stack:
        first = since is None and not store.exists(connection, "clean.employees")
        if first:
            large = [f"clean.{name}" for name in ("employees", *EVENTS)]
            stack.enter_context(bulk.without_references(connection, *large))
            stack.enter_context(bulk.without_indexes(connection, *large))
        allowed = {name: small.allowed(name, vocabulary) for name in ("employees", *EVENTS)}
        refused = [small.refused]
        _stage_people(connection, allowed["employees"], direct=first)
        written["employees"] = _insert(connection, "employees", direct=first)
        refused.append(_refused(connection, "employees"))
        for name in EVENTS:
            _stage_events(connection, BY_NAME[name], allowed[name], since)
            written[name] = _insert(connection, name, direct=first)
            refused.append(_refused(connection, name))
        if not first:
            for name in (*reversed(EVENTS), "employees"):
                removed[name] = _remove(connection, name)
    removed |= {name: _remove_small(connection, name) for name in reversed(_SMALL)}
    scope = None if since is None else _stage_scope(connection)
    held = look_up(connection, "quarantine", scope)
    reconcile(connection, "quarantine", run_id, pl.concat(refused), held=held, whole_rows=True)
    store.execute(connection, "DELETE FROM governance.dirty_entities")
    batch.advance(connection, STEP, run_id)
    return Published(
        tuple(
            Written(name, _count(connection, f"clean.{name}"), written[name], removed.get(name, 0))
            for name in ("locations", "departments", "positions", "projects", "employees", *EVENTS, "vocabulary")
        ),
        _count(connection, "governance.quarantine WHERE column_name IS NULL AND retired_run_id IS NULL"),
    )


def _since(connection: Connection, small: References) -> int | None:
    """The run after which conformed records are looked at; `None` if all are: their words mean something else now."""
    since = batch.progress_of(connection, STEP)
    cleaned_all = learned.run_of(connection, batch.PREFIX)
    if since is None or (cleaned_all is not None and cleaned_all > since):
        return None
    for name, key in references.KEYS.items():
        old = set(store.copy_out(connection, f"SELECT {key} FROM clean.{name}", {key: pl.String})[key])
        new = set(small.tables[name][key])
        if old - new or (name == "projects" and new - old):
            return None
    return since


def _upsert_small(connection: Connection, name: str, frame: pl.DataFrame) -> int:
    store.execute(connection, f"CREATE TEMP TABLE new_{name} (LIKE clean.{name}) ON COMMIT DROP")
    store.copy_in(connection, f"new_{name}", frame)
    return store.execute(connection, _upsert(name, _SMALL[name], frame.columns, f"new_{name}"))


def _remove_small(connection: Connection, name: str) -> int:
    same = " AND ".join(f'new."{column}" = old."{column}"' for column in _SMALL[name].split(", "))
    return store.execute(
        connection, f"DELETE FROM clean.{name} AS old WHERE NOT EXISTS (SELECT FROM new_{name} AS new WHERE {same})"
    )


def _upsert(name: str, key: str, columns: Collection[str], source: str) -> str:
    others = [column for column in columns if column not in key.split(", ")]
    listed = ", ".join(f'"{column}"' for column in columns)
    sets = ", ".join(f'"{column}" = excluded."{column}"' for column in others)
    old, new = (", ".join(f'{side}."{column}"' for column in others) for side in ("old", "excluded"))
    update = f"DO UPDATE SET {sets} WHERE ROW({old}) IS DISTINCT FROM ROW({new})" if others else "DO NOTHING"
    return f"INSERT INTO clean.{name} AS old ({listed}) SELECT {listed} FROM {source} ON CONFLICT ({key}) {update}"


def _scope_people(connection: Connection, since: int | None) -> None:
    """Which persons are looked at: those with a record that changed, and those who won or lost one."""
    store.execute(connection, "CREATE TEMP TABLE people_in_scope (entity_id bigint PRIMARY KEY) ON COMMIT DROP")
    changed = "true" if since is None else f"c._run_id > {since}"
    store.execute(
        connection,
        f"""INSERT INTO people_in_scope
        SELECT DISTINCT m.entity_id FROM conformed.employees c JOIN governance.entities m USING (row_key) WHERE {changed}
        UNION SELECT entity_id FROM governance.dirty_entities""",
    )
    store.execute(connection, "ANALYZE people_in_scope")
    store.execute(
        connection,
        """CREATE TEMP TABLE people_of_several ON COMMIT DROP AS
        SELECT m.entity_id FROM conformed.employees c JOIN governance.entities m USING (row_key)
        WHERE NOT c._deleted AND m.entity_id IN (SELECT entity_id FROM people_in_scope)
        GROUP BY m.entity_id HAVING count(*) > 1""",
    )


def _merged_people(connection: Connection, small: References, vocabulary: Vocabulary) -> None:
    """The golden records of persons with several records."""
    listed = cells(_EMPLOYEES, small.allowed("employees", vocabulary), "c")
    query = f"""SELECT m.entity_id, c.row_key, {listed} FROM conformed.employees c JOIN governance.entities m USING (row_key)
        WHERE NOT c._deleted AND m.entity_id IN (SELECT entity_id FROM people_of_several) ORDER BY c.row_key"""
    texts = dict.fromkeys(_EMPLOYEES.column_names, pl.String)
    records = store.copy_out(connection, query, {"entity_id": pl.Int64, "row_key": pl.Int64, **texts})
    merged = golden_records(records.drop("entity_id"), records.select("row_key", "entity_id"))
    definitions = ["entity_id bigint", *(f'"{name}" text' for name in texts)]
    store.stage(connection, "merged_people", merged.select("entity_id", *texts), definitions)


def _stage_people(connection: Connection, allowed: Mapping[str, Collection[str]], *, direct: bool) -> None:
    """The published form of every person in scope, with the reason if there can be none."""
    names = ", ".join(f'"{name}"' for name in _EMPLOYEES.column_names)
    single = f"""SELECT m.entity_id, {cells(_EMPLOYEES, allowed, "c")}
        FROM conformed.employees c JOIN governance.entities m USING (row_key)
        WHERE NOT c._deleted AND m.entity_id IN (SELECT entity_id FROM people_in_scope)
        AND m.entity_id NOT IN (SELECT entity_id FROM people_of_several)"""
    query = f"""SELECT p.entity_id AS employee_id, {typed(_EMPLOYEES, "p")}, {_reason("employees", {})} AS reason,
        p.entity_id AS row_key FROM ({single} UNION ALL SELECT entity_id, {names} FROM merged_people) p"""
    _stage(connection, "employees", query)
    # They are removed last, for events refer to them; until then nothing may count on them.
    store.execute(
        connection,
        """CREATE TEMP TABLE people_leaving ON COMMIT DROP AS SELECT entity_id FROM people_in_scope
        EXCEPT SELECT employee_id FROM new_employees WHERE reason IS NULL""",
    )
    store.execute(connection, "ANALYZE people_leaving")
    if direct:
        return
    store.execute(
        connection,
        """CREATE TEMP TABLE people_regrouped ON COMMIT DROP AS SELECT entity_id FROM governance.dirty_entities
        UNION SELECT entity_id FROM people_in_scope s LEFT JOIN clean.employees e ON e.employee_id = s.entity_id
            LEFT JOIN new_employees n ON n.employee_id = s.entity_id AND n.reason IS NULL
            WHERE (e.employee_id IS NULL) <> (n.employee_id IS NULL)""",
    )
    store.execute(connection, "ANALYZE people_regrouped")
    store.execute(
        connection,
        """CREATE TEMP TABLE regrouped ON COMMIT DROP AS
        SELECT row_key::text FROM governance.entities JOIN people_regrouped USING (entity_id)""",
    )
    store.execute(connection, "ANALYZE regrouped")


def _stage_events(
    connection: Connection, table: Table, allowed: Mapping[str, Collection[str]], since: int | None
) -> None:
    """The published form of every event in scope: it changed, or the person it belongs to did."""
    # Not a condition with OR, which no index serves; in the order of keys, so that no page is read twice.
    scope = (
        ""
        if since is None
        else f"""JOIN (SELECT row_key FROM conformed.{table.name} WHERE _run_id > {since}
        UNION SELECT row_key FROM conformed.{table.name} WHERE employee_id IN (SELECT row_key FROM regrouped)
        ORDER BY row_key) AS s USING (row_key)"""
    )
    others = Table(table.name, table.key, tuple(column for column in table.columns if column.name != "employee_id"))
    inner = f"""SELECT c.row_key, c._deleted, {key_of("employee_id", "c")} AS record, {cells(others, allowed, "c")}
        FROM conformed.{table.name} c {scope}"""
    orphan = {"no such employee is published": "e.employee_id IS NULL OR l.entity_id IS NOT NULL"}
    query = f"""SELECT p.row_key AS "{table.key}", e.employee_id, {typed(others, "p")},
        CASE WHEN p._deleted THEN 'deleted' ELSE {_reason(table.name, orphan)} END AS reason, p.row_key
        FROM ({inner}) p LEFT JOIN governance.entities m ON m.row_key = p.record
        LEFT JOIN clean.employees e ON e.employee_id = m.entity_id LEFT JOIN people_leaving l USING (entity_id)"""
    _stage(connection, table.name, query)


def _reason(name: str, more: Mapping[str, str]) -> str:
    """SQL for the first reason why a row cannot be published."""
    optional = _MAY_BE_EMPTY.get(name, ())
    usual = [column for column in BY_NAME[name].column_names if column not in (*optional, "employee_id")]
    required = _REQUIRED.get(name, usual)
    cases = [f"WHEN p.\"{column}\" IS NULL THEN '{column} is empty or not valid'" for column in required]
    cases += [f"WHEN {condition} THEN '{reason}'" for reason, condition in more.items()]
    return f"CASE {' '.join(cases)} END"


def _stage(connection: Connection, name: str, query: str) -> None:
    store.execute(connection, f"CREATE TEMP TABLE new_{name} ON COMMIT DROP AS {query}")
    store.execute(connection, f"ANALYZE new_{name}")


def _insert(connection: Connection, name: str, *, direct: bool) -> int:
    key = BY_NAME[name].key
    columns = [key, *(column for column in BY_NAME[name].column_names if column != key)]
    source = f"(SELECT * FROM new_{name} WHERE reason IS NULL) AS ready"
    if direct:
        listed = ", ".join(f'"{column}"' for column in columns)
        return store.execute(connection, f"INSERT INTO clean.{name} ({listed}) SELECT {listed} FROM {source}")
    return store.execute(connection, _upsert(name, key, columns, source))


def _refused(connection: Connection, name: str) -> pl.DataFrame:
    query = f"""SELECT '{name}', row_key, NULL, NULL, reason FROM new_{name}
        WHERE reason IS NOT NULL AND reason <> 'deleted' ORDER BY row_key"""
    return store.copy_out(connection, query, dict(REFUSED))


def _remove(connection: Connection, name: str) -> int:
    """Delete what was in scope and is not published any more."""
    scope = "SELECT entity_id FROM people_in_scope" if name == "employees" else f"SELECT row_key FROM new_{name}"
    key = BY_NAME[name].key
    return store.execute(
        connection,
        f"""DELETE FROM clean.{name} WHERE {key} IN (
            {scope} EXCEPT SELECT row_key FROM new_{name} WHERE reason IS NULL)""",
    )


def _stage_scope(connection: Connection) -> str:
    """The `table_name, row_key` of all rows that this publishing looked at."""
    parts = ["SELECT 'employees' AS table_name, entity_id AS row_key FROM people_in_scope"]
    parts += [f"SELECT '{name}', row_key FROM new_{name}" for name in EVENTS]
    parts += [f"SELECT '{name}', row_key FROM raw.{name}" for name in REFERENCES]
    store.execute(connection, f"CREATE TEMP TABLE published_scope ON COMMIT DROP AS {' UNION ALL '.join(parts)}")
    store.execute(connection, "ANALYZE published_scope")
    return "published_scope"


def _count(connection: Connection, rows: str) -> int:
    return int(str(store.one(connection, f"SELECT count(*) FROM {rows}")))
