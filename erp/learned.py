"""What rules learn from all records, kept so that a night on few records judges them by the same knowledge.

A rule that counts (how often a name is spelt like this, which department a position mostly has) asks `Memory`
for the frame under a name of its own. When all records are processed the frame is made from them and kept;
when only some are, it is the kept one. So a record gets the same verdict alone and among all others.
What is known before anybody looks at records is `erp.knowledge`'s.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.errors import ErpError


class Memory:
    """Named frames.

    Args:
        frames: what was kept; `None` while everything is learned anew.
    """

    def __init__(self, frames: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._learning = frames is None
        self.frames = dict(frames or {})

    def recall(self, name: str, learn: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """The frame of this name.

        Args:
            name: different for every use.
            learn: makes it from all records.

        Raises:
            ErpError: it was never learned.
        """
        if name not in self.frames:
            if not self._learning:
                raise ErpError(
                    f"A rule asks for {name!r}, which was not learned when all records were processed; "
                    "a stage must learn the same frames whatever the records are."
                )
            self.frames[name] = learn()
        return self.frames[name]


def load(connection: Connection, prefix: str) -> tuple[int, dict[str, pl.DataFrame]] | None:
    """The frames whose names start with `prefix`, without it, and the run that learned them; `None` if none are."""
    with store.cursor(connection) as reader:
        reader.execute(
            "SELECT name, run_id, content FROM governance.learned WHERE starts_with(name, %s)", (prefix,), binary=True
        )
        rows = reader.fetchall()
    if not rows:
        return None
    frames = {}
    for name, _, content in rows:
        assert isinstance(content, bytes)  # noqa: S101 - tells the type checker what the column is
        frames[str(name).removeprefix(prefix)] = pl.read_parquet(io.BytesIO(content))
    return int(str(rows[0][1])), frames


def run_of(connection: Connection, prefix: str) -> int | None:
    """The run that learned the frames whose names start with `prefix`."""
    query = "SELECT max(run_id) FROM governance.learned WHERE starts_with(name, %(prefix)s)"
    found = store.one(connection, query, {"prefix": prefix})
    return None if found is None else int(str(found))


def save(connection: Connection, prefix: str, run_id: int, frames: Mapping[str, pl.DataFrame]) -> None:
    """Keep frames in the place of those that have the prefix."""
    store.execute(connection, "DELETE FROM governance.learned WHERE starts_with(name, %(prefix)s)", {"prefix": prefix})
    for name, frame in frames.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        store.execute(
            connection,
            "INSERT INTO governance.learned (name, run_id, content) VALUES (%(name)s, %(run)s, %(content)s)",
            {"name": prefix + name, "run": run_id, "content": buffer.getvalue()},
        )
