"""Taking changes back: all of a rule, or all that a run made.

Only the wish is written down here. The next cleaning carries it out: the cells go back to what they were
without the rule, what later stages would have made of that is made, and what follows is compared and
published again. What a person decided stays as it is.
"""

from __future__ import annotations

import difflib
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.decisions import RULE
from erp.errors import ErpError


def rules(engine: Engine) -> pl.DataFrame:
    """`rule, cells, off`: every rule that has changed cells or was undone, with how many are changed now."""
    query = f"""SELECT coalesce(l.rule, o.rule), coalesce(l.cells, 0), o.rule IS NOT NULL FROM
        (SELECT rule, count(*) AS cells FROM governance.ledger
            WHERE retired_run_id IS NULL AND rule <> '{RULE}' GROUP BY rule) l
        FULL JOIN governance.rules_off o USING (rule) ORDER BY 2 DESC, 1"""
    with engine.connect() as connection:
        return store.copy_out(connection, query, {"rule": pl.String, "cells": pl.Int64, "off": pl.String}).with_columns(
            off=pl.col("off") == "t"
        )


def runs(engine: Engine) -> pl.DataFrame:
    """`run_id, started_at, source, cells, undone`: the runs that changed cells, the last first, with how many hold.

    What people decided does not count: it is not undone with a run.
    """
    query = f"""SELECT run_id, to_char(started_at, 'YYYY-MM-DD HH24:MI'), source, coalesce(cells, 0), coalesce(undone, 0)
        FROM governance.runs
        LEFT JOIN (SELECT run_id, count(*) AS cells FROM governance.ledger
            WHERE retired_run_id IS NULL AND rule <> '{RULE}' GROUP BY 1) l USING (run_id)
        LEFT JOIN (SELECT run_id, count(*) AS undone FROM governance.refusals GROUP BY 1) r USING (run_id)
        WHERE cells > 0 OR undone > 0 ORDER BY run_id DESC"""
    schema = {"run_id": pl.Int64, "started_at": pl.String, "source": pl.String, "cells": pl.Int64, "undone": pl.Int64}
    with engine.connect() as connection:
        return store.copy_out(connection, query, schema)


def undo_rule(engine: Engine, rule: str, *, by: str) -> int:
    """Switch a rule off for all records; returns how many of its changes will be taken back.

    Raises:
        ErpError: the rule has changed nothing, is off already, or is a person's decision.
    """
    with store.writing(engine) as connection:
        if rule == RULE:
            raise ErpError(
                "What people decided is no rule; `millrace review reopen` takes back what was decided about a cell."
            )
        if store.one(connection, "SELECT 1 FROM governance.rules_off WHERE rule = %(rule)s", {"rule": rule}):
            raise ErpError(f"The rule {rule!r} is off already; `millrace undo --restore {rule}` switches it on again.")
        cells = _active(connection, "rule = %(what)s", rule)
        waiting = store.one(
            connection,
            "SELECT count(*) FROM governance.review WHERE retired_run_id IS NULL AND rule = %(rule)s",
            {"rule": rule},
        )
        if not cells and not waiting:
            raise ErpError(_unknown_rule(connection, rule))
        store.execute(
            connection,
            "INSERT INTO governance.rules_off (rule, decided_by) VALUES (%(rule)s, %(by)s)",
            {"rule": rule, "by": by},
        )
    return cells


def restore_rule(engine: Engine, rule: str) -> None:
    """Switch a rule on again.

    Raises:
        ErpError: it is not off.
    """
    with store.writing(engine) as connection:
        if not store.execute(connection, "DELETE FROM governance.rules_off WHERE rule = %(rule)s", {"rule": rule}):
            off = store.copy_out(connection, "SELECT rule FROM governance.rules_off ORDER BY 1", {"rule": pl.String})
            raise ErpError(f"The rule {rule!r} is not off; {', '.join(off['rule']) or 'no rule'} is.")


def undo_run(engine: Engine, run_id: int, *, by: str) -> int:
    """Take back the changes that a run made and that still hold; returns how many.

    Its rules do not touch these values of these cells again; elsewhere they go on as before.

    Args:
        engine: of the owner.
        run_id: which run.
        by: who wants it, for the log of runs.

    Raises:
        ErpError: no change of such a run holds.
    """
    with store.writing(engine) as connection:
        condition = f"run_id = %(what)s AND rule <> '{RULE}'"
        cells = _active(connection, condition, run_id)
        if not cells:
            raise ErpError(
                f"No change that run {run_id} made holds; `millrace undo --list` shows the runs that made some."
            )
        values = {"what": run_id, "by": by}
        store.execute(connection, _REFUSE.format(condition=condition), values)
        store.execute(
            connection, _AGAIN.format(rows=f"governance.ledger WHERE retired_run_id IS NULL AND {condition}"), values
        )
        store.execute(
            connection,
            "UPDATE governance.runs SET figures = figures || jsonb_build_object('undone_by', %(by)s::text) WHERE run_id = %(what)s",
            values,
        )
    return cells


def restore_run(engine: Engine, run_id: int) -> int:
    """Let rules make the changes of an undone run again; returns how many cells that is about.

    Raises:
        ErpError: the run was not undone.
    """
    with store.writing(engine) as connection:
        values = {"what": run_id}
        store.execute(connection, _AGAIN.format(rows="governance.refusals WHERE run_id = %(what)s"), values)
        cells = store.execute(connection, "DELETE FROM governance.refusals WHERE run_id = %(what)s", values)
        if not cells:
            raise ErpError(f"Run {run_id} was not undone; `millrace undo --list` shows what was.")
        store.execute(
            connection, "UPDATE governance.runs SET figures = figures - 'undone_by' WHERE run_id = %(what)s", values
        )
    return cells


_REFUSE: Final = """
INSERT INTO governance.refusals (table_name, row_key, column_name, rule, before, run_id)
SELECT table_name, row_key, column_name, rule, before, run_id FROM governance.ledger
WHERE retired_run_id IS NULL AND {condition} ON CONFLICT DO NOTHING
"""
_AGAIN: Final = """
INSERT INTO governance.dirty (table_name, row_key) SELECT DISTINCT table_name, row_key FROM {rows} ON CONFLICT DO NOTHING
"""


def _active(connection: Connection, condition: str, what: str | int) -> int:
    query = f"SELECT count(*) FROM governance.ledger WHERE retired_run_id IS NULL AND {condition}"
    return int(str(store.one(connection, query, {"what": what})))


def _unknown_rule(connection: Connection, rule: str) -> str:
    query = "SELECT DISTINCT rule FROM governance.ledger WHERE retired_run_id IS NULL ORDER BY 1"
    known = store.copy_out(connection, query, {"rule": pl.String})["rule"].to_list()
    near = difflib.get_close_matches(rule, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"The rule {rule!r} has changed nothing; these have: {', '.join(known) or 'none'}.{hint}"
