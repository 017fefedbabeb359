"""How far a table follows the source: `governance.sync_state`, written in the transaction that writes the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from erp import store
from erp.schema import Table


@dataclass(frozen=True)
class State:
    """What is known of one table; see the comments of the table's columns."""

    source: str
    way: str
    mark: str | None = None
    position: int | None = None
    target: str | None = None
    passes: int = 0
    live: int = 0
    differences: Mapping[str, int] = field(default_factory=dict)


def load(connection: Connection, table: Table) -> State | None:
    """The state of a table, if it was ever read."""
    with store.cursor(connection) as reader:
        reader.execute(
            "SELECT source, way, mark, position, target, passes, live, differences FROM governance.sync_state "
            "WHERE table_name = %s",
            (table.name,),
        )
        row = reader.fetchone()
    return None if row is None else State(*row)  # type: ignore[arg-type]


def save(connection: Connection, table: Table, run_id: int, state: State) -> None:
    """Keep the state of a table."""
    values = {
        "table_name": table.name,
        "source": state.source,
        "way": state.way,
        "mark": state.mark,
        "position": state.position,
        "target": state.target,
        "passes": state.passes,
        "live": state.live,
        "differences": json.dumps(dict(state.differences)),
        "run_id": run_id,
    }
    updates = ", ".join(f"{name} = excluded.{name}" for name in values)
    store.execute(
        connection,
        f"INSERT INTO governance.sync_state ({', '.join(values)}) VALUES ({', '.join(f'%({n})s' for n in values)}) "
        f"ON CONFLICT (table_name) DO UPDATE SET {updates}",
        values,
    )
