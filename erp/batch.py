"""Which records a run has to clean: those that changed, or all.

All are cleaned when what they would be judged by is not what it was: another plan or other rules, new words in
the reference tables, or so many changes that what rules have learned is out of date. `Batch.why_all` says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import learned, store
from erp.errors import ErpError
from erp.knowledge import Knowledge
from erp.learned import Memory
from erp.plan import Plan
from erp.schema import BY_NAME, REFERENCES, TABLES
from erp.vocabulary import Vocabulary

SCOPE: Final = "cleaned_records"
"""Temporary table of the `table_name, row_key` that a run looks at."""
STEP: Final = "correct"
PREFIX: Final = "correct."
"""Of the names under which its memory is kept."""


@dataclass(frozen=True)
class Batch:
    """Records to be cleaned, with what they are judged by."""

    tables: dict[str, pl.DataFrame]
    """Live raw records."""
    gone: dict[str, pl.Series]
    """Keys of records that the source no longer has."""
    knowledge: Knowledge
    why_all: str | None
    """Why all records are in it; `None` if only changed ones are."""
    digests: pl.DataFrame
    """What this run judges by, to be compared by the next."""

    @property
    def records(self) -> int:
        """How many there are."""
        return sum(map(len, self.tables.values())) + sum(map(len, self.gone.values()))

    def remember(self, connection: Connection, run_id: int) -> None:
        """Keep what was learned if it was, and that all changes up to this run are dealt with."""
        if self.why_all is not None:
            frames = self.knowledge.memory.frames | {
                "digests": self.digests,
                "records": pl.DataFrame({"records": [self.records]}),
            }
            learned.save(connection, PREFIX, run_id, frames)
        store.execute(connection, "DELETE FROM governance.dirty")
        advance(connection, STEP, run_id)


def choose(connection: Connection, run_id: int, plan: Plan) -> Batch:
    """Find the records and read them."""
    vocabulary = Vocabulary.shipped().learn(read_raw(connection, REFERENCES))
    digests = _digests(connection, plan, vocabulary)
    kept, since = learned.load(connection, PREFIX), progress_of(connection, STEP)
    why = _why_all(connection, plan, digests, kept, since)
    changed = None if why is not None else f"row_key IN ({_CHANGED.format(since=since)})"
    memory = Memory(None if why is not None or kept is None else kept[1])
    return Batch(
        tables=read_raw(connection, changed=changed),
        gone=_gone(connection, f"_run_id > {since or 0}" if changed is None else changed),
        knowledge=Knowledge(vocabulary, day_of(connection, run_id), memory),
        why_all=why,
        digests=digests,
    )


_CHANGED: Final = """
SELECT row_key FROM raw.{{table}} WHERE _run_id > {since}
UNION SELECT row_key FROM governance.dirty WHERE table_name = '{{table}}'
"""
"""Not a condition with OR, which no index serves."""


def _why_all(
    connection: Connection,
    plan: Plan,
    digests: pl.DataFrame,
    kept: tuple[int, dict[str, pl.DataFrame]] | None,
    since: int | None,
) -> str | None:
    if kept is None or since is None:
        return "nothing was cleaned before"
    run_id, frames = kept
    before = dict(frames["digests"].iter_rows())
    for part, digest in digests.iter_rows():
        if before.get(part) != digest:
            return f"{part} changed"
    learned_from = int(frames["records"].item())
    counts = " + ".join(f"(SELECT count(*) FROM raw.{table.name} WHERE _run_id > {run_id})" for table in TABLES)
    changed = int(str(store.one(connection, f"SELECT {counts}")))
    if changed > plan.relearn_share * learned_from:
        return f"{changed} records changed since rules learned from all {learned_from}"
    return None


def _digests(connection: Connection, plan: Plan, vocabulary: Vocabulary) -> pl.DataFrame:
    """`part, digest` of everything that records are judged by and that can change."""
    off = store.copy_out(connection, "SELECT rule FROM governance.rules_off ORDER BY rule", {"rule": pl.String})
    sites = read_raw(connection, ["projects"])["projects"].select("code", "city").sort("code", "city")
    texts = {
        "the plan of stages": plan.digest,
        "the list of undone rules": "\n".join(off["rule"]),
        "the company's dictionary": repr(vocabulary.labels),
        "the list of projects": repr(sites.rows()),
    }
    return pl.DataFrame(
        {"part": list(texts), "digest": [hashlib.sha256(text.encode()).hexdigest() for text in texts.values()]}
    )


def read_raw(
    connection: Connection, names: Iterable[str] | None = None, *, changed: str | None = None
) -> dict[str, pl.DataFrame]:
    """The live rows of `raw` by table: `row_key` and text columns, in the order of the keys.

    Args:
        connection: in a transaction.
        names: of tables; `None` is all.
        changed: SQL condition, with `{table}` for the table's name.
    """
    return _read(connection, "raw", "_deleted_at IS NULL", names, changed)


def read_conformed(
    connection: Connection, names: Iterable[str] | None = None, *, changed: str | None = None
) -> dict[str, pl.DataFrame]:
    """The live rows of `conformed`: records with the changes of the ledger applied; as `read_raw`."""
    return _read(connection, "conformed", "NOT _deleted", names, changed)


def _read(
    connection: Connection, schema: str, live: str, names: Iterable[str] | None, changed: str | None
) -> dict[str, pl.DataFrame]:
    chosen = [BY_NAME[name] for name in names] if names is not None else TABLES
    found = {}
    for table in chosen:
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        condition = "" if changed is None else " AND " + changed.format(table=table.name)
        query = f"SELECT row_key, {columns} FROM {schema}.{table.name} WHERE {live}{condition} ORDER BY row_key"
        found[table.name] = store.copy_out(
            connection, query, {"row_key": pl.Int64, **dict.fromkeys(table.column_names, pl.String)}
        )
    return found


def _gone(connection: Connection, changed: str) -> dict[str, pl.Series]:
    found = {}
    for table in TABLES:
        condition = changed.format(table=table.name)
        query = f"SELECT row_key FROM raw.{table.name} WHERE _deleted_at IS NOT NULL AND {condition} ORDER BY row_key"
        found[table.name] = store.copy_out(connection, query, {"row_key": pl.Int64})["row_key"]
    return found


def progress_of(connection: Connection, step: str) -> int | None:
    """The run whose changes a step has dealt with last."""
    found = store.one(connection, "SELECT run_id FROM governance.progress WHERE step = %(step)s", {"step": step})
    return None if found is None else int(str(found))


def advance(connection: Connection, step: str, run_id: int) -> None:
    """Remember that a step has dealt with all changes up to this run."""
    store.execute(
        connection,
        """INSERT INTO governance.progress (step, run_id) VALUES (%(step)s, %(run)s)
        ON CONFLICT (step) DO UPDATE SET run_id = excluded.run_id""",
        {"step": step, "run": run_id},
    )


def day_of(connection: Connection, run_id: int) -> date:
    """The day of the run, from which ages are counted.

    Raises:
        ErpError: there is no such run.
    """
    query = "SELECT started_at::date FROM governance.runs WHERE run_id = %(run)s"
    day = store.one(connection, query, {"run": run_id})
    if not isinstance(day, date):
        raise ErpError(f"There is no run {run_id}; start_run opens one.")
    return day
