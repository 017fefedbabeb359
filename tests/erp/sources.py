"""Small ERPs in every kind of source that can be had here, with one way to edit them all."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
import sqlalchemy as sa

from erp.schema import BY_NAME, TABLES
from erp.source import SourceOptions
from erp.source.writing import write_source
from erp.synth import make_erp

_numbers = itertools.count()


def small():
    """The tables of a company of 100."""
    return {name: frame.select(pl.all()) for name, frame in make_erp(100, 1)[0].items()}


class SqlErp:
    """A database; whoever edits it says when."""

    def __init__(self, url, way="auto", **options):
        self.url, self.options = url, SourceOptions(way=way, batch_rows=30, **options)
        self.tables = small()
        write_source(self.tables, url)

    def run(self, *statements):
        """Execute statements in one transaction."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def put(self, table, row):
        """Insert or update one row, given with its key."""
        self.delete(table, row[BY_NAME[table].key])
        schema = self.tables[table].schema
        full = dict.fromkeys(schema) | row
        self.tables[table] = pl.concat([self.tables[table], pl.DataFrame([full], schema=schema)])
        stamped = full | {"modified_at": datetime.now(UTC).replace(tzinfo=None)}
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(sa.table(table, *map(sa.column, stamped)).insert(), stamped)
        engine.dispose()

    def delete(self, table, key):
        """Remove one row."""
        name = BY_NAME[table].key
        self.tables[table] = self.tables[table].filter(pl.col(name) != key)
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(sa.table(table, sa.column(name)).delete().where(sa.column(name) == key))
        engine.dispose()

    def type_leave(self):
        """Give the table `leave` columns of dates and numbers, and one row."""
        self.run(
            "DROP TABLE leave" if "mysql" not in self.url else "DROP TABLE `leave`",
            f"CREATE TABLE {'`leave`' if 'mysql' in self.url else 'leave'} (leave_id bigint PRIMARY KEY, "
            "employee_id integer, leave_type varchar(40), start_date date, days numeric(6, 2), modified_at timestamp NULL)",
            f"INSERT INTO {'`leave`' if 'mysql' in self.url else 'leave'} VALUES "
            "(7, 3, 'annual', '0201-02-03', 1.50, '2026-01-01 00:00:00')",
        )


class FolderErp:
    """A folder of files, written anew at every edit."""

    def __init__(self, folder, kind):
        folder.mkdir()
        self.folder, self.kind = folder, kind
        self.url, self.options = f"{kind}://{folder}", SourceOptions(batch_rows=30)
        self.tables = small()
        for table in self.tables:
            self.write(table)

    def write(self, table):
        """Write a table's files."""
        frame = self.tables[table]
        half = len(frame) // 2
        for part, piece in enumerate((frame[half:], frame[:half])):  # the keys are not in order
            file = self.folder / f"{table}_{part}.{self.kind}"
            piece.write_csv(file) if self.kind == "csv" else piece.write_parquet(file)

    def put(self, table, row):
        """Insert or update one row, given with its key."""
        key = BY_NAME[table].key
        schema = self.tables[table].schema
        rest = self.tables[table].filter(pl.col(key) != row[key])
        self.tables[table] = pl.concat([rest, pl.DataFrame([dict.fromkeys(schema) | row], schema=schema)])
        self.write(table)

    def delete(self, table, key):
        """Remove one row."""
        self.tables[table] = self.tables[table].filter(pl.col(BY_NAME[table].key) != key)
        self.write(table)

    def type_leave(self):
        """Give the table `leave` columns of dates and numbers, and one row."""
        typed = {
            "leave_id": [7],
            "employee_id": [3],
            "leave_type": ["annual"],
            "start_date": [datetime(201, 2, 3).date()],  # noqa: DTZ001
            "days": [Decimal("1.50")],
        }
        self.tables["leave"] = pl.DataFrame(typed)
        self.write("leave")


@contextmanager
def mariadb(folder):
    """A server of its own, as whoever runs the tests."""
    if not shutil.which("mariadbd") or not shutil.which("mariadb-install-db"):
        pytest.skip("MariaDB is not installed (package mariadb-server)")
    user = ["--user=root"] if os.getuid() == 0 else []
    data, socket = folder / "data", f"/tmp/millrace-{os.getpid()}.sock"
    install = ["mariadb-install-db", *user, f"--datadir={data}", "--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, capture_output=True)
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", *user, f"--datadir={data}", f"--socket={socket}", "--skip-networking"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        log = list(itertools.takewhile(lambda line: "ready for connections" not in line, server.stderr))
        if server.poll() is not None:
            pytest.skip(f"MariaDB does not start: {log[-1] if log else 'no word'}")
        yield f"mysql+pymysql://root@localhost/{{}}?unix_socket={socket}&charset=utf8mb4"
    finally:
        server.terminate()
        server.communicate()


def mariadb_database(server):
    """The URL of a new database there."""
    name = f"erp{next(_numbers)}"
    engine = sa.create_engine(server.format("mysql"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    engine.dispose()
    return server.format(name)


def live(engine, table):
    """The live rows of raw, as the source would give them: `{key: cells}`."""
    names = ", ".join(f'"{name}"' for name in BY_NAME[table].column_names)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT row_key, {names} FROM raw.{table} WHERE _deleted_at IS NULL")
        return {row[0]: tuple(row[1:]) for row in rows}


def expected(tables, table):
    """What `live` must say."""
    return {row[0]: row[1:] for row in tables[table].iter_rows()}


def same(engine, erp):
    """Whether raw is what the source is, table by table."""
    return all(live(engine, table.name) == expected(erp.tables, table.name) for table in TABLES)
