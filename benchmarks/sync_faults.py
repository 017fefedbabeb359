"""What a killed night leaves behind: nights die at random moments and begin anew, over a source that changes daily.

    python benchmarks/sync_faults.py

The same nights run undisturbed on a database of their own. After each, everything is compared: raw records with
their tombstones, conformed ones, ledger, review, quarantine, persons, what is published. Most kills are SIGKILL to the process that
runs the night; some end one of its connections in PostgreSQL, some kill a server process, after which PostgreSQL
recovers. Moments are drawn uniformly from the time that the undisturbed night took. Last line: one JSON object;
`differences` must be 0.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import sqlalchemy as sa
from programs.workday import work
from sqlalchemy.engine import URL

from erp import pipeline
from erp.source import SourceOptions
from erp.state import differences, state
from pipelines.database import Database, EmbeddedServer, migrate

BATCH_ROWS = 200
"""Small, so that kills hit the middle of a table."""
SHARES = (0.01, 0.04, 0.15)
"""Of the source that changes in a day, in turns; from the last one rules learn from all records anew."""
MOST_A_NIGHT = 6
KINDS = {"process": 40, "connection": 7, "server process": 3}
"""What is killed, in these proportions."""
LOSSES = (sa.exc.OperationalError, sa.exc.InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
LOST = 3
"""Exit status of a night whose database went away."""
context = multiprocessing.get_context("forkserver")
"""Processes begin with all modules there, so that kills do not hit imports."""


def night(url: URL, source: str, says: Connection) -> None:
    """One night, as a process of its own; says which step it is at."""
    engine = Database(url).engine
    options = SourceOptions(batch_rows=BATCH_ROWS)
    try:
        says.send("start")
        run = pipeline.start_run(engine, "benchmark")
        for name, step in {
            "sync": lambda: pipeline.sync(engine, run, source, options),
            "correct": lambda: pipeline.correct(engine, run),
            "deduplicate": lambda: pipeline.deduplicate(engine, run),
            "publish": lambda: pipeline.publish(engine, run),
        }.items():
            says.send(name)
            step()
        says.send("finish")
        pipeline.finish_run(engine, run, "succeeded", {})
        says.send("end")
    except LOSSES as error:
        print(f"  the night lost its database: {str(error).splitlines()[0]}")
        sys.exit(LOST)


class Night:
    """A night that runs, and can be killed."""

    def __init__(self, url: URL, source: str) -> None:
        self._hears, says = context.Pipe(duplex=False)
        self._url = url
        self.process = context.Process(target=night, args=(url, source, says))
        self.process.start()
        says.close()
        self.step = str(self._hears.recv())
        self._began = time.monotonic()

    def end(self) -> float | None:
        """Wait until it is over; the seconds it took, or `None` if it did not come to its end."""
        try:
            while self.step != "end":
                self.step = str(self._hears.recv())
        except EOFError:
            pass
        seconds = time.monotonic() - self._began
        self.process.join()
        if self.step != "end" and self.process.exitcode not in (LOST, -signal.SIGKILL):
            sys.exit(f"A night failed by itself in its step {self.step}.")
        return seconds if self.step == "end" else None

    def kill(self, after: float, kind: str, rng: random.Random) -> str | None:
        """Kill it after some seconds; the step that it was at, or `None` if it was over before."""
        self.process.join(after)
        while self.step != "end" and self._hears.poll():
            self.step = str(self._hears.recv())
        if self.step == "end" or self.process.exitcode is not None:
            return None
        if kind == "process":
            self.process.kill()
            return self.step
        with sa.create_engine(self._url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
            backends = connection.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' ORDER BY pid"
            )
            pids = backends.scalars().all()
            if not pids:
                return None
            if kind == "connection":
                connection.exec_driver_sql(f"SELECT pg_terminate_backend({rng.choice(pids)})")
                return self.step
        os.kill(rng.choice(pids), signal.SIGKILL)
        return self.step


def await_server(url: URL) -> None:
    """Wait until PostgreSQL has recovered."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    deadline = time.monotonic() + 60
    while True:
        try:
            engine.connect().close()
        except sa.exc.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def disturbed(url: URL, source: str, seconds: float, kills: int, rng: random.Random) -> list[tuple[str, str]]:
    """A night that is killed and begun anew until it comes to its end: the kinds of the kills, and the steps they hit."""
    hit: list[tuple[str, str]] = []
    while True:
        attempt = Night(url, source)
        if len(hit) < min(kills, MOST_A_NIGHT):
            kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
            step = attempt.kill(rng.uniform(0, seconds), kind, rng)
            if step is not None:
                hit.append((kind, step))
        done = attempt.end()
        await_server(url)
        if done is not None:
            return hit


def main() -> None:
    """Run the nights twice, kill those of one database, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--employees", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261)
    options = parser.parse_args()
    context.set_forkserver_preload(["erp.pipeline", "pipelines.database"])
    begin, rng = time.monotonic(), random.Random(options.seed)
    hits: list[tuple[str, str]] = []
    nights = apart = 0
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        home = Path(folder)
        source = f"sqlite:///{home / 'erp.db'}"
        pipeline.make_demo_source(source, home / "truth", options.employees, options.seed)
        server = EmbeddedServer(home / "postgres")
        calm, stormy = (Database(server.database(name)) for name in ("calm", "stormy"))
        for database in (calm, stormy):
            migrate(database)
            database.dispose()
        while len(hits) < options.kills:
            if nights:
                work(home / "erp.db", nights, SHARES[nights % len(SHARES)], references=nights % 2 == 0)
            seconds = Night(calm.url, source).end()
            if seconds is None:
                sys.exit("The undisturbed night was disturbed.")
            hit = disturbed(stormy.url, source, seconds, options.kills - len(hits), rng)
            found = differences(state(calm.engine, history=True), state(stormy.engine, history=True))
            for database in (calm, stormy):
                database.dispose()
            nights, apart, hits = nights + 1, apart + len(found), hits + hit
            print(f"night {nights}, {seconds:.1f} s: {len(found)} differences after kills in {hit}", flush=True)
            if len(found):
                print(found.group_by("part").len(), found.head(6).rows())
        server.release()
    print(
        json.dumps(
            {
                "employees": options.employees,
                "nights": nights,
                "kills": len(hits),
                "kills_by_step": dict(Counter(step for _, step in hits)),
                "kills_by_kind": dict(Counter(kind for kind, _ in hits)),
                "differences": apart,
                "seconds": round(time.monotonic() - begin),
            }
        )
    )


if __name__ == "__main__":
    main()
