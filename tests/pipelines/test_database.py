"""The database is one for all processes, keeps what was committed, and lets the reader read `clean` only."""

import contextlib
import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from pipelines.database import DatabaseError, EmbeddedServer, migrate, open_database
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A home of the test's own."""
    return Settings.from_environ({"MILLRACE_HOME": str(tmp_path / "home")})


def in_process(settings: Settings, body: str) -> subprocess.Popen:
    """Run Python code that has `database` open, in another process."""
    head = (
        "import os, signal, sys, sqlalchemy as sa\n"
        "from pipelines.database import open_database\n"
        "from pipelines.settings import Settings\n"
        f"database = open_database(Settings.from_environ({{'MILLRACE_HOME': {str(settings.home)!r}}}))\n"
        "execute = lambda sql: database.engine.connect().execution_options(isolation_level='AUTOCOMMIT')"
        ".execute(sa.text(sql))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", head + body], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def postmaster(settings: Settings) -> psutil.Process | None:
    """The server process of the home, if it runs."""
    file = settings.home / "postgres" / "postmaster.pid"
    try:
        process = psutil.Process(int(file.read_text().split()[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None
    return None if process.status() == psutil.STATUS_ZOMBIE else process


def test_killed_server_and_killed_user_lose_nothing(settings):
    writer = in_process(
        settings,
        "execute(\"INSERT INTO clean.locations VALUES ('Moscow', 'Russia')\"); print('committed', flush=True)\n"
        "sys.stdin.read()",
    )
    assert writer.stdout.readline() == "committed\n"
    server = postmaster(settings)
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # its workers come and go
            process.send_signal(signal.SIGKILL)
    writer.kill()
    writer.communicate()
    psutil.wait_procs([server], timeout=10)

    reader = in_process(settings, "print(execute('SELECT city FROM clean.locations').scalar_one())")
    assert reader.communicate(timeout=60)[0] == "Moscow\n"
    assert reader.returncode == 0
    assert postmaster(settings) is None, "the last user stops the server"


def test_processes_share_one_server_and_the_last_stops_it(settings):
    first, second = (
        in_process(
            settings, "print(execute('SELECT pg_postmaster_start_time()').scalar_one(), flush=True)\nsys.stdin.read()"
        )
        for _ in range(2)
    )
    assert first.stdout.readline() == second.stdout.readline()
    first.communicate(timeout=60)
    assert postmaster(settings) is not None, "the second process still uses it"
    second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert postmaster(settings) is None


def test_reader_sees_clean_without_personal_columns(database):
    with database.reader.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM clean.employees")).scalar_one() == 0
    forbidden = [
        "SELECT national_id FROM clean.employees",
        "SELECT * FROM clean.employees",
        "SELECT * FROM raw.employees",
        "SELECT * FROM governance.ledger",
        "SELECT * FROM ask.questions",
        "INSERT INTO clean.locations VALUES ('Moscow', 'Russia')",
        "SET ROLE postgres",
        "CREATE TEMP TABLE t (i int)",
    ]
    for statement in forbidden:
        with database.reader.connect() as connection, pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text(statement))


def test_migrations_are_repeatable(database):
    migrate(database)
    migrate(database)
    with database.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names("clean")
    assert "employees" in tables


def test_every_published_column_but_keys_is_described_in_three_languages(database):
    inspector = sa.inspect(database.engine)
    for table in inspector.get_table_names("clean"):
        assert inspector.get_table_comment(table, "clean")["text"].count(" | ") == 2, table
        if table == "vocabulary":
            continue
        for column in inspector.get_columns(table, "clean"):
            if not column["name"].endswith("_id") or column["name"] == "national_id":
                assert (column["comment"] or "").count(" | ") == 2, f"{table}.{column['name']}"


def test_server_that_does_not_answer_is_named_without_its_password():
    settings = replace(
        Settings.from_environ({}), database_url=make_url("postgresql+psycopg://me:secret@127.0.0.1:1/erp")
    )
    with pytest.raises(DatabaseError, match="127.0.0.1:1/erp does not answer.*MILLRACE_DATABASE_URL") as error:
        open_database(settings)
    assert "secret" not in str(error.value)


def test_database_that_folds_ascii_only_is_refused(postgres):
    admin = sa.create_engine(postgres.database("admin"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE ascii_only TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc")
    admin.dispose()
    settings = replace(Settings.from_environ({}), database_url=admin.url.set(database="ascii_only"))
    with pytest.raises(DatabaseError, match=r"folds ASCII letters only"):
        open_database(settings)


def test_folder_that_cannot_hold_a_server_is_explained(tmp_path):
    home = tmp_path / "home"
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseError, match="did not start"):
        open_database(Settings.from_environ({"MILLRACE_HOME": str(home)}))


def test_long_home_still_gets_a_server(tmp_path):
    """A socket's path is limited to about 100 characters; a home's is not."""
    home = tmp_path / ("deep-" * 15) / ("deep-" * 15)
    process = in_process(Settings.from_environ({"MILLRACE_HOME": str(home)}), "print(execute('SELECT 1').scalar_one())")
    assert process.communicate(timeout=60)[0] == "1\n"


def test_a_server_of_ones_own_needs_no_superuser(tmp_path):
    server = EmbeddedServer(tmp_path / "own")
    admin = sa.create_engine(server.database("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE millrace LOGIN CREATEROLE PASSWORD 'secret'")
        connection.exec_driver_sql(
            "CREATE DATABASE company OWNER millrace TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        )
    url = admin.url.set(username="millrace", password="secret", database="company")
    settings = replace(Settings.from_environ({}), database_url=url)
    for _ in range(2):
        opened = open_database(settings)
        with opened.reader.connect() as connection:
            assert connection.execute(sa.text("SELECT current_user")).scalar_one() == "ask_reader"
            assert connection.execute(sa.text("SELECT count(*) FROM clean.staff")).scalar_one() == 0
        opened.dispose()
    with admin.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'ask_reader'"
        ).scalar_one()
    assert stored.startswith("SCRAM-SHA-256"), "the reader has a password of its own"
    admin.dispose()
    server.release()
