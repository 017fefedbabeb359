"""Is an undone rule as if it had never been? Every rule that changes something is taken back and restored.

    python benchmarks/undo.py

After each, everything that cleaning came to is compared: an undone rule with a new database that never had it, a restored one with what
was there before. Then a second night's run is undone and restored. Last line: one JSON object; all differences must be 0.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import polars as pl
from programs.workday import work
from sqlalchemy.engine import Engine

from erp import pipeline, store, undo
from erp.state import differences, state
from pipelines.database import Database, EmbeddedServer, migrate

CELL = ["table_name", "row_key", "column_name"]


def night(engine: Engine, source: str | None = None) -> int:
    """One run, without the source if none is given; its number."""
    run = pipeline.start_run(engine, "benchmark")
    if source is not None:
        pipeline.sync(engine, run, source)
    pipeline.correct(engine, run)
    pipeline.deduplicate(engine, run)
    pipeline.publish(engine, run)
    pipeline.finish_run(engine, run, "succeeded", {})
    return run


def undo_rules(server: EmbeddedServer, engine: Engine) -> tuple[int, int, int, int]:
    """Take every rule back and restore it: rules, cells taken back, differences undone and restored."""
    before, names = state(engine), undo.rules(engine)["rule"].to_list()
    cells = undone_differently = restored_differently = 0
    for number, rule in enumerate(names):
        taken = undo.undo_rule(engine, rule, by="benchmark")
        night(engine)
        undone = state(engine)
        never = Database(server.database(f"never_{number}", template="synced"))
        with never.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO governance.rules_off (rule) VALUES (%s)", (rule,))
        night(never.engine)
        apart = differences(undone, state(never.engine))
        never.dispose()
        undo.restore_rule(engine, rule)
        night(engine)
        again = differences(before, state(engine))
        cells, undone_differently = cells + taken, undone_differently + len(apart)
        restored_differently += len(again)
        print(f"{rule:<32} {taken:6} cells, {len(apart)} and {len(again)} differences", flush=True)
        for found in (apart, again):
            if len(found):
                print(found.group_by("part").len(), found.head(6).rows())
    return len(names), cells, undone_differently, restored_differently


def undo_second_run(engine: Engine, home: Path, source: str) -> tuple[int, int]:
    """Let the source change, undo the run that followed, restore it: cells taken back, differences."""
    work(home / "erp.db", 1, 0.02, references=False)
    run = night(engine, source)
    before, records = state(engine), conformed(engine)
    cells = undo.undo_run(engine, run, by="benchmark")
    night(engine)
    undone, touched = state(engine), refused(engine)
    still = touched.join(made(engine), on=[*CELL, "rule", "before"], nulls_equal=True)
    others = [frame.join(touched, on=CELL[:2], how="anti") for frame in (records, conformed(engine))]
    elsewhere = others[0].join(others[1], on=["table_name", "row_key", "row"], how="anti")
    night(engine)
    moving = differences(undone, state(engine))
    undo.restore_run(engine, run)
    night(engine)
    apart = differences(before, state(engine))
    counts = [len(still), len(elsewhere), abs(len(others[0]) - len(others[1])), len(moving), len(apart)]
    print(
        f"run {run}: {cells} cells; undone changes that hold, records that changed without one, lost or new ones, "
        f"differences of a night later, and of the restored one: {counts}"
    )
    for found in (still, elsewhere, moving, apart):
        if len(found):
            print(found.head(6).rows())
    return cells, sum(counts)


def refused(engine: Engine) -> pl.DataFrame:
    """The changes that were taken back with a run."""
    query = "SELECT table_name, row_key, column_name, rule, before FROM governance.refusals"
    schema = {name: pl.Int64 if name == "row_key" else pl.String for name in (*CELL, "rule", "before")}
    with engine.connect() as connection:
        return store.copy_out(connection, query, schema)


def made(engine: Engine) -> pl.DataFrame:
    """The changes that hold."""
    names = (*CELL, "rule", "before")
    query = f"SELECT {', '.join(names)} FROM governance.ledger WHERE retired_run_id IS NULL"
    with engine.connect() as connection:
        return store.copy_out(connection, query, {name: pl.Int64 if name == "row_key" else pl.String for name in names})


def conformed(engine: Engine) -> pl.DataFrame:
    """`table_name, row_key, row`: the conformed records."""
    found = state(engine).filter(pl.col("part").str.starts_with("conformed."))
    return found.select(
        table_name=pl.col("part").str.strip_prefix("conformed."),
        row_key=pl.col("row").str.extract(r"^\((\d+)", 1).cast(pl.Int64),
        row="row",
    )


def main() -> None:
    """Clean a company, then undo and restore."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261)
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        home = Path(folder)
        source = f"sqlite:///{home / 'erp.db'}"
        pipeline.make_demo_source(source, home / "truth", options.employees, options.seed)
        server = EmbeddedServer(home / "postgres")
        synced = Database(server.database("synced"))
        migrate(synced)
        pipeline.sync(synced.engine, pipeline.start_run(synced.engine, "benchmark"), source)
        synced.dispose()  # nobody may be connected to a template
        database = Database(server.database("cleaned", template="synced"))
        night(database.engine)
        rules, cells, apart, again = undo_rules(server, database.engine)
        of_run, run_apart = undo_second_run(database.engine, home, source)
        database.dispose()
        server.release()
    print(
        json.dumps(
            {
                "employees": options.employees,
                "rules": rules,
                "cells_taken_back": cells,
                "differences": apart,
                "restored_differences": again,
                "run_cells_taken_back": of_run,
                "run_differences": run_apart,
                "seconds": round(time.monotonic() - begin),
            }
        )
    )


if __name__ == "__main__":
    main()
