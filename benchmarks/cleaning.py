"""A night of cleaning on the generated company, and the next one with 1 % changed: time, memory, and how right it was.

From the source (SQLite) to `clean`: sync, profile, correct, de-duplicate, publish, quality. Every night is a process
of its own; imports are not counted, memory is that of the process and of its database together. Bars at 240,000
employees on two cores: `night_s` 90, `peak_mb` 3072, `incremental_share` 0.10, `growth_exponent` from a tenth 1.1. The
default seed is not the one that rules and thresholds were tuned on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa

from erp import pipeline
from erp.account import account
from erp.quality import measure
from erp.score import Score, score
from pipelines.database import Database, EmbeddedServer, migrate

CHANGED = 100
"""One record in so many."""


@dataclass(frozen=True)
class Nights:
    """What two nights took."""

    first: dict[str, float]
    """Seconds by step."""
    second: dict[str, float]
    changed: int
    """Records that the second night cleaned."""
    peak_mb: float
    score: Score


def night(url: str, source: str) -> dict[str, object]:
    """Run one night in this process."""
    engine = sa.create_engine(url)
    seconds: dict[str, float] = {}
    run = pipeline.start_run(engine, "benchmark")
    results = {}
    for name, step in {
        "sync": lambda: pipeline.sync(engine, run, source),
        "profile": lambda: pipeline.profile(engine, run),
        "correct": lambda: pipeline.correct(engine, run),
        "deduplicate": lambda: pipeline.deduplicate(engine, run),
        "publish": lambda: pipeline.publish(engine, run),
        "quality": lambda: (measure(engine, run), account(engine)),
    }.items():
        start = time.monotonic()
        results[name] = step()
        seconds[name] = round(time.monotonic() - start, 2)
    pipeline.finish_run(engine, run, "succeeded", seconds)
    engine.dispose()
    return {"run": run, "seconds": seconds, "records": results["correct"].records}


def in_a_process(url: str, source: str) -> tuple[dict[str, object], float]:
    """Run one night in a process of its own; what it says, and the peak of its memory and the database's in MiB."""
    child = subprocess.Popen([sys.executable, __file__, "--night", url, source], stdout=subprocess.PIPE, text=True)
    peak, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.2):
            peak = max(peak, _memory_mb(child.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said, _ = child.communicate()
    done.set()
    watcher.join()
    if child.returncode:
        sys.exit("The night failed.")
    return json.loads(said.splitlines()[-1]), peak


def _memory_mb(pid: int) -> float:
    """Proportional set size, so that pages that processes share count once."""
    total = 0
    servers = [one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]
    with contextlib.suppress(psutil.Error):
        servers.append(psutil.Process(pid))
    for process in servers:
        with contextlib.suppress(psutil.Error):  # it may end meanwhile, or be somebody else's
            total += process.memory_full_info().pss
    return total / 2**20


def change(source: str) -> None:
    """What happens in an ERP in a day: one record in a hundred is changed, some come and some go."""
    engine = sa.create_engine(source)
    with engine.begin() as connection:
        for table, key, values in (
            (
                "employees",
                "employee_id",
                "last_name = upper(last_name), phone = '8 (916) 555-12-' || (10 + employee_id % 90)",
            ),
            ("contracts", "contract_id", "end_date = '31.12.2026'"),
            ("salaries", "salary_id", "monthly_usd = '3.250,50'"),
            ("leave", "leave_id", "days = '12'"),
            ("training", "training_id", "hours = '8'"),
        ):
            rows = f"WHERE {key} % {CHANGED} = 7"
            connection.exec_driver_sql(f"UPDATE {table} SET {values} {rows}")
            columns = [
                column["name"]
                for column in sa.inspect(connection).get_columns(table)
                if column["name"] not in {key, "modified_at"}
            ]
            listed = ", ".join(columns)
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({key}, {listed}) SELECT {key} + 10000000, {listed} FROM {table} WHERE {key} % 1000 = 3"
            )
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {key} % 2000 = 11")
    engine.dispose()


def nights(server: EmbeddedServer, home: Path, employees: int, seed: int) -> Nights:
    """Clean a company twice, the second time after a day."""
    database = Database(server.database(f"benchmark_{employees}"))
    migrate(database)
    url = database.url.render_as_string(hide_password=False)
    source = f"sqlite:///{home / f'erp-{employees}.db'}"
    pipeline.make_demo_source(source, home / f"truth-{employees}", employees, seed)
    first, peak = in_a_process(url, source)
    right = score(database.engine, first["run"], home / f"truth-{employees}")
    change(source)
    second, later = in_a_process(url, source)
    database.dispose()
    return Nights(first["seconds"], second["seconds"], second["records"], max(peak, later), right)


def main() -> None:
    """Measure at full size and at a tenth of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--night", nargs=2, metavar=("DATABASE", "SOURCE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.night:
        print(json.dumps(night(*options.night)))
        return
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        server = EmbeddedServer(Path(folder) / "postgres")
        small = nights(server, Path(folder), options.employees // 10, options.seed)
        full = nights(server, Path(folder), options.employees, options.seed)
        server.release()
    print(full.score.by_kind)
    total, again = sum(full.first.values()), sum(full.second.values())
    print(
        json.dumps(
            {
                "employees": options.employees,
                "seed": options.seed,
                "night_s": round(total, 1),
                "steps_s": full.first,
                "peak_mb": round(full.peak_mb),
                "next_night_s": round(again, 1),
                "next_steps_s": full.second,
                "next_records": full.changed,
                "incremental_share": round(again / total, 3),
                "growth_exponent": round(math.log10(total / sum(small.first.values())), 2),
                "cell_f1": round(full.score.cells.f1, 4),
                "pair_f1": round(full.score.pairs.f1, 4),
                "f1_by_kind": {row["kind"]: round(row["f1"], 3) for row in full.score.by_kind.to_dicts()},
            }
        )
    )


if __name__ == "__main__":
    main()
